"""Rules in plain words: true to what is evaluated, readable, and never without words."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from compiler.backends.words import Clause, plain_definition, plain_words
from compiler.backends.words_names import pattern_words, plural, singular, with_article, words_of
from compiler.diagnostics import Level
from compiler.reports.diagnostics import render
from compiler.schema.types import BOOLEAN
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.operators import LANGUAGE
from compiler.semantics.program import Program, natural
from compiler.semantics.scope import Definition
from compiler.syntax import tree
from compiler.syntax.unparser import unparse
from tests.support import WRONG_NAME, Sample
from tests.test_random import random_project

ALL = "e.student.studentSchoolAssociations"

MEMBERS = "the student's school associations"

# Bounds and negations, where a wrong word would turn the meaning of a rule around.
EXACT: list[tuple[str, str]] = [
    ("e.fullTimeEquivalency is less than 0.5", "the record's full time equivalency is less than 0.5"),
    ("e.fullTimeEquivalency is more than 0.5", "the record's full time equivalency is more than 0.5"),
    ("e.fullTimeEquivalency is at least 0.5", "the record's full time equivalency is at least 0.5"),
    ("e.fullTimeEquivalency is at most 1", "the record's full time equivalency is at most 1"),
    ("e.entryDate is before 2024-06-01", "the record's entry date is before June 1, 2024"),
    ("e.entryDate is after 2024-06-01", "the record's entry date is after June 1, 2024"),
    ("e.entryDate is on or before 2024-06-01", "the record's entry date is on or before June 1, 2024"),
    ("e.entryDate is on or after 2024-06-01", "the record's entry date is on or after June 1, 2024"),
    ("not (e.entryDate is on or after 2024-06-01)", "the record's entry date is not on or after June 1, 2024"),
    (
        "e.entryDate is between $schoolYearStart and $schoolYearEnd",
        "the record's entry date is between the first day of the school year (July 1) and the last day of the school "
        "year (June 30) (both included)",
    ),
    (
        "e.fullTimeEquivalency is not between 0 and 0.5",
        "the record's full time equivalency is not between 0 and 0.5 (both included)",
    ),
    ("e.entryGradeLevelDescriptor is '03'", "the record's entry grade level is 03 (Grade 3)"),
    ("e.entryGradeLevelDescriptor is not '03'", "the record's entry grade level is not 03 (Grade 3)"),
    ("not (e.entryGradeLevelDescriptor is not '03')", "the record's entry grade level is 03 (Grade 3)"),
    (
        "e.entryGradeLevelDescriptor is 'uri://example.org/GradeLevelDescriptor#03'",
        "the record's entry grade level is 03 (Grade 3, in uri://example.org/GradeLevelDescriptor)",
    ),
    (
        "e.entryGradeLevelDescriptor is one of ['02', '03']",
        "the record's entry grade level is one of 02 (Grade 2) and 03 (Grade 3)",
    ),
    (
        "e.entryGradeLevelDescriptor is not one of codes Elementary",
        "the record's entry grade level is not one of KG, 01, 02 and 03 (kindergarten to grade 3)",
    ),
    ("e.school.schoolId is one of $pilotSchools", "the record's school id is one of the pilot schools"),
    ("e.school is not e.school", "the record's school is not the record's school"),
    ("e.exitWithdrawTypeDescriptor is 'moved'", "the record's exit withdraw type is moved"),
    ("e.exitWithdrawTypeDescriptor is not 'moved'", "the record's exit withdraw type is not moved (or is missing)"),
    (
        "not (e.exitWithdrawTypeDescriptor is one of ['moved', 'left'])",
        "the record's exit withdraw type is not one of moved and left (or is missing)",
    ),
    (
        "'moved' is not e.exitWithdrawTypeDescriptor",
        "moved is not the record's exit withdraw type (or that is missing)",
    ),
    ("e.exit is not 'moved'", "the record's exit is not moved (or is missing)"),
    ("e.student.lastExit is not 'moved'", "the student's last exit is not moved"),
    ("e.primarySchool", "the record's primary school is yes"),
    ("not e.primarySchool", "the record's primary school is no"),
    ("e.primarySchool is false", "the record's primary school is no"),
    ("e.primarySchool is not false", "the record's primary school is yes"),
    ("e.primarySchool otherwise true", "the record's primary school is yes (when that cannot be told: counts as true)"),
    (
        "not (e.primarySchool otherwise false)",
        "it is not true that the record's primary school is yes (when that cannot be told: counts as not true)",
    ),
    ("e.primarySchool is missing", "it is not known whether the record's primary school is yes"),
    ("true", "this is always true"),
    ("not true", "this is never true"),
    (f"any x in {ALL} has (x.fullTimeEquivalency is 1)", f"at least one of {MEMBERS} has a full time equivalency of 1"),
    (f"not (any x in {ALL} has (x.fullTimeEquivalency is 1))", f"none of {MEMBERS} has a full time equivalency of 1"),
    (f"no x in {ALL} has (x.exitWithdrawDate is present)", f"none of {MEMBERS} has an exit withdraw date"),
    (
        f"not (no x in {ALL} has (x.exitWithdrawDate is present))",
        f"at least one of {MEMBERS} has an exit withdraw date",
    ),
    (
        f"every x in {ALL} has (x.exitWithdrawDate is missing)",
        f"every one of {MEMBERS} (if there are any) has no exit withdraw date",
    ),
    (
        f"not (every x in {ALL} has (x.exitWithdrawDate is missing))",
        f"at least one of {MEMBERS} has an exit withdraw date",
    ),
    (
        f"exactly one x in {ALL} has (x.school is e.school)",
        f"exactly one of {MEMBERS} has a school that is the record's school",
    ),
    (
        f"not (exactly one x in {ALL} has (x.school is e.school))",
        f"it is not true that exactly one of {MEMBERS} has a school that is the record's school",
    ),
    (
        f"at least 2 x in {ALL} has (x.primarySchool)",
        f"there are at least 2 among {MEMBERS} for which that school association's primary school is yes",
    ),
    (f"not (at least 2 x in {ALL} has (x.primarySchool))", f"at most 1 of {MEMBERS} has a primary school of yes"),
    (f"at most 1 x in {ALL} has (not x.primarySchool)", f"at most 1 of {MEMBERS} has a primary school that is no"),
    (
        f"not (at most 1 x in {ALL} has (x.primarySchool))",
        f"there are at least 2 among {MEMBERS} for which that school association's primary school is yes",
    ),
]

# Everything else; the words stand in tests/golden/words/expressions.txt.
EXPRESSIONS: tuple[str, ...] = (
    "e.exitWithdrawDate is present",
    "e.exitWithdrawDate is missing",
    "not (e.exitWithdrawDate is missing)",
    "e.student.birthDate is present",
    f"{ALL} is present",
    f"{ALL} is missing",
    f"{ALL}.school is present",
    "e.school is present",
    "lookup(GradeLevels, '03') is missing",
    "(e.exitWithdrawDate otherwise $asOf) is present",
    "e.student.firstName starts with 'A'",
    "e.student.firstName does not start with 'A'",
    r"e.student.studentUniqueId matches '\d{9}'",
    r"e.student.studentUniqueId does not match '\d{9}'",
    "length(trim(lower(e.student.firstName))) is 3",
    f"no x in {ALL} has (x.primarySchool and x.fullTimeEquivalency is 1)",
    f"any x in {ALL} has (x.primarySchool and x.fullTimeEquivalency is 1)",
    f"any x in {ALL} has (x.school.nameOfInstitution is 'North')",
    f"any x in {ALL} has (e.entryDate is before x.entryDate)",
    f"any x in {ALL} has (any y in {ALL} has (y.entryDate is before x.entryDate))",
    f"any x in {ALL} has (any y in {ALL} has (x.entryDate is before y.entryDate))",
    f"{ALL}.schoolReference.schoolId contains 10",
    f"{ALL}.schoolReference.schoolId does not contain 10",
    f"number of x in {ALL} is 2",
    f"number of x in (all y in {ALL} where (y.primarySchool)) is 1",
    f"number of different x.school for x in {ALL} is 1",
    f"sum of x.fullTimeEquivalency for x in {ALL} is at most 1",
    f"sum of (x.fullTimeEquivalency * 2) for x in {ALL} is at most 1",
    f"earliest of x.entryDate for x in {ALL} is e.entryDate",
    f"highest of x.fullTimeEquivalency for x in {ALL} is 1",
    f"(latest x in {ALL} by entryDate then by schoolReference.schoolId) is e",
    f"(the x in {ALL} where (x.primarySchool)).entryDate is 2024-08-01",
    f"(previous x in {ALL} by entryDate to e).school is e.school",
    f"(next x in {ALL} by entryDate to e) is missing",
    "(e.fullTimeEquivalency + 1) * 2 - 1 / 3 is 0",
    "round(e.fullTimeEquivalency, 1) is 0.5",
    "not isWhole(e.fullTimeEquivalency)",
    "joined(e.student.lastSurname, ', ', e.student.firstName) is 'x'",
    "slice(e.student.studentUniqueId, 1, 2) is '10'",
    "zeroFilled(e.student.studentUniqueId, 9) is 'x'",
    "blankFilled(e.student.lastSurname, 20) is 'x'",
    "picture(e.student.studentUniqueId, 'XX-XXXX') is 'x'",
    "rank(e.entryGradeLevelDescriptor, '03', '01') is 1",
    "text(e.entryDate) is 'x'",
    "wholeNumber(e.student.studentUniqueId) is 8",
    "number(e.student.studentUniqueId) is more than 0.5",
    "dateText(e.entryDate, 'MM/DD/YYYY') is 'x'",
    f"highest monthly sum of x.fullTimeEquivalency for x in {ALL} by x.entryDate is at most 1",
    f"lowest monthly sum of (x.fullTimeEquivalency * 2) for x in {ALL} where (x.primarySchool) by (e.entryDate) is 1",
    "(if e.primarySchool then 1 else 2) is 1",
    "(nothing otherwise 3) is 3",
    "lookup(GradeLevels, '03').label is 'x'",
    "age of e.student.birthDate on December 1 of the school year is less than 9",
    "age of e.entryDate on $asOf is 1",
    "days from e.entryDate to e.exitWithdrawDate is at least 30",
    "e.entryDate is after 30 days before 2024-10-01",
    "e.entryDate is before e.student.birthDate + 3 years",
    "earlierOf(e.entryDate, $asOf) is e.entryDate",
    "(the school year) is 2025",
    "(period from e.entryDate to e.exitWithdrawDate) contains $asOf",
    "(period from e.entryDate to nothing) does not contain $asOf",
    "period from 2024-07-01 to 2025-06-30 overlaps period from e.entryDate to nothing",
    "period from 2024-07-01 to 2025-06-30 does not overlap period from e.entryDate to nothing",
    "e.isPrimary",
    "not e.isPrimary",
    "e.activeOn($asOf)",
    "e.settled",
    "not e.settled",
    "every x in e.student.mainEnrollments has (x.isPrimary and not x.isPrimary)",
    "e.student.counted is missing",
    "e.grade is '03'",
    "good(e.fullTimeEquivalency)",
    "halfOf(e.fullTimeEquivalency) is 1",
    "e.weight(2) is 1",
)

BULLETS: list[tuple[str, str]] = [
    (
        "e.primarySchool and e.fullTimeEquivalency is 1",
        "It must be true that the record's primary school is yes and the record's full time equivalency is 1.",
    ),
    (
        "e.primarySchool and e.fullTimeEquivalency is 1 and e.entryDate is present",
        """\
        All of these must be true:
        - the record's primary school is yes
        - the record's full time equivalency is 1
        - the record has an entry date
        """,
    ),
    (
        "e.primarySchool or (e.fullTimeEquivalency is 1 and e.entryDate is present and e.school is present)",
        """\
        At least one of these must be true:
        - the record's primary school is yes
        - all of these are true:
          - the record's full time equivalency is 1
          - the record has an entry date
          - there is a record of the record's school
        """,
    ),
    (
        "not (e.primarySchool and e.fullTimeEquivalency is 1)",
        """\
        At least one of these must not be true:
        - the record's primary school is yes
        - the record's full time equivalency is 1
        """,
    ),
    (
        "not (e.primarySchool or e.fullTimeEquivalency is 1)",
        """\
        None of these may be true:
        - the record's primary school is yes
        - the record's full time equivalency is 1
        """,
    ),
    (
        "if e.primarySchool then e.entryDate is present else e.entryDate is missing",
        """\
        This must be true:
        - if the record's primary school is yes: the record has an entry date
        - otherwise: the record has no entry date
        """,
    ),
    (
        f"no x in {ALL} has (x.primarySchool and x.school is not e.school and x.entryDate is before e.entryDate)",
        """\
        It must be true that there is none among the student's school associations for which all of these are true:
        - that school association's primary school is yes
        - that school association's school is not the record's school
        - that school association's entry date is before the record's entry date
        """,
    ),
    (
        f"not (every x in {ALL} has (x.primarySchool or x.school is not e.school or x.entryDate is e.entryDate))",
        f"""\
        It must be true that there is at least one among {MEMBERS} for which none of these is true:
        - that school association's primary school is yes
        - that school association's school is not the record's school
        - that school association's entry date is the record's entry date
        """,
    ),
]

RULE = """\
id: {name}
title: Case
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: {subject}
require: |
  {require}
