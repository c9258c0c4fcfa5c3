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
    """A mistake people make: ``before`` must match the text up to the error, ``here`` the text from it.

    The groups of both fill the gaps of ``words``; the caret begins at the group ``at`` of ``before``, if it has one.
    """

    code: str
    example: str
    here: str
    before: str = ""
    words: dict[str, str] = field(default_factory=dict)


_MONTHS = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# a comparison with its right side, and no word behind it that begins another
_CHAIN = (
    r"(?:\b(?:is|contains|overlaps|matches)\b|[<>]=?)\s*(?:(?!\b(?:and|or|then|else|otherwise|has|where)\b)[^,])*\S\s*$"
)

SLIPS: tuple[Slip, ...] = (
    # signs of other languages
    Slip("E202", "x == 1", r"(?P<sign>===?)", words={"instead": "is"}),
    Slip("E202", "x = 1", r"(?P<sign>=)", words={"instead": "is"}),
    Slip("E202", "x != 1", r"(?P<sign>!=|!==)", words={"instead": "is not"}),
    Slip("E202", "x <> 1", r">", before=r"(?P<at><)$", words={"sign": "<>", "instead": "is not"}),
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
    Slip("E206", "a is one of '1', '2'", r"'[^'\n]*'|\"[^\"\n]*\"|\d+", before=r"one\s+of\s*$"),
    Slip("E206", "a is '03', '10'", r",", before=r"\bis\s+(?:not\s+)?'[^']*'\s*$"),
    Slip("E206", "a is '03' or '10' is b and c", r"and\b", before=r"\bor\s+['\"][^'\"]*['\"](?:\s+is\s+\w+)?\s*$"),
    # a possessive, before what it is mistaken for
    Slip(
        "E212", "student's birthDate is present", r"'s\s+(?P<part>\w+)", before=r"(?P<at>\b(?P<name>[A-Za-z]\w*))$",
        words={"what": "{name}'s {part}", "instead": "{name}.{part}"},
    ),
    Slip(
        "E212", "the student's birthDate is present", r"(?P<name>\w+)'s\s+(?P<part>\w+)", before=r"\b(?P<at>the)\s*$",
        words={"what": "the {name}'s {part}", "instead": "{name}.{part}"},
    ),
    Slip("E209", "a is 'x", r"(?P<quote>')[^'\n]*(?=\n|$)"),
    Slip("E209", 'a is "x', r'(?P<quote>")[^"\n]*(?=\n|$)'),
    # mixing and chaining
    Slip("E203", "a is 1 and b is 2 or c is 3", r"or\b", before=r"\band\b(?!.*\bbetween\b(?!.*\band\b))"),
    Slip("E203", "a is 1 or b is 2 and c is 3", r"and\b", before=r"\bor\b"),
    Slip("E205", "a is 1 is 2", r"is\b", before=_CHAIN),
    Slip("E205", "1 < x < 4", r"[<>]=?", before=_CHAIN),
    # parentheses
    Slip("E204", "any e in s.enrollments has e.isPrimary", r"\w+", before=r"\b(?P<word>has)\s*$"),
    Slip("E204", "number of e in s.enrollments where e.isPrimary is 1", r"\w+", before=r"\b(?P<word>where)\s*$"),
    # dates and ages
    Slip(
        "E207", "age of s.birthDate is less than 9", r"(?=is\b|[<>]|$)", before=r"\b(?P<at>age\s+of\s+[\w.]+)\s*$",
        words={"what": "an age needs the day it is taken on", "fix": "write `{at} on $asOf`, or another day"},
    ),
    Slip(
        "E207", "d is before December 1", r"", before=rf"\b(?P<at>{_MONTHS}\s+\d+)\s*$",
        words={"what": "this day needs its year", "fix": "write `{at} of the school year`"},
    ),
    Slip(
        "E207", "d is after the December 1", rf"(?P<day>(?:{_MONTHS})\s+\d+)", before=r"\b(?P<at>the\s*)$",
        words={"what": "this day needs its year", "fix": "write `{day} of the school year`"},
    ),
    # other ways of saying it
    Slip(
        "E212", "a is equal to 3", r"to\b", before=r"\b(?P<at>is\s+equal)\s*$",
        words={"what": "is equal to", "instead": "is"},
    ),
    Slip(
        "E212", "a is less than or equal to 3", r"equal(?:\s+to)?\b", before=r"\b(?P<at>is\s+less\s+than\s+or)\s*$",
        words={"what": "is less than or equal to", "instead": "is at most"},
    ),
    Slip(
        "E212", "a is more than or equal to 3", r"equal(?:\s+to)?\b", before=r"\b(?P<at>is\s+more\s+than\s+or)\s*$",
        words={"what": "is more than or equal to", "instead": "is at least"},
    ),
    Slip("E212", "a equals 3", r"equals\b", words={"what": "equals", "instead": "is"}),
    Slip("E212", "a equal to 3", r"equal\b", words={"what": "equal to", "instead": "is"}),
    Slip(
        "E212", "a is the same as b", r"(?:the\s+)?same\s+as\b|as\b", before=r"\b(?P<at>is)\s+(?:the\s+)?(?:same\s*)?$",
        words={"what": "is the same as", "instead": "is"},
    ),
    Slip(
        "E212", "a is not equal to 3", r"to\b", before=r"\b(?P<at>is\s+not\s+equal)\s*$",
        words={"what": "is not equal to", "instead": "is not"},
    ),
    Slip(
        "E212", "a is greater than or equal to 3", r"than\s+or\s+equal(?:\s+to)?\b",
        before=r"\b(?P<at>is\s+(?P<word>greater|larger|bigger|higher|older))\s*$",
        words={"what": "is {word} than or equal to", "instead": "is at least"},
    ),
    Slip(
        "E212", "a is smaller than or equal to 3", r"than\s+or\s+equal(?:\s+to)?\b",
        before=r"\b(?P<at>is\s+(?P<word>smaller|lower|fewer|younger))\s*$",
        words={"what": "is {word} than or equal to", "instead": "is at most"},
    ),
    Slip(
        "E212", "a is greater than 3", r"than\b",
        before=r"\b(?P<at>(?:is\s+)?(?P<word>greater|larger|bigger|higher|older))\s*$",
        words={"what": "is {word} than", "instead": "is more than"},
    ),
    Slip(
        "E212", "a is smaller than 3", r"than\b",
        before=r"\b(?P<at>(?:is\s+)?(?P<word>smaller|lower|fewer|younger))\s*$",
        words={"what": "is {word} than", "instead": "is less than"},
    ),
    Slip(
        "E212", "d is earlier than e", r"than\b", before=r"\b(?P<at>(?:is\s+)?earlier)\s*$",
        words={"what": "is earlier than", "instead": "is before"},
    ),
    Slip(
        "E212", "d is later than e", r"than\b", before=r"\b(?P<at>(?:is\s+)?later)\s*$",
        words={"what": "is later than", "instead": "is after"},
    ),
    Slip(
        "E212", "d is on before e", r"before\b", before=r"\b(?P<at>(?:is\s+)?on)\s*$",
        words={"what": "is on before", "instead": "is on or before"},
    ),
    Slip(
        "E212", "d is on after e", r"after\b", before=r"\b(?P<at>(?:is\s+)?on)\s*$",
        words={"what": "is on after", "instead": "is on or after"},
    ),
    Slip("E212", "d must be after e", r"(?P<what>(?:must|should|shall|has\s+to)\s+be)\b", words={"instead": "is"}),
    Slip("E212", "d must not be 3", r"(?P<what>(?:must|should|shall)\s+not\s+be)\b", words={"instead": "is not"}),
    Slip("E212", "a in ['1', '2']", r"in\b", words={"what": "in", "instead": "is one of"}),
    Slip("E212", "a exists", r"exists\b", words={"what": "exists", "instead": "is present"}),
    Slip("E212", "a has a value", r"has\s+a\s+value\b", words={"what": "has a value", "instead": "is present"}),
    Slip(
        "E212", "a does not exist", r"exist\b", before=r"\b(?P<at>does\s+not)\s*$",
        words={"what": "does not exist", "instead": "is missing"},
    ),
    Slip("E212", "AND a is 1", r"(?=[\w'])", before=r"^\s*(?P<at>AND)\s*$", words={"what": "AND", "instead": "and"}),
    Slip("E212", "a is 1 AND b is 2", r"AND\b", words={"what": "AND", "instead": "and"}),
    Slip("E212", "a is 1 OR b is 2", r"OR\b", words={"what": "OR", "instead": "or"}),
    Slip("E212", "a IS 1", r"IS\b", words={"what": "IS", "instead": "is"}),
    Slip("E212", "IF a is 1 THEN b", r"(?=[\w'])", before=r"^\s*(?P<at>IF)\s*$", words={"what": "IF", "instead": "if"}),
    Slip(
        "E212", "all e in s.enrollments has (e.isPrimary)", r"has\b",
        before=r"\b(?P<at>all\s+(?P<name>\w+)\s+in\s+(?P<list>[\w.]+))\s*$",
        words={"what": "all ... has", "instead": "every {name} in {list} has (...)"},
    ),
    Slip(
        "E212", "each e in s.enrollments has (e.isPrimary)", r"(?=\w)", before=r"\b(?P<at>each)\s*$",
        words={"what": "each", "instead": "every"},
    ),
    Slip(
        "E212", "some e in s.enrollments has (e.isPrimary)", r"(?=\w)", before=r"\b(?P<at>some)\s*$",
        words={"what": "some", "instead": "any"},
    ),
    Slip(
        "E212", "at least one e in s.enrollments has (e.isPrimary)", r"one\b",
        before=r"\b(?P<at>at\s+(?P<word>least|most))\s*$",
        words={"what": "at {word} one", "instead": "at {word} 1"},
    ),
    # if
    Slip(
        "E213", "if a is 1 then b", r"$", before=r"\bthen\b(?!.*\belse\b)",
        words={"fix": "add `else`; a rule's condition for applying belongs under `when:`"},
    ),
    Slip(
        "E213", "if a is 1, b", r",", before=r"\bif\b(?!.*\bthen\b)",
        words={"fix": "write `if ... then ... else ...`"},
    ),
    Slip(
        "E213", "a is 1 if b is 2", r"if\b", before=r"\S\s+$",
        words={"fix": "write `if ... then ... else ...`, or put the condition under `when:`"},
    ),
    # left out on purpose
    Slip(
        "E211", "there is a school as x where (x.schoolId is 1)", r"(?=\w)",
        before=r"\b(?P<at>there\s+is)\s+(?:a|an|no)\s*$",
        words={"what": "there is", "instead": "follow a path: `any x in student.studentSchoolAssociations has (...)`"},
    ),
    Slip(
        "E211", "school days from a to b is 3", r"days\b", before=r"\b(?P<at>school)\s*$",
        words={"what": "school days", "instead": "count them: `number of d in calendar.calendarDates where (...)`"},
    ),
    Slip(
        "E211", "d is within 30 days of e", r"(?=\w)", before=r"\b(?P<at>within)\s*$",
        words={"what": "within", "instead": "write `days from a to b is at most 30`"},
    ),
    Slip(
        "E211", "a is 1 unless b is 2", r"unless\b", words={"what": "unless", "instead": "write `or` in its place"},
    ),
)  # fmt: skip

