"""Six rules by hand, as a programmer would write them in plain Python over dictionaries: the measure of our engines.

Six different shapes: an age and a list (SE-5), a missing value (ME-1), records joined to records (ME-6), a conflict
between two claims (ME-32), a sum by student and corporation (HB-2), look-ups and a nested list (GR-15). Data that lack
what a rule needs give no finding here; the engines say `not checked` of them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

RULES = ("SE-5", "ME-1", "ME-6", "ME-32", "HB-2", "GR-15")
FILES = (
    "students",
    "schools",
    "localEducationAgencies",
    "studentSchoolAssociations",
    "studentEducationOrganizationResponsibilityAssociations",
    "studentSpecialEducationProgramAssociations",
    "studentProgramAssociations",
    "studentAcademicRecords",
    "reference/cohorts",
)
Body = dict[str, Any]
Found = tuple[str, str]
"""A rule and a student."""

COUNT_DATE, YEAR = "2023-10-02", 2024
OCTOBER_1, DECEMBER_1 = date(2023, 10, 1), date(2023, 12, 1)
KINDERGARTEN = {"KG", "KG - Morning", "KG - Afternoon"}
PATHWAY_DIPLOMAS = {"01", "02", "03", "09", "16"}
NOT_SHOWN = {"", "ES00", "00", "N/A or Did not Demonstrate"}


def code(text: str | None) -> str:
    """The code of a descriptor; empty when there is none."""
    return text.partition("#")[2] if text else ""


def age(born: str, day: date) -> int:
    birth = date.fromisoformat(born)
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def lines(folder: Path, name: str) -> Iterator[Body]:
    """The records of a file of JSON lines, or of a folder of them."""
    files = sorted((folder / name).glob("*.jsonl")) if (folder / name).is_dir() else [folder / f"{name}.jsonl"]
    for file in files:
        with file.open(encoding="utf-8") as stream:
            yield from map(json.loads, stream)


def student_of(body: Body) -> str:
    return body["studentReference"]["studentUniqueId"]


def organization_of(body: Body) -> int:
    return body["educationOrganizationReference"]["educationOrganizationId"]


def dates_overlap(a: Body, b: Body) -> bool:
    return a["entryDate"] <= b.get("exitWithdrawDate", "9999") and b["entryDate"] <= a.get("exitWithdrawDate", "9999")


class Records:
    """What the six rules read, in dictionaries."""

    def __init__(self, folder: Path) -> None:
        self.births: dict[str, str | None] = {}
        for body in lines(folder, "students"):
            self.births.setdefault(body["studentUniqueId"], body.get("birthDate"))
        self.owners = {b["localEducationAgencyId"]: b["localEducationAgencyId"] for b in lines(folder, FILES[2])}
        for body in lines(folder, "schools"):
            self.owners[body["schoolId"]] = body["localEducationAgencyReference"]["localEducationAgencyId"]
        self.enrollments: defaultdict[tuple[str, int | None], list[Body]] = defaultdict(list)
        for body in lines(folder, "studentSchoolAssociations"):
            if body.get("schoolYearTypeReference", {}).get("schoolYear", YEAR) == YEAR:
                owner = self.owners.get(body["schoolReference"]["schoolId"])
                self.enrollments[student_of(body), owner].append(body)
        self.claims: defaultdict[str, list[Body]] = defaultdict(list)
        for body in lines(folder, "studentEducationOrganizationResponsibilityAssociations"):
            self.claims[student_of(body)].append(body)
        self.services = list(lines(folder, "studentSpecialEducationProgramAssociations"))
        self.programs = list(lines(folder, "studentProgramAssociations"))
        self.graduations = list(lines(folder, "studentAcademicRecords"))
        self.cohorts = {b["studentUniqueId"]: b.get("cohortYear") for b in lines(folder, "reference/cohorts")}

    def counted(self, claim: Body) -> list[Body]:
        """The enrollments of a claim on the count date; when there are none, the latest."""
        found = self.enrollments.get((student_of(claim), organization_of(claim)), [])
        active = [e for e in found if e["entryDate"] <= COUNT_DATE <= e.get("exitWithdrawDate", "9999")]
        return active or sorted(found, key=lambda e: e["entryDate"])[-1:]


def is_funding(claim: Body) -> bool:
    return code(claim["responsibilityDescriptor"]) == "Funding"


def se_5(records: Records) -> Iterator[str]:
    """Developmental delay, primary, of a student of nine or older."""
    for body in records.services:
        born = records.births.get(student_of(body))
        delayed = any(
            d.get("orderOfDisability") == 1 and code(d["disabilityDescriptor"]) == "08"
            for d in body.get("disabilities", ())
        )
        if delayed and born and age(born, DECEMBER_1) >= 9:
            yield student_of(body)


def me_1(records: Records) -> Iterator[str]:
    """A claim for funding without an ADM type."""
    for claims in records.claims.values():
        for claim in claims:
            if is_funding(claim) and not claim.get("_ext", {}).get("idoe", {}).get("admCodeDescriptor"):
                yield student_of(claim)


def me_6(records: Records) -> Iterator[str]:
    """A student in kindergarten who is not five on October 1."""
    for student, claims in records.claims.items():
        born = records.births.get(student)
        if not born:
            continue
        for claim in claims:
            grades = {code(e["entryGradeLevelDescriptor"]) for e in records.counted(claim)}
            if grades & KINDERGARTEN and age(born, OCTOBER_1) < 5:
                yield student


def me_32(records: Records) -> Iterator[str]:
    """Two corporations claim funding, and the student's primary enrollments at both overlap."""
    for student, claims in records.claims.items():
        funding = [claim for claim in claims if is_funding(claim)]
        if len(funding) < 2:
            continue
        primary = {
            organization_of(claim): [
                e
                for e in records.enrollments.get((student, organization_of(claim)), ())
                if e.get("primarySchool", True)
            ]
            for claim in funding
        }
        for claim in funding:
            own = organization_of(claim)
            others = (e for other, theirs in primary.items() if other != own for e in theirs)
            if any(dates_overlap(mine, theirs) for theirs in others for mine in primary[own]):
                yield student


