"""Rules for what questions demand and instructions seldom do: forms ("be a poem"), mentions, things in each item.

They read the statement behind a question (`question_demand`), whole; their examples are their tests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from reward_agent.verify.instructions.catalog.mentions import CODE_LANGUAGES, GENRES
from reward_agent.verify.instructions.constraint import Quantity
from reward_agent.verify.instructions.english import STOP_WORDS
from reward_agent.verify.instructions.grammar.numbers import NUMBER, read_quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a rule reads in a statement. `complete`: it is all that is asked; else it can only show a no."""

    kind: str
    params: Mapping[str, Any]
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class QuestionRule:
    """A pattern of a whole statement, what it demands, and questions with the demand that must be found in them."""

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Demand | None]
    examples: tuple[tuple[str, Demand], ...]
    not_in: tuple[str, ...] = ()


def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"^{pattern}\.$", re.IGNORECASE)


_FORMS: tuple[tuple[str, str], ...] = (
    ("list", r"lists?"),
    ("poem", r"poems?|verse|ode"),
    ("letter", r"letter"),
    ("email", r"e-?mail"),
    ("dialogue", r"dialogue|conversation"),
    ("code", r"code(?: snippet)?|command|script|program|function"),
    ("html", r"html(?: syntax| code)?"),
    ("table", r"table"),
    ("questions", r"questions"),
)
_ANY_FORM = "|".join(f"(?:{names})" for _, names in _FORMS)
_SHAPES: tuple[tuple[str, str, dict[str, object], bool], ...] = (
    (r"(?:one |single |complete )?sentence", "sentences.count", {"quantity": Quantity.exactly(1)}, True),
    (r"(?:one |single )?paragraph", "paragraphs.count", {"quantity": Quantity.exactly(1)}, True),
    (r"(?:one |single )?word", "words.count", {"quantity": Quantity.exactly(1)}, True),
    (r"question", "form.is", {"form": "questions"}, True),
    (r"haiku", "lines.count", {"quantity": Quantity.exactly(3)}, False),
    (r"limerick", "lines.count", {"quantity": Quantity.exactly(5)}, False),
    (r"sonnet", "lines.count", {"quantity": Quantity.exactly(14)}, False),
    (r"tweet", "characters.count", {"quantity": Quantity.at_most(280)}, False),
    (r"headline|title|slogan|tagline", "words.count", {"quantity": Quantity.at_most(25)}, False),
)
"""Forms with a fixed shape: the kind and parameters that they must meet, and whether that is all there is to them."""
_THINGS = (
    ("amount", r"\b(?:cost|price|budget|amount of money|fee)s?$"),
    ("date", r"\bdates?$"),
    ("time", r"\b(?:time|duration)s?$"),
    ("link", r"\b(?:link|url)s?$"),
    ("description", r"\b(?:description|explanation|summary)$"),
    ("number", r"\b(?:number|digit)s?$"),
)


def _form(match: re.Match[str]) -> Demand:
    form = next(form for form, names in _FORMS if re.fullmatch(names, match["form"], re.IGNORECASE))
    return Demand(kind="form.is", params={"form": form})


def _named(match: re.Match[str]) -> Demand:
    name = match["name"].lower()
    for names, kind, params, complete in _SHAPES:
        if re.fullmatch(names, name):
            return Demand(kind=kind, params=params, complete=complete)
    if name in GENRES:
        return Demand(kind="form.genre", params={"genre": name})
    return Demand(kind="form.named", params={"words": tuple(name.split())})


def _units(each: str) -> Callable[[re.Match[str]], Demand | None]:
    def read(match: re.Match[str]) -> Demand | None:
        quantity = read_quantity(match["amount"])
        return Demand(kind="unit.count", params={"each": each, "quantity": quantity}) if quantity else None

    return read


def _labelled(match: re.Match[str]) -> Demand | None:
    quantity = read_quantity(match["amount"], bare="least")
    params = {"label": match["label"].rstrip("sS").capitalize(), "quantity": quantity, "anywhere": True}
    return Demand(kind="sections.labelled", params=params) if quantity else None


def _each_has(match: re.Match[str]) -> Demand | None:
    found = (thing for thing, names in _THINGS if re.search(names, match["thing"], re.IGNORECASE))
    thing = next(found, None)
    return Demand(kind="each.has", params={"thing": thing}) if thing else None


