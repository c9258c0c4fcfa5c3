"""The expression language: every construct is read as meant and printed so that it reads back; slips are named."""

from __future__ import annotations

import re
import typing
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lark import Lark
from lark.exceptions import GrammarError, LexError

from compiler.diagnostics import Diagnostic, Sink
from compiler.source import Source, Span, fragment_of
from compiler.syntax import tree
from compiler.syntax.layout import laid_out
from compiler.syntax.parser import parse_expression, parse_subject
from compiler.syntax.slips import SLIPS, Slip
from compiler.syntax.unparser import unparse

NOWHERE = Span(Source("<test>", ""), 0, 0)


def parsed(text: str) -> tree.Expr:
    """The tree of an expression that must be right."""
    sink = Sink()
    node = parse_expression(fragment_of(text), sink)
    assert node is not None, (text, list(sink))
    assert list(sink) == []
    return node


def complaints(text: str, *, subject: bool = False) -> list[Diagnostic]:
    """What is said of a text that must be wrong."""
    sink = Sink()
    assert (parse_subject if subject else parse_expression)(fragment_of(text), sink) is None
    return sink.sorted()


# -- reading and printing

PRINTED = [
    # literals
    ("'08'", "'08'"),
    ('"08"', "'08'"),
    (r"'O\'Brien'", r"'O\'Brien'"),
    (r'''"O'Brien"''', r"'O\'Brien'"),
    (r'"say \"so\""', r"""'say "so"'"""),
    (r"'\d{3}'", r"'\d{3}'"),
    (r"'a\\b'", r"'a\b'"),
    (r"'ends in \\'", r"'ends in \\'"),
    ("'--'", "'--'"),
    ("''", "''"),
    ("20", "20"),
    ("0", "0"),
    ("9223372036854775807", "9223372036854775807"),
    ("0.5", "0.5"),
    ("100.00", "100.00"),
    ("2024-06-01", "2024-06-01"),
    ("0999-02-28", "0999-02-28"),
    ("2024-02-29", "2024-02-29"),
    ("true", "true"),
    ("false", "false"),
    ("nothing", "nothing"),
    ("$countDate", "$countDate"),
    ("1 day", "1 day"),
    ("1 days", "1 day"),
    ("30 day", "30 days"),
    ("2 weeks", "2 weeks"),
    ("3 months", "3 months"),
    ("1 year", "1 year"),
    ("the school year", "the school year"),
    ("the   school\n year", "the school year"),
    ("December 1 of the school year", "December 1 of the school year"),
    # names and paths
    ("e", "e"),
    ("e.student.birthDate", "e.student.birthDate"),
    ("e . student", "e.student"),
    ("p._ext.idoe.dayCount", "p._ext.idoe.dayCount"),
    ("e.activeOn($day)", "e.activeOn($day)"),
    ("e.between(1, 'a').x", "e.between(1, 'a').x"),
    ("isTest(e)", "isTest(e)"),
    ("lookup(Table, e.code).label", "lookup(Table, e.code).label"),
    ("(latest e in s.rows by day).school", "(latest e in s.rows by day).school"),
    ("((e)).student", "e.student"),
    # words of phrases stay names
    ("e.is.not.one.of", "e.is.not.one.of"),
    ("e.the.latest.next.all", "e.the.latest.next.all"),
    ("age is number", "age is number"),
    ("sum.period is school.days", "sum.period is school.days"),
    ("the is latest", "the is latest"),
    ("next.previous is all.June", "next.previous is all.June"),
    # comparing
    ("a is b", "a is b"),
    ("a is not b", "a is not b"),
    ("a is less than b", "a is less than b"),
    ("a is more than b", "a is more than b"),
    ("a is at least b", "a is at least b"),
    ("a is at most b", "a is at most b"),
    ("a is before b", "a is before b"),
    ("a is after b", "a is after b"),
    ("a is on or before b", "a is on or before b"),
    ("a is on or after b", "a is on or after b"),
    ("a < b", "a is less than b"),
    ("a > b", "a is more than b"),
    ("a <= b", "a is at most b"),
    ("a >= b", "a is at least b"),
    ("a is not less than b", "a is at least b"),
    ("a is not more than b", "a is at most b"),
    ("a is not at least b", "a is less than b"),
    ("a is not at most b", "a is more than b"),
    ("a is not before b", "a is on or after b"),
    ("a is not after b", "a is on or before b"),
    ("a is not on or before b", "a is after b"),
    ("a is not on or after b", "a is before b"),
    ("a is between 1 and 2", "a is between 1 and 2"),
    ("a is not between b.c and 2", "a is not between b.c and 2"),
    ("a is one of ['1', 2, 0.5, 2024-06-01, $x]", "a is one of ['1', 2, 0.5, 2024-06-01, $x]"),
    ("a is not one of ['1']", "a is not one of ['1']"),
    ("a is one of codes HighSchool", "a is one of codes HighSchool"),
    ("a is not one of codes HighSchool", "a is not one of codes HighSchool"),
    ("a is one of $pilot", "a is one of $pilot"),
    ("a is present", "a is present"),
    ("a is missing", "a is missing"),
    ("a is not present", "a is missing"),
    ("a is not missing", "a is present"),
    (r"a matches '[A-Z]\d{2}'", r"a matches '[A-Z]\d{2}'"),
    (r"a does not match '\d'", r"a does not match '\d'"),
    ("a starts with 'x'", "a starts with 'x'"),
    ("a does not start with b", "a does not start with b"),
    ("a contains b", "a contains b"),
    ("a does not contain b", "a does not contain b"),
    ("a overlaps b", "a overlaps b"),
    ("a does not overlap b", "a does not overlap b"),
    # logic
    ("a and b and c", "a and b and c"),
    ("a or b or c", "a or b or c"),
    ("not a", "not a"),
    ("not a is b", "not (a is b)"),
    ("not (a and b)", "not (a and b)"),
    ("if a then b else c", "if a then b else c"),
    ("if a or b then 1 else if c then 2 else 3", "if a or b then 1 else if c then 2 else 3"),
    ("if (if a then b else c) then 1 else 2", "if (if a then b else c) then 1 else 2"),
    ("a otherwise b otherwise c", "a otherwise b otherwise c"),
    ("(a otherwise b) is c", "(a otherwise b) is c"),
    ("if a then (b otherwise c) else d", "if a then (b otherwise c) else d"),
    # lists
    ("any x in a.b has (x.c is 1)", "any x in a.b has (x.c is 1)"),
    ("every x in a has (x)", "every x in a has (x)"),
    ("no x in a has (x)", "no x in a has (x)"),
    ("exactly one x in a has (x)", "exactly one x in a has (x)"),
    ("at least 2 x in a has (x)", "at least 2 x in a has (x)"),
    ("at most 0 x in a has (x otherwise y)", "at most 0 x in a has (x otherwise y)"),
    ("all x in a", "all x in a"),
    ("all x in a where (x.b)", "all x in a where (x.b)"),
    ("the x in a where (x.b)", "the x in a where (x.b)"),
    ("latest x in a by day", "latest x in a by day"),
    ("earliest x in a by b.c then by d where (x.e)", "earliest x in a by b.c then by d where (x.e)"),
    ("highest x in a by b then   by c", "highest x in a by b then by c"),
    ("lowest x in a by b", "lowest x in a by b"),
    ("previous x in a by b to this", "previous x in a by b to this"),
    ("next x in a by b then by c to e.f where (x.g)", "next x in a by b then by c to e.f where (x.g)"),
    ("number of x in a", "number of x in a"),
    ("number of x in a where (x.b)", "number of x in a where (x.b)"),
    ("number of different x.c for x in a where (x.b)", "number of different x.c for x in a where (x.b)"),
    ("sum of x.c for x in a", "sum of x.c for x in a"),
    ("earliest of x.c for x in a", "earliest of x.c for x in a"),
    ("latest of x.c for x in a where (x.b)", "latest of x.c for x in a where (x.b)"),
    ("lowest of (x.c + 1) for x in a", "lowest of (x.c + 1) for x in a"),
    ("highest of x.c for x in (all y in a where (y.b))", "highest of x.c for x in (all y in a where (y.b))"),
    # dates and numbers
    ("age of s.birthDate on $day is less than 9", "age of s.birthDate on $day is less than 9"),
    ("days from a to b", "days from a to b"),
    ("weeks from a to $b", "weeks from a to $b"),
    ("months from 2024-01-01 to b", "months from 2024-01-01 to b"),
    ("years from a to (b otherwise c)", "years from a to (b otherwise c)"),
    ("30 days before $day", "30 days before $day"),
    ("1 week after 2 days before a", "1 week after 2 days before a"),
    ("period from a to b", "period from a to b"),
    ("period from a to nothing contains c", "period from a to nothing contains c"),
    ("a + b - c * d / e", "a + b - c * d / e"),
    ("a + 3 years", "a + 3 years"),
    # layout and notes
    ("a is 1 -- one\n and b is 2", "a is 1 and b is 2"),
    ("-- first\na", "a"),
    ("a\r\n\tis\n1", "a is 1"),
]


