"""What a change of a guide means: each kind of change is told once, and what leads to the same ends is not."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest

from compiler.changes.comparison import differences
from compiler.changes.entries import Change
from compiler.changes.guides import lead_alike
from compiler.changes.sides import Side
from tests.comparisons import copy_of, side_of, told
from tests.guides import GUIDE, SPEC, with_guide
from tests.support import Execute, Sample
from tests.test_guides import CONDITIONS, COUNTED, holds

DEFINED = "_definitions.yaml"
DEFINITION = """\
definitions:
- {of: studentSchoolAssociation as e, name: isMain, is: e.primarySchool is true, doc: The main one.}
"""
PRIMARY = "has (e.primarySchool is true)"


@pytest.fixture(scope="module")
def old(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    sample = Sample.copied(template, tmp_path_factory.mktemp("guided") / "old")
    sample.write(DEFINITION, DEFINED)
    return with_guide(sample, SPEC.replace(PRIMARY, "has (e.isMain)"))


@pytest.fixture(scope="module")
def before(old: Sample) -> Side:
    return side_of(old)


@pytest.fixture
def new(old: Sample, tmp_path: Path) -> Sample:
    return copy_of(old, tmp_path / "new")


CHANGES: dict[str, tuple[str, str, list[str]]] = {
    "the title": ("title: Student is missing", "title: Where is the student?", [
        "ST-MISSING: message, title: Student is missing -> Where is the student?",
    ]),
    "how the source was read": ("status: faithful", "status: interpreted", [
        "ST-MISSING: source, status: faithful -> interpreted",
    ]),
    "the symptom": ("symptom: A student is not in the list.", "symptom: A student is nowhere.", [
        "ST-MISSING: message, symptom: A student is not in the list. -> A student is nowhere.",
    ]),
    "how records are found": ("how: Ask the school for its records.", "how: Look them up.", [
        "ST-MISSING: subject, asks for: how: Ask the school for its records. -> how: Look them up.",
    ]),
    "what is asked for": ("resources: [student", "resources: [students, student", [
        "ST-MISSING: subject, asks for: (none) -> resource: students",
    ]),
    "what may be pasted": ("payload: {resource: studentSchoolAssociations}", "payload: {resource: students}", [
        "ST-MISSING: subject, pasted text: studentSchoolAssociations -> students",
    ]),
    "when a notice is told": ("e.exitWithdrawDate is missing)", "e.exitWithdrawDate is missing and e.primarySchool)", [
        "ST-MISSING: notice, no-exit-date: when: At least one of the student's school associations has an"
        " exit withdraw type and no exit withdraw date. -> when: There is at least one among the "
        "student's school associations for which all of these are true: / - that school association has "
        "an exit withdraw type / - that school association has no exit withdraw date / - that school "
        "association's primary school is yes",
    ]),
    "what a notice says": ("says: The student has attended.", "says: The student was there.", [
        "ST-MISSING: notice, attended: says: The student has attended. -> says: The student was there.",
    ]),
    "whom a notice concerns": ("owner: other corporation", "owner: school", [
        "ST-MISSING: notice, attended: owner: the other corporation -> owner: the school",
    ]),
    "the rules of a notice": ("owner: school\n  rules: [EN-1]\n- id: attended", "owner: school\n- id: attended", [
        "ST-MISSING: notice, no-exit-date: rule: EN-1 -> (none)",
    ]),
    "what is asked": ("ask: Are the dates right?", "ask: Are all dates right?", [
        "ST-MISSING: question, right: asks: Are the dates right? -> asks: Are all dates right?",
    ]),
    "what the data answer": ("by entryDate)", "by exitWithdrawDate)", [
        "ST-MISSING: question, share: the data: The full time equivalency of the one of the student's "
        "school associations with the latest entry date. -> the data: The full time equivalency of the "
        "one of the student's school associations with the latest exit withdraw date.",
    ]),
    "whether a person is asked": ("    else: person\n  asked of: school\n  branches:\n  - when: answer is at most", (
        "  asked of: school\n  branches:\n  - when: answer is at most"), [
        "ST-MISSING: question, share: a person: the school -> (none)",
    ]),
    "whom a question is for": ("by: person\n  asked of: school", "by: person\n  asked of: state support", [
        "ST-MISSING: question, right: a person: the school -> a person: the state's support desk",
    ]),
    "what may be answered": ("answers: ['yes', 'no', not all of them]", "answers: ['yes', 'no']", [
        "ST-MISSING: question, right: answers: yes, no, not all of them -> answers: yes, no",
    ]),
    "what helps to answer": ("    exit dates: s.studentSchoolAssociations.exitWithdrawDate\n", "", [
        "ST-MISSING: question, sent: shows exit dates: The exit withdraw dates of the student's school "
        "associations. -> (none)",
    ]),
    "where an answer leads": ("  - when: not answer\n    go: end enter", "  - when: not answer\n    go: end ask", [
        "ST-MISSING: branch, primary: no: end enter -> no: end ask",
    ]),
    "which answers lead there": ("answer is at most 0.5\n    go: right\n  - when: answer is more than 0.5", (
        "answer is less than 0.5\n    go: right\n  - when: answer is at least 0.5"), [
        "ST-MISSING: branch, share: at most 0.5: right / more than 0.5: end ask -> less than 0.5: right /"
        " at least 0.5: end ask",
    ]),
    "where one who cannot tell is led": ("cannot tell: right", "cannot tell: end ask", [
        "ST-MISSING: branch, share: cannot tell: right -> cannot tell: end ask",
    ]),
    "an owner": ("owner: state support", "owner: school", [
        "ST-MISSING: end, ask: owner: the state's support desk -> owner: the school",
    ]),
    "a step": ("steps: [Enter the student., Save the record.]", "steps: [Enter the student., Save it.]", [
        "ST-MISSING: end, enter: step: Save the record. -> step: Save it.",
    ]),
    "the order of steps": ("[Enter the student., Save the record.]", "[Save the record., Enter the student.]", [
        "ST-MISSING: end, enter: owner: the school / step: Enter the student. / step: Save the record. / "
        "rule: EN-1 -> owner: the school / step: Save the record. / step: Enter the student. / rule: EN-1",
    ]),
    "the rules of an end": ("steps: [Ask the state.]", "steps: [Ask the state.]\n  rules: [EN-1]", [
        "ST-MISSING: end, ask: (none) -> rule: EN-1",
    ]),
    "the name of a question": ("right", "exact", [
        "ST-MISSING: question, exact: id: right -> id: exact",
    ]),
    "the name of an end": ("ask", "state", [
        "ST-MISSING: end, state: id: ask -> id: state",
    ]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told(name: str, before: Side, new: Sample) -> None:
    was, now, wanted = CHANGES[name]
    if name.startswith("the name"):
        new.write(re.sub(rf"\b{was}\b(?=[],\n])", now, new.read(GUIDE)), GUIDE)
    else:
        new.replace(was, now, GUIDE)
    assert told(differences(before, side_of(new))) == wanted


SAME: dict[str, tuple[str, str]] = {
    "another name of a variable": ("for each: student as s\n", "for each: student as x\n"),
    "a definition written out": ("has (e.isMain)", PRIMARY),
    "a condition in other words": ("when: answer\n", "when: not (answer is false)\n"),
    "a number in other words": ("when: answer is at least 1\n", "when: answer is more than 0\n"),
    "what is left, in other words": ("when: otherwise\n", "when: answer is one of ['not all of them', 'no']\n"),
    "branches of which one holds at most": (
        "  - when: answer\n    go: share\n  - when: not answer\n    go: end enter\n",
        "  - when: not answer\n    go: end enter\n  - when: answer\n    go: share\n",
    ),
    "the order of answers": ("['yes', 'no', not all of them]", "[not all of them, 'no', 'yes']"),
    "the order of what is shown": (
        "    schools: s.studentSchoolAssociations.schoolReference.schoolId\n"
        "    exit dates: s.studentSchoolAssociations.exitWithdrawDate\n",
        "    exit dates: s.studentSchoolAssociations.exitWithdrawDate\n"
        "    schools: s.studentSchoolAssociations.schoolReference.schoolId\n",
    ),
    "the order of ends": (
        "- id: read\n  owner: whoever asks\n  steps: [Read the records first.]\n", "",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_nothing_is_told_of_what_leads_to_the_same(name: str, before: Side, new: Sample) -> None:
    was, now = SAME[name]
    new.replace(was, now, GUIDE)
    if "as x" in now:
        new.write(re.sub(r"\bs\.", "x.", new.read(GUIDE)), GUIDE)
    if not now:
        new.replace("ends:\n", f"ends:\n{was}", GUIDE)
    assert told(differences(before, side_of(new))) == []


def test_the_order_of_branches_is_told_where_it_decides(before: Side, new: Sample) -> None:
    was = "  - when: answer is at most 0.5\n    go: right\n  - when: answer is more than 0.5\n    go: end ask\n"
    low = "  - when: answer is at most 1\n    go: right\n"
    high = "  - when: answer is at least 0\n    go: end ask\n"
    sides = []
    for branches in (low + high, high + low):
        new.replace(was, branches, GUIDE)
        sides.append(side_of(new))
        was = branches
    assert told(differences(sides[0], sides[1])) == [
        "ST-MISSING: branch, share: at most 1: right / at least 0: end ask / cannot tell: right -> "
        "at least 0: end ask / at most 1: right / cannot tell: right",
    ]


QUESTION = """\
- id: paid
  ask: Is it paid for?
  decided by: person
  answers: ['yes', 'no']
  branches:
  - when: answer is 'yes'
    go: right
  - when: otherwise
    go: end enter