# A judgement of quality is no mention, and what the request or the input holds is not in the question.
_JUDGES = re.compile(
    r"\b(?:correct\w*|appropriat\w*|relevan\w*|suitabl\w*|accurat\w*|effectiv\w*|better|good|well|creativ\w*|engag\w*|"
    r"interesting|clear\w*|logical\w*|coheren\w*|uniqu\w*|different|original|meaning\w*|tone|style|input|given|similar|"
    r"same|metaphors?|alliteration|personification|simil(?:e|es)|analog\w+|rhetorical|humor\w*|funny|vivid|descripti\w*|"
    r"at least|at most|more than|fewer|less than|no more|each|every|all|any|not|without|only|why|how|explain\w*|"
    r"reasons?|significant|compelling|emotion\w*|persuasi\w*|brief|concise|detailed|specific)\b",
    re.IGNORECASE,
)
# Words that say in what way something is mentioned, and need not stand in the text themselves.
_FRAME = frozenset({
    "advice", "information", "details", "detail", "aspects", "tips", "suggestions", "discussion", "description",
    "overview", "reference", "references", "mention", "examples", "example", "fact", "facts", "statement", "way",
    "ways", "topic", "subject",
})  # fmt: skip
# "That the tenant has 30 days": a text to the tenant says "you".
_ADDRESSEE = re.compile(
    r"^(?:the )?(?:tenants?|customers?|readers?|recipients?|users?|students?|employees?|guests?|clients?|patients?|"
    r"applicants?|audience|author|writer|speaker|narrator|sender)\b",
    re.IGNORECASE,
)
_TERMS_AT_MOST = 14


def _mention(match: re.Match[str]) -> Demand | None:
    """What a text mentions, by its content words; nothing where the question judges how well."""
    if not match["named"] and _JUDGES.search(match[0]):
        return None
    terms = content_words(match["named"] or (_ADDRESSEE.sub("", match["what"]) if match["that"] else match["what"]))
    return Demand(kind="terms.mentioned", params={"terms": terms}) if 0 < len(terms) <= _TERMS_AT_MOST else None