@pytest.mark.parametrize(("text", "printed"), PRINTED, ids=[text for text, _ in PRINTED])
def test_an_expression_is_printed(text: str, printed: str) -> None:
    node = parsed(text)
    assert unparse(node) == printed
    assert tree.same(parsed(printed), node)


GROUPED = [  # what belongs together without parentheses
    ("a + b * c", "a + (b * c)"),
    ("a - b - c", "(a - b) - c"),
    ("a / b / c", "(a / b) / c"),
    ("a + 1 is b * 2", "(a + 1) is (b * 2)"),
    ("not a is b", "not (a is b)"),
    ("not a and b", "(not a) and b"),
    ("a is 1 or b is 2", "(a is 1) or (b is 2)"),
    ("a is 1 otherwise b is 2", "(a is 1) otherwise (b is 2)"),
    ("a and b otherwise c", "(a and b) otherwise c"),
    ("if a then b else c and d", "if a then b else (c and d)"),
    ("if a then b else c otherwise d", "(if a then b else c) otherwise d"),
    ("age of s.d on 30 days before $x is 9", "(age of s.d on (30 days before $x)) is 9"),
    ("days from a to b is 3", "(days from a to b) is 3"),
    ("days from a to b + 1", "(days from a to b) + 1"),
    ("2 days before a + b", "(2 days before a) + b"),
    ("a is before 30 days after b", "a is before (30 days after b)"),
    ("number of x in a is 1", "(number of x in a) is 1"),
    ("sum of x.b for x in a / 2", "(sum of x.b for x in a) / 2"),
    ("a is between b + 1 and c", "a is between (b + 1) and c"),
    ("a is between 1 and 2 and b", "(a is between 1 and 2) and b"),
    ("period from a to b overlaps period from c to d", "(period from a to b) overlaps (period from c to d)"),
]