"""


def test_a_question_comes_and_goes(before: Side, new: Sample) -> None:
    new.replace("- id: right\n", f"{QUESTION}- id: right\n", GUIDE)
    new.replace("cannot tell: right", "cannot tell: paid", GUIDE)
    there = side_of(new)
    asked = "asks: Is it paid for? / a person: whoever asks / answers: yes, no"
    leads = "yes: right / otherwise: end enter"
    assert told(differences(before, there)) == [
        f"ST-MISSING: question, paid: (none) -> {asked}",
        "ST-MISSING: branch, share: cannot tell: right -> cannot tell: paid",
        f"ST-MISSING: branch, paid: (none) -> {leads}",
    ]
    assert told(differences(there, before))[:2] == [
        f"ST-MISSING: question, paid: {asked} -> (none)",
        f"ST-MISSING: branch, paid: {leads} -> (none)",
    ]


def test_another_first_question_is_told(before: Side, new: Sample) -> None:
    text = new.read(GUIDE)
    start, end = text.index("- id: sent\n"), text.index("- id: primary\n")
    asked = text[start:end]
    text = (
        text.replace(asked, "").replace("go: share\n", "go: sent\n").replace("- id: share\n", f"{asked}- id: share\n")
    )
    new.write(text.replace("  - when: answer is at least 1\n    go: primary\n", (
        "  - when: answer is at least 1\n    go: share\n")), GUIDE)  # fmt: skip
    new.write(re.sub(r"^examples:.*", "", new.read(GUIDE), flags=re.MULTILINE | re.DOTALL), GUIDE)
    assert told(differences(before, side_of(new))) == [
        "ST-MISSING: question, the first of all: sent -> primary",
        "ST-MISSING: branch, primary: yes: share -> yes: sent",
        "ST-MISSING: branch, sent: at least 1: primary -> at least 1: share",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_branches_lead_alike_when_every_answer_does(seed: int, new: Sample) -> None:
    rng, leads = random.Random(seed), {}
    for number in range(60):
        picked = [(rng.randrange(len(CONDITIONS)), rng.randint(0, 2), rng.randint(0, 2)) for _ in range(2)]
        going = [f"e{rng.randrange(2)}" for _ in (*picked, "otherwise")]
        whens = [*(CONDITIONS[form].format(a=a, b=b) for form, a, b in picked), "otherwise"]
        branches = "".join(f"  - when: {when}\n    go: end {go}\n" for when, go in zip(whens, going, strict=True))
        name = f"ST-Q{number}"
        new.write(COUNTED.replace("ST-MISSING", name).replace("...", branches, 1), f"guides/{name}.yaml")
        leads[name] = [
            next((go for go, (form, a, b) in zip(going, picked, strict=False) if holds(form, x, a, b)), going[-1])
            for x in range(8)  # beyond the literals nothing changes
        ]
    project = new.open()
    guided = Side(project.programs["sample"], project.checked).guided
    sound = sorted(guided.keys() & leads.keys())  # of the others a branch holds for no answer
    alike = {(a, b) for a in sound for b in sound if lead_alike(guided[a].leads["sent"], guided[b].leads["sent"], {})}
    assert alike == {(a, b) for a in sound for b in sound if leads[a] == leads[b]}
    assert len(alike) > len(sound) >= 5


NOTES: dict[str, tuple[str, str, str]] = {
    "source note": ("status: faithful}", "status: faithful, note: It was read twice.}", "source note"),
    "covers": ("ask: Are the dates right?", "covers: [ST-1]\n  ask: Are the dates right?", "covers"),
    "notes": ("symptom:", "notes: A note.\nsymptom:", "notes"),
    "decision": ("symptom:", "decision: {question: Why?, chosen: So., alternatives: [Not so.]}\nsymptom:", "decision"),
    "examples": ("- name: nobody answers\n", "- name: nobody\n", "examples"),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_are_told_apart(name: str, before: Side, new: Sample) -> None:
    was, now, part = NOTES[name]
    new.replace(was, now, GUIDE)
    found = differences(before, side_of(new))
    assert told(found) == []
    assert [(entry.name, entry.changes) for entry in found.entries] == [("ST-MISSING", (Change("notes", part),))]


def test_a_change_of_a_definition_reaches_guides(before: Side, new: Sample) -> None:
    new.replace("e.primarySchool is true", "e.primarySchool is false", DEFINED)
    [entry] = differences(before, side_of(new)).told
    assert (entry.sort, entry.reaches) == ("definition", (("ST-MISSING", ""),))


def test_a_guide_comes_and_goes(before: Side, new: Sample) -> None:
    new.path(GUIDE).unlink()
    there = side_of(new)
    said = "4 questions, 3 ends, 2 notices"
    assert told(differences(before, there)) == [f"ST-MISSING: retired, guide: {said} -> (none)"]
    assert told(differences(there, before)) == [f"ST-MISSING: added, guide: (none) -> {said}"]


def test_the_command_tells_in_every_form(old: Sample, new: Sample, execute: Execute) -> None:
    new.replace("  - when: not answer\n    go: end enter", "  - when: not answer\n    go: end ask", GUIDE)
    ran = execute(old, "diff", old.root, new.root)
    assert (ran.code, ran.err) == (1, "Changed: 1 guide.\n")
    assert ran.out.splitlines()[2:] == [
        "Guides",
        "  ST-MISSING  Student is missing",
        "    branch, primary: no: end enter -> no: end ask",
    ]
    ran = execute(old, "diff", old.root, new.root, "--format", "markdown")
    assert "## Guides\n\n### ST-MISSING: Student is missing\n\n- **Branch, primary**: " in ran.out
    assert '"sort": "guide"' in execute(old, "diff", old.root, new.root, "--format", "json").out


def test_states_that_have_guides_alone_are_compared(new: Sample, execute: Execute) -> None:
    for file in ("enrollment", "tables"):
        shutil.rmtree(new.path(file))
    new.write(re.sub(r"\n  rules: \[EN-1\]", "", new.read(GUIDE)), GUIDE)
    shutil.copytree(new.root, new.root.parent / "other")
    new.replace("symptom: A student is not in the list.", "symptom: A student is nowhere.", GUIDE)
    ran = execute(new, "diff", new.root.parent / "other", new.root)
    assert (ran.code, ran.err) == (1, "Changed: 1 guide.\n")
