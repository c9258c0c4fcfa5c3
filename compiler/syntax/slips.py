"""Words for expressions that do not parse, found from examples of real slips.

Lark says at which token it gave up. Each :class:`Slip` looks at the text before and behind that place; the first that
fits gives the diagnostic. Every slip carries an example, and the tests run each example to prove that it is found.
What no slip explains becomes E201, with the words that could have followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Sink
from compiler.source import Fragment

if TYPE_CHECKING:
    from lark import UnexpectedInput


@dataclass(frozen=True, slots=True)
class Slip:
    """A mistake people make: ``before`` must match the text up to the error, ``here`` the text from it."""

    code: str
    example: str
    here: str
    before: str = ""
    words: dict[str, str] = field(default_factory=dict)


_ASK_CHAIN = r"\b(?:is|contains|overlaps|matches|<|>|<=|>=)\b"

SLIPS: tuple[Slip, ...] = (
    # signs of other languages
    Slip("E202", "x == 1", r"(?P<sign>===?)", words={"instead": "is"}),
    Slip("E202", "x = 1", r"(?P<sign>=)", words={"instead": "is"}),
    Slip("E202", "x != 1", r"(?P<sign>!=|!==)", words={"instead": "is not"}),
    Slip("E202", "x <> 1", r"(?P<sign>>)", before=r"<$", words={"instead": "is not"}),
    Slip("E202", "!a.isPrimary", r"(?P<sign>!)", words={"instead": "not"}),
    Slip("E202", "a is 1 && b is 2", r"(?P<sign>&&?)", words={"instead": "and"}),
    Slip("E202", "a is 1 || b is 2", r"(?P<sign>\|\|?)", words={"instead": "or"}),
    Slip("E202", "a is 1; b is 2", r"(?P<sign>;)", words={"instead": "and"}),
    Slip("E212", "a is in ['1', '2']", r"\[", before=r"\bis\s+in\s*$", words={"what": "is in", "instead": "is one of"}),
    Slip("E202", "a.b[0] is 1", r"(?P<sign>\[)", before=r"\w\s*$", words={"instead": "the x in a.b where (...)"}),
    Slip("E202", "a ? 1 : 2", r"(?P<sign>\?)", words={"instead": "if ... then ... else ..."}),
    Slip("E202", "a % 2 is 0", r"(?P<sign>%)", words={"instead": "isWhole(a / 2)"}),
    # lists
    Slip("E206", "a is one of []", r"\]", before=r"\[\s*$"),
    Slip("E206", "a is one of ('1', '2')", r"\(", before=r"one\s+of\s*$"),
    Slip("E206", "a is one of '1', '2'", r"['\"\d]", before=r"one\s+of\s*$"),
    Slip("E206", "a is '03', '10'", r",", before=r"\bis\s+(?:not\s+)?'[^']*'\s*$"),
    Slip("E206", "a is '03' or '10' is b and c", r"and\b", before=r"\bor\s+['\"][^'\"]*['\"](?:\s+is\s+\w+)?\s*$"),
    Slip("E209", "a is 'x", r"(?P<quote>')[^'\n]*$"),
    Slip("E209", 'a is "x', r'(?P<quote>")[^"\n]*$'),
    # mixing and chaining
    Slip("E203", "a is 1 and b is 2 or c is 3", r"or\b", before=r"\band\b"),
    Slip("E203", "a is 1 or b is 2 and c is 3", r"and\b", before=r"\bor\b"),
    Slip("E205", "a is 1 is 2", r"is\b", before=_ASK_CHAIN),
    Slip("E205", "1 < x < 4", r"[<>]", before=r"[<>]"),
    # parentheses
    Slip("E204", "any e in s.enrollments has e.isPrimary", r"\w", before=r"\b(?P<word>has)\s*$"),
    Slip("E204", "number of e in s.enrollments where e.isPrimary is 1", r"\w", before=r"\b(?P<word>where)\s*$"),
    # dates and ages
    Slip(
        "E207", "age of s.birthDate is less than 9", r"is\b|[<>]|$", before=r"\bage\s+of\s+[\w.]+\s*$",
        words={"what": "an age needs the day it is taken on", "fix": "write `age of x on $countDate`"},
    ),
    Slip(
        "E207", "d is before December 1", r".*", before=r"\b(?:January|February|March|April|May|June|July|August|"
        r"September|October|November|December)\s+\d+\s*$",
        words={"what": "this day needs its year", "fix": "write `December 1 of the school year`"},
    ),
    Slip(
        "E207", "d is after the December 1", r"December|January|February|March|April|May|June|July|August|September"
        r"|October|November", words={"what": "this day needs its year", "fix": "write `December 1 of the school year`"},
    ),
    # other ways of saying it
    Slip(
        "E212", "a is equal to 3", r"to\b", before=r"\bis\s+equal\s*$", words={"what": "is equal to", "instead": "is"}
    ),
    Slip("E212", "a equals 3", r"equals\b", words={"what": "equals", "instead": "is"}),
    Slip("E212", "a equal to 3", r"equal\b", words={"what": "equal to", "instead": "is"}),
    Slip(
        "E212", "a is not equal to 3", r"to\b", before=r"\bis\s+not\s+equal\s*$",
        words={"what": "is not equal to", "instead": "is not"},
    ),
    Slip(
        "E212", "a is greater than 3", r"than\b", before=r"\bgreater\s*$",
        words={"what": "is greater than", "instead": "is more than"},
    ),
    Slip(
        "E212", "a is larger than 3", r"than\b", before=r"\b(?:larger|bigger|higher|older)\s*$",
        words={"what": "is larger than", "instead": "is more than"},
    ),
    Slip(
        "E212", "a is smaller than 3", r"than\b", before=r"\b(?:smaller|lower|fewer|younger)\s*$",
        words={"what": "is smaller than", "instead": "is less than"},
    ),
    Slip(
        "E212", "d is earlier than e", r"than\b", before=r"\bearlier\s*$",
        words={"what": "is earlier than", "instead": "is before"},
    ),
    Slip(
        "E212", "d is later than e", r"than\b", before=r"\blater\s*$",
        words={"what": "is later than", "instead": "is after"},
    ),
    Slip(
        "E212", "d is on before e", r"before\b", before=r"\bon\s*$",
        words={"what": "on before", "instead": "is on or before"},
    ),
    Slip(
        "E212", "d is on after e", r"after\b", before=r"\bon\s*$",
        words={"what": "on after", "instead": "is on or after"},
    ),
    Slip("E212", "a in ['1', '2']", r"in\b", words={"what": "in", "instead": "is one of"}),
    Slip("E212", "a exists", r"exists\b", words={"what": "exists", "instead": "is present"}),
    Slip(
        "E212", "a does not exist", r"exist\b", before=r"\bdoes\s+not\s*$",
        words={"what": "does not exist", "instead": "is missing"},
    ),
    Slip("E212", "AND a is 1", r"[\w']", before=r"^\s*AND\s*$", words={"what": "AND", "instead": "and"}),
    Slip("E212", "a is 1 AND b is 2", r"AND\b", words={"what": "AND", "instead": "and"}),
    Slip("E212", "a is 1 OR b is 2", r"OR\b", words={"what": "OR", "instead": "or"}),
    Slip("E212", "a IS 1", r"IS\b", words={"what": "IS", "instead": "is"}),
    Slip("E212", "IF a is 1 THEN b", r"[\w']", before=r"^\s*IF\s*$", words={"what": "IF", "instead": "if"}),
    Slip("E212", "all e in s.enrollments has (e.isPrimary)", r"has\b", before=r"\ball\s+\w+\s+in\s+[\w.]+\s*$",
         words={"what": "all ... has", "instead": "every e in ... has (...)"}),
    Slip("E212", "each e in s.enrollments has (e.isPrimary)", r"\w", before=r"\beach\s*$",
         words={"what": "each", "instead": "every"}),
    # if
    Slip(
        "E213", "if a is 1 then b", r"$", before=r"\bthen\b(?!.*\belse\b)",
        words={"fix": "add `else`; a rule's condition for applying belongs under `when:`"},
    ),
    Slip(
        "E213", "if a is 1, b", r",", before=r"\bif\b(?!.*\bthen\b)",
        words={"fix": "write `if ... then ... else ...`"},
    ),
    # left out on purpose
    Slip(
        "E211", "there is a school as x where (x.schoolId is 1)", r"\w", before=r"\bthere\s+is\s+(?:a|an|no)\s*$",
        words={"what": "there is", "instead": "follow a path: `any x in student.studentSchoolAssociations has (...)`"},
    ),
    Slip(
        "E211", "school days from a to b is 3", r"days\b", before=r"\bschool\s*$",
        words={"what": "school days", "instead": "count them: `number of d in calendar.calendarDates where (...)`"},
    ),
)  # fmt: skip

_WORDS = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "INT": "a number",
    "DECIMAL": "a number",
    "DATE": "a date",
    "PARAMETER": "a parameter",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "$END": "the end",
    "IS": "`is`",
    "HAS": "`has (`",
    "IN": "`in`",
    "WHERE": "`where (`",
    "TO": "`to`",
    "FOR": "`for`",
    "BY": "`by`",
    "AS": "`as`",
    "ON": "`on`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "AND": "`and`",
    "OR": "`or`",
    "OTHERWISE": "`otherwise`",
}


def report(error: UnexpectedInput, fragment: Fragment, sink: Sink) -> None:
    """Say in an author's words what is wrong with an expression."""
    start, end = _place(error, fragment)
    before, here = fragment.text[:start], fragment.text[start:]
    for slip in SLIPS:
        behind = re.match(slip.here, here)
        ahead = re.search(slip.before, before, re.DOTALL) if slip.before else None
        if behind is None or (slip.before and ahead is None):
            continue
        words: dict[str, Any] = {**slip.words, **(ahead.groupdict() if ahead else {}), **behind.groupdict()}
        sink.report(slip.code, fragment.span(start, max(end, start + behind.end())), **words)
        return
    seen = f"`{fragment.text[start:end]}`" if start < len(fragment.text) else "the end of the expression"
    sink.report("E201", fragment.span(start, end), seen=seen, expected=_expected(error))


def _place(error: UnexpectedInput, fragment: Fragment) -> tuple[int, int]:
    """Where the parser gave up, as offsets of the fragment."""
    from lark import UnexpectedCharacters, UnexpectedToken

    if isinstance(error, UnexpectedToken) and error.token.type == "$END":
        end = len(fragment.text.rstrip())
        return end, end
    if isinstance(error, UnexpectedToken):
        start = error.token.start_pos or 0
        return start, error.token.end_pos or start + 1
    assert isinstance(error, UnexpectedCharacters)
    start = error.pos_in_stream or 0
    return start, start + 1


def _expected(error: UnexpectedInput) -> str:
    """What could have stood there, the likely things first."""
    accepted: set[str] = set()
    for name in ("accepts", "expected", "allowed"):
        accepted = accepted or set(getattr(error, name, None) or ())
    words = [word for terminal, word in _WORDS.items() if terminal in accepted]
    unique = list(dict.fromkeys(words))[:6]
    return " or ".join([", ".join(unique[:-1]), unique[-1]] if len(unique) > 1 else unique) or "something else"