@pytest.mark.parametrize(("bare", "grouped"), GROUPED, ids=[bare for bare, _ in GROUPED])
def test_what_belongs_together(bare: str, grouped: str) -> None:
    assert tree.same(parsed(bare), parsed(grouped))


APART = [  # what parentheses change
    ("(a + b) * c", "a + b * c"),
    ("a - (b - c)", "a - b - c"),
    ("(not a) is b", "not a is b"),
    ("not (a and b)", "not a and b"),
    ("(a and b) and c", "a and b and c"),
    ("a and (b otherwise c)", "a and b otherwise c"),
    ("days from a to (b + 1)", "days from a to b + 1"),
    ("2 days before (a + b)", "2 days before a + b"),
    ("(if a then b else c) and d", "if a then b else c and d"),
]


@pytest.mark.parametrize(("grouped", "bare"), APART, ids=[grouped for grouped, _ in APART])
def test_parentheses_that_matter_are_kept(grouped: str, bare: str) -> None:
    node = parsed(grouped)
    assert unparse(node) == grouped
    assert not tree.same(node, parsed(bare))


SUBJECTS = [
    "studentSchoolAssociation as e",
    "studentAcademicRecord as g, d in g.diplomas",
    "students as s, a in s.studentSchoolAssociations, b in a.alternativeGraduationPlans",
    "student as s where (s.birthDate is present)",
    "studentAcademicRecord as g, d in (all x in g.diplomas where (x.a)) where (d.b otherwise g.c)",
]