severity: Error
message: x
fix: x
examples: []
"""
SUBJECT = "studentSchoolAssociation as e"
DEFINITIONS = """\
definitions:
- of: studentSchoolAssociation as e
  name: isPrimary
  is: e.primarySchool otherwise true
  doc: Whether this is the student's own school. An omitted flag is taken for true.
- of: studentSchoolAssociation as e
  name: activeOn
  with: {day: date}
  is: (period from e.entryDate to e.exitWithdrawDate) contains day
  doc: Whether it is active on a day.
- of: studentSchoolAssociation as e
  name: settled
  is: e.primarySchool
  doc: Whether it lives at the school; or near it.
- {of: studentSchoolAssociation as e, name: grade, is: e.entryGradeLevelDescriptor, doc: The level of schooling.}
- {of: studentSchoolAssociation as e, name: weight, with: {times: whole}, is: e.fullTimeEquivalency * times}
- {of: student as s, name: mainEnrollments, is: all e in s.studentSchoolAssociations where (e.isPrimary)}
- {of: student as s, name: counted, is: s.studentSchoolAssociations}
- {of: studentSchoolAssociation as e, name: exit, is: e.exitWithdrawTypeDescriptor}
- of: student as s
  name: lastExit
  is: (latest x in s.studentSchoolAssociations by entryDate).exitWithdrawTypeDescriptor
