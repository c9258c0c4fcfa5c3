"""Twelve corporations by themselves against the state as a whole: what differs, and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from compiler.engines.folder import open_folder
from compiler.engines.run import Options, run
from compiler.reports.findings import Row, rows
from compiler.semantics.program import Program

Body = dict[str, Any]

ORGANIZATION = ("educationOrganizationReference", "educationOrganizationId")
SCHOOL = ("schoolReference", "schoolId")
OF_ITS_OWN = {
    "studentEducationOrganizationResponsibilityAssociations": ORGANIZATION,
    "studentEducationOrganizationAssociations": ORGANIZATION,
    "studentSpecialEducationProgramAssociations": ORGANIZATION,
    "studentProgramAssociations": ORGANIZATION,
    "studentAcademicRecords": ORGANIZATION,
    "studentSchoolAssociations": SCHOOL,
    "studentSchoolAttendanceEvents": SCHOOL,
}
"""What a corporation reports itself, and where each record says whose it is; all else is the state's."""


def bodies(path: Path) -> list[Body]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def state(shared: Path) -> Path:
    return shared / "data" / "indiana_synthetic_3k"


@pytest.fixture(scope="module")
def corporations(state: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """A data folder for each corporation, with its own records and the directory and look-ups of the state."""
    owner = {
        s["schoolId"]: s["localEducationAgencyReference"]["localEducationAgencyId"]
        for s in bodies(state / "schools.jsonl")
    }
    agencies = [agency["localEducationAgencyId"] for agency in bodies(state / "localEducationAgencies.jsonl")]
    owner.update({agency: agency for agency in agencies})
    root = tmp_path_factory.mktemp("corporations")
    folders = {agency: root / str(agency) for agency in agencies}
    for folder in folders.values():
        (folder / "reference").mkdir(parents=True)
        for path in sorted((state / "reference").iterdir()):
            (folder / "reference" / path.name).symlink_to(path)
        for name in ("schools", "localEducationAgencies", "calendars", "calendarDates", "sessions", "programs"):
            (folder / f"{name}.jsonl").symlink_to(state / f"{name}.jsonl")
    students: dict[int, set[str]] = {agency: set() for agency in agencies}
    claims: dict[str, set[int]] = {}
    for name, (reference, key) in OF_ITS_OWN.items():
        lines: dict[int, list[str]] = {agency: [] for agency in agencies}
        for body in bodies(state / f"{name}.jsonl"):
            student = body["studentReference"]["studentUniqueId"]
            agency = owner.get(body.get(reference, {}).get(key))
            # A record at a school that nobody knows was sent by whoever claims the student.
            for sender in {agency} if agency is not None else claims.get(student, set()):
                lines[sender].append(json.dumps(body))
                students[sender].add(student)
                claims.setdefault(student, set()).add(sender)
        for agency, folder in folders.items():
            (folder / f"{name}.jsonl").write_text("\n".join(lines[agency]) + "\n", encoding="utf-8")
    people = bodies(state / "students.jsonl")
    for agency, folder in folders.items():
        own = (json.dumps(body) for body in people if body["studentUniqueId"] in students[agency])
        (folder / "students.jsonl").write_text("\n".join(own) + "\n", encoding="utf-8")
    return folders


def found_in(program: Program, folder: Path, scope: str) -> list[Row]:
    options = Options(2024, date(2024, 6, 1), scope, engine="python")
    return list(rows(run(program, open_folder(folder, program.schemas), options), list_not_checked=True))


def violations(found: list[Row]) -> Iterator[tuple[str, Any, Any]]:
    for row in found:
        if row["outcome"] == "violation" and row["rule"] != "structure":
            yield row["rule"], row["student"], row["corporation"]


def test_a_corporation_finds_what_the_state_finds_and_says_what_it_cannot(
    state: Path, corporations: dict[int, Path], indiana: Program
) -> None:
    whole = Counter(violations(found_in(indiana, state, "state")))
    alone: Counter[tuple[str, Any, Any]] = Counter()
    wide = {rule.id for rule in indiana.rules.values() if rule.scope != "district" and indiana.checked[rule.key].runs}
    assert len(corporations) == 12
    for agency, folder in corporations.items():
        found = found_in(indiana, folder, "district")
        mine = Counter(violations(found))
        assert {corporation for _, _, corporation in mine} <= {agency}
        alone += mine
        unchecked = {row["rule"]: row["missing"] for row in found if row["outcome"] == "not checked" and not row["key"]}
        assert {rule: missing for rule, missing in unchecked.items() if rule in wide} == {
            rule: ["scope: state"] for rule in wide
        }
    assert alone - whole == Counter()
    missed = Counter(rule for rule, _, _ in (whole - alone).elements())
    needing = (rule for rule, _, _ in whole.elements() if rule in wide)
    assert missed == Counter(needing)
    assert dict(sorted(missed.items())) == MISSED


# Every difference: what rules find that need the records of all corporations, and that a corporation by itself answers
# with "not checked". Conflicts have their other party elsewhere (GR-5, ME-32, PE-3). An address, an enrollment, a day
# of attendance, a diploma or a special education record elsewhere would clear a student (ME-3, ME-4, PE-5, ME-45 to
# ME-47, ME-7, GR-4). Whether an enrollment is the only one nobody else can say (ME-36).
MISSED = {
    "GR-4": 2, "GR-5": 4, "ME-3": 2, "ME-32": 4, "ME-36": 4, "ME-4": 4, "ME-45": 2, "ME-46": 2, "ME-47": 4, "ME-7": 2,
    "PE-3": 8, "PE-5": 4,
}  # fmt: skip