_WORDS = {
    "IS": "`is`",
    "HAS": "`has (`",
    "WHERE": "`where (`",
    "IN": "`in`",
    "TO": "`to`",
    "FOR": "`for`",
    "BY": "`by`",
    "AS": "`as`",
    "ON": "`on`",
    "THEN": "`then`",
    "ELSE": "`else`",
    "CODES": "`codes`",
    "NAME": "a name",
    "STRING": "a text in quotes",
    "INT": "a number",
    "DECIMAL": "a number",
    "DATE": "a date",
    "PARAMETER": "a parameter",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "COMMA": "`,`",
    "RPAR": "`)`",
    "AND": "`and`",
    "OR": "`or`",
    "$END": "the end",
    "OTHERWISE": "`otherwise`",
    "DOT": "`.`",
    "LPAR": "`(`",
}


def report(error: UnexpectedInput, fragment: Fragment, sink: Sink) -> None:
    """Say in an author's words what is wrong with an expression."""
    start, end = _place(error, fragment)
    text = re.sub(r"--[^\n]*", lambda note: " " * len(note.group()), fragment.text)
    before, here = text[:start], text[start:]
    for slip in SLIPS:
        behind = re.match(slip.here, here)
        ahead = re.search(slip.before, before, re.DOTALL) if slip.before else None
        if behind is None or (slip.before and ahead is None):
            continue
        groups = {**(ahead.groupdict() if ahead else {}), **behind.groupdict()}
        words: dict[str, Any] = {**groups, **{name: word.format(**groups) for name, word in slip.words.items()}}
        begin = ahead.start("at") if ahead and "at" in groups else start
        sink.report(slip.code, fragment.span(begin, max(start + behind.end(), begin + 1)), **words)
        return
    seen = f"`{fragment.text[start:end]}`" if start < end else "the end of the expression"
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
    return " or ".join([", ".join(unique[:-1]), unique[-1]] if len(unique) > 1 else unique) or "the end, `and` or `or`"
