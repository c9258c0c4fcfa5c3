"""What tests of guides share: a guide of the sample project with questions of every kind, and small data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from compiler.semantics.program import Program
from tests.support import Sample

GUIDE = "guides/ST-MISSING-student-is-missing.yaml"
SPEC = """\
kind: guide
id: ST-MISSING
title: Student is missing
source: {document: own-rules, status: faithful}
symptom: A student is not in the list.
for each: student as s
asks for: {id: student id, resources: [studentSchoolAssociations], how: Ask the school for its records.}
payload: {resource: studentSchoolAssociations}
notices:
- id: no-exit-date
  when: >-
    any e in s.studentSchoolAssociations
    has (e.exitWithdrawTypeDescriptor is present and e.exitWithdrawDate is missing)
  says: There is an exit type and no exit date.
  owner: school
  rules: [EN-1]
- id: attended
  when: any a in s.studentSchoolAttendanceEvents has (a.eventDate is present)
  says: The student has attended.
  owner: other corporation
questions:
- id: sent
  ask: How many enrollments are there?
  decided by:
    evidence: number of e in s.studentSchoolAssociations
  show:
    schools: s.studentSchoolAssociations.schoolReference.schoolId
    exit dates: s.studentSchoolAssociations.exitWithdrawDate
  branches:
  - when: answer is 0
    go: end enter
  - when: answer is at least 1
    go: primary
  cannot tell: end read
- id: primary
  ask: Is one of them the primary school?
  decided by:
    evidence: any e in s.studentSchoolAssociations has (e.primarySchool is true)
    else: person
  asked of: school
  branches:
  - when: answer
    go: share
  - when: not answer
    go: end enter
- id: share
  ask: How much of the time is the student there?
  decided by:
    evidence: (latest e in s.studentSchoolAssociations by entryDate).fullTimeEquivalency
    else: person
  asked of: school
  branches:
  - when: answer is at most 0.5
    go: right
  - when: answer is more than 0.5
    go: end ask
  cannot tell: right
- id: right
  ask: Are the dates right?
  decided by: person
  asked of: school
  answers: ['yes', 'no', not all of them]
  branches:
  - when: answer is 'yes'
    go: end ask
  - when: otherwise
    go: end enter
ends:
- id: enter
  owner: school
  steps: [Enter the student., Save the record.]
  rules: [EN-1]
- id: ask
  owner: state support
  steps: [Ask the state.]
- id: read
  owner: whoever asks
  steps: [Read the records first.]
examples:
- name: nobody answers
  given: {studentSchoolAssociations: [{primarySchool: true, fullTimeEquivalency: 0.5}]}
  expect: {open: right, path: [sent, primary, share, right], notices: []}
"""
RECORD: dict[str, Any] = {
    "studentReference": {"studentUniqueId": "100000001"},
    "schoolReference": {"schoolId": 1056151001},
    "schoolYearTypeReference": {"schoolYear": 2025},
    "entryDate": "2024-08-12",
    "entryGradeLevelDescriptor": "uri://example.org/GradeLevelDescriptor#03",
}


def with_guide(sample: Sample, spec: str = SPEC) -> Sample:
    """The sample project with a guide."""
    return sample.write(spec, GUIDE)


def guide_program(sample: Sample) -> Program:
    """The program of a project that is sound."""
    project = sample.open()
    assert [str(found) for found in project.sink.sorted()] == []
    return project.programs["sample"]


def put_records(folder: Path, **records: list[dict[str, Any]]) -> Path:
    """A data folder with a file for each resource."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, bodies in records.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(body)}\n" for body in bodies), encoding="utf-8")
    return folder