- {name: good, with: {share: decimal}, is: share is more than 0.5}
- {name: halfOf, with: {share: decimal}, is: share / 2}
"""


@pytest.fixture(scope="module")
def worded(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Every case, and every example of the language, as a rule."""
    sample = Sample.copied(template, tmp_path_factory.mktemp("words") / "project")
    sample.with_keys("absence is lawful: [exitWithdrawTypeDescriptor]\n", "_ruleset.yaml")
    sample.replace("subjects:\n", "subjects:\n  student as s: {student: s.studentUniqueId}\n", "_ruleset.yaml")
    sample.write(DEFINITIONS, "_definitions.yaml")
    sample.write(_with_parameter(sample.read("_collections.yaml")), "_collections.yaml")
    world = (
        "student as s, e in s.studentSchoolAssociations, f in s.studentSchoolAssociations, "
        "m in s.studentEducationOrganizationResponsibilityAssociations where (e.primarySchool)"
    )
    rules = [(f"WX-{number}", SUBJECT, text) for number, (text, _) in enumerate([*EXACT, *BULLETS])]
    rules += [(f"WY-{number}", SUBJECT, text) for number, text in enumerate(EXPRESSIONS)]
    rules += [(f"WZ-{number}", world, f"({entry.example}) is present") for number, entry in enumerate(LANGUAGE)]
    for name, subject, require in rules:
        text = RULE.format(name=name, subject=subject, require=require)
        sample.write(text, f"enrollment/{name}-case.yaml")
    project = sample.open()
    errors = [render(found) for found in project.sink.sorted() if found.level is Level.ERROR]
    assert not errors, "\n".join(errors[:3])
    program: Program = project.programs["sample"]
    return program