@pytest.mark.parametrize("text", SUBJECTS)
def test_a_subject_is_printed(text: str) -> None:
    sink = Sink()
    node = parse_subject(fragment_of(text), sink)
    assert node is not None
    assert list(sink) == []
    assert unparse(node) == text


def test_spans_are_the_words_of_each_node() -> None:
    node = parsed("any d in q.disabilities has (d.order is 1 and not d.code is one of ['08', $x])")
    spans = [f"{type(part).__name__}: {part.span.text}" for part in tree.walk(node)]
    assert spans == [
        "Quantified: any d in q.disabilities has (d.order is 1 and not d.code is one of ['08', $x])",
        "Get: q.disabilities",
        "Name: q",
        "And: d.order is 1 and not d.code is one of ['08', $x]",
        "Compare: d.order is 1",
        "Get: d.order",
        "Name: d",
        "Whole: 1",
        "Not: not d.code is one of ['08', $x]",
        "OneOf: d.code is one of ['08', $x]",
        "Get: d.code",
        "Name: d",
        "Inline: ['08', $x]",
        "Text: '08'",
        "Parameter: $x",
    ]


# -- every tree reads back

Strategy = st.SearchStrategy[typing.Any]

WORDS = ["a", "e", "_x", "birthDate", "age", "number", "sum", "the", "all", "next", "period", "school", "days", "June"]
BY_TYPOGRAPHY = re.compile("[\u00a0\u2007\u2013\u2014\u2018-\u201d\u2212\u202f\u200b-\u200d\u2060\ufeff]")

names = st.sampled_from(WORDS) | st.from_regex(r"x[A-Za-z0-9_]{0,4}", fullmatch=True)
paths = st.lists(names, min_size=1, max_size=2).map(tuple)
orders = st.lists(paths, min_size=1, max_size=2).map(tuple)
characters = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])
texts = st.text(characters, max_size=8).filter(lambda text: not BY_TYPOGRAPHY.search(text))
awkward = st.sampled_from(["\\", "'", "\\'", "\\\\", "a\\d", '"', "--", "{a}"])
flags = st.booleans()
quantifiers = st.one_of(
    st.tuples(st.sampled_from([q for q in tree.Quantifier if not q.value.startswith("at ")]), st.none()),
    st.tuples(st.sampled_from([tree.Quantifier.AT_LEAST, tree.Quantifier.AT_MOST]), st.integers(0, 20)),
)
picks = st.sampled_from([word for word in tree.Aggregation if word is not tree.Aggregation.SUM])
common_days = st.dates().filter(lambda day: (day.month, day.day) != (2, 29))


def nodes(kind: type[tree.Node], *parts: Strategy) -> Strategy:
    return st.builds(kind, st.just(NOWHERE), *parts)


def several(parts: Strategy, least: int, most: int) -> Strategy:
    return st.lists(parts, min_size=least, max_size=most).map(tuple)


place = st.just(NOWHERE)
LEAVES: dict[type[tree.Node], Strategy] = {
    tree.Text: nodes(tree.Text, texts | awkward),
    tree.Whole: nodes(tree.Whole, st.integers(0, 2**63 - 1)),
    tree.DecimalNumber: nodes(tree.DecimalNumber, st.decimals(0, 10**9, places=3)),
    tree.Date: st.dates().map(lambda day: tree.Date(NOWHERE, day.year, day.month, day.day)),
    tree.Boolean: nodes(tree.Boolean, flags),
    tree.Nothing: nodes(tree.Nothing),
    tree.Duration: nodes(tree.Duration, st.integers(0, 400), st.sampled_from(["day", "week", "month", "year"])),
    tree.SchoolYear: nodes(tree.SchoolYear),
    tree.MonthDay: common_days.map(lambda day: tree.MonthDay(NOWHERE, day.month, day.day)),
    tree.Parameter: nodes(tree.Parameter, names),
    tree.Name: nodes(tree.Name, names),
    tree.CodeSet: nodes(tree.CodeSet, names, place),
    tree.ParameterSet: nodes(tree.ParameterSet, names),
}
literals = st.one_of(*(LEAVES[kind] for kind in (tree.Text, tree.Whole, tree.DecimalNumber, tree.Date, tree.Parameter)))


