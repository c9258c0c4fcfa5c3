"""Publications in full: what the checker says of each part, and what the parts become."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from compiler.driver import Project, open_project
from compiler.schema.types import Code
from compiler.semantics import ir
from tests.support import lines_of
from tests.test_publications import SPEC, put_project

PARTS = """\
parameters:
- name: share
  type: text
  one of: [stored, whole]
  value: stored
- name: standIn
  type: date
mappings:
- name: EntryTypes
  label: Entry Type from Start Status
  value: e.startStatus
  code: e.startStatus
  codes: EntryCodes
  if unmapped: block
- name: ExitTypes
  label: Exit Type from End Status
  value: e.endStatus
  code: e.endStatus
  codes: ExitCodes
record:
  student: studentReference.studentUniqueId
  organization: schoolReference.schoolId
  ours: {for each: school as s, value: s.schoolID}
configuration:
  valid:
    when: any c in lookup(schoolYear, the school year).edfiConfigurations has (c.valid is true)
  'on':
    when: no c in lookup(schoolYear, the school year).edfiConfigurations has (c.valid is false)
  even when off:
  - table: calendar
    fields: [naturalKey]
    elements: [calendarReference]
    reason: the calendar has another key
events:
- table: enrollment
  verbs: [POST, PUT, DELETE]
  primary: true
- table: person
  fields: [edFiID]
  verbs: [POST, DELETE]
left to the resync:
- table: calendar
- table: school
- table: schoolYear
- table: edfiConfiguration
triggers:
- verb: PUT
  when: changed
  table: enrollment
  fields: [startStatus, endStatus]
  reason: a status was changed
  covers: [T-1, T-2]
- verb: DELETE
  when: [changed, deleted]
  table: enrollment
  fields: [noShow]
  to: {noShow: true}
  reason: the student did not come
unlisted changes: {send: at the resync, label: another change}
key changes:
- part: entryDate
  cause: [enrollment.startDate]
  do: delete and post
- part: none
  cause: [enrollment.endAction]
  do: leave
  remedy: Nobody knows.
cascade:
  dependents:
  - {resource: studentAcademicRecords, reach: person}
  - {resource: graduationPlans, reach: none}
  - {resource: courseTranscripts, reach: person}
resync:
- {mapped: yes, in ods: no, do: forget, covers: [R-1]}
- {wanted: yes, mapped: no, in ods: yes, do: adopt}
- {wanted: yes, in ods: no, do: POST, reason: it was lost}
- {wanted: yes, in ods: yes, differs: yes, do: PUT}
- {wanted: no, held: no, in ods: yes, do: DELETE}
- {do: nothing}
"""
ELEMENTS = """\
- name: entry type
  path: entryTypeDescriptor
  value: EntryTypes
- name: exit type
  path: exitWithdrawTypeDescriptor
  value: ExitTypes
- name: high school
  need: C
  path: unknown
  value: e.expectedGradHighSchool
"""
FULL = (
    SPEC.replace("elements:\n", f"{PARTS}elements:\n")
    .replace("examples:\n", f"{ELEMENTS}examples:\n")
    .replace("value: e.endDate\n", "value: e.endDate otherwise $standIn\n  shown as: text(e.enrollmentID)\n")
    .replace("value: e.percentEnrolled / 100\n", "value: if $share is 'whole' then 1 else e.percentEnrolled / 100\n")
    .replace(
        "  value: e.calendar.schoolID\n  if missing: block\n- name: studentReference",
        "  value: e.calendar.schoolID\n  if missing: block\n  does not fit: warn\n"
        "  warn when: {when: e.calendar.schoolID is less than 0, says: the number is negative}\n"
        "- name: studentReference",
    )
    .replace("value:\n  - alternative", "one per: [alternativeGraduationPlanReference.educationOrganizationId]\n"
             "  value:\n  - alternative")
)  # fmt: skip
PLAN = """\
- name: a plan
  before: {enrollments: [{enrollmentID: 1}]}
  given: {enrollments: [{enrollmentID: 1, startStatus: A}]}
  parameters: {share: whole, standIn: nothing}
  mapped: [{resource: courseTranscripts, student: '900'}]
  expect:
    steps: [{verb: PUT, because: [T-1], body: {entryDate: 2024-08-12}}]
