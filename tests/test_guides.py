"""Guides: what is said of a wrong one, where walks lead, and what they tell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from compiler.conformance import Examples
from compiler.driver import open_project
from compiler.engines.triage import Case, triage
from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.walks import By, Walk, walk, walk_alone
from compiler.semantics.world import RawRecord, World
from tests.guides import GUIDE, RECORD, SPEC, guide_program, with_guide
from tests.support import Sample, lines_of

DAY = date(2025, 6, 1)

# -- what is said of a wrong guide

_RIGHT = "  - when: answer is 'yes'\n    go: end ask\n  - when: otherwise\n    go: end enter\n"

# A text that stands once in the guide, what it becomes, and the code with the text it points at.
FAULTS: dict[str, tuple[str, str, str, str]] = {
    "circle": ("go: share", "go: sent", "E651", "sent"),
    "circle-of-one": ("    go: share\n", "    go: primary\n", "E651", "primary"),
    "circle-by-cannot-tell": ("cannot tell: right", "cannot tell: primary", "E651", "primary"),
    "question-unreached": ("cannot tell: right", "cannot tell: end ask", "", ""),
    "end-unreached": ("cannot tell: end read", "cannot tell: end enter", "E652", "read"),
    "number-left-out": ("answer is at least 1", "answer is at least 2", "E653", "sent"),
    "number-below-left-out": ("answer is 0\n", "answer is less than 0\n", "E653 E654", "sent"),
    "decimal-left-out": ("answer is more than 0.5", "answer is at least 0.6", "E653", "share"),
    "decimal-point-left-out": ("answer is at most 0.5", "answer is less than 0.5", "E653", "share"),
    "boolean-left-out": ("  - when: not answer\n    go: end enter\n", "", "E653", "primary"),
    "text-left-out": ("  - when: otherwise\n", "  - when: answer is 'no'\n", "E653", "right"),
    "text-not-left-out": ("when: otherwise", "when: answer is one of ['no', 'not all of them']", "", ""),
    "not-decided": ("answer is at least 1", "answer * 2 is more than 1", "E653", "sent"),
    "decided-by-otherwise": ("answer is 0\n", "answer * 2 is 0\n", "E653", "sent"),
    "never-true": ("when: not answer", "when: answer and not answer", "E653 E654", "primary"),
    "covered": (
        "  - when: not answer\n",
        "  - when: not answer\n    go: end enter\n  - when: answer or not answer\n",
        "E654",
        "answer or not answer",
    ),
    "below-otherwise": (_RIGHT, f"  - when: otherwise\n    go: end ask\n{_RIGHT}", "E654", "answer is 'yes'"),
    "otherwise-covered": (
        "  - when: not answer\n",
        "  - when: not answer\n    go: end enter\n  - when: otherwise\n",
        "E654",
        "otherwise",
    ),
    "order-decides": ("answer is at least 1", "answer is at least 0", "W920", "answer is at least 0"),
    "same-target-by-order": ("    go: end enter\n  - when: answer is at least 1\n    go: primary",
        "    go: primary\n  - when: answer is at least 0\n    go: primary", "", ""),
    "unknown-text": ("when: answer is 'yes'", "when: answer is 'yse'", "E655", "'yse'"),
    "number-in-the-place-of-a-text": ("when: answer is 'yes'", "when: answer is 1", "E401", "1"),
    "unknown-question": ("go: share", "go: shrae", "E656", "shrae"),
    "end-without-its-word": ("    go: end ask\n  - when: otherwise", "    go: ask\n  - when: otherwise", "E656", "ask"),
    "unknown-end": ("cannot tell: end read", "cannot tell: end raed", "E656", "end raed"),
    "unknown-owner": ("owner: whoever asks", "owner: nobody", "E114", "nobody"),
    "unknown-person": ("asked of: school\n  answers", "asked of: parents\n  answers", "E114", "parents"),
    "unknown-rule": ("rules: [EN-1]\n- id: ask", "rules: [EN-7]\n- id: ask", "E312", "EN-7"),
    "unknown-resource": ("resources: [studentSchoolAssociations]", "resources: [enrolments]", "E303", "enrolments"),
    "singular-resource": ("payload: {resource: studentSchoolAssociations}",
        "payload: {resource: studentSchoolAssociation}", "E303", "studentSchoolAssociation"),
    "payload-of-others": ("payload: {resource: studentSchoolAssociations}", "payload: {resource: schools}", "E658",
        "schools"),
    "subject-of-two-parts": ("for each: student as s", "for each: section as s", "E658", "section as s"),
    "subject-called-answer": ("for each: student as s", "for each: student as answer", "E309", "student as answer"),
    "stays-open": ("  cannot tell: end read\n", "", "E657 E652", "read"),
    "no-answers": ("  answers: ['yes', 'no', not all of them]\n", "", "E659", "right"),
    "answers-of-a-number": ("  branches:\n  - when: answer is at most",
        "  answers: [a, b]\n  branches:\n  - when: answer is at most",
        "E659", "a"),
    "two-of-one-id": ("- id: ask\n", "- id: enter\n", "E656 E656 E119", "enter"),
    "evidence-of-a-record": ("evidence: number of e in s.studentSchoolAssociations",
        "evidence: latest e in s.studentSchoolAssociations by entryDate", "E402",
        "latest e in s.studentSchoolAssociations by entryDate"),
    "shown-record": ("schools: s.studentSchoolAssociations.schoolReference.schoolId",
        "schools: s.studentSchoolAssociations",
        "E402", "s.studentSchoolAssociations"),
    "look-up-in-a-branch": ("when: answer is 0\n", "when: lookup(student, '1') is present\n", "E650",
        "lookup(student, '1') is present"),
    "data-in-a-branch": ("when: answer is 0\n", "when: s.firstName is present\n", "E302", "s"),
    "example-unknown-end": ("{open: right, path", "{open: rihgt, path", "E656", "rihgt"),
    "example-unknown-notice": ("notices: []", "notices: [attend]", "E656", "attend"),
    "example-of-both": ("expect: {open", "payload: '[]'\n  expect: {open", "E506", "nobody answers"),
    "example-end-and-open": ("expect: {open: right", "expect: {end: ask, open: right", "E506", "nobody answers"),
    "example-answers-for-the-data": ("  expect: {open", "  answers: {sent: '1'}\n  expect: {open", "E655", "sent"),
    "example-unknown-answer": ("  expect: {open", "  answers: {right: ja}\n  expect: {open", "E655", "ja"),
    "example-number-too-small": ("  expect: {open", "  answers: {share: much}\n  expect: {open", "E655", "much"),
    "example-without-a-student": (
        "given: {studentSchoolAssociations: [{primarySchool: true, fullTimeEquivalency: 0.5}]}",
        "given: {studentSchoolAssociations: []}", "E501", "{studentSchoolAssociations: []}"),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_is_told_where_it_is(case: str, sample: Sample) -> None:
    old, new, codes, place = FAULTS[case]
    assert SPEC.count(old) == 1, old
    found = with_guide(sample, SPEC.replace(old, new)).check()
    assert " ".join(diagnostic.code for diagnostic in found) == codes, lines_of(found)
    assert place in ["", *(diagnostic.span.text for diagnostic in found)], [d.span.text for d in found]


def test_a_definition_that_needs_a_collection_is_told(sample: Sample) -> None:
    definition = "definitions:\n- of: student as s\n  name: late\n  is: s.birthDate is after $day\n"
    sample.write(
        "collections:\n  enrollment:\n    title: Some\n    school years: ['2025']\n"
        "    cycles: {fall: {default: 'true'}}\n"
        "    parameters: {day: {type: date, values: {'2025': 2024-10-01}}}\n",
        "_collections.yaml",
    )
    sample.write(definition, "_definitions.yaml")
    spec = SPEC.replace(
        "evidence: any e in s.studentSchoolAssociations has (e.primarySchool is true)", "evidence: s.late"
    )
    assert [d.code for d in with_guide(sample, spec).check()] == ["E306"]


def test_two_specs_of_one_id_are_told(sample: Sample) -> None:
    with_guide(sample).write(SPEC, GUIDE.replace("student-is", "she-is"))
    assert [diagnostic.code for diagnostic in sample.check()] == ["E119"]


# -- whether branches decide, against trying every answer

CONDITIONS = (
    "answer is {a}",
    "answer is not {a}",
    "answer is less than {a}",
    "answer is at most {a}",
    "answer is more than {a}",
    "answer is at least {a}",
    "answer is between {a} and {b}",
    "not (answer is between {a} and {b})",
    "answer is one of [{a}, {b}]",
    "answer is {a} or answer is at least {b}",
)


def holds(form: int, x: int, a: int, b: int) -> bool:
    """What a condition says of a number, written a second time."""
    return (
        x == a, x != a, x < a, x <= a, x > a, x >= a, a <= x <= b, not a <= x <= b, x in (a, b), x == a or x >= b,
    )[form]  # fmt: skip


COUNTED = f"""\
{SPEC.partition("payload:")[0]}questions:
- id: sent
  ask: How many are there?
  decided by:
    evidence: number of e in s.studentSchoolAssociations
  branches:
...  cannot tell: end e0
ends:
- {{id: e0, owner: school, steps: [One way]}}
- {{id: e1, owner: school, steps: [The other]}}
"""


def _decided(picked: list[tuple[int, int, int]], otherwise: bool) -> set[str]:
    """What is to be told of branches with these conditions, which lead to the two ends in turn."""
    answers = range(12)  # a number of records is never below 0; beyond the literals nothing changes
    taken = [[holds(form, x, a, b) for x in answers] for form, a, b in picked]
    first = [next((i for i, column in enumerate(taken) if column[x]), None) for x in answers]
    codes = set()
    if None in first and not otherwise:
        codes.add("E653")
    if set(range(len(picked))) - set(first) or (otherwise and None not in first):
        codes.add("E654")
    live = sorted({i for i in first if i is not None})
    if any((i - j) % 2 and taken[i][x] and taken[j][x] for i, j in product(live, live) for x in answers):
        codes.add("W920")
    return codes


@pytest.mark.parametrize("seed", range(6))
def test_branches_over_numbers_decide_as_trying_every_answer_does(seed: int, sample: Sample) -> None:
    rng, expected = random.Random(seed), {}
    for number in range(25):
        picked = [(rng.randrange(10), rng.randint(0, 4), rng.randint(0, 4)) for _ in range(rng.randint(2, 4))]
        otherwise = rng.random() < 0.3
        conditions = [CONDITIONS[form].format(a=a, b=b) for form, a, b in picked] + ["otherwise"] * otherwise
        branches = "".join(f"  - when: {words}\n    go: end e{i % 2}\n" for i, words in enumerate(conditions))
        name = f"ST-Q{number}"
        sample.write(COUNTED.replace("ST-MISSING", name).replace("...", branches, 1), f"guides/{name}.yaml")
        expected[name] = _decided(picked, otherwise)
    found: dict[str, set[str]] = {name: set() for name in expected}
    for diagnostic in sample.check():
        found[diagnostic.span.source.path.rpartition("/")[2].removesuffix(".yaml")].add(diagnostic.code)
    assert found == expected


DATES: dict[str, tuple[str, str]] = {
    "decided": ("answer is before 2024-09-01|answer is on or after 2024-09-01", ""),
    "a-day-left-out": ("answer is before 2024-09-01|answer is after 2024-09-01", "E653"),
    "first-day-of-all": ("answer is before 0001-01-01|otherwise", "E654"),
    "last-day-of-all": ("answer is after 9999-12-31|otherwise", "E654"),
    "by-the-day-of-the-run": ("answer is before $asOf|otherwise", ""),
    "by-the-day-of-the-run-alone": ("answer is before $asOf|answer is on or after $asOf", "E653"),
    "far-digits": ("not (answer is before 2024-09-01)|answer is before 2024-09-01", ""),
}


@pytest.mark.parametrize("case", DATES)
def test_branches_over_dates(case: str, sample: Sample) -> None:
    conditions, code = DATES[case]
    branches = "".join(f"  - when: {words}\n    go: end e{i}\n" for i, words in enumerate(conditions.split("|")))
    spec = COUNTED.replace("number of e in s.studentSchoolAssociations", "s.birthDate").replace("...", branches, 1)
    assert [d.code for d in with_guide(sample, spec).check()] == code.split()


def test_branches_over_numbers_of_many_digits(sample: Sample) -> None:
    far, near = "12345678901234567890123456.000000000001", "12345678901234567890123456.000000000002"
    evidence = "(latest e in s.studentSchoolAssociations by entryDate).fullTimeEquivalency"
    branches = (
        f"  - when: answer is at most {far}\n    go: end e0\n  - when: answer is at least {near}\n    go: end e1\n"
    )
    spec = COUNTED.replace("number of e in s.studentSchoolAssociations", evidence).replace("...", branches, 1)
    (found,) = with_guide(sample, spec).check()
    assert found.code == "E653"


# -- walks


@pytest.fixture(scope="module")
def guided(template: Any, tmp_path_factory: pytest.TempPathFactory) -> Program:
    return guide_program(with_guide(Sample.copied(template, tmp_path_factory.mktemp("guide") / "project")))


def walked(program: Program, records: list[dict[str, Any]] | None, alone: bool = False, **answers: Any) -> Walk:
    """The walk for the student of the records; None where they have not been read."""
    held = {} if records is None else {"studentSchoolAssociations": [RawRecord(body) for body in records]}
    world = World(program.schemas, held)
    step = walk_alone if alone else walk
    return step(program, program.guides["ST-MISSING"], world, Context(2025, DAY), ("100000001",), answers)


def path(found: Walk) -> list[str]:
    return [taken.question.id for taken in found.path]


def ended(found: Walk) -> str:
    return found.end.id if found.end is not None else f"open {found.path[-1].question.id}"


def test_the_data_answer_what_they_can(guided: Program) -> None:
    found = walked(guided, [RECORD | {"primarySchool": True, "fullTimeEquivalency": 0.75}])
    assert (path(found), ended(found)) == (["sent", "primary", "share"], "ask")
    assert [(taken.answer, taken.by) for taken in found.path] == [
        (1, By.DATA),
        (True, By.DATA),
        (Decimal("0.75"), By.DATA),
    ]


def test_a_person_is_asked_only_what_the_data_cannot_answer(guided: Program) -> None:
    found = walked(guided, [RECORD])
    assert ended(found) == "open primary"
    assert found.path[-1].missing == ("studentSchoolAssociation.primarySchool",)
    assert ended(walked(guided, [RECORD], primary=False)) == "enter"
    assert ended(walked(guided, [RECORD], primary=True)) == "open share"
    assert ended(walked(guided, [RECORD], primary=True, share=Decimal("0.5"))) == "open right"
    assert ended(walked(guided, [RECORD], primary=True, share=Decimal("0.5"), right="yes")) == "ask"
    assert ended(walked(guided, [RECORD], primary=True, share=Decimal("0.5"), right="no")) == "enter"


def test_an_answer_does_not_overrule_the_data(guided: Program) -> None:
    found = walked(guided, [RECORD | {"primarySchool": True}], primary=False)
    assert (ended(found), found.answered) == ("open share", frozenset())


def test_what_nobody_can_tell_takes_its_branch_or_stays_open(guided: Program) -> None:
    assert ended(walked(guided, [RECORD], alone=True)) == "open primary"
    found = walked(guided, [RECORD], alone=True, primary=True)
    assert (path(found), ended(found)) == (["sent", "primary", "share", "right"], "open right")
    assert found.path[2].by is By.NOBODY
    assert ended(walked(guided, [RECORD], primary=True, share=None, right=None)) == "open right"


def test_a_resource_that_was_not_read_is_not_an_empty_one(guided: Program) -> None:
    assert ended(walked(guided, [])) == "enter"
    found = walked(guided, None)
    assert (ended(found), found.path[0].missing) == ("read", ("resource: studentSchoolAssociation",))


def test_notices_are_judged_on_every_path_and_change_none(guided: Program) -> None:
    left = RECORD | {"exitWithdrawTypeDescriptor": "uri://example.org/ExitWithdrawTypeDescriptor#1"}
    found = walked(guided, [left])
    assert ([notice.id for notice in found.notices], ended(found)) == (["no-exit-date"], "open primary")
    assert [(u.notice.id, u.missing) for u in found.unjudged] == [
        ("attended", ("resource: studentSchoolAttendanceEvent",))
    ]
    assert walked(guided, [RECORD]).notices == ()


@pytest.mark.parametrize("cut", ["uri://", "uri://example.org/ExitWithdrawTypeDescriptor", "uri://example.org/X#"])
def test_a_descriptor_that_is_cut_stands_there_without_its_code(guided: Program, cut: str) -> None:
    found = walked(guided, [RECORD | {"exitWithdrawTypeDescriptor": cut}])
    assert [notice.id for notice in found.notices] == ["no-exit-date"]
    assert walked(guided, [RECORD | {"exitWithdrawTypeDescriptor": " "}]).notices == ()


def test_values_are_shown_in_the_order_of_the_records(guided: Program) -> None:
    records = [
        RECORD | {"entryDate": "2025-01-07"},
        RECORD | {"exitWithdrawDate": "2024-12-20", "schoolReference": {"schoolId": 7}},
        RECORD | {"studentReference": {"studentUniqueId": "200000002"}},
    ]
    told = walked(guided, records).path[0].shown
    assert [(shown.label, shown.values) for shown in told] == [
        ("schools", ("7", "1056151001")),
        ("exit dates", ("2024-12-20", "(none)")),
    ]


def test_examples_are_run(sample: Sample) -> None:
    program = guide_program(with_guide(sample))
    assert [result.problems for result in Examples(program).of_guides(["ST-MISSING"])] == [()]
    wrong = SPEC.replace(
        "path: [sent, primary, share, right], notices: []", "path: [sent], notices: [attended], tells: [Hello]"
    )
    program = guide_program(with_guide(sample, wrong.replace("open: right", "end: enter")))
    (result,) = Examples(program).of_guides(["ST-MISSING"])
    assert result.problems == (
        "expected end enter, but it is open right",
        "expected path `sent`, but it is `sent, primary, share, right`",
        "expected notices `attended`, but it is `none`",
        "the report does not say `Hello`",
    )


# -- random guides


def random_guide(rng: random.Random, name: str) -> str:
    """A guide whose branches lead anywhere; most have a fault."""
    count, ends = rng.randint(1, 6), rng.randint(1, 3)
    forward = rng.random() < 0.7
    used: set[str] = set()

    def target(i: int) -> str:
        places = range(i + 1, count) if forward else range(count)
        options = [f"q{j}" for j in places] + [f"end e{j}" for j in range(ends)]
        picked = rng.choice(options)
        used.add(picked)
        return picked

    text = f"kind: guide\nid: {name}\ntitle: Some guide\nsource: {{document: own-rules, status: faithful}}\n"
    text += "symptom: Something is wrong.\nfor each: student as s\n"
    text += "asks for: {id: student id, resources: [students], how: Ask for it.}\nquestions:\n"
    for i in range(count):
        text += f"- id: q{i}\n  ask: Is it so?\n  decided by: person\n  answers: [a, b, c]\n  branches:\n"
        for answer in ("a", "b") if rng.random() < 0.95 else ("a",):
            text += f"  - when: answer is '{answer}'\n    go: {target(i)}\n"
        last = "otherwise" if rng.random() < 0.9 else "answer is 'c'"
        text += f"  - when: {last}\n    go: {target(i)}\n"
        text += f"  cannot tell: {target(i)}\n" if rng.random() < 0.3 else ""
    text += "ends:\n"
    for j in range(ends):
        text += f"- {{id: e{j}, owner: school, steps: [Do it]}}\n"
    return text


def walks_of(program: Program, guide: ir.Guide, most: int) -> Iterator[Walk]:
    """Walks with every answer to each question that a walk opens, depth first."""
    world, context = World(program.schemas, {}), Context(2025, DAY)
    waiting: list[dict[str, Any]] = [{}]
    while waiting and most:
        answers = waiting.pop()
        found = walk(program, guide, world, context, ("1",), answers)
        if found.open is None or found.open.id in answers:
            most -= 1
            yield found
        else:
            waiting.extend({**answers, found.open.id: value} for value in (*found.open.answers, None))


@pytest.mark.parametrize("seed", range(4))
def test_every_walk_of_a_guide_that_is_accepted_ends_and_some_walk_comes_everywhere(seed: int, sample: Sample) -> None:
    rng = random.Random(seed)
    for number in range(60):
        sample.write(random_guide(rng, f"ST-G{number}"), f"guides/ST-G{number}.yaml")
    project = open_project(sample.root)
    program = project.programs["sample"]
    faulty = {d.span.source.path.rpartition("/")[2].removesuffix(".yaml") for d in project.sink}
    assert set(program.guides) == set(program.guided) - faulty
    assert {"E651", "E652"} <= {diagnostic.code for diagnostic in project.sink}
    assert len(program.guides) >= 3
    for name, guide in program.guides.items():
        questions, ends = set(), set()
        for found in walks_of(program, guide, 5000):
            names = path(found)
            assert len(names) == len(set(names)), name
            questions.update(names)
            ends.update([found.end.id] if found.end is not None else [])
        assert questions == {question.id for question in guide.questions}, name
        assert ends == {end.id for end in guide.ends}, name


def test_an_answer_of_any_type_takes_exactly_one_branch(guided: Program) -> None:
    guide = guided.guides["ST-MISSING"]
    assert [question.type is TEXT for question in guide.questions] == [False, False, False, True]
    for share, expected in (("-1", "open right"), ("0.5", "open right"), ("0.500000000001", "ask"), ("3", "ask")):
        assert ended(walked(guided, [RECORD], primary=True, share=Decimal(share))) == expected


def test_triage_alone_is_the_walk_alone(guided: Program) -> None:
    guide = guided.guides["ST-MISSING"]
    world = World(guided.schemas, {"studentSchoolAssociations": [RawRecord(RECORD)]})
    case = Case(world, ("100000001",), "100000001", Context(2025, DAY))
    assert ended(triage(guided, guide, case, {}, alone=True).walk) == "open primary"
