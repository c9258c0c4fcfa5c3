"""What decided, and what would change it: every explanation is true, and tells what there is to tell.

That the facts of an explanation are enough is tested by changing all else; that they matter, by changing them.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property, partial
from itertools import takewhile
from pathlib import Path
from random import Random
from typing import Any

import pytest

from compiler.diagnostics import Level
from compiler.engines.explain import Explained, Explainer, Explanation
from compiler.engines.folder import open_folder
from compiler.engines.nearest import Change
from compiler.engines.run import Options, RunResult, run
from compiler.reports.explanations import Telling, fact_value, lines, meanings, needed
from compiler.reports.explanations_json import as_json
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, WHOLE, Code, Type
from compiler.semantics import ir
from compiler.semantics.altered import REMOVED, altered, at, put
from compiler.semantics.determining import Determined, Fact, determined
from compiler.semantics.findings import Outcome
from compiler.semantics.interpreter import Environment, Interpreter
from compiler.semantics.outcomes import Context, interpreter_for, judge, subject_key, subjects_at, subjects_of
from compiler.semantics.program import Program
from compiler.semantics.values import Record, RecordValue, Undetermined
from compiler.semantics.world import World
from tests.evaluation import world_of
from tests.explained import again, all_else_changed, place_of, spoiler
from tests.random_rules import made_scalar, random_world
from tests.running import add_rule, enrollment, school, services, student
from tests.running import put as put_files
from tests.support import Execute, Sample
from tests.test_random import CONTEXT, random_project, random_rules, said
from tests.test_run import EXAMPLE

YEAR = Context(2025, date(2025, 6, 1), "state")
STATE = Context(2024, date(2024, 6, 1), "state")


# -- every operator, over a few records

ENROLLMENTS, SERVICES = "studentSchoolAssociations", "studentSpecialEducationProgramAssociations"
RECORDS = {
    "schools": [school(), school(1002)],
    "students": [student("1", birthDate="2015-03-04"), student("2")],
    ENROLLMENTS: [
        enrollment("1", exitWithdrawDate="2024-12-20", fullTimeEquivalency=0.5),
        enrollment("1", schoolReference={"schoolId": 1002}, entryDate="2025-01-06", primarySchool=False),
        enrollment("2"),
    ],
    SERVICES: [
        services(
            "1",
            disabilities=[
                {"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1},
                {"disabilityDescriptor": "uri://x#11", "orderOfDisability": 2},
                {"disabilityDescriptor": "uri://x#13"},
            ],
        )
    ],
}
DEFINITIONS = """\
definitions:
- {of: student as s, name: stays, doc: All., is: all x in s.studentSchoolAssociations where (x.lasts(100))}
- of: studentSchoolAssociation as a
  name: lasts
  doc: Whether it lasts some days.
  with: {least: whole}
  is: days from a.entryDate to a.exitWithdrawDate is at least least