"""
CODES = """\
kind: table
name: {name}
title: Codes
source: {{document: manual, status: faithful}}
descriptor: {descriptor}
{more}key: {{code: text}}
rows: [{{code: A}}]
"""
TABLES = {
    "tables/entry-codes.yaml": CODES.format(
        name="EntryCodes", descriptor="EntryTypeDescriptor", more="namespace: uri://example.org/EntryTypeDescriptor\n"
    ),
    "tables/exit-codes.yaml": CODES.format(name="ExitCodes", descriptor="ExitWithdrawTypeDescriptor", more=""),
}

TWO = """\
kind: publication
id: SY-SSA
title: Where students are enrolled
source: {document: manual, status: faithful}
resource: locations
target: [ed-fi-4.0]
sources:
- for each: enrollment as e
  object: {type: Enrollment, key: e.enrollmentID}
  year: e.calendar.endYear
  define: {kind: "'enrolled'", number: e.enrollmentID, seats: e.percentEnrolled}
- for each: programParticipation as p, e in p.person.enrollments
  object: {type: Participation, key: p.participationID}
  year: e.calendar.endYear
  define: {kind: "'takes part'", number: p.participationID, seats: nothing}
  include:
  - when: number is more than 0
    reason: the number is not given
include:
- when: seats is missing or seats is more than 1
  reason: there is no place
one per key:
  prefer:
  - value: kind
    order: [enrolled]
  - value: e.enrollmentID
    order: highest first
  - value: number
    order: lowest first
  reason: another one comes first
elements:
- name: school
  path: schoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
- name: room
  path: classroomIdentificationCode
  value: if kind is 'enrolled' then text(number) else kind
  if missing: block
"""
RULESET = """\
title: System
schemas: [campus]
subjects:
  enrollment as e: {student: e.person.edFiID}
  programParticipation as p: {student: p.person.edFiID}