def hb_2(records: Records) -> Iterator[str]:
    """Homebound for fewer than twenty days at a corporation."""
    days: defaultdict[tuple[str, int | None], list[int | None]] = defaultdict(list)
    for body in records.programs:
        if body["programReference"]["programName"] == "Homebound":
            count = body.get("_ext", {}).get("idoe", {}).get("dayCount")
            days[student_of(body), records.owners.get(organization_of(body))].append(count)
    for (student, _), counts in days.items():
        known = [count for count in counts if count is not None]
        if len(known) == len(counts) and sum(known) < 20:
            yield student


def gr_15(records: Records) -> Iterator[str]:
    """A diploma that needs a pathway, without a skill or a competency."""
    for body in records.graduations:
        if body["schoolYearTypeReference"]["schoolYear"] != YEAR:
            continue
        cohort = records.cohorts.get(student_of(body))
        for diploma in body.get("diplomas", ()):
            level, skill = (
                code(diploma.get("diplomaLevelDescriptor")),
                code(diploma.get("achievementCategoryDescriptor")),
            )
            missing = skill in NOT_SHOWN or competency(body) in NOT_SHOWN
            if missing and level in PATHWAY_DIPLOMAS and cohort and cohort >= 2023:
                yield student_of(body)


def competency(record: Body) -> str:
    """The postsecondary-readiness competency of an academic record."""
    for recognition in record.get("recognitions", ()):
        if code(recognition["recognitionTypeDescriptor"]) == "Postsecondary-Ready Competency":
            return code(recognition.get("achievementCategoryDescriptor"))
    return ""


_FUNCTIONS = (se_5, me_1, me_6, me_32, hb_2, gr_15)


def found(records: Records) -> Iterable[Found]:
    """All findings of the six rules."""
    return [(rule, student) for rule, function in zip(RULES, _FUNCTIONS, strict=True) for student in function(records)]