"""
ORDER, CODE = "d.orderOfDisability", "d.disabilityDescriptor"
IS_ONE, IS_EIGHT = f"{ORDER} is 1", f"{CODE} is '08'"

# What is required of the services of the student (q), the outcome, and the properties that decided it. A list has the
# number of its members; of what the rule is told with it, the student's reference is left out.
OPERATORS: dict[str, tuple[str, str, list[str]]] = {
    "compare": ("q.beginDate is on or after 2024-09-01", "pass", ["q.beginDate=2024-09-01"]),
    "compare-missing": ("q.beginDate is before q.endDate", "not checked", ["q.endDate=missing"]),
    "and-false": (
        "q.beginDate is 2024-09-02 and q.endDate is missing and q.beginDate is after 2025-01-01",
        "violation",
        ["q.beginDate=2024-09-01"],
    ),
    "and-true": (
        "q.beginDate is 2024-09-01 and q.endDate is missing",
        "pass",
        ["q.beginDate=2024-09-01", "q.endDate=missing"],
    ),
    "and-unknown": (
        "q.beginDate is 2024-09-01 and q.endDate is after 2024-01-01",
        "not checked",
        ["q.beginDate=2024-09-01", "q.endDate=missing"],
    ),
    "and-false-and-unknown": (
        "q.beginDate is 2024-09-02 and q.endDate is after 2024-01-01", "violation", ["q.beginDate=2024-09-01"],
    ),
    "or-true": ("q.beginDate is 2024-09-01 or q.endDate is present", "pass", ["q.beginDate=2024-09-01"]),
    "or-false": (
        "q.beginDate is 2024-09-02 or q.endDate is present",
        "violation",
        ["q.beginDate=2024-09-01", "q.endDate=missing"],
    ),
    "not": ("not (q.endDate is present)", "pass", ["q.endDate=missing"]),
    "if": (
        "(if q.endDate is missing then q.student.birthDate else q.beginDate) is before 2020-01-01",
        "pass",
        ["q.endDate=missing", "q.student.birthDate=2015-03-04"],
    ),
    "first": (
        "(q.endDate otherwise q.beginDate) is 2024-09-01", "pass", ["q.beginDate=2024-09-01", "q.endDate=missing"],
    ),
    "first-given": ("(q.beginDate otherwise q.endDate) is 2024-09-01", "pass", ["q.beginDate=2024-09-01"]),
    "any-true": (
        f"any d in q.disabilities has ({IS_ONE} and {IS_EIGHT})",
        "pass",
        [f"{ORDER}=1", f"{CODE}=08", "q.disabilities=3 entries"],
    ),
    "any-false": (
        f"any d in q.disabilities has ({CODE} is '09')",
        "violation",
        [f"{CODE}=08", f"{CODE}=11", f"{CODE}=13", "q.disabilities=3 entries"],
    ),
    "any-unknown": (
        f"any d in q.disabilities has ({ORDER} is 3)",
        "not checked",
        [f"{ORDER}=1", f"{ORDER}=2", f"{ORDER}=missing", "q.disabilities=3 entries"],
    ),
    "no": (f"no d in q.disabilities has ({IS_EIGHT})", "violation", [f"{CODE}=08", "q.disabilities=3 entries"]),
    "every": (
        f"every d in q.disabilities has ({CODE} is not '11')", "violation", [f"{CODE}=11", "q.disabilities=3 entries"],
    ),
    "exactly-one": (
        f"exactly one d in q.disabilities has ({IS_EIGHT})",
        "pass",
        [f"{CODE}=08", f"{CODE}=11", f"{CODE}=13", "q.disabilities=3 entries"],
    ),
    "at-least": (
        f"at least 2 d in q.disabilities has ({CODE} is not '08')",
        "pass",
        [f"{CODE}=11", f"{CODE}=13", "q.disabilities=3 entries"],
    ),
    "count": ("number of d in q.disabilities is at most 2", "violation", ["q.disabilities=3 entries"]),
    "count-of-some": (
        f"(number of d in q.disabilities where ({IS_EIGHT})) is 1",
        "pass",
        [f"{CODE}=08", f"{CODE}=11", f"{CODE}=13", "q.disabilities=3 entries"],
    ),
    "empty": ("q.disabilities is missing", "violation", ["q.disabilities=3 entries"]),
    "age": (
        "age of q.student.birthDate on December 1 of the school year is less than 9",
        "violation",
        ["q.student.birthDate=2015-03-04"],
    ),
    "way-back": (
        "any e in q.student.studentSchoolAssociations has (e.primarySchool is false)",
        "pass",
        ["e.primarySchool=false"],
    ),
    "no-way-back": (
        "any e in q.student.studentSchoolAssociations has (e.entryDate is before 2024-01-01)",
        "violation",
        [
            "e.entryDate=2024-08-12",
            "e.entryDate=2025-01-06",
            "q.student.studentSchoolAssociations=2 records (1001; 1002)",
        ],
    ),
    "definition": (
        "q.student.stays is present",
        "pass",
        ["x.entryDate=2024-08-12", "x.exitWithdrawDate=2024-12-20"],
    ),
    "last": (
        "(latest e in q.student.studentSchoolAssociations by entryDate).primarySchool is true",
        "violation",
        [
            "(latest e in q.student.studentSchoolAssociations by entryDate).primarySchool=false",
            "entryDate of studentSchoolAssociation 2024-08-12, 1001, 1=2024-08-12",
            "entryDate of studentSchoolAssociation 2025-01-06, 1002, 1=2025-01-06",
            "q.student.studentSchoolAssociations=2 records (1001; 1002)",
        ],
    ),
    "record-that-is-not-there": (
        "q.educationOrganization.localEducationAgency.nameOfInstitution is 'X'",
        "not checked",
        [
            "q.educationOrganization.localEducationAgency=1",
            "q.educationOrganization.localEducationAgency=there is no localEducationAgency 1",
        ],
    ),
    "period": (
        "period from q.beginDate to q.endDate contains 2024-01-01",
        "violation",
        ["q.beginDate=2024-09-01", "q.endDate=missing"],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def small(rules: Sample, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A rule for each operator."""
    sample = Sample.copied(rules.root, tmp_path_factory.mktemp("operators") / "sample")
    sample.write(DEFINITIONS, "_definitions.yaml")
    for number, (clause, _, _) in enumerate(OPERATORS.values()):
        subject = "for each: studentSpecialEducationProgramAssociation as q"
        keys = f"{subject}\nrequire: >-\n  {clause}\nseverity: Error\nmessage: It is not as it should be.\n"
        add_rule(sample, f"OP-{number}", keys)
    project = sample.open()
    assert [d.message for d in project.sink if d.level is Level.ERROR] == []
    return project.programs["sample"]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_files(tmp_path_factory.mktemp("few"), {**RECORDS, "localEducationAgencies": []})


@pytest.fixture(scope="module")
def of_few(small: Program, few: Path) -> Explainer:
    return Explainer(small, small.rules.values(), open_folder(few, small.schemas), YEAR)


@pytest.mark.parametrize("case", OPERATORS)
def test_an_operator_tells_what_decided(case: str, of_few: Explainer, small: Program) -> None:
    _, outcome, facts = OPERATORS[case]
    rule = small.rules[f"OP-{list(OPERATORS).index(case)}"]
    [found] = of_few.explain(rule, "1").explanations
    assert found.verdict.outcome.value == outcome
    assert sorted(set(told(found.determined))) == sorted(facts)


def told(found: Determined) -> Iterator[str]:
    """The properties and lists that decided, but for references to the student; keys of records by their school."""
    for clause in (found.when, found.require):
        for fact in clause.all_facts() if clause is not None else ():
            is_told = fact.kind in ("property", "list", "record") or (fact.kind == "reference" and fact.value != "1")
            if is_told and not (fact.kind == "record" and fact.value):
                value = fact_value(fact, {})
                for key in ("2024-08-12, 1001, 1", "2025-01-06, 1002, 1"):
                    value = value.replace(key, key.split(", ")[1])
                yield f"{fact.text}={value}"


