"""Findings in the shape of the Ed-Fi Validation API: rules, one run, and a result for each violation.

A document of three lists, ``validationRules``, ``validationRuns`` and ``validationResults``. Lengths are those of the
published extension; a text that is longer is cut and ends in ``…``.

The API knows three severities of its second level:

=============  ========================  =============================================================
ours           theirs                    why
=============  ========================  =============================================================
Error          major validation error    has to be mended
Conflict       major validation error    two organizations have to agree; neither counts the student
Exclusion      minor validation error    the student is not counted, which may be right
Warning        warning                   may be right
Informational  warning                   nothing need be done; the API has nothing below a warning
=============  ========================  =============================================================

An identifier of a rule is its id and revision (``ME-3.r1``), and none is ever used again for another rule. Each code of
structure findings is a rule too (``structure.bad-date.r1``). A run is known by a hash of what was run and what was
found, and its times are the day for which it was run: the same data, rules and day give the same document, on every
machine and at every hour. For the same reason the host is not named. A record has no id of the API in a data folder, so
``resourceId`` is its natural key. The API has no place for what could not be checked; ``run`` says it on stderr.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler import __version__
from compiler.engines.run import RunResult
from compiler.reports.facts import Facts
from compiler.semantics.findings import SEVERITIES, Outcome

Row = Mapping[str, Any]

_MAJOR, _MINOR, _WARNING = "major validation error", "minor validation error", "warning"
THEIRS = dict(zip(SEVERITIES, (_MAJOR, _MAJOR, _MINOR, _WARNING, _WARNING), strict=True))
_STRUCTURE_WORDS = {
    "not-json": "Every line is a JSON object.",
    "wrong-type": "Every value is of the type of its property.",
    "bad-date": "Every date is a day of the calendar.",
    "missing-required": "Every required property is there.",
    "unknown-code": "Every code is one of its descriptor.",
    "missing-key": "Every record has its natural key.",
    "duplicate-key": "No two records have one natural key.",
    "dangling-reference": "Every reference leads to a record.",
    "unknown-property": "Every property is one of its resource.",
}
_CONTEXTS = (
    "message",
    "detail",
    "values",
    "key",
    "others",
    "because",
    "suppressedBy",
    "since",
    "file",
    "line",
    "cycle",
)
_ENGINE = f"rulewright {__version__}"
_HOST = "rulewright"
_IDENTIFIER, _SHORT, _LONG = 100, 1024, 4000


def as_validation(rows: Iterable[Row], result: RunResult, facts: Facts) -> str:
    """The document of a run; ``rows`` are those to be shown, masked where they are to be."""
    violations = [row for row in rows if row["outcome"] == Outcome.VIOLATION.value]
    source = f"rulewright/{result.program.state}"
    run = _run(result, facts)
    severities = {row["rule"]: row["severity"] for row in violations}
    codes = sorted({row["code"] for row in violations if row["code"]} | _STRUCTURE_WORDS.keys())
    rules = [_rule(result, name, source, severities.get(name)) for name in result.results]
    document = {
        "validationRules": [*rules, *(_structure_rule(code, source) for code in codes)],
        "validationRuns": [run],
        "validationResults": list(_results(violations, result, source, run)),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _rule(result: RunResult, name: str, source: str, severity: str | None) -> dict[str, Any]:
    rule = result.results[name].rule
    written = result.program.checked[rule.key].written
    fix = written.fix.text if written.fix is not None else ""
    collection = result.program.collections.get(rule.collection)
    logic = [("for each", rule.subject_text), ("when", rule.when_text), ("require", rule.require_text)]
    if rule.conflicts is not None:
        logic[-1] = ("conflicts with", rule.require_text)
    return {
        "ruleIdentifier": _identifier(result, name),
        "ruleSource": source,
        "shortDescription": _cut(rule.title, _SHORT),
        "longDescription": _cut(" ".join(f"{rule.message} {fix}".split()), _LONG),
        "ruleStatus": "Active",
        "category": _cut(collection.title if collection is not None else "none", _SHORT),
        "severity": THEIRS[severity or rule.steps[-1].severity],
        "externalRuleId": _cut(written.source.row.text, _IDENTIFIER),
        "validationLogicType": "Rulewright",
        "validationLogic": _cut("\n".join(f"{key}: {text}" for key, text in logic if text), _LONG),
    }


def _structure_rule(code: str, source: str) -> dict[str, Any]:
    return {
        "ruleIdentifier": f"structure.{code}.r1",
        "ruleSource": source,
        "shortDescription": _STRUCTURE_WORDS.get(code, code),
        "longDescription": f"{_STRUCTURE_WORDS.get(code, code)} The result says where one is not, and why.",
        "ruleStatus": "Active",
        "category": "Structure of the data",
        "severity": THEIRS[SEVERITIES[0]],
        "validationLogicType": "Ed-Fi schema",
    }


def _identifier(result: RunResult, name: str) -> str:
    checked = result.program.checked[result.results[name].rule.key]
    return f"{name}.r{checked.revision}"


def _run(result: RunResult, facts: Facts) -> dict[str, Any]:
    digest = hashlib.sha256(json.dumps(facts.told(), sort_keys=True).encode())
    digest.update(str(result.records_read).encode())
    for finding in result.findings:
        digest.update(f"\0{finding.finding_key}{finding.outcome.value}".encode())
    for found in result.structure:
        where = [found.fault.code, found.fault.resource, found.fault.path, found.fault.file, found.fault.line]
        digest.update(json.dumps(where).encode())
    day = f"{facts.as_of.isoformat()}T00:00:00Z"
    return {
        "runIdentifier": digest.hexdigest()[:40],
        "runStartDateTime": day,
        "runFinishDateTime": day,
        "runStatus": "Completed",
        "host": _HOST,
        "ruleEngine": _ENGINE,
    }


def _results(
    violations: Iterable[Row], result: RunResult, source: str, run: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    reference = {name: run[name] for name in ("runIdentifier", "host", "ruleEngine")}
    used: Counter[str] = Counter()
    for row in violations:
        rule = f"structure.{row['code']}.r1" if row["code"] else _identifier(result, row["rule"])
        name = row["findingKey"] or "masked"
        used[name] += 1
        organization = row["corporation"] if row["corporation"] is not None else row["school"]
        found: dict[str, Any] = {
            "resultIdentifier": f"{name}-{used[name]}" if used[name] > 1 or not row["findingKey"] else name,
            "validationRuleReference": {"ruleIdentifier": rule, "ruleSource": source},
            "validationRunReference": reference,
            "resourceType": row["resource"] or row["file"],
        }
        if row["key"]:
            found["resourceId"] = _resource_id(row["key"])
        if organization is not None:
            found["educationOrganizationReference"] = {"educationOrganizationId": organization}
        if row["student"] is not None:
            found["studentReference"] = {"studentUniqueId": str(row["student"])}
        found["additionalContexts"] = [
            {"identificationCode": context, "customizationValue": _cut(_text(row[context]), _LONG)}
            for context in _CONTEXTS
            if row.get(context) not in (None, "", [], {})
        ]
        yield found


def _resource_id(key: Mapping[str, Any]) -> str:
    """The natural key of a record; its hash where it is too long."""
    text = "|".join(_text(value) for value in key.values())
    return text if len(text) <= _IDENTIFIER else hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
