"""General rule engines, measured per evaluation: five of the six rules over records that are joined for them by hand.

None of these engines joins records, so ME-32 cannot be said in any of them, and the others only because the caller
has gathered what a rule needs into one dictionary. An engine that is not installed is left out, by name.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from typing import Any

from tests.benchmarks.by_hand import (
    KINDERGARTEN,
    NOT_SHOWN,
    PATHWAY_DIPLOMAS,
    YEAR,
    Body,
    Records,
    code,
    competency,
    is_funding,
    organization_of,
    student_of,
)

Test = Callable[[Body], bool]
"""Whether a gathered record violates a rule."""

SAMPLE = 20_000
_DELAY = "uri://doe.in.gov/DisabilityDescriptor#08"
_KINDERGARTEN, _LEVELS, _NOT_SHOWN = (sorted(codes) for codes in (KINDERGARTEN, PATHWAY_DIPLOMAS, NOT_SHOWN))


def gathered(records: Records) -> dict[str, list[Body]]:
    """What each rule needs, gathered into one dictionary a subject; texts that are missing are empty.

    ``record`` is the whole subject, which no rule reads: callers rarely strip their records for every rule.
    """
    claims = [claim for of_student in records.claims.values() for claim in of_student]
    born = {student: birth for student, birth in records.births.items() if birth}
    found = {
        "ME-1": ({**_claim(claim), "record": claim} for claim in claims),
        "SE-5": (
            {"birthDate": born[student_of(b)], "disabilities": b["disabilities"], "record": b}
            for b in records.services
            if student_of(b) in born
        ),
        "ME-6": (
            {"birthDate": born[student_of(claim)], "grades": _grades(records.counted(claim)), "record": claim}
            for claim in claims
            if student_of(claim) in born
        ),
        "HB-2": _days(records),
        "GR-15": _diplomas(records),
    }
    return {rule: list(islice(bodies, SAMPLE)) for rule, bodies in found.items()}


def _claim(claim: Body) -> Body:
    return {"funding": is_funding(claim), "adm": code(claim["_ext"]["idoe"].get("admCodeDescriptor"))}


def _grades(enrollments: list[Body]) -> list[str]:
    return [code(enrollment["entryGradeLevelDescriptor"]) for enrollment in enrollments]


def _days(records: Records) -> Iterator[Body]:
    found: dict[tuple[str, Any], Body] = {}
    for body in records.programs:
        if body["programReference"]["programName"] == "Homebound":
            owner = student_of(body), records.owners.get(organization_of(body))
            found.setdefault(owner, {"days": [], "record": body})["days"].append(body["_ext"]["idoe"]["dayCount"])
    return iter(found.values())


def _diplomas(records: Records) -> Iterator[Body]:
    for body in records.graduations:
        cohort = records.cohorts.get(student_of(body))
        if body["schoolYearTypeReference"]["schoolYear"] == YEAR and cohort:
            for diploma in body["diplomas"]:
                yield {
                    "cohortYear": cohort,
                    "level": code(diploma.get("diplomaLevelDescriptor")),
                    "skill": code(diploma.get("achievementCategoryDescriptor")),
                    "competency": competency(body),
                    "record": body,
                }


# -- the rules in the words of each engine


def _python() -> dict[str, Test]:
    """The same conditions in plain Python: what is left of a rule once its records are gathered."""
    return {
        "ME-1": lambda r: r["funding"] and not r["adm"],
        "SE-5": lambda r: (
            r["birthDate"] <= "2014-12-01"
            and any(d["orderOfDisability"] == 1 and d["disabilityDescriptor"] == _DELAY for d in r["disabilities"])
        ),
        "ME-6": lambda r: r["birthDate"] > "2018-10-01" and any(g in KINDERGARTEN for g in r["grades"]),
        "HB-2": lambda r: sum(r["days"]) < 20,
        "GR-15": lambda r: (
            r["level"] in PATHWAY_DIPLOMAS
            and r["cohortYear"] >= 2023
            and (r["skill"] in NOT_SHOWN or r["competency"] in NOT_SHOWN)
        ),
    }


def _cel() -> dict[str, Test]:
    import cel

    texts = {
        "ME-1": 'funding && adm == ""',
        "SE-5": 'birthDate <= "2014-12-01" && disabilities.exists(d, d.orderOfDisability == 1 && '
        f'd.disabilityDescriptor == "{_DELAY}")',
        "ME-6": f'birthDate > "2018-10-01" && grades.exists(g, g in {_quoted(_KINDERGARTEN)})',
        "GR-15": f"level in {_quoted(_LEVELS)} && cohortYear >= 2023 && "
        f"(skill in {_quoted(_NOT_SHOWN)} || competency in {_quoted(_NOT_SHOWN)})",
    }
    return {rule: cel.compile(text).execute for rule, text in texts.items()}


def _zen() -> dict[str, Test]:
    import zen

    texts = {
        "ME-1": 'funding and adm == ""',
        "SE-5": 'd(birthDate).isSameOrBefore("2014-12-01") and some(disabilities, #.orderOfDisability == 1 and '
        f'#.disabilityDescriptor == "{_DELAY}")',
        "ME-6": f'd(birthDate).isAfter("2018-10-01") and some(grades, # in {_quoted(_KINDERGARTEN)})',
        "HB-2": "sum(days) < 20",
        "GR-15": f"level in {_quoted(_LEVELS)} and cohortYear >= 2023 and "
        f"(skill in {_quoted(_NOT_SHOWN)} or competency in {_quoted(_NOT_SHOWN)})",
    }
    return {rule: zen.compile_expression(text).evaluate for rule, text in texts.items()}


def _rule_engine() -> dict[str, Test]:
    import rule_engine

    texts = {
        "ME-1": 'funding and adm == ""',
        "SE-5": 'birthDate <= "2014-12-01" and [d for d in disabilities if d["orderOfDisability"] == 1 and '
        f'd["disabilityDescriptor"] == "{_DELAY}"].length > 0',
        "ME-6": f'birthDate > "2018-10-01" and [g for g in grades if g in {_quoted(_KINDERGARTEN)}].length > 0',
        "HB-2": "$sum(days) < 20",
        "GR-15": f"level in {_quoted(_LEVELS)} and cohortYear >= 2023 and "
        f"(skill in {_quoted(_NOT_SHOWN)} or competency in {_quoted(_NOT_SHOWN)})",
    }
    return {rule: rule_engine.Rule(text).matches for rule, text in texts.items()}


def _jsonschema_rs() -> dict[str, Test]:
    """JSON Schema compares no dates and adds nothing up: two rules of the five. A schema describes what is lawful."""
    import jsonschema_rs

    without = {"enum": _NOT_SHOWN}
    schemas = {
        "ME-1": {"if": {"properties": {"funding": {"const": True}}}, "then": {"properties": {"adm": {"minLength": 1}}}},
        "GR-15": {
            "if": {"properties": {"level": {"enum": _LEVELS}, "cohortYear": {"minimum": 2023}}},
            "then": {"properties": {"skill": {"not": without}, "competency": {"not": without}}},
        },
    }
    return {rule: _invalid(jsonschema_rs.validator_for(schema)) for rule, schema in schemas.items()}


def _invalid(validator: Any) -> Test:
    is_valid = validator.is_valid
    return lambda record: not is_valid(record)


def _quoted(codes: list[str]) -> str:
    return f"[{', '.join(f'{chr(34)}{code}{chr(34)}' for code in codes)}]"


PEERS: dict[str, Callable[[], dict[str, Test]]] = {
    "common-expression-language": _cel,
    "zen-engine": _zen,
    "rule-engine": _rule_engine,
    "jsonschema-rs": _jsonschema_rs,
}
"""Engines by the name of their distribution."""


def measured(records: Records, seconds: float) -> dict[str, Any]:
    """Microseconds of CPU per evaluation by engine and rule, and whether the hits agree with plain Python.

    Each is repeated for at least so many ``seconds``: on ``whole`` records, and on ``bare`` ones that hold nothing but
    what the rule reads.
    """
    whole = gathered(records)
    bare = {rule: [{n: v for n, v in body.items() if n != "record"} for body in of] for rule, of in whole.items()}
    told: dict[str, Any] = {"records": {rule: len(of) for rule, of in whole.items()}, "peers": {}, "left out": []}
    plain = _python()
    for name, tests in {"plain Python": _python, **PEERS}.items():
        try:
            shown = name if name == "plain Python" else f"{name} {version(name)}"
        except PackageNotFoundError:
            told["left out"].append(name)
            continue
        told["peers"][shown] = {
            rule: {
                "agrees": all(bool(test(body)) == bool(plain[rule](body)) for body in whole[rule]),
                "whole": _microseconds(test, whole[rule], seconds),
                "bare": _microseconds(test, bare[rule], seconds),
            }
            for rule, test in tests().items()
            if whole[rule]
        }
    return told


def _microseconds(test: Test, bodies: list[Body], seconds: float) -> float:
    count, begun, spent = 0, time.process_time(), 0.0
    while not count or spent < seconds:
        for body in bodies:
            test(body)
        count += len(bodies)
        spent = time.process_time() - begun
    return spent / count * 1e6