def test_each_of_several_is_told_to_decide_by_itself(of_few: Explainer, small: Program) -> None:
    """Of a false `and` all that is wrong is told, with the word that each is enough."""
    [found] = of_few.explain(small.rules[f"OP-{list(OPERATORS).index('and-false')}"], "1").explanations
    require = found.determined.require
    assert require is not None
    assert require.each_alone
    assert [(part.text, part.value) for part in require.parts] == [
        ("q.beginDate is 2024-09-02", False),
        ("q.beginDate is after 2025-01-01", False),
    ]


IF_MISSING = """
for each: studentSpecialEducationProgramAssociation as q, d in q.disabilities
require: q.endDate is after q.beginDate
if missing: {q.endDate: not applicable}
severity: Error
message: It ends after it begins.
"""


def test_causes_count_where_a_rule_asks_for_them(rules: Sample, few: Path, tmp_path: Path) -> None:
    """That nothing else is missing decides too; and each member of a joined list is told by itself."""
    sample = Sample.copied(rules.root, tmp_path / "sample")
    add_rule(sample, "IM-1", IF_MISSING)
    program = sample.open().programs["sample"]
    explainer = Explainer(program, program.rules.values(), open_folder(few, program.schemas), YEAR)
    found = explainer.explain(program.rules["IM-1"], "1").explanations
    assert [e.verdict.outcome for e in found] == [Outcome.NOT_APPLICABLE] * 3
    assert set(told(found[0].determined)) == {"q.endDate=missing", "q.beginDate=2024-09-01"}
    assert [fact.text for fact in found[0].determined.judged.facts if fact.kind == "list"] == ["q.disabilities"]


# -- the nearest change

AS_TOLD: dict[str, list[str]] = {
    "compare-missing": ["q.endDate were 2024-09-02 or later"],
    "any-false": ["d.disabilityDescriptor were 09, in any of 3 places"],
    "age": ["q.student.birthDate were 2015-12-02 or later"],
    "count": [],
    "empty": [],
    "last": [
        "(latest e in q.student.studentSchoolAssociations by entryDate).primarySchool were true",
    ],
    "period": ["q.beginDate were 2024-01-01 or earlier"],
}


@pytest.mark.parametrize("case", AS_TOLD)
def test_the_nearest_change(case: str, of_few: Explainer, small: Program) -> None:
    rule = small.rules[f"OP-{list(OPERATORS).index(case)}"]
    found = of_few.explain(rule, "1")
    telling = Telling(small.checked[rule.key], rule, "1", {})
    text = list(lines(telling, found))
    begin = next((number for number, line in enumerate(text) if line == "  It would pass, if"), len(text))
    listed = takewhile(lambda line: line.startswith("    "), text[begin + 1 :])
    changes = [line.strip().split("   (")[0] for line in listed]
    assert changes == AS_TOLD[case]
    if not changes:
        assert "  No single value was found that would let it pass." in text


def tries(change: Change) -> list[Any]:
    """Values that a change names: all it lists; of a range its ends and some between or beyond."""
    if change.removed:
        return [REMOVED]
    if change.values:
        return list(change.values)
    if change.given:
        return {DATE: [date(2024, 1, 1)], WHOLE: [7], DECIMAL: [Decimal(7)]}.get(change.fact.type, ["Some text"])
    step: Any = timedelta(days=1) if change.fact.type is DATE else 1
    if change.first is None:
        return [change.last, change.last - step, change.last - 17 * step]
    if change.last is None:
        return [change.first, change.first + step, change.first + 17 * step]
    if change.fact.type is DATE:
        return [change.first, change.last, change.first + (change.last - change.first) / 2]
    return [change.first, change.last]


def explained_with(explainer: Explainer, rule: ir.Rule, env: Environment, fact: Fact, value: Any) -> Determined | None:
    """What decides about a subject with another value in the place of a fact; None where it is no subject."""
    assert fact.record is not None
    resource = explainer.program.schemas.resource(fact.record.resource)
    assert resource is not None
    raw = at(fact.record.body, fact.place)
    if value is not REMOVED:
        namespace = raw.partition("#")[0] + "#" if isinstance(raw, str) and "#" in raw else ""
        written = value.isoformat() if isinstance(value, date) else value
        value = f"{namespace}{written}" if isinstance(fact.type, Code) and not fact.uri else written
    found = altered(explainer.world, resource, fact.record, put(fact.record.body, fact.place, value))
    if found is None:
        return None
    world, new = found
    interpreter = interpreter_for(explainer.program, rule, world, explainer.context)
    subject = env[rule.variable]
    assert isinstance(subject, RecordValue)
    assert subject.record is not None
    for other in subjects_at(interpreter, rule, new if subject.record is fact.record else subject.record):
        if all(place_of(other[join.variable]) == place_of(env[join.variable]) for join in rule.joins):
            return determined(interpreter, rule, other)
    return None


def outcome_with(explainer: Explainer, rule: ir.Rule, env: Environment, fact: Fact, value: Any) -> Outcome:
    """The outcome of a subject with another value in the place of a fact; of one that is none, not applicable."""
    found = explained_with(explainer, rule, env, fact, value)
    return Outcome.NOT_APPLICABLE if found is None else found.verdict.outcome


