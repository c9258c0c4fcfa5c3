"""A project of publications that says everything that one can say: for the catalogue and for comparisons."""

from __future__ import annotations

from pathlib import Path

from tests.support import ROOT, Sample
from tests.test_publications import EXAMPLES, RULESET

SOURCES = "sources: {manual: {title: The manual, publisher: Us, read on: 2025-01-02}}\n"
DEFINITIONS = """\
definitions:
- of: enrollment as e
  name: pupil
  is: e.person.edFiID
  doc: The id of the student.
- of: enrollment as e
  name: isPrimary
  is: e.serviceType is 'P' otherwise false
  doc: Whether it is the primary enrollment.
"""
TABLE = """\
kind: table
name: EntryCodes
title: Codes of entries
descriptor: EntryTypeDescriptor
source: {document: manual, status: faithful}
key: {code: text}
columns: {label: text}
rows:
- {code: '100', label: Still here}
- {code: '101', label: New}
"""
SPEC = """\
kind: publication
id: SY-SSA
title: Where students are enrolled
source: {document: manual, status: interpreted, note: Two pages are missing.}
covers: [SY-I1]
notes: What is <said> of all.
resource: studentSchoolAssociations
target: [ed-fi-4.0, nebraska]
shared with: [SY-SSA-B]
parameters:
- name: least
  type: whole
  value: 10
  doc: The least share.
  covers: [SY-A1]
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
year: e.calendar.endYear
include:
- when: e.pupil is present
  reason: the person has no id
  covers: [SY-T1]
exclude:
- when: e.calendar.exclude is true
  reason: the calendar is left out
  after sending: keep
  covers: [SY-T2]
  notes: The box of the calendar.
- when: (e.percentEnrolled otherwise 100) is less than $least
  reason: the student is hardly there
  after sending: delete
one per key:
  prefer:
  - value: e.serviceType
    order: ['P', 'S']
    covers: [SY-T3]
  - value: e.enrollmentID
    order: highest first
  reason: another enrollment comes first
  covers: [SY-T4]
mappings:
- name: Entries
  label: Entry type from start status
  value: e.startStatus
  code: e.startStatus
  codes: EntryCodes
  if unmapped: omit
  gui: Enrollments > Start Status
  covers: [SY-P1]
elements:
- name: id
  need: M
  path: id
  assigned by: the API
- name: entryDate
  need: M
  path: entryDate
  value: e.startDate
  if missing: block
  gui: Enrollments > Start Date
  db: enrollment.startDate
  covers: [SY-E1]
- name: schoolReference
  path: schoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
  does not fit: warn
- name: studentReference
  path: studentReference.studentUniqueId
  value: e.pupil
  if missing: block
- name: grade
  need: O
  path: entryGradeLevelDescriptor
  value: "'Ninth grade'"
  if missing: block
  decision:
    question: Which grade <is> meant?
    chosen: The ninth.
    alternatives: [The tenth.]
- name: entry type
  path: entryTypeDescriptor
  value: Entries
- name: primary
  path: primarySchool
  value: e.isPrimary
- name: share
  path: fullTimeEquivalency
  value: if e.isPrimary then e.percentEnrolled / 100 else 0
  shown as: picture(e.serviceType, 'X-')
  warn when: {when: e.percentEnrolled is more than 100, says: That is more than all.}
- name: plans
  path: alternativeGraduationPlans
  one per: [alternativeGraduationPlanReference.graduationSchoolYear]
  value:
  - alternativeGraduationPlanReference.educationOrganizationId: e.calendar.schoolID
    alternativeGraduationPlanReference.graduationPlanTypeDescriptor: e.endStatus
    alternativeGraduationPlanReference.graduationSchoolYear: e.calendar.endYear
- name: never
  need: O
  path: employedWhileEnrolled
  never reports: true
- name: nowhere
  need: C
  path: unknown
  value: e.endStatus
- name: reporting school
  path: _ext.ne.reportingSchoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
- name: home
  path: _ext.ne.residentLocalEducationAgencyReference.localEducationAgencyId
  value: e.calendar.school.districtID
  if missing: block
record:
  student: studentReference.studentUniqueId
  organization: schoolReference.schoolId
  ours: {for each: school as s, value: s.schoolID}
configuration:
  valid:
    when: any c in lookup(schoolYear, the school year).edfiConfigurations has (c.valid is true)
    covers: [SY-Y1]
  even when off:
  - {table: calendar, fields: [schoolID], elements: [schoolReference], reason: the school changed, covers: [SY-R2]}
events:
- {table: enrollment, verbs: [POST, PUT, DELETE], primary: true, covers: [SY-Q1]}
- {table: person, fields: [edFiID], verbs: [POST, DELETE]}
- {table: calendar, fields: [schoolID], verbs: [PUT], added: The source forgets it.}
left to the resync:
- {table: calendar, covers: [SY-R5]}
- {table: school}
- {table: schoolYear}
- {table: edfiConfiguration}
triggers:
- {covers: [SY-T5], verb: POST, when: inserted, table: enrollment, reason: an enrollment was saved}
- covers: [SY-T6]
  verb: PUT
  when: changed
  table: enrollment
  fields: [startStatus, serviceType]
  reason: a status was changed
- {verb: DELETE, when: [changed, deleted], table: person, fields: [edFiID], reason: the id went}
unlisted changes: {send: at once, label: extended trigger, covers: [SY-T7]}
key changes:
- {covers: [SY-K1], part: entryDate, cause: [enrollment.startDate], do: delete and post}
- {part: schoolReference.schoolId, cause: [calendar.schoolID], do: leave, remedy: A tool removes them.}
- {part: studentReference.studentUniqueId, cause: [person.edFiID], do: delete and post}
cascade:
  covers: [SY-K2]
  dependents: [{resource: grades, reach: school}, {resource: graduationPlans, reach: none, notes: They are shared.}]
resync:
- {mapped: yes, in ods: no, do: forget, covers: [SY-R3]}
- {wanted: yes, mapped: no, in ods: yes, do: adopt}
- {wanted: yes, in ods: no, do: POST}
- {wanted: yes, in ods: yes, differs: yes, do: PUT}
- {wanted: no, held: no, in ods: yes, do: DELETE}
- {do: nothing}
examples:
- name: an enrollment
  covers: [SY-I1]
  given: {enrollments: [{enrollmentID: 1}]}
  expect: {sent: [{entryDate: 2024-08-12}]}
"""
LIKE = """\
kind: publication
id: SY-SSA-B
title: Where people are enrolled too
source: {document: manual, status: faithful}
resource: studentSchoolAssociations
target: [ed-fi-4.0, nebraska]
shared with: [SY-SSA]
like: SY-SSA
sources:
- for each: enrollment as e
  object: {type: Second, key: e.enrollmentID}
  year: e.calendar.endYear
  define: {kind: "'Second'"}
  covers: [SY-I2]
- for each: enrollment as e where (e.noShow is true)
  object: {type: Third, key: e.enrollmentID}
  year: e.calendar.endYear
  define: {kind: "'Third'"}
  include:
  - {when: e.endDate is present, reason: it goes on}
one per key:
  prefer:
  - {value: kind, order: [Third, Second]}
  - {value: e.enrollmentID, order: lowest first}
  reason: the other comes first
elements:
- {name: entryDate, path: entryDate, value: e.startDate, if missing: block}
- {name: schoolReference, path: schoolReference.schoolId, value: e.calendar.schoolID, if missing: block}
- {name: studentReference, path: studentReference.studentUniqueId, value: e.person.edFiID, if missing: block}
- {name: grade, path: entryGradeLevelDescriptor, value: "'Ninth grade'", if missing: block}
- name: reporting school
  path: _ext.ne.reportingSchoolReference.schoolId
  value: e.calendar.schoolID
  if missing: block
- name: home
  path: _ext.ne.residentLocalEducationAgencyReference.localEducationAgencyId
  value: e.calendar.school.districtID
  if missing: block
events:
- {table: enrollment, verbs: [POST, PUT, DELETE], primary: true}
- {table: person, verbs: [POST, DELETE]}
left to the resync: [{table: calendar}, {table: school}, {table: schoolYear}, {table: edfiConfiguration}]
unlisted changes: {send: at the resync, label: later}
examples:
- name: one of two
  given: {enrollments: [{enrollmentID: 1}]}
  expect: {sent: [{entryDate: 2024-08-12}]}
"""
FILES = {
    "_ruleset.yaml": RULESET,
    "_examples.yaml": EXAMPLES,
    "_sources.yaml": SOURCES,
    "_definitions.yaml": DEFINITIONS,
    "tables/entry-codes.yaml": TABLE,
    "publications/SY-SSA-where.yaml": SPEC,
    "publications/SY-SSA-B-where-too.yaml": LIKE,
}


def put_publications(folder: Path) -> Sample:
    """The project in a folder; its state is ``sample``."""
    for name, text in FILES.items():
        path = folder / "specs" / "sample" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    return Sample(folder)
