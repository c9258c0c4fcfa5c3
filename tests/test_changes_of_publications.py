"""What a change of a publication means: each kind of change is told once, and what says the same is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.changes.comparison import differences
from compiler.changes.entries import Change
from compiler.changes.sides import Side
from tests.comparisons import copy_of, side_of, told
from tests.published import put_publications
from tests.support import Execute, Sample

SSA = "publications/SY-SSA-where.yaml"
SECOND = "publications/SY-SSA-B-where-too.yaml"
CODES = "tables/entry-codes.yaml"
DEFINED = "_definitions.yaml"


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return put_publications(tmp_path_factory.mktemp("published"))


@pytest.fixture(scope="module")
def before(old: Sample) -> Side:
    return side_of(old)


@pytest.fixture
def new(old: Sample, tmp_path: Path) -> Sample:
    return copy_of(old, tmp_path / "new")


CHANGES: dict[str, tuple[str, str, str, list[str]]] = {
    "the title": (SSA, "title: Where students are", "title: Where pupils are", [
        "SY-SSA: message, title: Where students are enrolled -> Where pupils are enrolled"]),
    "how the source was read": (SSA, "status: interpreted", "status: faithful", [
        "SY-SSA: source, status: interpreted -> faithful"]),
    "a subject": (SSA, "for each: enrollment as e\n", "for each: enrollment as e where (e.noShow is false)\n", [
        "SY-SSA: subject, for each, Enrollment: Each enrollment. -> "
        "Each enrollment, where the enrollment's no show is no."]),
    "a condition": (SSA, "when: e.pupil is present", "when: e.pupil is present and e.grade is present", [
        "SY-SSA: population, include: the person has no id: The enrollment has a pupil. -> "
        "The enrollment has a pupil and the enrollment has a grade."]),
    "what becomes of what was sent": (SSA, "after sending: keep", "after sending: delete", [
        "SY-SSA: population, exclude: the calendar is left out: after sending: keep -> after sending: delete"]),
    "a reason": (SSA, "reason: the calendar is left out", "reason: it is excluded", [
        "SY-SSA: message, reason: the calendar is left out -> it is excluded"]),
    "a condition that is gone": (
        SSA, "- when: (e.percentEnrolled otherwise 100) is less than $least\n"
        "  reason: the student is hardly there\n  after sending: delete\n", "", [
            "SY-SSA: population, exclude: the student is hardly there: The enrollment's percent enrolled (when "
            "missing: 100) is less than the least. / after sending: delete -> (none)"]),
    "the choice": (SSA, "order: ['P', 'S']", "order: ['S', 'P']", [
        "SY-SSA: population, Which of several is sent: the enrollment's service type; P, then S; all others last -> "
        "the enrollment's service type; S, then P; all others last"]),
    "what others are told": (SSA, "reason: another enrollment comes first", "reason: one is enough", [
        "SY-SSA: population, Which of several is sent: The others are told: another enrollment comes first. -> "
        "The others are told: one is enough."]),
    "a parameter": (SSA, "value: 10\n", "value: 20\n", [
        "SY-SSA: parameter, Parameters: $least; whole; 10 -> $least; whole; 20"]),
    "a mapping": (SSA, "if unmapped: omit", "if unmapped: block", [
        "SY-SSA: mapping, Resource preferences: entry type; Entry type from start status; the enrollment's start "
        "status; EntryCodes; The element is left out; Enrollments > Start Status; e.startStatus -> entry type; Entry "
        "type from start status; the enrollment's start status; EntryCodes; The record is not sent; Enrollments > "
        "Start Status; e.startStatus"]),
    "an element": (SSA, "e.percentEnrolled / 100 else 0", "e.percentEnrolled / 50 else 0", [
        "SY-SSA: element, share: - if the enrollment is the primary enrollment: the enrollment's percent enrolled "
        "divided by 100 -> "
        "- if the enrollment is the primary enrollment: the enrollment's percent enrolled divided by 50"]),
    "whether an element holds a record back": (
        SSA, "value: e.pupil\n  if missing: block\n", "value: e.pupil\n  if missing: block\n  does not fit: warn\n", [
            "SY-SSA: element, studentReference: (none) -> does not fit: warn"]),
    "what is called mandatory": (SSA, "name: grade\n  need: O", "name: grade\n  need: M", [
        "SY-SSA: source, grade, need: O -> M"]),
    "an element that is new": (SSA, "- name: never\n", "- name: days\n  path: _ext.ne.studentDaysEnrolled\n"
                               "  value: e.studentDaysEnrolled\n- name: never\n", [
        "SY-SSA: element, days: (none) -> path: _ext.ne.studentDaysEnrolled / "
        "The enrollment's student days enrolled."]),
    "a warning": (SSA, "says: That is more than all.", "says: That is too much.", [
        "SY-SSA: element, share: warns when the enrollment's percent enrolled is more than 100: That is more than all. "
        "-> warns when the enrollment's percent enrolled is more than 100: That is too much."]),
    "a trigger": (SSA, "fields: [startStatus, serviceType]", "fields: [startStatus]", [
        "SY-SSA: sending, Object triggering: Put; startStatus or serviceType of enrollment is changed; a status was "
        "changed -> Put; startStatus of enrollment is changed; a status was changed"]),
    "what has no trigger": (SSA, "{send: at once, label: extended trigger", "{send: at the resync, label: later", [
        "SY-SSA: sending, Object triggering: A change of what is sent for which no reason is named is sent all the "
        'same, with the words "extended trigger". -> A change of what is sent for which no reason is named waits for '
        "a resync."]),
    "an event": (SSA, "{table: person, fields: [edFiID], verbs: [POST, DELETE]}",
                 "{table: person, fields: [edFiID], verbs: [POST, PUT, DELETE]}", [
        "SY-SSA: sending, Event queue: person; Post, Delete; edFiID -> person; Post, Put, Delete; edFiID"]),
    "a change of the key": (SSA, "[calendar.schoolID], do: leave", "[calendar.schoolID], do: delete and post", [
        "SY-SSA: sending, Natural key changes: schoolReference.schoolId; calendar.schoolID; What was sent stays under "
        "the old key; A tool removes them. -> schoolReference.schoolId; calendar.schoolID; Delete, then Post; A tool "
        "removes them.",
        "SY-SSA-B: sending, Natural key changes: schoolReference.schoolId; calendar.schoolID; What was sent stays "
        "under the old key; A tool removes them. -> schoolReference.schoolId; calendar.schoolID; Delete, then Post; A "
        "tool removes them."]),
    "when a year is configured": (SSA, "has (c.valid is true)", "has (c.valid is false)", [
        f"{name}: sending, Resource toggle: The school year has a valid configuration; At least one of the edfi "
        "configurations of the school year record for the school year has a valid of yes.; Else nothing is sent, and "
        "what was sent stays -> The school year has a valid configuration; At least one of the edfi configurations of "
        "the school year record for the school year has a valid that is no.; Else nothing is sent, and what was "
        "sent stays"
        for name in ("SY-SSA", "SY-SSA-B")]),
    "a row of the resync": (SSA, "- {wanted: no, held: no, in ods: yes, do: DELETE}",
                            "- {wanted: no, held: no, in ods: yes, do: nothing}", [
        f"{name}: sending, Resync: is not to be sent, is not left as it is and is in the ODS; Delete -> "
        "is not to be sent, is not left as it is and is in the ODS; Nothing" for name in ("SY-SSA", "SY-SSA-B")]),
    "the identity": (SSA, "object: {type: Enrollment, key: e.enrollmentID}\nyear: e.calendar.endYear\ninclude",
                     "object: {type: Stay, key: e.enrollmentID}\nyear: e.calendar.endYear\ninclude", [
        "SY-SSA: subject, for each, Enrollment: Each enrollment. -> (none)",
        "SY-SSA: subject, for each, Stay: (none) -> Each enrollment.",
        "SY-SSA: sending, Scope year: Enrollment; the enrollment's calendar's end year -> "
        "Stay; the enrollment's calendar's end year",
        "SY-SSA: sending, Identity mapping: Enrollment; the enrollment's ID -> Stay; the enrollment's ID"]),
    "a name for a value": (SECOND, """define: {kind: "'Third'"}""", """define: {kind: "'Other'"}""", [
        'SY-SSA-B: subject, kind, Third: Always "Third". -> Always "Other".']),
    "a condition of one kind": (SECOND, "{when: e.endDate is present, reason: it goes on}",
                                "{when: e.endStatus is present, reason: it goes on}", [
        "SY-SSA-B: population, include, Third: it goes on: The enrollment has an end date. -> "
        "The enrollment has an end status."]),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told(name: str, before: Side, new: Sample) -> None:
    file, was, now, wanted = CHANGES[name]
    new.replace(was, now, file)
    if name == "a name for a value":
        new.replace("order: [Third, Second]", "order: [Other, Second]", SECOND)
        wanted = [*wanted, "SY-SSA-B: population, Which of several is sent: the kind; Third, then Second; all others "
                  "last -> the kind; Other, then Second; all others last"]  # fmt: skip
    assert told(differences(before, side_of(new))) == wanted


SAME: dict[str, tuple[str, str, str]] = {
    "a name of a variable": (SSA, "e.percentEnrolled is more than 100", "100 is less than e.percentEnrolled"),
    "a definition written out": (SSA, "value: e.pupil\n", "value: e.person.edFiID\n"),
    "the order of what has none": (
        SSA, "- {table: school}\n- {table: schoolYear}\n", "- {table: schoolYear}\n- {table: school}\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_nothing_is_told_of_what_says_the_same(name: str, before: Side, new: Sample) -> None:
    file, was, now = SAME[name]
    new.replace(was, now, file)
    assert told(differences(before, side_of(new))) == []


NOTES: dict[str, tuple[str, str, str]] = {
    "covers": ("covers: [SY-T2]", "covers: [SY-T2, SY-T9]", "covers"),
    "notes": ("notes: The box of the calendar.", "notes: A box.", "notes"),
    "decision": ("chosen: The ninth.", "chosen: The ninth one.", "decision"),
    "gui": ("gui: Enrollments > Start Date", "gui: Start Date", "gui"),
    "examples": ("- name: an enrollment\n", "- name: one enrollment\n", "examples"),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_are_told_apart(name: str, before: Side, new: Sample) -> None:
    was, now, part = NOTES[name]
    new.replace(was, now, SSA)
    found = differences(before, side_of(new))
    assert told(found) == []
    assert [(entry.name, entry.changes) for entry in found.entries] == [("SY-SSA", (Change("notes", part),))]


SHARED: dict[str, tuple[str, str, str, list[str]]] = {
    "a definition": (DEFINED, "e.serviceType is 'P'", "e.serviceType is 'S'", ["SY-SSA"]),
    "a code": (CODES, "- {code: '101', label: New}\n", "", ["SY-SSA"]),
    "what nobody reads": (CODES, "label: New", "label: Newcomer", []),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_change_of_what_is_shared_reaches_publications(name: str, before: Side, new: Sample) -> None:
    file, was, now, wanted = SHARED[name]
    new.replace(was, now, file)
    found = differences(before, side_of(new))
    assert [key for entry in found.told for key, _ in entry.reaches] == wanted
    assert [entry for entry in found.told if entry.sort == "publication"] == []


def test_a_publication_comes_and_goes(before: Side, new: Sample) -> None:
    new.path(SECOND).unlink()
    new.replace("shared with: [SY-SSA-B]\n", "", SSA)
    there = side_of(new)
    assert told(differences(before, there)) == [
        "SY-SSA: sending, shared with: SY-SSA-B -> (none)",
        "SY-SSA-B: retired, publication: studentSchoolAssociations, 6 elements -> (none)",
    ]
    assert told(differences(there, before))[1] == (
        "SY-SSA-B: added, publication: (none) -> studentSchoolAssociations, 6 elements"
    )


def test_the_command_tells_in_every_form(old: Sample, new: Sample, execute: Execute) -> None:
    new.replace("after sending: keep", "after sending: delete", SSA)
    ran = execute(old, "diff", old.root, new.root)
    assert (ran.code, ran.err) == (1, "Changed: 1 publication.\n")
    assert ran.out.splitlines()[2:] == [
        "Publications",
        "  SY-SSA  Where students are enrolled",
        "    population, exclude: the calendar is left out: after sending: keep -> after sending: delete",
    ]
    ran = execute(old, "diff", old.root, new.root, "--format", "markdown")
    assert "### SY-SSA: Where students are enrolled" in ran.out
    assert '"sort": "publication"' in execute(old, "diff", old.root, new.root, "--format", "json").out
    ran = execute(old, "diff", old.root, new.root, "--data", old.root)
    assert (ran.code, ran.out) == (2, "")
    assert "There are no rules to run over data" in ran.err