# -- enough: whatever else is changed, the outcome stays


def unlike(random: Random) -> Callable[[str, Type], Any]:
    return lambda name, kind: made_scalar(name, kind, random)


@pytest.mark.parametrize("seed", range(2))
def test_facts_are_enough_for_random_rules(seed: int, template: Path, tmp_path: Path) -> None:
    """All else is changed at random; without any fact kept, outcomes do change."""
    program = random_project(Sample.copied(template, tmp_path / "project"), seed).programs["sample"]
    random = Random(seed)
    world = world_of(program, random_world(program.schemas, random))
    found: Counter[Outcome] = Counter()
    others = 0
    for rule in random_rules(program):
        interpreter = interpreter_for(program, rule, world, CONTEXT)
        for env in list(subjects_of(interpreter, rule))[:1]:
            facts = determined(interpreter, rule, env)
            found[facts.verdict.outcome] += 1
            other = spoiler(random, unlike(random))
            changed = all_else_changed(program.schemas, world, facts, other, lambda _: True)
            assert outcome_in(changed, interpreter, rule, env) is facts.verdict.outcome, said(rule)
            if found.total() % 5 == 0:
                nothing = Determined(facts.verdict, type(facts.judged)(""), None, None)
                spoilt = all_else_changed(program.schemas, world, nothing, other, lambda _: True)
                others += outcome_in(spoilt, interpreter, rule, env) is not facts.verdict.outcome
    assert min(found[outcome] for outcome in Outcome) > 10
    assert others > 5


def outcome_in(world: World, interpreter: Interpreter, rule: ir.Rule, env: Environment) -> Outcome | None:
    """The outcome of the same subject in another world; None where it is no subject there."""
    try:
        other, found = again(interpreter, world, rule, env)
    except AssertionError:
        return None
    return judge(other, rule, found).outcome


# -- the made-up state


@pytest.fixture(scope="module")
def folder(shared: Path) -> Path:
    return shared / "data" / "indiana_synthetic_3k"


@pytest.fixture(scope="module")
def of_state(folder: Path, indiana: Program) -> Explainer:
    chosen = [rule for rule in indiana.rules.values() if indiana.checked[rule.key].runs]
    return Explainer(indiana, chosen, open_folder(folder, indiana.schemas), STATE)


NOTHING, NOT_THERE, ANY = "missing", "not there", "any"
ADM, RESPONSIBILITIES = "_ext.idoe.admCodeDescriptor", "_ext.idoe.additionalEdOrgResponsibilities"
LEVEL, SKILL = "diplomas.0.diplomaLevelDescriptor", "diplomas.0.achievementCategoryDescriptor"
COMPETENCY = "recognitions.0.achievementCategoryDescriptor"
SETTING, PLACEMENT = "specialEducationSettingDescriptor", "programReference.programName"
ENROLLED = "studentSchoolAssociation"