def choices() -> Strategy:
    return nodes(tree.Inline, several(literals, 1, 3)) | LEAVES[tree.CodeSet] | LEAVES[tree.ParameterSet]


def quantified(e: Strategy) -> Strategy:
    parts = st.tuples(quantifiers, names, e, e)
    return parts.map(lambda p: tree.Quantified(NOWHERE, p[0][0], p[0][1], p[1], NOWHERE, p[2], p[3]))


def binders(e: Strategy) -> Strategy:
    return nodes(tree.Binder, names, place, e, st.none() | e)


COMPOUND: dict[type[tree.Node], typing.Callable[[Strategy], Strategy]] = {
    tree.Get: lambda e: nodes(tree.Get, e, names, place, st.none() | several(e, 1, 2)),
    tree.Call: lambda e: nodes(tree.Call, names, place, several(e, 1, 3)),
    tree.Not: lambda e: nodes(tree.Not, e),
    tree.And: lambda e: nodes(tree.And, several(e, 2, 3)),
    tree.Or: lambda e: nodes(tree.Or, several(e, 2, 3)),
    tree.If: lambda e: nodes(tree.If, e, e, e),
    tree.Otherwise: lambda e: nodes(tree.Otherwise, several(e, 2, 3)),
    tree.Presence: lambda e: nodes(tree.Presence, e, flags),
    tree.Compare: lambda e: nodes(tree.Compare, e, st.sampled_from(tree.Comparison), e),
    tree.Between: lambda e: nodes(tree.Between, e, e, e, flags),
    tree.OneOf: lambda e: nodes(tree.OneOf, e, choices(), flags),
    tree.Inline: lambda e: nodes(tree.Inline, several(literals, 1, 3)),
    tree.Matches: lambda e: nodes(tree.Matches, e, LEAVES[tree.Text], flags),
    tree.StartsWith: lambda e: nodes(tree.StartsWith, e, e, flags),
    tree.Contains: lambda e: nodes(tree.Contains, e, e, flags),
    tree.Overlaps: lambda e: nodes(tree.Overlaps, e, e, flags),
    tree.Quantified: quantified,
    tree.Binder: binders,
    tree.Count: lambda e: nodes(tree.Count, binders(e), st.none() | e),
    tree.Aggregate: lambda e: nodes(tree.Aggregate, st.sampled_from(tree.Aggregation), e, binders(e)),
    tree.MonthlySum: lambda e: nodes(tree.MonthlySum, flags, e, binders(e), e),
    tree.All: lambda e: nodes(tree.All, binders(e)),
    tree.The: lambda e: nodes(tree.The, binders(e)),
    tree.Pick: lambda e: nodes(tree.Pick, picks, binders(e), orders, st.just(())),
    tree.Neighbour: lambda e: nodes(tree.Neighbour, flags, binders(e), orders, st.just(()), e),
    tree.Arithmetic: lambda e: nodes(tree.Arithmetic, e, st.sampled_from("+-*/"), e),
    tree.Shifted: lambda e: nodes(tree.Shifted, LEAVES[tree.Duration], flags, e),
    tree.Age: lambda e: nodes(tree.Age, e, e),
    tree.Elapsed: lambda e: nodes(tree.Elapsed, st.sampled_from(["day", "week", "month", "year"]), e, e),
    tree.Period: lambda e: nodes(tree.Period, e, e),
    tree.Join: lambda e: nodes(tree.Join, names, place, e),
    tree.Subject: lambda e: nodes(
        tree.Subject, names, place, names, place, several(nodes(tree.Join, names, place, e), 0, 2), st.none() | e
    ),
}