def _with_parameter(collections: str) -> str:
    years = re.search(r"school years: (\[.*\])", collections)
    assert years is not None
    values = ", ".join(f"{year}: ['10']" for year in re.findall(r"'\d+'", years[1]))
    parameter = f"      pilotSchools: {{type: list of whole, doc: Schools., values: {{{values}}}}}\n"
    if "parameters:" in collections:
        return re.sub(r"(    parameters:\n)", rf"\1{parameter}", collections)
    return f"{collections.rstrip()}\n    parameters:\n{parameter}"


def lines(clause: Clause, depth: int = -1) -> Iterator[str]:
    """A clause as text; parts are bullets."""
    yield f"{'  ' * depth}- {clause.text}" if depth >= 0 else clause.text
    for part in clause.parts:
        yield from lines(part, depth + 1)


def clauses(rule: CheckedRule, program: Program) -> list[Clause]:
    found = plain_words(rule, program)
    assert found is not None
    return [clause for clause in (found.who, found.when, found.require) if clause is not None]


def shown(rule: CheckedRule, program: Program) -> str:
    """All the words of a rule."""
    found = plain_words(rule, program)
    if found is None:
        return "(none)"
    return "\n".join([*(line for clause in clauses(rule, program) for line in lines(clause)), *found.if_missing])