Planted = tuple[str, str]
"""A property (or a list, or a resource) and what was planted: its value, ``any`` where it differs by student."""
PLANTED: dict[str, Planted | dict[str, Planted]] = {
    "ADM1_COLS_OTHER": (f"{RESPONSIBILITIES}.1.schoolCorpId", ANY),
    "ADM1_ON_ATTENDANCE": ("responsibilityDescriptor", "Attendance"),
    "ADM1_SCHOOL_ELSEWHERE": ("schoolReference.schoolId", ANY),
    "ADM20_GRADE_08": ("entryGradeLevelDescriptor", "08"),
    "ADM20_NOT_ADULT": ("adultLearnerSchools", NOT_THERE),
    "ADM20_NO_MINUTES": ("_ext.idoe.instructionalMinutes", NOTHING),
    "ADM2_PRIMARY_TRUE": ("primarySchool", "true"),
    "ADM35_COLS_SELF": (f"{RESPONSIBILITIES}.1.schoolCorpId", ANY),
    "ADM6_NO_MINUTES": ("_ext.idoe.instructionalMinutes", NOTHING),
    "ADM6_OVER_HALF": ("fullTimeEquivalency", "0.6"),
    "ADM6_PRIMARY_TRUE": ("primarySchool", "true"),
    "ADM_MISSING": (ADM, NOTHING),
    "ALREADY_GRADUATED": ("diplomas.0.diplomaAwardDate", ANY),
    "CHARTER_ADM10": (ADM, "10"),
    "CHARTER_ADM2": (ADM, "2"),
    "CHARTER_ADM3": (ADM, "3"),
    "CHOICE_ADM6": (ADM, "6"),
    "CHOICE_NOT_APPROVED": ("choiceApprovals", NOT_THERE),
    "COLS_CHARTER": (f"{RESPONSIBILITIES}.1.schoolCorpId", ANY),
    "COLS_MISSING": (RESPONSIBILITIES, "1 entry"),  # that of Legal Settlement is not there, the other one is
    "COUNTY_MISSING": ("addresses.0.nameOfCounty", NOTHING),
    "ENTRY_AFTER_COUNT": ("entryDate", ANY),
    "EXIT_BEFORE_COUNT": ("exitWithdrawDate", ANY),
    "GRADE_INVALID": ("entryGradeLevelDescriptor", "UG"),
    "GRADE_NO_LEADING_ZERO": ("entryGradeLevelDescriptor", ANY),
    "GR_06_NOT_SPED": {"GR-4": ("studentSpecialEducationProgramAssociation", "none")},
    "GR_07_WITH_ES": (SKILL, ANY),
    "GR_CRED_NO_RESULT": ("certResult", "0"),
    "GR_CTE_NO_PERKINS": ("perkins5", "0"),
    "GR_ES_WITHOUT_PSRC": ("recognitions", "none"),
    "GR_HONORS_NOT_HONORS_DIPLOMA": (COMPETENCY, "01"),
    "GR_IB_NOT_ACCREDITED": ("internationalBaccalaureateSchools", NOT_THERE),
    "GR_LEVEL_MISSING": (LEVEL, NOTHING),
    "GR_LOCAL_PATHWAY_UNKNOWN": ("recognitions.0.achievementCategorySystem", ANY),
    "GR_NO_COHORT": ("cohorts", NOT_THERE),
    "GR_NO_PATHWAY": ("recognitions", "none"),
    "GR_OLD_COHORT_WRW_ES": (SKILL, ANY),
    "GR_PASSED_BUT_WAIVER": (LEVEL, "13"),
    "GR_PATHWAY_NOT_LOCAL": (COMPETENCY, ANY),
    "GR_PSRC_WITHOUT_ES": (SKILL, NOTHING),
    "GR_SCHOOL_NOT_HS": ("schoolReference.schoolId", ANY),
    "GR_TWO_CORPS": ("educationOrganizationReference.educationOrganizationId", ANY),
    "GR_TYPE_ATTENDANCE_LEVEL": (LEVEL, ANY),
    "GR_TYPE_COMPLETION_LEVEL": (LEVEL, ANY),
    "GR_UNDER_16": ("birthDate", ANY),
    "GR_WAIVER_DIPLOMA_NO_WAIVER": (LEVEL, "13"),
    "GR_WAIVER_NOT_0413": (LEVEL, "03"),
    "HB_NO_END": ("endDate", NOTHING),
    "HB_UNDER_20": ("_ext.idoe.dayCount", ANY),
    "KG_DUAL": (ADM, "6"),
    "KG_UNDER_5": ("birthDate", ANY),
    "NONPUBLIC_ADM1": (ADM, "1"),
    "NO_ACCOUNTABILITY_SCHOOL": (RESPONSIBILITIES, "1 entry"),  # that of Legal Settlement; Accountability is not there
    "NO_ATTENDANCE": ("studentSchoolAttendanceEvent", "none"),
    "OVER_22": ("birthDate", ANY),
    "PRIMARY_FALSE_ADM1": ("primarySchool", "false"),
    "PUBLIC_ADM10": (ADM, "10"),
    "SE_26_SETTING_03": (SETTING, "03"),
    "SE_33_SETTING_10": (SETTING, "10"),
    "SE_36_SETTING_02": (SETTING, "02"),
    "SE_37_SETTING_10": (SETTING, "10"),
    "SE_38_SETTING_BLANK": {"SE-12": (SETTING, NOTHING), "SE-1": (PLACEMENT, "Private Preschool")},
    "SE_50_SETTING_08": (SETTING, "08"),
    "SE_55_SETTING_02": (SETTING, "02"),
    "SE_56_PUBLIC_PRIMARY": ("primarySchool", "true"),
    "SE_56_SETTING_02": (SETTING, "02"),
    "SE_57_SETTING_09": (SETTING, "09"),
    "SE_BEGINS_AFTER_COUNT": ("beginDate", ANY),
    "SE_DD_PRIMARY_9": ("disabilities.0.disabilityDescriptor", "08"),
    "SE_DD_SECONDARY_9": ("disabilities.1.disabilityDescriptor", "08"),
    "SE_ENDED_BEFORE_COUNT": ("endDate", ANY),
    "SE_NOT_ELIGIBLE": ("ideaEligibility", "false"),
    "SE_OVER_22": ("birthDate", ANY),
    "SE_PK_SCHOOLAGE_CODE": (PLACEMENT, ANY),
    "SE_UNDEFINED": (PLACEMENT, "UNDEFINED"),
    "SE_UNDER_3": ("birthDate", ANY),
    "TWO_FUNDING_CLAIMS": {"ME-32": ("responsibilityDescriptor", "Funding"), "PE-3": ("primarySchool", "true")},
    "VIRTUAL_NO_PROGRAM": ("studentProgramAssociation", "none"),
    "VIRTUAL_TOO_FEW": ("attendanceEventCategoryDescriptor", "In Attendance"),
}
"""By the name of the defect; a mapping where it shows otherwise in one rule than in another.

The defects of structure (``X_*``) are planted for no rule: see ``STRUCTURE``."""
STRUCTURE = {"X_BAD_DATE", "X_DANGLING_STUDENT", "X_DUPLICATE_SSA_KEY", "X_MISSING_REQUIRED", "X_UNKNOWN_SCHOOL"}


@dataclass(frozen=True)
class Defect:
    """A planted defect: the student, its name, and the rules that must fire."""

    student: str
    name: str
    rules: tuple[str, ...]