def are_expressions(kinds: typing.Iterable[type[tree.Node]]) -> list[type[tree.Node]]:
    return [kind for kind in kinds if issubclass(kind, tree.Expr)]


expressions = st.recursive(
    st.one_of(*(LEAVES[kind] for kind in are_expressions(LEAVES))),
    lambda e: st.one_of(*(COMPOUND[kind](e) for kind in are_expressions(COMPOUND))),
    max_leaves=6,
)
ROOTS = {**LEAVES, **{kind: make(expressions) for kind, make in COMPOUND.items()}}


def test_the_generator_makes_every_kind_of_node() -> None:
    kinds = {kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Node)}
    assert set(ROOTS) == kinds - {tree.Node, tree.Expr}


def whole(node: tree.Node) -> tree.Expr | tree.Subject:
    """A part of an expression as an expression or subject that holds it."""
    match node:
        case tree.Inline() | tree.CodeSet() | tree.ParameterSet():
            return tree.OneOf(NOWHERE, tree.Name(NOWHERE, "a"), node, False)
        case tree.Binder():
            return tree.All(NOWHERE, node)
        case tree.Join():
            return tree.Subject(NOWHERE, "student", NOWHERE, "s", NOWHERE, (node,), None)
        case tree.Expr() | tree.Subject():
            return node
    raise AssertionError(node)


@pytest.mark.parametrize("kind", ROOTS, ids=lambda kind: kind.__name__)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_is_printed_reads_back(kind: type[tree.Node], data: st.DataObject) -> None:
    node = whole(data.draw(ROOTS[kind]))
    text, sink = unparse(node), Sink()
    parse = parse_subject if isinstance(node, tree.Subject) else parse_expression
    again = parse(fragment_of(text), sink)
    assert again is not None, (text, list(sink))
    assert tree.same(again, node), text
    assert unparse(again) == text
    if isinstance(node, tree.Expr):
        lines = laid_out(node, 20)
        broken = parse_expression(fragment_of(lines), sink)
        assert broken is not None, (lines, list(sink))
        assert tree.same(broken, node), lines


# -- the grammar

GRAMMAR = files("compiler.syntax").joinpath("grammar.lark").read_text(encoding="utf-8")


def strict(grammar: str) -> Lark:
    return Lark(grammar, parser="lalr", start=["expression", "subject"], strict=True)


def test_the_grammar_has_no_conflicts() -> None:
    """A strict grammar refuses every conflict between rules and every clash of terminals."""
    assert strict(GRAMMAR).parse("a is b", start="expression").data == "expression"


@pytest.mark.parametrize(
    "rule",
    [
        '%extend value: NUMBER_OF binder "or" -> twice',
        '%extend sum: sum "+" sum -> twice',
        "%extend value: TWICE\nTWICE: /[a-z]+/",
    ],
    ids=["shift or reduce", "two readings", "two terminals"],
)
def test_a_conflict_would_be_noticed(rule: str) -> None:
    with pytest.raises((GrammarError, LexError)):
        strict(f"{GRAMMAR}\n{rule}\n")


# -- what is said of wrong expressions


@pytest.mark.parametrize("slip", SLIPS, ids=[slip.example for slip in SLIPS])
def test_a_slip_is_named(slip: Slip) -> None:
    found = complaints(slip.example)
    assert [diagnostic.code for diagnostic in found] == [slip.code]
    said = f"{found[0].message} {found[0].hint}"
    for words in slip.words.values():
        for part in re.split(r"\{\w+\}", words):
            assert part in said