"""


def opened(folder: Path, spec: str, **others: str) -> Project:
    put_project(folder, spec)
    specs = folder / "specs" / "system"
    for name, text in (TABLES | others).items():
        (specs / name).parent.mkdir(exist_ok=True)
        (specs / name).write_text(text, encoding="utf-8")
    if spec.startswith(TWO[:40]) and "sources:" in spec:
        (specs / "_ruleset.yaml").write_text(RULESET, encoding="utf-8")
    return open_project(folder)


def codes_of(project: Project, but: str = "") -> list[str]:
    return sorted({d.code for d in project.sink.sorted()} - {"W908", *but.split()})


def lowered(folder: Path, spec: str) -> ir.Publication:
    project = opened(folder, spec)
    assert lines_of([d for d in project.sink.sorted() if d.code not in ("W908", "N902")]) == []
    return project.programs["system"].publications["SY-SSA"]


# -- what is said of a wrong one

CHANGES: dict[str, tuple[str, str, str]] = {
    "a parameter of every run": ("- name: standIn", "- name: asOf", "E306 E309"),
    "a parameter twice": ("- name: standIn", "- name: share", "E119 E306"),
    "a parameter that nothing reads": ("otherwise $standIn", "otherwise e.startDate", "W903"),
    "a value of another type": ("type: date", "type: date\n  value: soon", "E120"),
    "a value that is no choice": ("  value: stored", "  value: none", "E114"),
    "an unknown parameter": ("$share is", "$shared is", "E306"),
    "a mapping twice": ("- name: ExitTypes", "- name: EntryTypes", "E119 E302"),
    "a mapping that hides a record": (
        "for each: enrollment as e\n", "for each: enrollment as e, ExitTypes in e.person.enrollments\n", "E309 E603",
    ),
    "a mapping of a record": ("value: e.startStatus", "value: e.calendar", "E402"),
    "a code that is a number": ("code: e.startStatus", "code: e.enrollmentID", "E402"),
    "codes of no table": ("codes: EntryCodes", "codes: EntryCode", "E305"),
    "codes of another descriptor": ("value: EntryTypes", "value: ExitTypes", "E402"),
    "an unknown student": ("student: studentReference.studentUniqueId", "student: studentUniqueId", "E607"),
    "ours of no table": ("for each: school as s", "for each: schol as s", "E303"),
    "ours of some": ("school as s,", "school as s where (s.exclude is true),", "E506"),
    "ours that is no number": ("value: s.schoolID", "value: s.exclude", "E402"),
    "a configuration that is no condition": (
        "when: any c in lookup(schoolYear, the school year).edfiConfigurations has (c.valid is true)",
        "when: lookup(schoolYear, the school year).startDate",
        "E406",
    ),
    "a subject in a configuration": ("has (c.valid is true)", "has (c.valid is e.noShow)", "E302"),
    "an element that is not there, when off": ("elements: [calendarReference]", "elements: [calendar]", "E302"),
    "an element that is never sent, when off": ("elements: [calendarReference]", "elements: [high school]", "E302"),
    "an event of no table": ("- table: person\n", "- table: people\n", "E303"),
    "an event of no field": ("fields: [edFiID]", "fields: [edFiId]", "E301"),
    "an event that nothing reads": ("fields: [edFiID]", "fields: [edFiID, staffNumber]", "W909"),
    "an event of a table that nothing reads": (
        "- table: person\n",
        "- table: course\n  verbs: [PUT]\n- table: person\n",
        "W909",
    ),
    "nothing said of what is read": ("- table: school\n", "", "E612"),
    "left, and nothing reads it": ("- table: school\n", "- table: school\n- table: course\n", "W909"),
    "a trigger of no field": ("fields: [startStatus, endStatus]", "fields: [startStatus, endStatu]", "E301"),
    "a trigger that nothing reads": ("fields: [startStatus, endStatus]", "fields: [endAction, active]", "E613"),
    "a value of no field": ("to: {noShow: true}", "to: {noSho: true}", "E301"),
    "a value of another type, after a change": ("to: {noShow: true}", "to: {noShow: sometimes}", "E120"),
    "no word of unlisted changes": ("unlisted changes: {send: at the resync, label: another change}\n", "", "W910"),
    "a change of no part of the key": ("- part: entryDate", "- part: exitWithdrawDate", "E607"),
    "a cause of no table": ("cause: [enrollment.startDate]", "cause: [enrolment.startDate]", "E303"),
    "a cause of no field": ("cause: [enrollment.startDate]", "cause: [enrollment.start]", "E301"),
    "a cause that nothing reads": ("cause: [enrollment.startDate]", "cause: [enrollment.active]", "W909"),
    "a dependent that is no resource": ("resource: courseTranscripts, reach", "resource: transcripts, reach", "E310"),
    "a dependent twice": ("resource: courseTranscripts, reach", "resource: graduationPlans, reach", "E119"),
    "a resync with a gap": ("- {do: nothing}\n", "", "E611"),
    "a resync with a row too many": ("- {do: nothing}\n", "- {do: nothing}\n- {wanted: yes, do: PUT}\n", "E611"),
    "a resync that forgets for ever": ("- {mapped: yes, in ods: no", "- {in ods: no", "E611"),
    "a resync that goes in circles": (
        "- {wanted: yes, mapped: no, in ods: yes, do: adopt}",
        "- {wanted: yes, mapped: no, do: adopt}",
        "E611",
    ),
    "shown as a number": ("shown as: text(e.enrollmentID)", "shown as: e.enrollmentID", "E402"),
    "a warning that is no condition": ("when: e.calendar.schoolID is less than 0", "when: e.calendar.schoolID", "E406"),
    "one for each of nothing": ("Reference.educationOrganizationId]", "Reference.schoolId]", "E604"),
    "a value of nothing, never sent": ("value: e.expectedGradHighSchool", "value: e.expectedGradHigh", "E301"),
    "like nobody": ("resource: studentSchool", "like: SY-SSB\nresource: studentSchool", "E608"),
    "shared with itself": ("resource: studentSchool", "shared with: [SY-SSA]\nresource: studentSchool", "E608"),
    "an unknown parameter of an example": ("parameters: {share: whole", "parameters: {shared: whole", "E306"),
    "a value of an example that is no choice": ("parameters: {share: whole", "parameters: {share: half", "E114"),
    "a date of an example that is none": ("standIn: nothing}", "standIn: soon}", "E120"),
    "an expected step of no property": ("body: {entryDate:", "body: {entryDat:", "E501"),
    "a plan without steps": ("steps: [{verb: PUT, because: [T-1], body: {entryDate: 2024-08-12}}]", "sent: []", "E506"),
    "an example that expects nothing": (
        "  before: {enrollments: [{enrollmentID: 1}]}\n", "  expected: {}\n", "E111",
    ),
    "a word that is none": ("do: forget", "do: forgive", "E114"),
    "a step that is none": ("steps: [{verb: PUT,", "steps: [{verb: PATCH,", "E114"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_wrong_part_is_told(name: str, tmp_path: Path) -> None:
    spec = FULL + PLAN
    old, new, codes = CHANGES[name]
    assert spec.count(old) == 1, spec.count(old)
    assert codes_of(opened(tmp_path, spec.replace(old, new)), "N902") == codes.split()


def test_a_whole_publication_is_told_nothing(tmp_path: Path) -> None:
    assert codes_of(opened(tmp_path, FULL + PLAN)) == ["N902"]


SOURCES: dict[str, tuple[str, str, str]] = {
    "a name that one source lacks": (", number: p.participationID", "", "E609"),
    "values of two types": ("number: p.participationID", "number: p.startDate", "E609"),
    "a name that is a variable": ("seats: nothing", "seats: nothing, e: p.startDate", "E309"),
    "a name that is a word": ("seats: nothing", "seats: nothing, every: p.startDate", "E309"),
    "a variable of one source": ("value: if kind is", "value: if p.startDate is present and kind is", "E302"),
    "a variable of one source, bound": (
        "when: seats is missing",
        "when: any p in e.person.programParticipations has (p.startDate is present) or seats is missing",
        "E309",
    ),
    "no source before the other": ("kind: \"'takes part'\"", "kind: \"'enrolled'\"", "E603"),
    "a key that is not compared": ("  - value: e.enrollmentID\n    order: highest first\n", "", "E603"),
    "two names of the candidates": ("sources:\n", "for each: enrollment as e\nsources:\n", "E506"),
    "a condition of one source": ("when: number is more than 0", "when: e.calendar", "E406"),
    "a literal that is too long": ("kind: \"'takes part'\"", f"kind: \"'{'x' * 61}'\"", "E602"),
}


@pytest.mark.parametrize("name", SOURCES)
def test_sources_that_do_not_go_together_are_told(name: str, tmp_path: Path) -> None:
    old, new, codes = SOURCES[name]
    assert TWO.count(old) == 1, TWO.count(old)
    assert codes_of(opened(tmp_path, TWO.replace(old, new))) == codes.split()


OTHER = SPEC.replace("id: SY-SSA", "id: SY-SSB").replace("title: Where students", "title: Where other students")


def test_two_publications_of_a_resource_name_each_other(tmp_path: Path) -> None:
    found = opened(tmp_path / "1", SPEC, **{"publications/SY-SSB-other.yaml": OTHER})
    assert codes_of(found) == ["E608"]
    with_one = SPEC.replace("resource:", "shared with: [SY-SSB]\nresource:")
    found = opened(tmp_path / "2", with_one, **{"publications/SY-SSB-other.yaml": OTHER})
    assert codes_of(found) == ["E608"]
    other = OTHER.replace("resource:", "shared with: [SY-SSA]\nresource:")
    found = opened(tmp_path / "3", with_one, **{"publications/SY-SSB-other.yaml": other})
    assert codes_of(found) == []
    of_another = other.replace("resource: studentSchoolAssociations", "resource: locations")
    found = opened(tmp_path / "4", with_one, **{"publications/SY-SSB-other.yaml": of_another})
    assert "E608" in codes_of(found)


def test_blocks_of_a_like_publication_are_taken(tmp_path: Path) -> None:
    spec = FULL.replace("resource: studentS", "shared with: [SY-SSB]\nresource: studentS")
    other = OTHER.replace("resource:", "shared with: [SY-SSA]\nlike: SY-SSA\nresource:")
    own = "unlisted changes: {send: at once, label: my own}\nelements:\n"
    project = opened(tmp_path, spec, **{"publications/SY-SSB-other.yaml": other.replace("elements:\n", own)})
    assert codes_of(project) == ["N902"]
    first, second = (project.programs["system"].publications[name] for name in ("SY-SSA", "SY-SSB"))
    assert second.unlisted == ir.Unlisted("my own", held=False)
    assert second.key_changes == first.key_changes
    assert second.resync == first.resync
    assert second.dependents == first.dependents
    assert second.configuration == first.configuration
    assert (second.own, second.student_path) == (first.own, first.student_path)
    assert (second.events, second.triggers, second.left) == ((), (), ())
    assert project.programs["system"].published["SY-SSB"].written.resync == ()


# -- what the parts become


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> ir.Publication:
    return lowered(tmp_path_factory.mktemp("full"), FULL)


def test_the_head_is_lowered(full: ir.Publication) -> None:
    assert full.parameters == (("share", "stored"), ("standIn", None))
    assert full.student_path == ("studentReference", "studentUniqueId")
    assert full.organization_path == ("schoolReference", "schoolId")
    assert full.own is not None
    assert (full.own.resource, full.own.variable) == ("school", "s")
    assert full.not_in_schema == ("high school",)
    assert ("alternativeGraduationPlans",) in full.declared
    assert ("calendarReference", "calendarCode") in full.declared
    assert all(element.path != ("unknown",) for element in full.sources[0].elements)


def test_changes_are_lowered(full: ir.Publication) -> None:
    everything = frozenset({"POST", "PUT", "DELETE"})
    assert full.events == (
        ir.Event("enrollment", (), everything),
        ir.Event("person", ("edFiID",), frozenset({"POST", "DELETE"})),
    )
    assert full.left[0] == ir.LeftToResync("calendar", ())
    assert full.triggers == (
        ir.Trigger(
            ("T-1", "T-2"), "PUT", frozenset({"changed"}), "enrollment", ("startStatus", "endStatus"), (),
            "a status was changed",
        ),
        ir.Trigger(
            (), "DELETE", frozenset({"changed", "deleted"}), "enrollment", ("noShow",), (("noShow", True),),
            "the student did not come",
        ),
    )  # fmt: skip
    assert full.unlisted == ir.Unlisted("another change", held=True)
    assert full.key_changes == (
        ir.KeyChange(("entryDate",), (("enrollment", "startDate"),), False, ""),
        ir.KeyChange(None, (("enrollment", "endAction"),), True, "Nobody knows."),
    )
    assert full.resync[0] == ir.ResyncRow("forget", mapped=True, in_ods=False, ids=("R-1",))
    assert full.resync[2] == ir.ResyncRow("POST", wanted=True, in_ods=False, reason="it was lost")
    assert full.configuration.even_when_off == (
        ir.EvenWhenOff("calendar", ("naturalKey",), (("calendarReference",),), "the calendar has another key"),
    )
    assert isinstance(full.configuration.valid, ir.AtLeast)
    assert isinstance(full.configuration.on, ir.Not)


def test_dependents_are_deleted_children_first(full: ir.Publication) -> None:
    assert full.dependents == (
        ir.Dependent("graduationPlans", "none"),
        ir.Dependent("courseTranscripts", "person"),
        ir.Dependent("studentAcademicRecords", "person"),
    )


def test_parents_are_what_is_sent_refers_to(full: ir.Publication) -> None:
    parents = dict(full.parents)
    assert parents["students"] == ((("studentReference", "studentUniqueId"), ("studentUniqueId",)),)
    assert parents["calendars"] == (
        (("calendarReference", "calendarCode"), ("calendarCode",)),
        (("calendarReference", "schoolId"), ("schoolReference", "schoolId")),
        (("calendarReference", "schoolYear"), ("schoolYearTypeReference", "schoolYear")),
    )
    assert "graduationPlans" not in parents  # no element gives the reference


def test_mappings_hold_codes_to_their_table(full: ir.Publication) -> None:
    entry, leaving = full.sources[0].mappings
    assert (entry.name, entry.label, entry.blocks) == ("EntryTypes", "Entry Type from Start Status", True)
    assert (leaving.blocks, leaving.code.type) == (False, Code("ExitWithdrawTypeDescriptor"))
    assert isinstance(leaving.code, ir.Read)
    assert isinstance(leaving.code.base, ir.Find)
    assert leaving.code.base.source == "ExitCodes"
    assert isinstance(entry.code, ir.Call)
    first = entry.code.arguments[0]
    assert isinstance(first, ir.Const)
    assert first.value == "uri://example.org/EntryTypeDescriptor#"
    sent = {element.name: element for element in full.sources[0].elements}
    assert sent["entry type"].contents[0].value == entry.code
    assert sent["exit type"].contents[0].value == leaving.code


def test_elements_are_lowered_with_what_stands_beside(full: ir.Publication) -> None:
    sent = {element.name: element for element in full.sources[0].elements}
    school, plans, exit_date = sent["schoolReference"], sent["plans"], sent["exitWithdrawDate"]
    assert school.sent_unfit
    assert school.contents[0].limits == ir.Limits(None, -(2**31), 2**31 - 1)
    assert [caution.says for caution in school.cautions] == ["the number is negative"]
    assert plans.item_key == (("alternativeGraduationPlanReference", "educationOrganizationId"),)
    limits: dict[Any, Any] = {content.path[-1]: content.limits for content in plans.items[0]}
    assert limits["graduationPlanTypeDescriptor"] == ir.Limits(306)
    assert exit_date.shown is not None
    assert exit_date.contents[0].limits is None


def test_names_are_written_out_in_every_source(tmp_path: Path) -> None:
    publication = lowered(tmp_path, TWO)
    one, two = publication.sources
    assert (one.object_type, two.object_type) == ("Enrollment", "Participation")
    assert (one.resource, two.resource) == ("enrollment", "programParticipation")
    assert [len(source.include) for source in (one, two)] == [1, 2]
    assert len(two.joins) == 1
    for source, kind in ((one, "enrolled"), (two, "takes part")):
        first, *_ = source.prefer
        assert isinstance(first.value, ir.Const)
        assert first.value.value == kind
        tops = (*ir.candidates_of(source),)
        free = {node.name for top in tops for node in ir.walk(top) if isinstance(node, ir.Var)}
        assert free <= {"e", "p"}
    number = two.prefer[2].value
    assert isinstance(number, ir.Read)
    assert number.label == "programParticipation.participationID"