@pytest.fixture(scope="module")
def planted(folder: Path) -> list[Defect]:
    lines_of = (folder / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    read = [line for line in map(json.loads, lines_of) if line["kind"] == "planted"]
    return [Defect(line["studentUniqueId"], line["defect"], tuple(line["expected"])) for line in read]


def test_every_class_of_defects_is_known(planted: list[Defect]) -> None:
    assert {defect.name for defect in planted} == PLANTED.keys() | STRUCTURE
    assert len(planted) == 168


def test_why_names_what_was_planted(planted: list[Defect], of_state: Explainer, indiana: Program, folder: Path) -> None:
    """For each planted student and each rule that must fire; a value stands in the file and on the line told."""
    files = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8").splitlines()
        for path in folder.rglob("*.jsonl")
    }
    missed, asked = [], 0
    for defect in planted:
        for name in defect.rules if defect.name not in STRUCTURE else ():
            if name not in indiana.rules or not indiana.checked[name].runs:
                continue  # a rule that the state's source leaves incomplete
            asked += 1
            wanted = PLANTED[defect.name]
            place, value = wanted[name] if isinstance(wanted, dict) else wanted
            if not any(
                _tells(fact, place, value, files) for fact in _violated(of_state, indiana.rules[name], defect.student)
            ):
                missed.append((defect.student, defect.name, name))
    assert missed == []
    assert asked > 200


def _violated(explainer: Explainer, rule: ir.Rule, number: str) -> Iterator[Fact]:
    """The determining facts of the violations of a student."""
    for found in explainer.explain(rule, number, changes=False).explanations:
        if found.verdict.outcome is Outcome.VIOLATION:
            for clause in (found.determined.when, found.determined.require):
                yield from clause.all_facts() if clause is not None else ()


def _tells(fact: Fact, place: str, value: str, files: dict[str, list[str]]) -> bool:
    """Whether a fact is what was planted, and stands where it says."""
    if fact.kind == "record":
        return fact.resource == place and value == NOT_THERE and not fact.value
    if fact.kind == "list" and place in (fact.resource, ".".join(map(str, fact.place))):
        return fact_value(fact, {}) == value
    if fact.record is None or ".".join(map(str, fact.place)) != place:
        return False
    raw = at(json.loads(files[fact.record.file][fact.record.line - 1]), fact.place)
    if isinstance(fact.value, Undetermined):
        return value == NOTHING and raw in (None, "")
    shown = fact_value(fact, {})
    written = str(raw).lower() if isinstance(raw, bool) else str(raw).rpartition("#")[2]
    return shown == written and value in (ANY, shown)


def test_defects_of_structure(planted: list[Defect], of_state: Explainer, indiana: Program) -> None:
    """No rule fires for them; `why` tells them where a rule meets them: as not readable, missing or not there."""
    by_name: dict[str, set[str]] = {}
    for defect in planted:
        if defect.name in STRUCTURE:
            for rule in indiana.rules.values():
                if indiana.checked[rule.key].runs:
                    for found in of_state.explain(rule, defect.student, changes=False).explanations:
                        facts = (fact for fact in found.determined.facts())
                        shown = {
                            f"{fact.resource or (fact.record and fact.record.resource)} {fact_value(fact, {})}"
                            for fact in facts
                        }
                        by_name.setdefault(defect.name, set()).update(shown)
    assert "student not readable ('2015-02-30')" in by_name["X_BAD_DATE"]
    assert any(text.startswith("student there is no student 5") for text in by_name["X_DANGLING_STUDENT"])
    assert any(text.startswith("school there is no school ") for text in by_name["X_UNKNOWN_SCHOOL"])
    # Of two records with one key the first is judged, as if the other were not there; a name that no rule reads tells
    # nothing: both are findings of structure and nothing else.
    assert by_name.keys() == STRUCTURE


@pytest.fixture(scope="module")
def by_python(indiana: Program, folder: Path) -> RunResult:
    return run_state(indiana, folder, "python")


def run_state(program: Program, folder: Path, engine: str) -> RunResult:
    return run(program, open_folder(folder, program.schemas), Options(2024, STATE.as_of, "state", engine=engine))


def differing(result: RunResult, explainer: Explainer) -> list[tuple[Any, ...]]:
    """The findings about students of which `why` says something else, by rule."""
    found = [finding for finding in result.findings if finding.key and finding.student is not None]
    assert found
    wrong = []
    for finding in found:
        explained = explainer.explain(explainer.program.rules[finding.rule], finding.student, changes=False)
        outcomes = [e.verdict.outcome for e in explained.explanations if e.finding.finding_key == finding.finding_key]
        if outcomes != [finding.outcome]:
            wrong.append((finding.rule, finding.student, finding.outcome, outcomes))
    return wrong


def test_why_says_what_engines_find(of_state: Explainer, indiana: Program, folder: Path, by_python: RunResult) -> None:
    """Every finding about a student, violations and what was not checked."""
    assert len(by_python.findings) > 500
    assert differing(by_python, of_state) == []
    assert differing(run_state(indiana, folder, "duckdb"), of_state) == []


def test_engines_find_what_why_says_of_planted_students(
    planted: list[Defect], of_state: Explainer, indiana: Program, by_python: RunResult
) -> None:
    """Rule by rule, all that there is to say about each of these students; findings told once for several are one."""
    students = {defect.student for defect in planted}
    told_of = {(f.rule, f.student, f.outcome) for f in by_python.findings if f.student in students}
    explained = {
        (rule.id, number, found.verdict.outcome)
        for rule in indiana.rules.values()
        if indiana.checked[rule.key].runs
        for number in students
        for found in of_state.explain(rule, number, changes=False).explanations
        if found.verdict.outcome in (Outcome.VIOLATION, Outcome.NOT_CHECKED)
    }
    assert explained == told_of


