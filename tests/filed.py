"""A project of an extract that says everything that one can say: for the catalogue and for comparisons."""

from __future__ import annotations

from pathlib import Path

from tests.support import ROOT, Sample

RULESET = """\
title: System
schemas: [campus]
subjects:
  enrollment as e:
    student: e.person.stateID
    school: e.calendar.school.number
    corporation: e.calendar.school.district.number
    school year: e.calendar.endYear
"""
SOURCES = "sources: {manual: {title: The manual, publisher: Us, read on: 2025-01-02}}\n"
EXAMPLES = """\
defaults:
  calendar: {calendarID: 1, schoolID: 1, endYear: 2025, startDate: 2024-08-01, endDate: 2025-05-30}
  school: {schoolID: 1, districtID: 1, number: '0010', name: North}
  district: {districtID: 1, number: '0880', name: District}
  person: {personID: 1, stateID: '1234567890'}
  enrollment: {enrollmentID: 1, personID: 1, calendarID: 1, startDate: 2024-08-20, serviceType: P, grade: '05'}
"""
DEFINITIONS = """\
definitions:
- of: enrollment as e
  name: isPrimary
  is: e.serviceType is 'P' otherwise false
  doc: Whether it is the primary enrollment.
- of: enrollment as e
  name: lasts
  with: {last: date}
  is: e.endDate is missing or e.endDate is on or after last
  doc: Whether it goes on until a day.
"""
GRADES = """\
kind: table
name: Grades
title: Grades of the state
source: {document: manual, status: faithful}
key: {grade: text}
columns: {code: text}
rows:
- {grade: '05', code: '050'}
- {grade: '06', code: '060'}
"""
STATUSES = """\
kind: table
name: EndStatuses
title: End statuses of the state
source: {document: manual, status: unknown, note: The list was an image.}
key: {status: text}
columns: {code: text}
rows:
- {status: '01', code: '40'}
"""
SSA = "extracts/SY-SSA-school-association.yaml"
SPEC = """\
kind: extract
id: SY-SSA
title: School association
source: {document: manual, status: interpreted, note: Two pages are missing.}
covers: [SY-I1]
notes: What is <said> of all.
purpose: {text: The file counts <each> enrollment., covers: [SY-I2]}
rights: {text: Read access to extracts., covers: [SY-I3]}
steps:
- text: Choose the calendars.
  covers: [SY-S1]
- text: Push the button.
options:
- name: effective
  label: Effective Date
  type: date
  default: $asOf
  doc: The day of the file.
  covers: [SY-O1]
- name: partial
  label: Include Partial Enrollment
  type: boolean
  default: 'false'
- name: calendars
  label: Calendar Selection
  type: whole
  many: 'true'
  required: 'true'
- name: kind
  type: text
  one of: [all, some]
  default: "'all'"
  check: {when: $kind is 'all' or $partial, says: Choose partial enrollments as well.}
  decision:
    question: What are <some>?
    chosen: All but a few.
for each: enrollment as e
object: {type: Enrollment, key: e.enrollmentID}
year: e.calendar.endYear
define:
  school: e.calendar.school.number
  isLate: e.startDate is after 2024-09-01
include:
- when: e.calendarID is one of $calendars
  reason: the calendar is not chosen
  covers: [SY-P1]
- when: e.isPrimary or $partial
  reason: it is a partial enrollment
  covers: [SY-P2]
exclude:
- when: e.noShow is true
  reason: the student did not come
  notes: The box of the enrollment.
row order: [F03, e.enrollmentID]
field kinds:
  numeric: {pad: '0', align: right, missing: zeros, too long: error}
  date: {picture: MMDDYYYY, missing: zeros}
fields:
- no: '1'
  name: District Code
  type: numeric
  width: '4'
  value: e.calendar.school.district.number
  if missing: error
  gui: District Information > State District Number
  db: district.number
  covers: [SY-F1]
- no: '2'
  name: SASID
  type: numeric
  width: '10'
  value: e.person.stateID
  db: person.stateID
- no: '3'
  name: School Code
  type: numeric
  width: '4'
  value: school
- no: '4'
  name: Entry Date
  type: date
  width: '8'
  value: e.startDate
- no: '5'
  name: Grade
  type: alphanumeric
  width: '3'
  value: lookup(Grades, e.grade).code
  missing: '000'
  too long: error
  decision:
    question: Which grade <is> meant?
    chosen: That of the enrollment.
    alternatives: [That of the calendar.]
- no: '6'
  name: Continuous
  type: numeric
  width: '1'
  value: if e.lasts($effective) then '1' else '0'
  allowed: ['0', '1']
- no: '7'
  name: Share
  type: numeric
  width: '4'
  picture: '999.9'
  implied decimal: 'true'
  value: e.percentEnrolled
- no: '8'
  name: Constant
  type: alphanumeric
  width: '2'
  value: "'00'"
  align: right
  notes: Nobody knows why.
zero fill:
- when: e.startStatus is '00'
  fields: ['3', '4']
  covers: [SY-Z1]
layouts:
- name: 2023-2024
  years: ['2024']
  fields: ['1', '2', '3', '4', '5', '6']
- name: 2024-2025
  years: ['2025']
  fields: all
  covers: [SY-L1]
audit:
- name: ends
  value: e.endDate
  covers: [SY-A1]
warn when:
- when: e.person.stateID is missing
  says: The student has no state ID.
  covers: [SY-W1]
- when: isLate
  says: The entry is late.
checks:
- name: school of the district
  when: F03 is present or F06 is '0'
  covers: [SY-C1]
extension points:
- name: End statuses
  table: EndStatuses
  covers: [SY-X1]
examples:
- name: an enrollment
  covers: [SY-P1]
  given:
    calendars: [{}]
    schools: [{}]
    districts: [{}]
    people: [{}]
    enrollments: [{}]
  options: {calendars: ['1']}
  school year: '2025'
  as of: '2024-10-01'
  expect:
    rows: [{F01: '0880', F05: '050'}]
"""


def put_extract(folder: Path) -> Sample:
    """A project of one extract of the tables of a school's system; it is sound."""
    sample = Sample(folder)
    sample.write(RULESET, "_ruleset.yaml").write(SOURCES, "_sources.yaml").write(EXAMPLES, "_examples.yaml")
    sample.write(DEFINITIONS, "_definitions.yaml").write(GRADES, "tables/grades.yaml")
    sample.write(STATUSES, "tables/end-statuses.yaml").write(SPEC, SSA)
    (folder / "rulewright.yaml").touch()
    (folder / "specs" / "schemas").symlink_to(ROOT / "specs" / "schemas")
    return sample