@pytest.mark.parametrize("number", range(len(EXACT)), ids=[text for text, _ in EXACT])
def test_bounds_and_negations(number: int, worded: Program) -> None:
    said = clauses(worded.checked[f"WX-{number}"], worded)[-1]
    assert "\n".join(lines(said)) == f"It must be true that {EXACT[number][1]}."


@pytest.mark.parametrize("number", range(len(BULLETS)), ids=[text for text, _ in BULLETS])
def test_conditions_of_several_parts_are_bullets(number: int, worded: Program) -> None:
    said = clauses(worded.checked[f"WX-{len(EXACT) + number}"], worded)[-1]
    assert "\n".join(lines(said)) == textwrap.dedent(BULLETS[number][1]).strip()


def test_words_of_expressions(worded: Program, golden: Callable[[str, str], None]) -> None:
    parts = []
    for number, text in enumerate(EXPRESSIONS):
        said = "\n".join(lines(clauses(worded.checked[f"WY-{number}"], worded)[-1]))
        parts.append(f"{text}\n    {said}\n")
    golden("words/expressions.txt", "\n".join(parts))


def test_every_form_of_the_language_has_words(worded: Program) -> None:
    kinds = {kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Node)}
    used: set[type] = set()
    for rule in worded.checked.values():
        written = rule.written
        tops = [top for top in (written.subject, written.require) if top is not None]
        used.update(type(node) for top in tops for node in tree.walk(top))
    assert {kind.__name__ for kind in kinds - used} == {"Node", "Expr"}
    for number, entry in enumerate(LANGUAGE):
        rule = worded.checked[f"WZ-{number}"]
        assert faults(shown(rule, worded), rule) == [], entry.name


def faults(said: str, rule: CheckedRule) -> list[str]:
    """What a reader who does not program should not meet in words."""
    bare = re.sub(r' ?"[^"\n]*"| ?\([^()\n]*\)', "", said)
    tops = (rule.written.subject, rule.written.when, rule.written.require, rule.written.conflicts)
    names = {getattr(node, "variable", "a") for top in tops if top is not None for node in tree.walk(top)} - {"a"}
    found = [f"variable {name}" for name in sorted(names) if re.search(rf"(?<![\w'$]){name}(?![\w'])", bare)]
    found += re.findall(r"\b[a-z]+[A-Z]\w*|[{}`$]|\w*_\w*|\S  +\S| [.,:;]", bare)
    return found + [line for line in said.splitlines() if not line.strip(" -.:")]


def test_words_of_rules(indiana: Program, golden: Callable[[str, str], None]) -> None:
    parts = []
    for key in sorted(indiana.checked, key=natural):
        rule = indiana.checked[key]
        parts.append(f"{key}: {rule.written.title.text}\n\n{shown(rule, indiana)}\n")
    golden("words/indiana.txt", "\n".join(parts))


def test_words_of_rules_are_words(indiana: Program) -> None:
    for key, rule in indiana.checked.items():
        if rule.written.alias_of is not None:
            assert plain_words(rule, indiana) is None
            continue
        said = shown(rule, indiana)
        assert faults(said, rule) == [], key
        assert max(map(len, said.splitlines())) <= 300, key
        assert said == shown(rule, indiana)