def test_why_says_what_engines_find_in_the_example(indiana: Program) -> None:
    folder = open_folder(EXAMPLE, indiana.schemas)
    explainer = Explainer(indiana, [r for r in indiana.rules.values() if indiana.checked[r.key].runs], folder, STATE)
    for engine in ("duckdb", "python"):
        assert differing(run_state(indiana, EXAMPLE, engine), explainer) == []


# -- true: of the made-up state


@dataclass(frozen=True)
class Case:
    """A subject and what is said of it."""

    explainer: Explainer
    rule: ir.Rule
    env: Environment
    student: str

    @cached_property
    def found(self) -> Explanation:
        interpreter = interpreter_for(self.explainer.program, self.rule, self.explainer.world, self.explainer.context)
        key = subject_key(interpreter, self.rule, self.env)
        explained = self.explainer.explain(self.rule, self.student, changes=False).explanations
        return next(found for found in explained if found.finding.key == key)


def cases(
    explainer: Explainer, rules: Iterable[ir.Rule], outcome: Outcome, students: set[str] | None = None
) -> Iterator[Case]:
    """Subjects with an outcome, rule by rule."""
    for rule in rules:
        interpreter = interpreter_for(explainer.program, rule, explainer.world, explainer.context)
        assert rule.student is not None
        for env in subjects_of(interpreter, rule):
            number = str(interpreter.value(rule.student, env))
            if (students is None or number in students) and judge(interpreter, rule, env).outcome is outcome:
                yield Case(explainer, rule, env, number)


@pytest.fixture(scope="module")
def sampled(of_state: Explainer, indiana: Program, by_python: RunResult) -> dict[Outcome, list[Case]]:
    """Some students, the same each time, of whom every rule is asked; and all of whom one is not checked."""
    rules = [rule for rule in indiana.rules.values() if indiana.checked[rule.key].runs]
    random = Random(3)
    students = {str(record.key[0]) for record in random.sample(of_state.world.records("student"), 60)}
    passes = list(cases(of_state, rules, Outcome.PASS, students))
    open_ones = {f.student for f in by_python.findings if f.outcome is Outcome.NOT_CHECKED}
    unchecked = list(cases(of_state, rules, Outcome.NOT_CHECKED, open_ones))
    return {Outcome.PASS: random.sample(passes, 300), Outcome.NOT_CHECKED: unchecked}


def test_a_determining_fact_of_a_pass_decides(sampled: dict[Outcome, list[Case]], of_state: Explainer) -> None:
    """Another value of one of its facts takes the outcome away, as far as any value can, for nearly every pass.

    A pass may rest on what no single value undoes: two reasons, each enough by itself, or a list.
    """
    undone = [case for case in sampled[Outcome.PASS] if _can_be_undone(of_state, case)]
    assert len(sampled[Outcome.PASS]) >= 200
    assert len(undone) >= 0.9 * len(sampled[Outcome.PASS]), Counter(
        case.rule.id for case in sampled[Outcome.PASS] if not any(case is other for other in undone)
    )


def test_what_is_missing_decides_that_a_rule_was_not_checked(
    sampled: dict[Outcome, list[Case]], of_state: Explainer
) -> None:
    """A value in the place of what is told to be missing, or a reference to a record that is there, settles it."""
    unsettled = [case.rule.id for case in sampled[Outcome.NOT_CHECKED] if not _can_be_undone(of_state, case)]
    assert len(sampled[Outcome.NOT_CHECKED]) > 10
    assert unsettled == []


def test_what_was_taken_is_told_to_be_missing(sampled: dict[Outcome, list[Case]], of_state: Explainer) -> None:
    """Of a pass that is not checked any more once a value is taken away, that value is what is needed."""
    taken, wrong = 0, []
    for case in sampled[Outcome.PASS]:
        for fact in case.found.determined.facts():
            if fact.kind == "property" and not isinstance(fact.value, Undetermined):
                found = explained_with(of_state, case.rule, case.env, fact, REMOVED)
                if found is not None and found.verdict.outcome is Outcome.NOT_CHECKED:
                    taken += 1
                    if fact.place not in [need.place for need in needed(found)]:
                        wrong.append((case.rule.id, case.student, fact.text))
    assert wrong == []
    assert taken > 100


def _can_be_undone(explainer: Explainer, case: Case) -> bool:
    before = case.found.verdict.outcome
    for fact in case.found.determined.facts():
        if fact.kind in ("property", "reference") and fact.record is not None and fact.type is not None:
            for value in _unlike(fact, explainer):
                after = outcome_with(explainer, case.rule, case.env, fact, value)
                if after is not before:
                    return True
    return False


def _unlike(fact: Fact, explainer: Explainer) -> Iterator[Any]:
    """Other values for a property: far ones, near ones, none."""
    yield REMOVED
    kind, value = fact.type, fact.value
    if kind is BOOLEAN:
        yield from (True, False)
    elif kind is DATE:
        days = [
            date(1950, 1, 1),
            date(2023, 8, 7),
            date(2023, 10, 2),
            date(2023, 12, 1),
            date(2040, 1, 1),
            date(2015, 2, 3),
        ]
        yield from (day for day in days if day != value)
    elif kind in (WHOLE, DECIMAL):
        places = (1056150000, 1056151001, 1090000000) if fact.kind == "reference" else ()
        yield from (number for number in (0, 1, 2, 99, 2024, *places) if number != value)
    elif isinstance(kind, Code):
        yield from (code for code in sorted(explainer.codes.get(kind.descriptor, {"x"})) if code != value)
    else:
        yield from ("something else", "x")


