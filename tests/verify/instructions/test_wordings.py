"""Wordings that people use for constraints, and sentences that only look as if they asked for one."""

from __future__ import annotations

import pytest

from reward_agent.verify.instructions.constraint import Constraint
from reward_agent.verify.instructions.parse_rules import parse

_READ = """
The reply mustn't go over 60 words. -> words.count at most 60
Don't exceed 200 words. -> words.count at most 200
Your text must not be longer than 90 words. -> words.count at most 90
Answer in 50 words or fewer, please. -> words.count at most 50
Write from 200 to 250 words on the fall of Carthage. -> words.count between 200 and 250
Make it exactly one hundred words long. -> words.count exactly 100
Maximum 75 words. -> words.count at most 75
At least 1,000 words are required. -> words.count at least 1000
No less than 350 words, please. -> words.count at least 350
The total length should stay below 80 words. -> words.count at most 79
Your word count should not exceed 120. -> words.count at most 120
Keep the word count between 80 and 100. -> words.count between 80 and 100
Tell me about Rome in 25 words. -> words.count exactly 25
Write a story that is less than 450 words in length. -> words.count at most 449
Cap your answer at 130 words. -> words.count at most 130
Not more than 45 words. -> words.count at most 45
Be brief: 20 words tops. -> words.count at most 20
Use fewer than five sentences. -> sentences.count at most 4
Summarise the plot in two to four sentences. -> sentences.count between 2 and 4
The response must not contain more than 6 sentences. -> sentences.count at most 6
Don't write more than 3 sentences. -> sentences.count at most 3
Give me a two-sentence answer. -> sentences.count exactly 2
The number of sentences must be at least 10. -> sentences.count at least 10
Your response should be under 6 sentences. -> sentences.count at most 5
There should be more than 12 sentences in your response. -> sentences.count at least 13
Your answer must be split into 4 paragraphs. -> paragraphs.count exactly 4
Use 2 paragraphs, divided by a line of three dashes: --- -> paragraphs.count exactly 2 ---
The text should have 2 to 3 paragraphs. -> paragraphs.count between 2 and 3
No sentence may be longer than 15 words. -> unit.length sentence at most 15 words
No bullet point should exceed 20 words. -> unit.length bullet at most 20 words
Each paragraph should not exceed 3 sentences. -> unit.length paragraph at most 3 sentences
None of the sentences may have more than 10 words. -> unit.length sentence at most 10 words
Your tweet must be at most 280 characters. -> characters.count at most 280
Use the keywords "ocean", "breeze" and "salt" in your response. -> keywords.include ocean, breeze, salt
Include keywords ['ocean', 'breeze'] in the response. -> keywords.include ocean, breeze
Be sure the word "ocean" appears somewhere. -> keywords.include ocean
Your response should contain the word “lantern”. -> keywords.include lantern
Ensure that 'moon' and 'tide' are included. -> keywords.include moon, tide
Please mention both 'moon' and 'tide'. -> keywords.include moon, tide
Don't forget to mention the word 'gravity'. -> keywords.include gravity
Use the following words in your story: lantern, cliff, and storm. -> keywords.include lantern, cliff, storm
Do not leave out the word 'gravity'. -> keywords.include gravity
Explain loans, making use of the keywords 'debt' and 'risk'. -> keywords.include debt, risk
Don't use the words 'good', 'bad' or 'ugly'. -> keywords.forbid good, bad, ugly
The word 'sun' must not appear in your response. -> keywords.forbid sun
Refrain from using the word "just". -> keywords.forbid just
Do not include keywords ['sun', 'moon'] in the response. -> keywords.forbid sun, moon
Your answer may not contain the word 'impossible'. -> keywords.forbid impossible
Explain it without using the word 'energy'. -> keywords.forbid energy
The following words are not allowed: sun, moon. -> keywords.forbid sun, moon
Make sure the word 'rain' does not appear. -> keywords.forbid rain
Exclude the word 'money' from your answer. -> keywords.forbid money
Don't say the word "test" or "exam" in the response. -> keywords.forbid test, exam
The word 'river' should appear at least twice. -> keywords.frequency river at least 2
The word "river" must show up between 2 and 5 times. -> keywords.frequency river between 2 and 5
Use 'river' more than 3 times. -> keywords.frequency river at least 4
Make the keyword 'river' occur a minimum of 6 times. -> keywords.frequency river at least 6
The word 'river' may be used only once. -> keywords.frequency river exactly 1
Don't use the word 'river' more than twice. -> keywords.frequency river at most 2
The word 'river' should not appear more than 3 times. -> keywords.frequency river at most 3
Use the letter k no more than 5 times. -> letters.frequency k at most 5
Your entire response should be in all caps. -> case.upper
No capital letters are allowed. -> case.lower
All letters should be lower case. -> case.lower
Don't use any uppercase letters. -> case.lower
Words in all caps should appear less than 10 times. -> case.capital_words at most 9
No more than 4 words may be in all caps. -> case.capital_words at most 4
Shout the answer: all capital letters only! -> case.upper
Without using any commas, describe your day. -> punctuation.forbid ,
Don't use exclamation marks. -> punctuation.forbid !
You can't use a comma anywhere in your response. -> punctuation.forbid ,
Make sure there are no commas in your reply. -> punctuation.forbid ,
Your whole response should be surrounded by double quotation marks. -> quotes.wrapped
Give the poem a title in double angular brackets, i.e. <<poem of joy>>. -> title.wrapped
Finish your response with 'That is all.' -> end.phrase That is all.
The last words of your response must be 'over and out'. -> end.phrase over and out
The answer must begin with 'Yes' and end with 'Goodbye'. -> start.phrase Yes; end.phrase Goodbye
Your response must start with the word 'Actually'. -> start.phrase Actually
Every sentence should start with the word 'We'. -> each.starts_with sentence We
Each bullet must end with a period. -> each.ends_with bullet .
Begin each bullet point with a capital letter. -> each.starts_with_capital bullet
Write exactly 3 paragraphs. Paragraph 2 must start with word weekend. -> paragraph.first_word 2 weekend 3
The last paragraph should end with 'amen'. -> nth.ends_with paragraph -1 amen
Answer in exactly five bullet points. -> bullets.count exactly 5
Present it as a bulleted list. -> list.present bulleted
Give a numbered list of 7 tips. -> numbered.count exactly 7
In no more than 4 bullet points, describe Rome. -> bullets.count at most 4
Create 3 sections, each with a heading starting with '## '. -> headings.count exactly 3 2
The answer should have the headings 'Past', 'Present' and 'Future'. -> headings.named Past, Present, Future
At the end of your response, please explicitly add a postscript starting with P.S. -> postscript P.S.
Add a P.P.S at the end. -> postscript P.P.S
Highlight at least two parts of the text in markdown such as *highlighted*. -> highlights.count at least 2
Use exactly 2 bold phrases. -> bold.count exactly 2
Wrap the entire output in JSON format using markdown ticks such as ```. -> json.valid
Your answer must be in German; no other language is allowed. -> language.is de
Using only the Hindi language, explain rain. -> language.is hi
Give two different responses separated by 6 asterisk symbols: ******. -> two.responses
Is a tomato a fruit? Reply with either 'yes' or 'no'. -> choices.one_of yes, no
Make a markdown table with 4 rows and 2 columns. -> table.shape exactly 2 exactly 4
Do not use any contractions. -> contractions.none
Include exactly 3 links. -> links.count exactly 3
Prefix each line with the speaker's name and a colon. -> lines.prefixed
Make an acrostic poem spelling 'HOPE'. -> acrostic HOPE
Your summary should run between 80 and 120 words. -> words.count between 80 and 120
Between 100 and 150 words, please. -> words.count between 100 and 150
The whole thing must fit in 280 characters. -> characters.count at most 280
Make it at least 3 but no more than 5 sentences. -> sentences.count between 3 and 5
Don't make any paragraph longer than 80 words. -> unit.length paragraph at most 80 words
At no point should you use the word "delve". -> keywords.forbid delve
Under no circumstances use the words 'moist' or 'damp'. -> keywords.forbid moist, damp
Steer clear of the word 'literally'. -> keywords.forbid literally
Words such as 'amazing' and 'great' must be avoided. -> keywords.forbid amazing, great
Not a single comma should be used. -> punctuation.forbid ,
Your answer must be comma-free. -> punctuation.forbid ,
Leave out all commas. -> punctuation.forbid ,
The final sentence must be "And so it goes." -> end.phrase And so it goes.
Sign off with "Yours truly". -> end.phrase Yours truly
End it with a question mark. -> end.mark ?
Don't use emojis. -> emoji.count at most 0
Do not use markdown. -> markdown.none
Each paragraph must contain the word 'sea'. -> each.contains paragraph sea
Write at least 100 words but fewer than 200. -> words.count between 100 and 199
Response must not exceed 50 words and must not use the word 'very'. -> words.count at most 50; keywords.forbid very
Make sure that fewer than 5 words are in all capital letters. -> case.capital_words at most 4
Do not use more than one exclamation mark. -> letters.frequency ! at most 1
It is essential that the word 'trust' be mentioned. -> keywords.include trust
It must not be shorter than 40 words. -> words.count at least 40
Your answer must not contain fewer than 40 words. -> words.count at least 40
Never write fewer than 6 sentences. -> sentences.count at least 6
Please do not go below 40 words. -> words.count at least 40
The number of words should not be less than 40. -> words.count at least 40
The response is not to be longer than 40 words. -> words.count at most 40
Refrain from using more than 40 words. -> words.count at most 40
Stay at or below 40 words. -> words.count at most 40
The length must be less than or equal to 40 words. -> words.count at most 40
Write neither more nor less than 40 words. -> words.count exactly 40
The maximum is 40 words. -> words.count at most 40
Minimum length: 40 words. -> words.count at least 40
It can be 6 sentences at the very most. -> sentences.count at most 6
The word 'oak' must appear 4 times at most. -> keywords.frequency oak at most 4
The word 'oak' should not be used less than 4 times. -> keywords.frequency oak at least 4
The word 'oak' can't occur more than 4 times. -> keywords.frequency oak at most 4
Write 4 paragraphs. Paragraphs and only paragraphs are separated with each other by two new lines.
    -> paragraphs.count exactly 4
Write 3 paragraphs, each with exactly 2 sentences.
    -> paragraphs.count exactly 3; unit.length paragraph exactly 2 sentences
Write two paragraphs with three sentences in each.
    -> paragraphs.count exactly 2; unit.length paragraph exactly 3 sentences
Your response should end with this exact phrase: Is there anything else I can help with?
    -> end.phrase Is there anything else I can help with?
Finish your response with this exact phrase Peace be with you. No other words should follow this phrase.
    -> end.phrase Peace be with you.
Write 3 paragraphs starting with 'First', 'Second' and 'Third'.
    -> paragraphs.count exactly 3; each.starts_with paragraph First, Second, Third
There should be 4 paragraphs. The second paragraph must start with the word 'Meanwhile'.
    -> paragraph.first_word 2 Meanwhile 4
The response must contain at least 3 placeholders represented by square brackets, such as [address].
    -> placeholders.count at least 3
Highlight at least 3 sections of your answer with markdown, i.e. *highlighted section*.
    -> highlights.count at least 3
Is it true? Answer with one of the following options: 'My answer is yes.', 'My answer is no.', 'My answer is maybe.'
    -> choices.one_of My answer is yes., My answer is no., My answer is maybe.
How do I bake bread?The answer must be no more than 100 words and must mention the keywords {yeast}, {oven}.
    -> words.count at most 100; keywords.include yeast, oven
What is love? Be poetic.Write 3 paragraphs, each beginning with 'Love', use the keywords 'heart' and 'time'.
    -> paragraphs.count exactly 3; each.starts_with paragraph Love; keywords.include heart, time
What's a good plan?Use exactly 5 bullet points, each starting with a capital letter, limit the total to 80 words.
    -> bullets.count exactly 5; each.starts_with_capital bullet; words.count at most 80
How can I relax? Answer humorously.Give 3 tips, each in its own paragraph, and use the words 'calm' and 'nap'.
    -> paragraphs.count exactly 3; keywords.include calm, nap
Explain gravity.Please limit your answer to 4 sentences, making sure the word 'mass' appears at least 2 times.
    -> sentences.count at most 4; keywords.frequency mass at least 2
Tell me of Nero.must be in 4 sentences, with the keywords 'fire', 'Rome' in the answer.
    -> sentences.count exactly 4; keywords.include fire, Rome
Explain taxes using a numbered list with at least 4 items, each item ending with a period.
    -> numbered.count at least 4; each.ends_with item .
Provide 10 bullet points, each no longer than one sentence.
    -> bullets.count exactly 10; unit.length bullet at most 1 sentences
Write a poem with three stanzas, each having exactly four lines.
    -> paragraphs.count exactly 3; unit.length paragraph exactly 4 lines
Use the words 'sun', 'moon' and 'star' at least twice each.
    -> keywords.frequency sun at least 2; keywords.frequency moon at least 2; keywords.frequency star at least 2
Avoid starting your response with "I". -> start.forbid I
Start the fourth paragraph with the word "Lastly". -> paragraph.first_word 4 Lastly None
Write 6 paragraphs with *** between them. -> paragraphs.count exactly 6 ***
Don't use commas, and end with "Bye". -> punctuation.forbid ,; end.phrase Bye
Don't forget to start with "Hi". -> start.phrase Hi
Use a minimum of three and a maximum of five paragraphs. -> paragraphs.count between 3 and 5
Explain jazz.Each paragraph should have exactly 2 sentences; mention keywords {swing} {blues}.
    -> unit.length paragraph exactly 2 sentences; keywords.include swing, blues
Explain jazz with a max of 3 sentences. -> sentences.count at most 3
"""
"""A row is an instruction and the constraints that stand in it: their kinds, and the values of their parameters."""