_OTHER: dict[object, object] = {
    tree.Comparison.IS: tree.Comparison.IS_NOT,
    tree.Comparison.IS_NOT: tree.Comparison.IS,
    tree.Comparison.LESS: tree.Comparison.AT_MOST,
    tree.Comparison.AT_MOST: tree.Comparison.LESS,
    tree.Comparison.MORE: tree.Comparison.AT_LEAST,
    tree.Comparison.AT_LEAST: tree.Comparison.MORE,
    tree.Comparison.BEFORE: tree.Comparison.ON_OR_BEFORE,
    tree.Comparison.ON_OR_BEFORE: tree.Comparison.BEFORE,
    tree.Comparison.AFTER: tree.Comparison.ON_OR_AFTER,
    tree.Comparison.ON_OR_AFTER: tree.Comparison.AFTER,
    tree.Quantifier.ANY: tree.Quantifier.EVERY,
    tree.Quantifier.EVERY: tree.Quantifier.NO,
    tree.Quantifier.NO: tree.Quantifier.ANY,
    tree.Quantifier.EXACTLY_ONE: tree.Quantifier.ANY,
    tree.Quantifier.AT_LEAST: tree.Quantifier.AT_MOST,
    tree.Quantifier.AT_MOST: tree.Quantifier.AT_LEAST,
    tree.Aggregation.SUM: tree.Aggregation.HIGHEST,
    tree.Aggregation.HIGHEST: tree.Aggregation.LOWEST,
    tree.Aggregation.LOWEST: tree.Aggregation.HIGHEST,
    tree.Aggregation.EARLIEST: tree.Aggregation.LATEST,
    tree.Aggregation.LATEST: tree.Aggregation.EARLIEST,
}


def changed(node: tree.Node, facts: Facts) -> Iterator[tree.Node]:
    """The tree with one word, number or order changed in it; what is known of its nodes holds for the copies."""
    for other in _changed_here(node, facts):
        yield _known(other, node, facts)
    for part in fields(node):
        value = getattr(node, part.name)
        if isinstance(value, tree.Node):
            for new in changed(value, facts):
                yield _known(replace(node, **{part.name: new}), node, facts)
        elif isinstance(value, tuple):
            for i, item in enumerate(value):
                for new in changed(item, facts) if isinstance(item, tree.Node) else ():
                    yield _known(replace(node, **{part.name: (*value[:i], new, *value[i + 1 :])}), node, facts)


def _changed_here(node: Any, facts: Facts) -> Iterator[tree.Node]:
    match node:
        case tree.And():
            yield tree.Or(node.span, node.operands)
        case tree.Or():
            yield tree.And(node.span, node.operands)
        case tree.Not():
            yield node.operand
        case tree.If():
            yield replace(node, consequence=node.alternative, alternative=node.consequence)
        case tree.Whole():
            yield replace(node, value=node.value + 1)
        case tree.DecimalNumber():
            yield replace(node, value=node.value + 1)
        case tree.Text():
            yield replace(node, value=f"{node.value}1")
        case tree.Date() | tree.MonthDay():
            yield replace(node, day=node.day % 28 + 1)
            yield replace(node, month=node.month % 12 + 1)
        case tree.Duration():
            yield replace(node, count=node.count + 1)
            yield replace(node, unit="month" if node.unit == "day" else "day")
        case tree.Arithmetic():
            yield replace(node, operator={"+": "-", "-": "+", "*": "/", "/": "*"}[node.operator])
        case tree.Boolean():
            yield replace(node, value=not node.value)
        case tree.Inline() if len(node.members) > 1:
            yield replace(node, members=node.members[1:])
    for name, value in ((part.name, getattr(node, part.name)) for part in fields(node)):
        if value in _OTHER if isinstance(value, StrEnum) else False:
            yield replace(node, **{name: _OTHER[value]}, **({"count": 2} if hasattr(node, "count") else {}))
        elif name in ("negated", "present", "before", "previous"):
            yield replace(node, **{name: not value})
    if facts.types.get(node) is BOOLEAN and not isinstance(node, tree.Boolean):
        yield tree.Not(node.span, node)


def _known(new: tree.Node, old: tree.Node, facts: Facts) -> tree.Node:
    if old in facts.types:
        facts.types[new] = facts.types[old]
    if old in facts.refs and not isinstance(new, tree.Not):
        facts.refs[new] = facts.refs[old]
    return new


def _variants(rule: CheckedRule) -> Iterator[CheckedRule]:
    for name in ("subject", "when", "require", "conflicts"):
        clause = getattr(rule.written, name)
        for new in changed(clause, rule.facts) if clause is not None else ():
            yield replace(rule, written=replace(rule.written, **{name: new}))


def test_a_change_of_meaning_changes_the_words(indiana: Program, worded: Program) -> None:
    count = 0
    for program in (indiana, worded):
        for key, rule in program.checked.items():
            said = shown(rule, program)
            for variant in _variants(rule):
                count += 1
                assert shown(variant, program) != said, (
                    key,
                    said,
                    unparse(variant.written.require or variant.written.conflicts or variant.written.when),
                )
    assert count > 1000