LIMITS = [  # what is too much, and what is said of it
    ("", "the expression holds nothing"),
    (" \n\t ", "the expression holds nothing"),
    ("(" * 10_000 + "a" + ")" * 10_000, "the expression holds 20,001 characters"),
    ("(" * 10_000, "the expression holds 10,000 characters"),
    ("a is 1 and " * 1_000 + "a is 1", "the expression holds 11,006 characters"),
    ("'" + "x" * 4_000 + "'", "the expression holds 4,002 characters"),
    ("not (" * 60 + "a" + ")" * 60, "the expression holds more than 60 levels"),
    ("a" + ".b" * 60, "the expression holds more than 60 levels"),
    ("1" + " + 1" * 60, "the expression holds more than 60 levels"),
    ("if a then b else " * 60 + "c", "the expression holds more than 60 levels"),
    ("a is 9223372036854775808", "the expression holds a number this large"),
    ("a is " + "9" * 3_990, "the expression holds a number this large"),
    ("10000000 days before a", "the expression holds a number this large"),
    ("at least 10000000 x in a has (x)", "the expression holds a number this large"),
    ("a is 0.1234567890123", "the expression holds a number this long"),
    ("a is 123456789012345678901234567.5", "the expression holds a number this long"),
]


@pytest.mark.parametrize(("text", "said"), LIMITS, ids=[f"{text[:20]} ({len(text)})" for text, _ in LIMITS])
def test_an_expression_has_limits(text: str, said: str) -> None:
    found = complaints(text)
    assert [(diagnostic.code, diagnostic.message) for diagnostic in found] == [("E208", said)]
    assert complaints(text, subject=True) != []


WITHIN = [
    "(" * 1_999 + "a" + ")" * 1_999,
    "a" + ".b" * 59,
    "not (" * 59 + "a" + ")" * 59,
    " and ".join(["a"] * 400),
    "f(" + ", ".join(["a"] * 1_000) + ")",
    "'" + "x" * 3_998 + "'",
    "9999999 days before a",
    "at most 9999999 x in a has (x)",
    "12345678901234567890123456.123456789012",
]


@pytest.mark.parametrize("text", WITHIN, ids=[f"{text[:20]} ({len(text)})" for text in WITHIN])
def test_an_expression_within_the_limits_is_read(text: str) -> None:
    node = parsed(text)
    assert tree.same(parsed(unparse(node)), node)


DAYS = [  # dates that the calendar does not have
    ("a is 2023-02-29", "2023-02-29 is not a day"),
    ("a is 2024-13-01", "2024-13-01 is not a day"),
    ("a is 0000-01-01", "0000-01-01 is not a day"),
    ("a is November 31 of the school year", "November 31 is not a day"),
    ("a is February 29 of the school year", "February 29 is not a day"),
    ("a is June 0 of the school year", "June 0 is not a day"),
    ("a is June 99999999999999999999 of the school year", "June 99999999999999999999 is not a day"),
]


@pytest.mark.parametrize(("text", "said"), DAYS, ids=[text for text, _ in DAYS])
def test_a_day_must_exist(text: str, said: str) -> None:
    assert [(diagnostic.code, diagnostic.message) for diagnostic in complaints(text)] == [("E210", said)]


BLANKS = ["TODO", "TODO and a is 1", "any x in TODO has (x)", "a.TODO is 1", "any TODO in a has (b)"]


@pytest.mark.parametrize("text", BLANKS)
def test_the_mark_of_a_blank_is_no_name(text: str) -> None:
    assert {diagnostic.code for diagnostic in complaints(text)} == {"E507"}


def test_the_mark_of_a_blank_is_a_text_in_quotes() -> None:
    assert tree.same(parsed("a is 'TODO'"), parsed('a is "TODO"'))


PIECES = sorted({*re.findall(r"\S+", " ".join(text for text, _ in PRINTED)), *"()[]='\"#&!\n\\", "--", "“", "OR"})


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_text_gives_a_tree_or_one_complaint_within_it(text: str) -> None:
    sink = Sink()
    node = parse_expression(fragment_of(text), sink)
    assert (node is None) == bool(list(sink))
    for diagnostic in sink:
        assert diagnostic.message
        assert 0 <= diagnostic.span.start < diagnostic.span.end <= len(text) + 1
