"""What tests of runs share: a project with rules over values of every kind, data folders, and runs by all engines."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from compiler.engines.folder import open_folder
from compiler.engines.run import ENGINES, Options, RunResult, run
from compiler.reports.findings import Row, as_jsonl, rows
from compiler.semantics.program import Program
from compiler.semantics.rows import row_hash
from tests.support import Sample

Body = dict[str, Any]
Records = Mapping[str, Iterable[Body]]

GRADE = "uri://example.org/GradeLevelDescriptor#"
YEAR = ("--school-year", "2025", "--as-of", "2025-06-01")

_SUBJECT = """
  studentSpecialEducationProgramAssociation as q:
    student: q.studentReference.studentUniqueId
    corporation: q.educationOrganizationReference.educationOrganizationId
    dates: period from q.beginDate to q.endDate
"""

# One rule of each other severity than that of EN-1, over texts, dates, decimals, lists of objects and other records.
_RULES = {
    "EN-2": """
        for each: studentSchoolAssociation as e
        require: age of e.student.birthDate on December 1 of the school year is less than 9
        severity: Warning
        message: The student is too old for this school.
        detail: "{e.student.lastSurname}, born {e.student.birthDate}"
        """,
    "EN-3": """
        for each: studentSchoolAssociation as e
        require: e.fullTimeEquivalency is at most 1
        if missing: {e.fullTimeEquivalency: not applicable}
        severity: Exclusion
        effect: not counted
        message: Nobody is enrolled for more than all of the time.
        detail: "{e.fullTimeEquivalency}"
        """,
    "EN-4": """
        for each: studentSchoolAssociation as e
        scope: state
        conflicts with: >-
          all o in e.student.studentSchoolAssociations
          where (o.schoolReference.schoolId is not e.schoolReference.schoolId)
        severity: Conflict
        effect: not counted by any party
        message: Two schools claim the student.
        """,
    "EN-5": """
        for each: studentSpecialEducationProgramAssociation as q
        require: no d in q.disabilities has (d.orderOfDisability is 1 and d.disabilityDescriptor is '08')
        severity: Informational
        message: Developmental delay comes first.
        """,
}


def with_rules(sample: Sample) -> Sample:
    """The sample project with five rules, one of each severity."""
    sample.write(sample.read("_ruleset.yaml").rstrip() + _SUBJECT, "_ruleset.yaml")
    for name, keys in _RULES.items():
        add_rule(sample, name, keys)
    return sample


def add_rule(sample: Sample, name: str, keys: str) -> None:
    """A further rule: its keys without those that tell where it comes from."""
    lines = textwrap.dedent(keys).strip()
    message = next(line for line in lines.splitlines() if line.startswith("message: ")).removeprefix("message: ")
    source = f"document: own-rules, row: {name}, status: faithful, sha256: {row_hash(name, {'message': message})}"
    text = f"id: {name}\ntitle: What {name} says\nsource: {{{source}, text: {{message: {message}}}}}\n{lines}\n"
    sample.write(f"{text}fix: Correct the record.\n", f"enrollment/{name}-of-the-tests.yaml")


# -- records


def student(number: str = "100000001", **more: Any) -> Body:
    return {"studentUniqueId": number, "firstName": "A", "lastSurname": "B", "birthDate": "2016-03-04", **more}


def enrollment(number: str = "100000001", **more: Any) -> Body:
    return {
        "studentReference": {"studentUniqueId": number},
        "schoolReference": {"schoolId": 1001},
        "schoolYearTypeReference": {"schoolYear": 2025},
        "entryDate": "2024-08-12",
        "entryGradeLevelDescriptor": f"{GRADE}03",
        **more,
    }


def school(number: int = 1001, **more: Any) -> Body:
    return {
        "schoolId": number,
        "nameOfInstitution": "School",
        "localEducationAgencyReference": {"localEducationAgencyId": 1},
        "educationOrganizationCategories": [{"educationOrganizationCategoryDescriptor": "School"}],
        "gradeLevels": [{"gradeLevelDescriptor": f"{GRADE}03"}],
        **more,
    }


def services(number: str = "100000001", **more: Any) -> Body:
    """A special education program association."""
    return {
        "studentReference": {"studentUniqueId": number},
        "educationOrganizationReference": {"educationOrganizationId": 1},
        "programReference": {"educationOrganizationId": 1, "programName": "P", "programTypeDescriptor": "uri://x#P"},
        "beginDate": "2024-09-01",
        "disabilities": [{"disabilityDescriptor": "uri://x#08", "orderOfDisability": 2}],
        **more,
    }


def lines_of_json(bodies: Iterable[Body]) -> str:
    return "".join(json.dumps(body, ensure_ascii=False) + "\n" for body in bodies)


def put(folder: Path, records: Mapping[str, Iterable[Body] | str | bytes]) -> Path:
    """Write files of a data folder: bodies to ``{name}.jsonl``, texts and bytes to the name as it stands."""
    for name, content in records.items():
        path = folder / (name if isinstance(content, str | bytes) else f"{name}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str | bytes) else lines_of_json(content)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


# -- runs


def run_folder(program: Program, folder: Path, **given: Any) -> RunResult:
    """A run with the whole state at hand, unless the options say otherwise."""
    given = {"school_year": 2025, "as_of": date(2025, 6, 1), "scope": "state", "engine": "python", **given}
    return run(program, open_folder(folder, program.schemas), Options(**given))


def agreed(program: Program, folder: Path, engines: Sequence[str] = ENGINES, **given: Any) -> list[Row]:
    """The rows of a run, single subjects that were not checked included.

    Every engine must give the same text, and must count as many subjects of each outcome.
    """
    found: dict[str, list[Row]] = {}
    texts, counts = {}, {}
    for engine in engines:
        result = run_folder(program, folder, engine=engine, **given)
        assert result.refused == {}
        found[engine] = list(rows(result, list_not_checked=True))
        texts[engine] = "".join(as_jsonl(found[engine]))
        counts[engine] = {name: part.counts for name, part in result.results.items()}
    assert len(set(texts.values())) == 1, texts
    assert all(counted == counts[engines[0]] for counted in counts.values()), counts
    return found[engines[0]]


def brief(row: Row) -> str:
    """A row in a line: rule or code, what it is about, where it stands, and why."""
    place = f"{row['file']}:{row['line']}" if row["file"] else "-"
    if row["rule"] == "structure":
        return f"{row['code']} {place} {row['message']}"
    why = ", ".join(row["missing"]) if row["outcome"] == "not checked" else row["detail"]
    return f"{row['rule']} {row['outcome']} {place} {row['student'] or '-'}: {why}"