def _definitions(program: Program) -> dict[str, Definition]:
    rules = list(program.checked.values())
    return {definition.id: definition for rule in rules for definition in rule.scope.definitions.values()}


def test_words_of_definitions(indiana: Program, golden: Callable[[str, str], None]) -> None:
    parts = []
    for name, definition in _definitions(indiana).items():
        clause = plain_definition(definition, indiana)
        assert clause is not None
        parts.append(f"{name}: " + "\n".join(lines(clause)))
    golden("words/indiana-definitions.txt", "\n".join(parts) + "\n")


def test_random_rules_have_words(template: Path, tmp_path: Path) -> None:
    program: Program = random_project(Sample.copied(template, tmp_path / "random"), 100).programs["sample"]
    for key, rule in program.checked.items():
        assert re.sub(r"[^A-Za-z]", "", shown(rule, program)), key


def test_codes_that_do_not_hold_in_all_years_are_told(sample: Sample) -> None:
    table = "tables/grade-levels.yaml"
    sample.replace("columns: {label: text}", "columns: {label: text, last: year}\nvalid: {from: last, to: last}", table)
    sample.replace("{code: '03', label: Grade 3}", "{code: '03', label: Grade 3, last: '2024'}", table)
    program = sample.open().programs["sample"]
    said = shown(program.checked["EN-1"], program)
    codes = "KG, 01, 02 and 03 (kindergarten to grade 3)"
    assert f'{codes}, in the school years for which the table "Grade levels" lists it' in said


def test_who_is_judged(sample: Sample) -> None:
    sample.with_keys(
        """\
for each: studentSchoolAssociation as e, a in e.student.otherNames, b in e.educationPlans where (e.primarySchool)
all years: true
if missing: {e.exitWithdrawDate: pass, e.student.birthDate: violation, e.school.gradeLevels: not applicable}
"""
    )
    program = sample.open().programs["sample"]
    assert shown(program.checked["EN-1"], program).splitlines() == [
        'Each student school association of any school year ("the record" below), with each of the student\'s other '
        'names in turn ("the other name"), with each of the record\'s education plans in turn ("the education plan"), '
        "where the record's primary school is yes.",
        "The rule applies when all of these are true:",
        "- the record has an exit withdraw date",
        "- the record's entry grade level is one of KG, 01, 02 and 03 (kindergarten to grade 3)",
        "It must be true that the record's exit withdraw date is on or after the record's entry date.",
        "When only the exit withdraw date is missing: pass.",
        "When only the student's birth date is missing: violation.",
        "When only the school's grade levels are missing: not applicable.",
    ]


def test_a_rule_with_a_mistake_has_no_words(sample: Sample) -> None:
    sample.replace(*WRONG_NAME)
    program = sample.open().programs["sample"]
    assert [plain_words(rule, program) for rule in program.checked.values()] == [None]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("diplomaAwardDate", "diploma award date"),
        ("entryGradeLevelDescriptor", "entry grade level"),
        ("schoolReference", "school"),
        ("studentUniqueId", "student id"),
        ("admCodeDescriptor", "adm code"),
        ("offersIB", "offers IB"),
        ("IDEAEligibility", "IDEA eligibility"),
        ("istep10", "istep10"),
    ],
)
def test_names_are_split_into_words(name: str, words: str) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("disability", "disabilities"), ("address", "addresses"), ("day", "days"), ("date of birth", "dates of birth")],
)
def test_nouns_have_a_plural(one: str, many: str) -> None:
    assert (plural(one), plural(many)) == (many, many)
    assert singular(many) == one.removesuffix(" of birth")


def test_an_article_goes_by_the_sound() -> None:
    said = [with_article(noun) for noun in ("age", "unit", "ADM type", "diploma", "CTE course", "indicator", "days")]
    assert said == ["an age", "a unit", "an ADM type", "a diploma", "a CTE course", "an indicator", "days"]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\d{3}-\d", '3 digits, then "-", then a digit'),
        ("[A-F]{1,2}", "1 to 2 characters of A to F"),
        ("[^ ]?", "perhaps one character other than a blank"),
        ("KG|[0-9]{2}", 'either "KG" or 2 digits'),
        (r"(ab){2}\{", '2 times ("ab"), then one character of an opening brace'),
    ],
)
def test_patterns_are_described(pattern: str, words: str) -> None:
    assert pattern_words(pattern) == words
