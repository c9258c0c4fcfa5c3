"""``run --format edfi-validation``: rules, a run and results as the Ed-Fi Validation API takes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compiler.reports.validation import THEIRS
from compiler.semantics.findings import SEVERITIES
from tests.running import YEAR, enrollment, put, school, services, student
from tests.support import Ran, Sample, command

SCHEMA = json.loads((Path(__file__).parent / "validation.schema.json").read_text())
LATE = {"exitWithdrawDate": "2024-08-01"}
RECORDS: dict[str, Any] = {
    "schools": [school(), school(1002)],
    "students.jsonl": "".join(
        json.dumps(student(n, lastSurname="x" * 5000, birthDate="2010-01-01")) + "\n" for n in "12"
    )
    + "{\n{\n",
    "studentSchoolAssociations": [
        enrollment("1", **LATE),
        enrollment("1", schoolReference={"schoolId": 1002}),
        enrollment("2", fullTimeEquivalency=2),
        enrollment("3", schoolReference={"schoolId": 1003}, **LATE),
    ],
    "studentSpecialEducationProgramAssociations": [
        services("1", disabilities=[{"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1}])
    ],
}
Execute = Callable[..., Ran]


@pytest.fixture
def execute(rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Execute:
    data = put(tmp_path / "data", RECORDS)
    start = ("run", "--specs", rules.path(""), "--data", data, "--scope", "state", "--format", "edfi-validation", *YEAR)
    return lambda *options: command(capsys, *start, *options)


def test_the_document_fits_the_schema(execute: Execute) -> None:
    document = json.loads(execute().out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    results = document["validationResults"]
    assert len({result["resultIdentifier"] for result in results}) == len(results) > 5
    rules = {(rule["ruleIdentifier"], rule["ruleSource"]) for rule in document["validationRules"]}
    assert len(rules) == len(document["validationRules"])
    used = {tuple(result["validationRuleReference"].values()) for result in results}
    assert used <= rules
    assert {"EN-1.r1", "EN-4.r1", "structure.not-json.r1", "structure.dangling-reference.r1"} <= {
        name for name, _ in used
    }


def test_severities_of_rules(execute: Execute) -> None:
    rules = {rule["ruleIdentifier"]: rule["severity"] for rule in json.loads(execute().out)["validationRules"]}
    assert [rules[f"EN-{n}.r1"] for n in (1, 4, 3, 2, 5)] == [THEIRS[name] for name in SEVERITIES]
    assert rules["structure.bad-date.r1"] == "major validation error"


def test_a_result_names_student_and_organization(execute: Execute) -> None:
    found = json.loads(execute("--rule", "EN-1").out)["validationResults"]
    [one] = [r for r in found if r.get("studentReference") == {"studentUniqueId": "1"}]
    assert one["educationOrganizationReference"] == {"educationOrganizationId": 1}
    assert one["resourceId"] == "2024-08-12|1001|1"
    contexts = {entry["identificationCode"]: entry["customizationValue"] for entry in one["additionalContexts"]}
    assert contexts["message"] == "The exit date is before the entry date."
    values = json.loads(contexts["values"])
    assert (values["e.exitWithdrawDate"], values["e.entryDate"]) == ("2024-08-01", "2024-08-12")
    [lost] = [r for r in found if r.get("studentReference") == {"studentUniqueId": "3"} and "EN-1" in str(r)]
    assert lost["educationOrganizationReference"] == {"educationOrganizationId": 1003}  # of its school, at least


def test_the_same_run_is_the_same_document_and_another_day_another_run(execute: Execute) -> None:
    first, second = execute().out, execute().out
    assert first == second
    other = json.loads(execute("--as-of", "2025-06-02").out)["validationRuns"][0]
    [run] = json.loads(first)["validationRuns"]
    assert (run["runStartDateTime"], other["runStartDateTime"]) == ("2025-06-01T00:00:00Z", "2025-06-02T00:00:00Z")
    assert run["runIdentifier"] != other["runIdentifier"]


def test_masked_results_name_no_student(execute: Execute, tmp_path: Path) -> None:
    ran = execute("--mask-students", "-o", tmp_path / "out")
    document = json.loads((tmp_path / "out" / "edfi-validation.json").read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    names = [r["studentReference"]["studentUniqueId"] for r in document["validationResults"] if "studentReference" in r]
    assert names
    assert [name for name in names if not name.startswith("student-")] == []
    identifiers = [r["resultIdentifier"] for r in document["validationResults"]]
    assert (len(set(identifiers)), ran.code) == (len(identifiers), 1)