def test_the_facts_of_a_pass_are_enough(
    sampled: dict[Outcome, list[Case]], of_state: Explainer, indiana: Program
) -> None:
    """Whatever else is changed of the student's records."""
    random = Random(11)
    wrong = []
    for case in random.sample(sampled[Outcome.PASS], 60) + sampled[Outcome.NOT_CHECKED]:
        interpreter = interpreter_for(indiana, case.rule, of_state.world, of_state.context)
        small = world_around(of_state.world, case)
        own = partial(_is_keyed_by, case.student)
        changed = all_else_changed(indiana.schemas, small, case.found.determined, spoiler(random, unlike(random)), own)
        if outcome_in(changed, interpreter, case.rule, case.env) is not case.found.verdict.outcome:
            wrong.append((case.rule.id, case.student))
    assert wrong == []


def _is_keyed_by(number: str, record: Record) -> bool:
    return number in map(str, record.key)


def world_around(world: World, case: Case) -> World:
    """The records of a student and those that belong to nobody."""
    return _Only(world, case.student)


class _Only(World):
    """A world without the records of other students, which are keyed by them."""

    def __init__(self, world: World, number: str) -> None:
        students = {str(record.key[0]) for record in world.records("student")} - {number}
        self._schemas = world._schemas
        self._referring = {}
        self._records = {
            name: {r.key: r for r in world.records(name) if not students.intersection(map(str, r.key))}
            for name in world.present
        }


def test_every_change_that_is_told_is_true(planted: list[Defect], of_state: Explainer, indiana: Program) -> None:
    """Of all planted students: what would let a rule pass does, what would spare the record does."""
    wrong, tried, passing = [], 0, 0
    for defect in planted:
        for name in defect.rules:
            if name not in indiana.rules or not indiana.checked[name].runs:
                continue
            rule = indiana.rules[name]
            interpreter = interpreter_for(indiana, rule, of_state.world, STATE)
            explained = of_state.explain(rule, defect.student)
            passing += any(found.nearest.passing for found in explained.explanations)
            for found in explained.explanations:
                assert not found.nearest.is_cut
                [env] = [
                    e
                    for e in subjects_at(interpreter, rule, found.record)
                    if subject_key(interpreter, rule, e) == found.finding.key
                ]
                for change in (*found.nearest.passing, *found.nearest.sparing):
                    for value in tries(change):
                        tried += 1
                        if outcome_with(of_state, rule, env, change.fact, value) is not change.outcome:
                            wrong.append((name, defect.student, change.fact.text, str(value)))
    assert wrong == []
    assert tried > 1_000
    assert passing > 130


# -- as JSON


def test_as_json(rules: Sample, execute: Execute, few: Path) -> None:
    arguments = ("--data", few, "--student", "1", "--school-year", 2025, "--as-of", "2025-06-01", "--format", "json")
    ran = execute(rules, "why", "EN-2", *arguments)
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(ran.out)
    first = found["subjects"][0]
    born = next(fact for fact in first["because"][1]["facts"] if fact["property"] == "birthDate")
    assert (found["rule"], found["student"], found["schoolYear"], found["asOf"]) == ("EN-2", "1", 2025, "2025-06-01")
    assert (first["outcome"], first["file"], first["line"]) == ("violation", "studentSchoolAssociations.jsonl", 1)
    assert [(clause["about"], clause["answer"]) for clause in first["because"]] == [
        ("subject", "yes"),
        ("require", "no"),
    ]
    assert born == {
        "kind": "property",
        "text": "e.student.birthDate",
        "value": "2015-03-04",
        "meaning": None,
        "resource": "student",
        "key": ["1"],
        "property": "birthDate",
        "file": "students.jsonl",
        "line": 1,
    }
    assert first["wouldPass"] == [
        {
            "text": "e.student.birthDate",
            "resource": "student",
            "key": ["1"],
            "property": "birthDate",
            "file": "students.jsonl",
            "line": 1,
            "now": "2015-03-04",
            "from": "2015-12-02",
            "to": None,
        }
    ]
    assert "steps" not in first
    assert json.loads(execute(rules, "why", "EN-2", *arguments, "--all").out)["subjects"][0]["steps"]["require"]


def test_text_and_json_tell_the_same_of_the_state(planted: list[Defect], of_state: Explainer, indiana: Program) -> None:
    known = meanings(indiana, 2024)
    for defect in planted[::7]:
        for name in defect.rules:
            if name in indiana.rules and indiana.checked[name].runs:
                rule = indiana.rules[name]
                explained: Explained = of_state.explain(rule, defect.student)
                telling = Telling(indiana.checked[rule.key], rule, defect.student, known)
                body = json.loads(json.dumps(as_json(telling, explained, STATE)))
                text = "\n".join(lines(telling, explained))
                for subject, found in zip(body["subjects"], explained.explanations, strict=True):
                    assert subject["outcome"] == found.verdict.outcome.value
                    assert text.count("It would pass, if") >= bool(subject["wouldPass"])