def content_words(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that say something, each once."""
    found = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", phrase)
    kept = (w for w in found if w.lower() not in STOP_WORDS | _FRAME and (len(w) > 1 or w.isdigit()))
    return tuple(dict.fromkeys(kept))


_AMOUNT = rf"(?P<amount>(?:exactly |at least |at most |only )?{NUMBER})"
QUESTION_RULES: tuple[QuestionRule, ...] = (
    QuestionRule(
        pattern=_whole(
            r"(?:The (?:list|response)|It) must (?:include|contain|have|consist of|provide|list|give) "
            rf"{_AMOUNT} (?:[\w-]+ )?(?:items|ideas|entries|points|elements|tips|examples|suggestions|reasons|steps|"
            r"facts|options|names|questions)"
        ),
        read=_units("item"),
        examples=(
            (
                "Does the generated list have exactly 4 items?",
                Demand(kind="unit.count", params={"each": "item", "quantity": Quantity.exactly(4)}),
            ),
        ),
    ),
    QuestionRule(
        pattern=_whole(
            r"The response must (?:be )?(?:divided|split|organi[sz]ed|structured|separated|broken)(?: up)? into "
            rf"{_AMOUNT} (?:[\w-]+ )?(?:sections|parts|chapters)"
        ),
        read=_units("section"),
        examples=(
            (
                "Has the text been divided into 4 parts?",
                Demand(kind="unit.count", params={"each": "section", "quantity": Quantity.exactly(4)}),
            ),
        ),
    ),
    QuestionRule(
        pattern=_whole(
            r"The (?:[\w-]+ ){1,3}must (?:be (?:designed|made|planned|written) to )?(?:span|last|cover|run|include|"
            r"have|consist|be divided|be split|be organi[sz]ed)(?: over| for| into| of)?(?: an?)?"
            rf"(?: (?:entire |full )?(?:period|course|total) of)? {_AMOUNT}[ -](?P<label>days?|weeks?|steps?|stages?|"
            r"phases?|chapters?|acts?|parts?|scenes?|rounds?|levels?|months?|lessons?)"
        ),
        read=_labelled,
        examples=(
            (
                "Does the generated plan cover 3 weeks?",
                Demand(
                    kind="sections.labelled",
                    params={"label": "Week", "quantity": Quantity.at_least(3), "anywhere": True},
                ),
            ),
        ),
    ),
    QuestionRule(
        pattern=_whole(
            r"(?:(?:Each|Every|All)(?: (?:of )?the)? (?:[\w-]+ ){1,3}must (?:include|have|contain|mention|give|list|"
            r"be given)(?: with)? (?:an? |the |its |their )?(?P<thing>[\w -]{3,40}))"
        ),
        read=_each_has,
        examples=(
            ("Does each tip in the response include a date?", Demand(kind="each.has", params={"thing": "date"})),
            ("Does every idea have an estimated price?", Demand(kind="each.has", params={"thing": "amount"})),
        ),
        not_in=("Does each idea have its own charm?",),
    ),
    QuestionRule(
        pattern=_whole(
            r"The response must contain (?:an? |the )?(?P<thing>[\w ]{3,30}?)(?: included| provided| given)?"
            r"(?: in the response)? for (?:each|every)(?: of the)? [\w' -]{3,50}"
        ),
        read=_each_has,
        examples=(
            ("Is there a price given for each of the trips?", Demand(kind="each.has", params={"thing": "amount"})),
        ),
    ),
    QuestionRule(
        pattern=re.compile(
            r"^The response must be (?:(?:written|expressed|told|narrated) )?(?:in|from) (?:the )?"
            r"(?P<person>first|third)[- ]person(?: (?:point of view|perspective|voice))?\.$",
            re.IGNORECASE,
        ),
        read=lambda match: Demand(kind="person.is", params={"person": match["person"].lower()}),
        examples=(
            ("Is the story told in the first person?", Demand(kind="person.is", params={"person": "first"})),
            ("Is the generated text in third-person?", Demand(kind="person.is", params={"person": "third"})),
        ),
    ),
    QuestionRule(
        pattern=_whole(
            r"The response must (?:be(?: (?:in|written in|written as|presented as|formatted as|in the form of))?|"
            rf"include|contain|provide|have) (?:the |an? )?(?:[\w-]+ )?(?P<form>{_ANY_FORM})"
            r"(?: (?:format|form|syntax))?(?: of [\w-]+(?: [\w-]+)?)?"
        ),
        read=_form,
        examples=(
            ("Is the generated text a list of rivers?", Demand(kind="form.is", params={"form": "list"})),
            ("Is the answer written as a letter?", Demand(kind="form.is", params={"form": "letter"})),
            ("Is the output in HTML syntax?", Demand(kind="form.is", params={"form": "html"})),
        ),
        not_in=("Is the generated text a poem in praise of rain?",),
    ),
    QuestionRule(
        pattern=_whole(
            r"The (?:code|command|function|program|script|response|snippet|syntax)s? must be (?:written )?in "
            r"(?:the )?(?:given |specified )?(?:programming )?(?:language )?"
            rf"\(?(?P<language>{'|'.join(map(re.escape, CODE_LANGUAGES))})\)?(?: code| syntax)?"
        ),
        read=lambda match: Demand(kind="code.language", params={"language": match["language"].lower()}),
        examples=(
            (
                "Is the function in the response written in SQL?",
                Demand(kind="code.language", params={"language": "sql"}),
            ),
        ),
    ),
    QuestionRule(
        pattern=_whole(r"The response must (?:only )?be (?:just |only )?(?:an? )?(?P<name>[a-z]+(?: [a-z]+)?)"),
        read=lambda match: _named(match) if re.search(r" an? ", match[0]) else None,
        examples=(
            (
                "Is the response a haiku?",
                Demand(kind="lines.count", params={"quantity": Quantity.exactly(3)}, complete=False),
            ),
            ("Is the generated text a recipe?", Demand(kind="form.genre", params={"genre": "recipe"})),
            (
                "Is the generated text a lease agreement?",
                Demand(kind="form.named", params={"words": ("lease", "agreement")}),
            ),
        ),
        not_in=("Is the response polite?",),
    ),
    QuestionRule(
        pattern=_whole(
            r"The response must (?:include|mention|contain|state|specify|provide|give|refer to|address|cover|note|list|"
            r"say|name)"
            r"(?:(?: [^:.]{1,80})?: (?P<named>[^.]{2,160})| (?P<that>that )?(?P<what>[^:]{2,200}))"
        ),
        read=_mention,
        examples=(
            ("Does the response mention Lisbon?", Demand(kind="terms.mentioned", params={"terms": ("Lisbon",)})),
            (
                "Does the letter give the sender's name: Ada Byron?",
                Demand(kind="terms.mentioned", params={"terms": ("Ada", "Byron")}),
            ),
            (
                "Does the notice state that the guest has 3 hours to leave?",
                Demand(kind="terms.mentioned", params={"terms": ("3", "hours", "leave")}),
            ),
        ),
        not_in=("Does the response contain a correct answer?", "Does the text include vivid metaphors?"),
    ),
)
