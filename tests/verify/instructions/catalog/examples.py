"""One example a kind: parameters, a response that meets the constraint, and one that does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reward_agent.verify.instructions.constraint import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Parameters of a kind, with a text on either side of it. `prompt` is what the response answers."""

    meets: str
    fails: str
    params: dict[str, Any] = field(default_factory=dict)
    prompt: str = ""


def example(meets: str, fails: str, *, prompt: str = "", **params: Any) -> Example:
    return Example(meets=meets, fails=fails, params=params, prompt=prompt)


exactly, at_least, at_most = Quantity.exactly, Quantity.at_least, Quantity.at_most

TABLE = "| Name | Age |\n|---|---|\n| Ada | 36 |\n| Alan | 41 |"
FENCED = "Look:\n```python\nprint(1)\n```\nDone."

EXAMPLES: dict[str, Example] = {
    # length
    "words.count": example("one two three", "one two", quantity=exactly(3)),
    "words.unique": example("red Blue green", "red Red red", quantity=at_least(3)),
    "sentences.count": example("It rains. We stay in!", "It rains.", quantity=exactly(2)),
    "paragraphs.count": example("# Title\n\nFirst.\n\nSecond.", "First.\nSecond.", quantity=exactly(2)),
    "lines.count": example("a\n\nb", "a", quantity=exactly(2)),
    "characters.count": example("abcde", "abcdef", quantity=at_most(5)),
    "unit.length": example(
        "- one two\n- three", "- one two three\n- four", each="bullet", quantity=at_most(2), unit="words"
    ),
    "syllables.count": example("banana bread", "bread", quantity=exactly(4)),
    "syllables.lines": example("the cat sat today\nhello", "hello\nhello", counts=(5, 2)),
    # keywords and letters
    "keywords.include": example("A budget-friendly plan", "Budgets grow", words=("budget",)),
    "keywords.forbid": example("Stones fall", "A rock falls", words=("rock",)),
    "keywords.frequency": example("ha ha ha", "ha haha", word="ha", quantity=exactly(3)),
    "keywords.some": example("rain and snow", "rain", words=("rain", "snow", "hail"), quantity=at_least(2)),
    "keywords.some_listed": example(
        "Ada met Grace.",
        "Ada met Alan.",
        prompt="Mention 2 names from this list: Ada, Grace, Barbara",
        quantity=exactly(2),
    ),
    "keywords.counts": example("sea sky sea", "sea sky", words=("sea", "sky"), quantities=(exactly(2), exactly(1))),
    "keywords.order": example("first, then last", "last, then first", words=("first", "last")),
    "keywords.position": example("Hi. Green tea.", "Green tea. Hi.", word="tea", sentence=2, nth=2),
    "letters.frequency": example("Oo o", "o", letter="o", quantity=at_least(3)),
    "letters.forbid": example("abba", "Code", letters=("c", "e")),
    "each.contains": example("A cat.\n\nThe cat.", "A cat.\n\nA dog.", each="paragraph", words=("cat",)),
    # case
    "case.upper": example("ALL 3 LOUD", "ALL loud"),
    "case.lower": example("all 3 quiet", "All quiet"),
    "case.capital_words": example("NASA and the USA", "nasa", quantity=exactly(2)),
    "case.title": example("The Lord of the Rings", "the lord of The rings"),
    "case.capitalized_count": example("Ada met Alan", "ada met Alan", quantity=exactly(2)),
    "case.sentence_starts": example("Yes. No.", "yes. No."),
    "each.starts_with_capital": example("- One\n- Two", "- **One**\n- Two", each="bullet"),
    # punctuation
    "punctuation.forbid": example("no comma here", "well, one", marks=(",",)),
    "punctuation.frequency": example("go! go!", "go", mark="!", quantity=at_least(2)),
    "punctuation.all": example("a. b, c! d? e; f: g?!", "a. b, c! d? e; f:"),
    "quotes.wrapped": example('"all of it"', 'not "all" of it'),
    "quotes.depth": example('"a \'b "c" d\' e"', '"a" and "b"', quantity=at_least(3)),
    "quotations.count": example('She said "yes" and "no".', 'She said "yes".', quantity=exactly(2)),
    "quotations.explained": example('"Carpe diem" means seize the day.', '"Carpe diem" "memento mori" is old.'),
    "brackets.depth": example("(a [b {c}])", "(a) [b]", quantity=at_least(3)),
    "whitespace.none": example("nospace", "one space"),
    "emoji.count": example("hi 🎉 👍🏽", "hi", quantity=exactly(2)),
    "each.ends_with_emoji": example("Hello there. 🎉 Bye now! 👋", "Hello there. Bye now! 👋"),
    "hashtags.count": example("#one and #two", "# one", quantity=exactly(2)),
    # start and end
    "start.phrase": example("Dear Ada, hi", "**Dear Ada**", phrase="Dear Ada"),
    "end.phrase": example('So it is. The end."', "The end. Or not?", phrase="The end."),
    "end.mark": example("Really?", "Really.", marks=("?",)),
    "start.title": example("**A title**\ntext", "text\n**A title**", style="bold"),
    "start.verb": example("Write a letter.", "The letter."),
    "paragraph.first_word": example("One.\n\nTwo.", "One.\n\nThree.", word="two", nth=2, paragraphs=2),
    "each.starts_with": example("Once x.\n\nThen y.", "Then y.\n\nOnce x.", each="paragraph", phrases=("Once", "Then")),
    "each.ends_with": example("- a.\n- b.", "- a.\n- b", each="bullet", phrase="."),
    "each.starts_with_number": example("1. a\n2. b", "one\ntwo", each="paragraph"),
    "each.starts_with_letter": example("Sun. sea.", "Sun. moon.", each="sentence", letter="s"),
    "each.sentence_type": example(
        "Why? So.\n\nHow? So.", "Why? So.\n\nSo.", each="paragraph", type="interrogative", where="first"
    ),
    "each.same_first_last": example("Rain is rain.", "Rain is wet.", each="paragraph"),
    "order.labels": example("Intro: a\n\nEnd: b", "End: b\n\nIntro: a", labels=("Intro", "End")),
    # structure
    "title.wrapped": example("<<A day>>\nIt began.", "<A day>"),
    "headings.named": example("## Causes\ntext\n**Effects:**", "## Causes", names=("Causes", "Effects")),
    "headings.count": example("## a\n\n## b", "# a\n\n## b", quantity=exactly(2), level=2),
    "sections.labelled": example("Section 1\na\nSection 2: b", "Section one", label="Section", quantity=exactly(2)),
    "sections.thesis": example("<i>Cats rule.</i> They do.", "Cats rule.", tag="html"),
    "postscript": example("Bye.\n\nP.S. Call me.", "Bye.", marker="P.S."),
    "placeholders.count": example("Dear [name], in [city]", "Dear [name]", quantity=at_least(2)),
    "two.responses": example("yes\n******\nno", "yes\n******\nyes"),
    "repeat.prompt": example("Say hi. Hi!", "Hi! Say hi.", text="Say hi."),
    "response.exactly": example("forty  two", "forty-two", text="forty two"),
    "choices.one_of": example("Maybe", "Maybe not", options=("yes", "no", "maybe")),
    "dividers.count": example("a\n\n---\n\nb", "a - b", quantity=exactly(1)),
    "template.followed": example("Name: Ada\nAge: 36", "Age: 36", labels=("Name:", "Age:")),
    # lists
    "bullets.count": example("- a\n* b\n• c", "- a\n**b**", quantity=exactly(3)),
    "bullets.after_sentences": example(
        "It is so. It was so.\n* a\n* b",
        "* a\n* b\nIt is so. It was so.",
        sentence_count=at_least(2),
        bullet_count=at_least(2),
    ),
    "numbered.count": example("1. a\n2) b\n[3] c", "1.5 million", quantity=exactly(3)),
    "list.present": example("1. a\n2. b", "- a\n- b", kind="numbered"),
    "list.sequence": example("Ada, Alan, Grace.", "Alan, Ada, Grace", values=("Ada", "Alan", "Grace")),
    "lists.nested": example("* a\n  - b\n* c\n  - d", "* a\n  - b\n* c"),
    "lists.depth": example("- a\n  - b", "- a\n- b", quantity=exactly(2)),
    "lists.numbering": example("I. a\nII. b\nIII. c\nIV. d", "1. a\n2. b", style="roman", quantity=exactly(4)),
    "lists.sorted": example("- Ada\n- bert\n- Carl", "- Carl\n- Ada"),
    # markup
    "highlights.count": example("*one* and **two**", "none", quantity=at_least(2)),
    "bold.count": example("**one** __two__", "*one*", quantity=exactly(2)),
    "italics.count": example("*one* and _two_", "**one**", quantity=exactly(2)),
    "inline_code.count": example("use `ls`", "use ls", quantity=exactly(1)),
    "code.blocks": example(FENCED, "```js\n1\n```", quantity=exactly(1), language="py"),
    "code.lines": example(FENCED, "```\na\nb\n```", quantity=at_most(1)),
    "table.shape": example(TABLE, "| a |\n|---|\n| b |", columns=exactly(2), rows=at_least(2)),
    "table.headers": example(TABLE, "no table", names=("name", "Age")),
    "tables.count": example(TABLE, "no table", quantity=exactly(1)),
    "blockquotes.count": example("> a\n> b\n\nc\n\n> d", "> a", quantity=exactly(2)),
    "links.count": example("[a](http://b.c) and https://d.e", "none", quantity=exactly(2)),
    "images.count": example("![a](b.png)", "[a](b.png)", quantity=exactly(1)),
    "footnotes.count": example("So [1] and so [^2].", "So.", quantity=exactly(2)),
    "tags.count": example("<b>a</b> <b class='x'>c</b>", "<b>a", name="b", quantity=exactly(2)),
    "markdown.none": example("Plain words.", "**Bold** words."),
    "lines.prefixed": example("**Q:** why?\nA: so.", "Q: why?", prefixes=("Q", "A:")),
    # layout
    "lines.one_word": example("one\ntwo", "one two"),
    "lines.stairs": example("a\n b\n  c", "a\nb\n c"),
    "overlap.share": example("a b c d", "d c b a", text="a b c d", low=98, high=100),
    # formats
    "json.valid": example('```json\n{"a": 1}\n```', "{'a': 1}"),
    "json.keys": example('[{"a": 1, "b": 2}]', '{"a": 1}', keys=("a", "b")),
    "csv.valid": example("id,name\n1,Ada\n2,Alan", "id,name\n1\n2,Alan", columns=("id", "name"), rows=2),
    "xml.valid": example("<a><b/></a>", "<a><b></a>", root="a"),
    "yaml.valid": example("name: Ada\nlangs:\n  - en\n  - fr", "name is Ada", keys=("name",)),
    # forms and mentions, for questions about a response
    "form.is": example("<p>So</p>", "So", form="html"),
    "form.named": example("Lease Agreement\n\nBetween Ada and Alan.", "So.", words=("lease", "agreement")),
    "form.genre": example("Ingredients: 2 cups of rice. Directions: stir.", "So.", genre="recipe"),
    "person.is": example("She sails home.", "I sail home.", person="third"),
    "each.has": example("1. Boat trip: $20\n2. Walk: free", "1. Boat trip: $20\n2. Walk: long", thing="amount"),
    "terms.mentioned": example("We sailed to Lisbon.", "We sailed.", terms=("Lisbon",)),
    "code.language": example(FENCED, "```js\n1\n```", language="python"),
    # language
    "language.is": example(
        "Das Wetter ist heute leider nicht besonders gut.", "The weather is not very good today.", language="de"
    ),
    # numbers
    "numbers.count": example("7 of 10", "seven", quantity=exactly(2)),
    "digits.none": example("seven", "7"),
    "dates.count": example("On 2024-05-31 and May 3, 2020", "in May", quantity=exactly(2)),
    "times.count": example("from 09:30 to 17:00", "at noon", quantity=exactly(2)),
    "percentages.count": example("5% or 6 percent", "5", quantity=exactly(2)),
    "amounts.count": example("$5 and 20 euros", "5", quantity=exactly(2)),
    "units.count": example("5 km and 6km", "km", unit="km", quantity=exactly(2)),
    # sentences
    "sentences.of_type": example("Why? Who? So.", "So.", type="interrogative", quantity=exactly(2)),
    "sentences.type_ratio": example("So. So. Why?", "So. Why?", types=("declarative", "interrogative"), parts=(2, 1)),
    "sentences.grow": example("One. Two words here.", "One. Two.", step=2),
    "sentences.chain": example("I like tea. Tea is hot.", "I like tea. It is hot."),
    "sentences.equal_length": example("Abc. Dbf.", "Abc. Dbfgh."),
    "acrostic": example("sun\nunder\nnight", "moon\nover\nnight", letters="sun"),
    "alliteration.grow": example("One two. Big bad bear.", "Big bad. One two."),
    "alliteration.count": example("a big bad bear", "one big cat", quantity=at_least(3)),
    "rhyme.lines": example("a cat\na hat\nthe day\nmy way", "a cat\na dog\nthe day\nmy way", scheme="AABB"),
    # words
    "words.length": example("one two", "three", quantity=at_most(3)),
    "words.prime_lengths": example("the cat slept", "four cats"),
    "words.repeats": example("a b a", "a a a", at_most=2),
    "words.alliterate_not": example("one big cat", "big bad cat"),
    "words.alphabet": example("Any boy can", "Any cat buys"),
    "words.consonant_clusters": example("strong plants", "a plan"),
    "words.vowel_types": example("a cat met him", "a cat met him outdoors", quantity=at_most(3)),
    "words.stop_share": example("green tea tastes fine", "it is what it is", percent=20),
    "words.syllables_alternate": example("big table", "big cat"),
    "words.nth_japanese": example("one 猫 two 犬", "one two three four", n=2),
    "words.at": example("the vibrant sea so vibrant now", "vibrant", word="vibrant", positions=(2, -2)),
    "words.start_with": example("Big bears", "big cats", letters=("b",)),
    "pronouns.count": example("She gave me hers.", "Ada sang.", quantity=exactly(3)),
    "palindromes.count": example("a level kayak", "a level boat", quantity=at_least(2), shortest=5),
    "contractions.none": example("It is Ada's.", "It's Ada's."),
    # one unit
    "nth.starts_with": example("One. So two.", "So one. Two.", each="sentence", nth=-1, phrase="so"),
    "nth.ends_with": example("One so. Two.", "One. Two so.", each="sentence", nth=1, phrase="so."),
    "nth.contains": example("a\n\nb tea", "a tea\n\nb", each="paragraph", nth=2, words=("tea",)),
    "nth.length": example("a b\nc", "a\nc", each="line", nth=1, quantity=exactly(2), unit="words"),
    "nth.sentence_type": example("So. Why?", "Why? So.", nth=-1, type="interrogative"),
    "unit.count": example("# A\na\n# B\nb", "# A\na", each="section", quantity=exactly(2)),
    "section.length": example("## Aim\na b c", "## Aim\na", name="Aim", quantity=exactly(3), unit="words"),
    "section.contains": example("## Aim\ntea\n## End", "tea\n## Aim\nno", name="aim", words=("tea",)),
    "start.forbid": example("A poem.", "**Sure**, a poem.", phrases=("Sure", "Certainly")),
    "sentences.unique": example("One. Two.", "One. one."),
    "characters.ascii": example("plain", "na\u00efve"),
    "formulas.count": example("$x^2$ and \\(y\\)", "$5 and $6", quantity=exactly(2)),
}