_NOT_READ = """
How many words are in the average novel?
Write about a 10-page report that got lost.
Implement a class whose names must not exceed 20 characters.
Given a string of at least 3 characters, return its middle.
Each line of the input has exactly 3 numbers. Write a program that sums them.
Explain why the word 'set' has over 400 meanings.
How do I write a 500-word essay in one night?
Why do authors start a chapter with a quote?
How do I create a table with 3 columns in LaTeX?
Write a Python script that reads a JSON file.
Write a SQL query that returns at most 10 rows.
Write a function that checks if a sentence ends with a period.
My boss wants a report with 10 sections by Monday. How do I cope?
The contract has 12 paragraphs and 40 bullet points. Who signs it?
Who speaks Spanish in the US?
Discuss why legal documents use all caps.
Explain how P.S. is used in letters.
In the story, the hero says 'stop' three times.
Write a story about a song that begins with 'Hello darkness'.
Write a story about a boy who writes in all caps.
A paragraph has 5 sentences and each sentence has 12 words. How many words is that?
Rewrite this: 'Each team must have at least 5 members.'
What is a word with exactly 3 vowels?
Give me a word that starts with Q and ends with K.
Find me a synonym of 'happy' that has at most 5 letters.
Create a workout with at least 5 exercises for 2 weeks.
The password must contain at least 8 characters and one capital letter. Suggest a policy text.
Every student must bring exactly two pencils. Write the email to the parents.
Tell my staff that all emails must be in English.
He wrote exactly four lines before he died. Who was he?
How are haiku structured?
Which words in English contain no vowels?
Write a function named 'add' that takes 'a' and 'b'.
Include your sources.
The bridge must hold at least 10 tons. Explain its design.
Our slogan must never exceed five words, says my boss. Is that wise?
Read the 3 sentences below and say which is a lie. I am tall. I am old. I am green.
Give feedback on my 4-line poem.
Suggest a name that ends with 'ly'.
Explain why no sentence in English may begin with 'than'.
Write an article about the rule that every email must end with a signature.
Discuss the claim that a good essay has at least five paragraphs.
Write a guide on how to use bullet points in slides.
Our newsletter has three sections and nobody reads them. What should we change?
Write a Python function that returns at most 3 words from a string.
Create a CSS class that makes all headings lowercase.
Write a SQL query that counts rows where name starts with 'A'.
Design a survey with at least 10 questions about food.
Write a limerick about a man who always said 'maybe'.
In the movie, the villain says "I'll be back" twice. Which movie is this?
My students keep using bullet points. Any advice?
How can I avoid using the word 'very'?
Explain in which cases each noun begins with a capital letter.
Rewrite this without changing the meaning: "All essays must be at least 300 words."
Fix this sentence: "Write at most 3 sentences."
I have 200 words left in my essay. How do I finish it?
Write a monologue for a character who ends every sentence with 'you know'.
Give an example of a sentence with exactly 7 words.
What are five words that end with 'ough'?
How many times does the letter r appear in strawberry?
Should I add a P.S. to my email?
Describe a painting with three horizontal lines and four squares.
The exam lasts exactly 3 hours. How should I plan my time?
Do not end with a question.
Do not end your response with "Thank you".
Never begin a sentence with "And".
Do not start each paragraph with "However".
Do not wrap your response in quotes.
Do not use JSON.
Don't add a postscript.
Do not write your answer as a bulleted list.
Write 2 sentences about cats and 3 sentences about dogs.
Describe the plot in one paragraph and the themes in another paragraph.
"""


def _shown(constraint: Constraint) -> str:
    values = (", ".join(value) if isinstance(value, tuple) else str(value) for value in constraint.params.values())
    return " ".join([constraint.kind, *values])


_ROWS = [tuple(row.split(" -> ")) for row in _READ.strip().replace("\n    -> ", " -> ").splitlines()]


@pytest.mark.parametrize(("words", "constraints"), _ROWS, ids=[row[0][:60] for row in _ROWS])
def test_the_words_ask_for_these_constraints(words: str, constraints: str) -> None:
    assert "; ".join(_shown(constraint) for constraint in parse(words).constraints) == constraints


@pytest.mark.parametrize("words", _NOT_READ.strip().splitlines())
def test_the_words_ask_for_no_constraint(words: str) -> None:
    assert [_shown(constraint) for constraint in parse(words).constraints] == []
