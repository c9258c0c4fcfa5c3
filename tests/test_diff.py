"""`rulewright diff`: what a change of specs means, told by kind; nothing is told of what says the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random

import pytest

from compiler.changes.comparison import differences
from compiler.changes.entries import KINDS, SORTS, Differences
from compiler.changes.findings import NARROWER, OTHER, SAME, WIDER, direction
from compiler.changes.sides import Side
from compiler.diagnostics import Level
from compiler.driver import Project, open_project
from compiler.reports.diagnostics import render
from compiler.semantics.findings import Outcome
from compiler.semantics.outcomes import Context, evaluate
from compiler.semantics.rows import row_hash
from compiler.syntax.shapes import shape
from tests.evaluation import world_of
from tests.random_changes import changed_projects
from tests.random_rules import random_world
from tests.running import YEAR, add_rule, enrollment, put, school, student, with_rules
from tests.shuffled import Shuffler
from tests.support import ROOT, RULE, Execute, Sample, own_project


def side_of(project: Project, state: str = "sample") -> Side:
    errors = [render(found) for found in project.sink.sorted() if found.level is Level.ERROR]
    assert errors == []
    return Side(project.programs[state], project.checked)


def compared(before: Side, new: Sample) -> Differences:
    return differences(before, side_of(new.open()))


def told(found: Differences, *, notes: bool = False) -> list[str]:
    """Each change in a line: the sort of spec, where it is no rule, its name, the kind, and what it finds now."""
    return [
        f"{'' if entry.sort == 'rule' else f'{entry.sort} '}{entry.name}: {change.kind}"
        + (f", {change.direction}" if change.direction else "")
        for entry in found.entries
        for change in entry.changes
        if notes or change.kind != "notes"
    ]


@pytest.fixture(scope="module")
def old(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """A project with rules of each severity, a parameter and definitions; not to be changed."""
    sample = with_rules(Sample.copied(template, tmp_path_factory.mktemp("old") / "project"))
    add_rule(sample, "EN-9", NINE)
    return sample.write(COLLECTIONS, "_collections.yaml").write(DEFINITIONS, "_definitions.yaml")


@pytest.fixture(scope="module")
def before(old: Sample) -> Side:
    return side_of(old.open())


@pytest.fixture
def new(old: Sample, tmp_path: Path) -> Sample:
    """A copy that a test changes."""
    return Sample.copied(old.root, tmp_path / "new")


COLLECTIONS = """\
collections:
  enrollment:
    title: Enrollment
    school years: ['2025']
    cycles: {fall: {title: Fall count}}
    population: studentSchoolAssociation as e where (e.entryDate is present)
    parameters:
      countDate: {type: date, doc: A day., values: {'2025': 2024-10-01}}
  attendance:
    title: Attendance
    school years: ['2025']
    cycles: {fall: {title: Fall count}}
"""
DEFINITIONS = """\
definitions:
- {of: studentSchoolAssociation as e, name: early, doc: Came early., is: e.entryDate is before $countDate}
- of: studentSchoolAssociation as e
  name: young
  doc: Young.
  is: e.entryGradeLevelDescriptor is one of ['KG', '01']
- {of: studentSchoolAssociation as e, name: both, doc: Both., is: e.early and e.young}
"""
NINE = """
for each: studentSchoolAssociation as e
when: e.both
require: e.primarySchool
severity: Error
message: It is the primary school.
"""


# -- every key of a rule

ROW = "{document: own-rules, row: EN-1, status: faithful, sha256: HASH, text: {type: Error, message: MESSAGE}}"


def source(message: str) -> str:
    digest = row_hash("EN-1", {"type": "Error", "message": message})
    return f"source: {ROW.replace('HASH', digest).replace('MESSAGE', message)}\n"


WHEN = "when: e.exitWithdrawDate is present and e.entryGradeLevelDescriptor is one of codes Elementary"
KEYS: dict[str, tuple[str, str]] = {
    "kind": ("kind: rule\n", ""),
    "aliases": ("aliases: [Exit-1]\n", "EN-1: notes"),
    "title": ("title: Nobody leaves before arriving\n", "EN-1: message"),
    "status": ("status: disabled\n", "EN-1: retired"),
    "school years": ("school years: {to: '2025'}\n", "EN-1: revision"),
    "effective": ("effective: {from: 2025-01-01}\n", "EN-1: revision"),
    "supersedes": ("supersedes: Something about ages.\n", "EN-1: reused id, same"),
    "source": (source("The exit lies before the entry."), "EN-1: source"),
    "collection": ("collection: attendance\n", "EN-1: collection"),
    "for each": (
        "for each: studentSchoolAssociation as e, s in e.alternativeGraduationPlans\n",
        "EN-1: subject, other",
    ),
    "all years": ("all years: 'true'\n", "EN-1: condition, wider"),
    "scope": ("scope: state\n", "EN-1: scope"),
    "when": (f"{WHEN} and e.primarySchool\n", "EN-1: condition, narrower"),
    "require": ("require: e.exitWithdrawDate is after e.entryDate\n", "EN-1: condition, wider"),
    "once per": ("once per: [student]\n", "EN-1: once per"),
    "if missing": ("if missing: {e.exitWithdrawDate: pass}\n", "EN-1: if missing"),
    "severity": ("severity: Warning\n", "EN-1: severity"),
    "effect": ("effect: not counted\n", "EN-1: effect"),
    "message": ("message: The student left before arriving.\n", "EN-1: message"),
    "detail": ('detail: "exit {e.exitWithdrawDate}"\n', "EN-1: message"),
    "fix": ("fix: Correct one of the dates.\n", "EN-1: message"),
    "decision": ("decision: {question: Which entry?, chosen: Its own.}\n", "EN-1: notes"),
    "because": ("because: [EN-2]\n", "EN-1: because"),
    "related": ("related: [EN-2]\n", "EN-1: notes"),
    "notes": ("notes: Read it twice.\n", "EN-1: notes"),
    "history": ("history: [{on: 2025-01-01, change: Transcribed.}]\n", "EN-1: notes"),
    "examples": ("examples: []\n", "EN-1: notes"),
}


@pytest.mark.parametrize("key", KEYS)
def test_a_change_of_a_key_is_told_by_its_kind(key: str, before: Side, new: Sample) -> None:
    lines, kind = KEYS[key]
    new.with_keys(lines)
    assert told(compared(before, new), notes=True) == ([kind] if kind else [])


LARGER = {"id", "revision", "alias of", "conflicts with", "suppresses"}


def test_every_key_of_a_rule_is_mutated() -> None:
    assert KEYS.keys() | LARGER == shape("rule")["properties"].keys()


def test_a_new_id_is_a_rule_that_came_and_one_that_went(before: Side, new: Sample) -> None:
    new.write(new.read().replace("id: EN-1", "id: EN-8"), RULE.replace("EN-1", "EN-8")).path(RULE).unlink()
    assert told(compared(before, new)) == ["EN-1: retired", "EN-8: added"]


def test_a_revision_is_told_as_a_change_of_the_one_before(before: Side, new: Sample) -> None:
    text = new.read()
    new.with_keys("school years: {to: '2024'}\n")
    second = "enrollment/EN-1-r2.yaml"
    new.write(text, second).with_keys("revision: '2'\nschool years: {from: '2025'}\nseverity: Warning\n", second)
    found = compared(before, new)
    assert told(found) == ["EN-1: revision", "EN-1 r2: revision", "EN-1 r2: severity"]
    assert found.entries[1].changes[0].after == ("EN-1 r2: school years from 2025",)


def test_an_alias_is_told_as_such(before: Side, new: Sample) -> None:
    path = "enrollment/EN-2-of-the-tests.yaml"
    kept = [line for line in new.read(path).splitlines() if line.startswith(("id", "title", "source"))]
    new.write("\n".join([*kept, "alias of: EN-1", ""]), path)
    assert "EN-2: alias" in told(compared(before, new))


def test_what_a_rule_conflicts_with_is_a_condition(before: Side, new: Sample) -> None:
    new.replace("(o.schoolReference.schoolId is not", "(o.entryDate is present and o.schoolReference.schoolId is not",
                "enrollment/EN-4-of-the-tests.yaml")  # fmt: skip
    assert told(compared(before, new)) == ["EN-4: condition, narrower"]


def test_what_an_exclusion_suppresses_is_told(before: Side, new: Sample) -> None:
    new.with_keys("suppresses: [EN-1]\n", "enrollment/EN-3-of-the-tests.yaml")
    assert told(compared(before, new)) == ["EN-3: suppresses"]


def test_an_id_with_another_row_and_other_tests_is_used_again(before: Side, new: Sample) -> None:
    new.with_keys(
        source("Ask for the grade of all children.") + "when: e.primarySchool\nrequire: e.repeatGradeIndicator\n"
    )
    [entry] = compared(before, new).told
    assert [change.kind for change in entry.changes] == ["reused id"]
    assert entry.changes[0].because == "the quoted rows share 1 of 12 words, the rules 1 of 6 tests"


# -- what conditions find

CONDITIONS = {
    "one more test in when": (f"{WHEN} and e.primarySchool", NARROWER),
    "one test less in when": ("when: e.exitWithdrawDate is present", WIDER),
    "no when": ("when: 'true'", WIDER),
    "fewer codes": ("when: e.exitWithdrawDate is present and e.entryGradeLevelDescriptor is one of ['KG']", NARROWER),
    "another way out": ("require: e.exitWithdrawDate is on or after e.entryDate or e.primarySchool", NARROWER),
    "one more demand": ("require: e.exitWithdrawDate is on or after e.entryDate and e.primarySchool", WIDER),
    "a test moved to where": (
        "for each: studentSchoolAssociation as e where (e.primarySchool is true)\nwhen: e.exitWithdrawDate is present",
        OTHER,
    ),
    "a way out that nobody needed": (
        "require: e.exitWithdrawDate is on or after e.entryDate or e.entryDate is missing", SAME,
    ),
    "another test": ("require: e.exitWithdrawDate is on or after 2024-09-01", OTHER),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_what_a_changed_condition_finds(name: str, before: Side, new: Sample) -> None:
    lines, wanted = CONDITIONS[name]
    new.with_keys(f"{lines}\n")
    [entry] = compared(before, new).told
    assert [(c.kind in ("condition", "code set"), c.direction) for c in entry.changes] == [(True, wanted)]


def test_a_test_that_is_false_of_what_is_missing_finds_more(new: Sample) -> None:
    """Where a date is missing, the first rule cannot be checked; the second finds the student."""
    test = "any o in e.student.studentSchoolAssociations has (o.exitWithdrawDate is before 2024-09-01{})"
    before = side_of(new.with_keys(f"require: {test.format('')}\n").open())
    new.with_keys(f"require: {test.format(' and o.exitWithdrawDate is present')}\n")
    assert told(compared(before, new)) == ["EN-1: condition, wider"]


def test_what_a_missing_value_makes_a_violation_is_not_called_narrower(new: Sample) -> None:
    before = side_of(new.with_keys("if missing: {e.entryDate: violation}\n").open())
    new.with_keys(f"{WHEN} and e.primarySchool\n")
    assert told(compared(before, new)) == ["EN-1: condition, other"]


SEEDS, RULES_EACH, WORLDS = 4, 200, 5
CONTEXT = Context(2024, date(2024, 6, 1), "state", "fall")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_called_narrower_finds_a_part_in_every_world(seed: int, template: Path, tmp_path: Path) -> None:
    """Random rules in two versions over random records, in most worlds without one of the resources."""
    samples = [Sample.copied(template, tmp_path / name) for name in ("old", "new")]
    old, new = (side_of(project) for project in changed_projects(samples[0], samples[1], seed, RULES_EACH))
    claims = {key: direction(old, new, key, key) for key in new.rules if key.startswith("RX-")}
    differ = set()
    for number in range(WORLDS):
        random = Random(1000 * seed + number)
        bodies = random_world(new.program.schemas, random)
        bodies.pop(random.choice(("student", "school", "localEducationAgency", "none")), None)
        for key, claim in claims.items():
            before, after = (_found(side, key, bodies) for side in (old, new))
            is_right = {NARROWER: after <= before, WIDER: before <= after, SAME: before == after, OTHER: True}[claim]
            assert is_right, f"{key} is {claim}: {old.rules[key].written.when} {len(before)} {len(after)}"
            differ |= {claim} if before != after else set()
    counts = [list(claims.values()).count(claim) for claim in (NARROWER, WIDER, OTHER)]
    assert min(counts) > RULES_EACH // 10, f"the changes are too alike: {counts}"
    assert differ == {NARROWER, WIDER, OTHER}


def _found(side: Side, key: str, bodies: dict[str, list[dict[str, object]]]) -> set[str]:
    rule = replace(side.program.rules[key], once_per=())
    found = evaluate(side.program, rule, world_of(side.program, bodies), CONTEXT).findings
    return {json.dumps(f.key, sort_keys=True, default=str) for f in found if f.outcome is Outcome.VIOLATION}


# -- what rules share

SHARED: dict[str, tuple[Callable[[Sample], object], list[str], list[str]]] = {
    "a code set": (
        lambda new: new.replace("codes: [KG, '01', '02', '03']", "codes: [KG, '01']", "tables/grade-levels.yaml"),
        ["code set Elementary: code set"],
        ["EN-1 narrower"],
    ),
    "a row": (
        lambda new: new.replace("rows:\n", "rows:\n- {code: PK, label: Before}\n", "tables/grade-levels.yaml"),
        ["table GradeLevels: table"],
        [],
    ),
    "a cell": (
        lambda new: new.replace("label: Grade 1", "label: First grade", "tables/grade-levels.yaml"),
        ["table GradeLevels: table"],
        [],
    ),
    "a definition": (
        lambda new: new.replace("is one of ['KG', '01']", "is one of ['KG']", "_definitions.yaml"),
        ["definition studentSchoolAssociation.young: definition, narrower"],
        ["EN-9 narrower"],
    ),
    "a parameter": (
        lambda new: new.replace("2024-10-01", "2024-10-02", "_collections.yaml"),
        ["parameter $countDate: parameter"],
        ["EN-9 wider"],
    ),
    "a population": (
        lambda new: new.replace(" where (e.entryDate is present)", "", "_collections.yaml"),
        ["collection enrollment: population"],
        [],
    ),
    "a collection": (
        lambda new: new.replace("title: Attendance\n    school years: ['2025']",
                                "title: Attendance\n    school years: ['2025', '2026']", "_collections.yaml"),
        ["collection attendance: collection"],
        [],
    ),
    "a title of a collection": (
        lambda new: new.replace("title: Attendance", "title: Attendance by day", "_collections.yaml"),
        ["collection attendance: message"],
        [],
    ),
    "lawful absence": (
        lambda new: new.replace("collection: ", "absence is lawful: [entryGradeLevelDescriptor]\ncollection: ",
                                "_ruleset.yaml"),
        ["ruleset sample: ruleset"],
        ["EN-1 other", "EN-9 other"],
    ),
    "leap birthdays": (
        lambda new: new.replace("collection: enrollment", "collection: enrollment\nleap birthday: February 28",
                                "_ruleset.yaml"),
        ["ruleset sample: ruleset"],
        [],
    ),
    "who a record belongs to": (
        lambda new: new.replace("school year: e.schoolYearTypeReference.schoolYear",
                                "grade: e.entryGradeLevelDescriptor", "_ruleset.yaml"),
        ["ruleset sample: ruleset", "ruleset sample: ruleset"],
        ["EN-1 other", "EN-2 other", "EN-3 other", "EN-4 other", "EN-9 other"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHARED)
def test_what_rules_share_is_told_once_with_the_rules_it_reaches(name: str, before: Side, new: Sample) -> None:
    change, kinds, reaches = SHARED[name]
    change(new)
    found = compared(before, new)
    assert told(found) == kinds
    assert [f"{key} {finds}" for entry in found.told for key, finds in entry.reaches] == reaches


def test_another_row_for_every_other_key_is_told(new: Sample) -> None:
    """The policy is the same, the cells are not: what is looked up changes without a row changing."""
    table, default = "tables/grade-levels.yaml", "absent key: {default: {label: Unlisted}}\n"
    new.with_keys(default, table)
    before = side_of(new.open())
    new.replace("label: Unlisted", "label: Unknown", table)
    found = compared(before, new)
    assert told(found) == ["table GradeLevels: table"]
    (change,) = found.entries[0].changes
    assert (change.before, change.after) == (("label: Unlisted",), ("label: Unknown",))


def test_kinds_and_sorts_are_all_in_use() -> None:
    """No kind stands in the table that nothing gives."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "compiler" / "changes").glob("*.py"))
    for word in (*KINDS, *SORTS):
        assert text.count(f'"{word}"') > 1, word


# -- what says the same

EDITORIAL = {  # of the sample rule
    "layout": (
        "when: >-\n  e.exitWithdrawDate   is present\n  and (e.entryGradeLevelDescriptor is one of codes Elementary)\n"
    ),
    "order": "when: e.entryGradeLevelDescriptor is one of codes Elementary and e.exitWithdrawDate is present\n",
    "synonyms": (
        "when: not (e.exitWithdrawDate is missing or e.entryGradeLevelDescriptor is not one of codes Elementary)\n"
    ),
    "variables": (
        "for each: studentSchoolAssociation as x\n"
        "when: x.exitWithdrawDate is present and x.entryGradeLevelDescriptor is one of codes Elementary\n"
        "require: x.exitWithdrawDate is on or after x.entryDate\n"
        'detail: "entry {x.entryDate}, exit {x.exitWithdrawDate}"\n'
    ),
    "turned round": "require: not (e.exitWithdrawDate < e.entryDate)\n",
    "from the other side": "require: e.entryDate is on or before e.exitWithdrawDate\n",
    "the codes themselves": (
        "when: >-\n  e.exitWithdrawDate is present and\n"
        "  (e.entryGradeLevelDescriptor is '01' or e.entryGradeLevelDescriptor is one of ['03', 'KG', '02'])\n"
    ),
    "one severity": "severity: 'Error'\n",
}  # fmt: skip


@pytest.mark.parametrize("name", EDITORIAL)
def test_nothing_is_told_of_what_says_the_same(name: str, before: Side, new: Sample) -> None:
    new.with_keys(EDITORIAL[name])
    assert told(compared(before, new), notes=True) == []


def test_a_definition_written_out_says_the_same(before: Side, new: Sample) -> None:
    text = "when: e.entryGradeLevelDescriptor is one of [KG, '01'] and e.entryDate is before $countDate".replace(
        "KG", "'KG'"
    )
    new.replace("when: e.both", text, "enrollment/EN-9-of-the-tests.yaml")
    new.replace("name: both, doc: Both.", "name: either, doc: One.", "_definitions.yaml")
    assert told(compared(before, new)) == []


@pytest.fixture(scope="module")
def whole() -> Project:
    return own_project()


@pytest.fixture(scope="module")
def own(whole: Project) -> Side:
    return side_of(whole, "indiana")


def test_a_project_is_the_same_as_itself(own: Side) -> None:
    assert differences(own, side_of(open_project(ROOT), "indiana")).entries == ()
    runs = [key for key, rule in own.rules.items() if rule.runs]
    assert {direction(own, own, key, key) for key in runs} <= {SAME, OTHER}


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_told_of_a_project_written_otherwise(seed: int, own: Side, whole: Project, tmp_path: Path) -> None:
    Shuffler(seed).project(ROOT, tmp_path)
    other = open_project(tmp_path)
    for state in ("nebraska", "minnesota"):
        as_it_is = Side(whole.programs[state], whole.checked)
        assert told(differences(as_it_is, side_of(other, state))) == []
    found = differences(own, side_of(other, "indiana"))
    assert told(found) == []
    assert {change.part for entry in found.entries for change in entry.changes} <= {"examples"}


# -- the command


def git(folder: Path, *arguments: str) -> None:
    names = ("-c", "user.name=T", "-c", "user.email=t@example.org")
    subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(sample: Sample) -> Sample:
    git(sample.root, "init", "-q")
    git(sample.root, "add", "-A")
    git(sample.root, "commit", "-q", "-m", "First")
    return sample


def test_a_revision_is_compared_with_the_working_tree(repository: Sample, execute: Execute) -> None:
    assert execute(repository, "diff", "HEAD").code == 0
    repository.replace("severity: Error", "severity: Warning")
    before = {path: path.read_bytes() for path in repository.root.rglob("*") if path.is_file()}
    ran = execute(repository, "diff", "HEAD")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "sample: HEAD -> the working tree",
        "",
        "Enrollment",
        "  EN-1  A student does not leave before arriving",
        "    severity: Error -> Warning",
    ]
    assert ran.err == "Changed: 1 rule.\n"
    assert {path: path.read_bytes() for path in repository.root.rglob("*") if path.is_file()} == before
    git(repository.root, "commit", "-q", "-a", "-m", "Second")
    assert execute(repository, "diff", "HEAD~1", "HEAD").code == 1
    assert execute(repository, "diff", "HEAD", "HEAD").err == "HEAD and HEAD mean the same.\n"


def test_a_project_below_a_repository_is_taken_from_its_revisions(
    sample: Sample, execute: Execute, tmp_path: Path
) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "First")
    sample.replace("severity: Error", "severity: Warning")
    assert "severity: Error -> Warning" in execute(sample, "diff", "HEAD").out


WRONG = {
    "no revision": ("nowhere", "`nowhere` is neither a folder nor a revision of the repository of "),
    "an option": ("-- --output=x", "`--output=x` is neither a folder nor a revision.\n"),
    "a file": ("README.md", "README.md is a file; name a project, the folder of a state, or a git revision.\n"),
    "no specs there": (
        "HEAD --specs specs/smaple",
        "HEAD has no specs below specs/smaple. Did you mean `sample`?\n",
    ),
    "a commit without specs": ("empty", "The revision `empty` has no folder `specs/`.\n"),
    "no data": ("HEAD --data nowhere", "nowhere does not exist; data are a folder"),
    "no such year": ("HEAD --data data --school-year 1999", "The collection `enrollment` has no parameters for"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_use_is_told(name: str, repository: Sample, execute: Execute) -> None:
    tree = subprocess.run(["git", "mktree"], cwd=repository.root, input=b"", capture_output=True, check=True).stdout
    git(repository.root, "tag", "empty-tree", tree.decode().strip())
    made = [
        "git",
        "-c",
        "user.name=T",
        "-c",
        "user.email=t@example.org",
        "commit-tree",
        tree.decode().strip(),
        "-m",
        "x",
    ]
    commit = subprocess.run(made, cwd=repository.root, capture_output=True, check=True).stdout
    git(repository.root, "tag", "empty", commit.decode().strip())
    arguments, message = WRONG[name]
    ran = execute(repository, "diff", *arguments.split())
    assert ran.code in (2, 3)
    assert ran.out == ""
    assert message in ran.err


def test_a_side_that_does_not_check_is_told_of(old: Sample, new: Sample, execute: Execute) -> None:
    new.replace("on or after e.entryDate", "on or after e.entryDat")
    ran = execute(old, "diff", old.root, new.root)
    assert ran.code == 2
    assert ran.out.startswith("error[E301] specs/sample/enrollment/EN-1")
    assert ran.err == f"The specs of {new.root} have errors (1); nothing was compared.\n"


def test_folders_of_a_state_are_sides(old: Sample, new: Sample, execute: Execute) -> None:
    shutil.move(new.root / "specs" / "sample", new.root / "specs" / "model")
    ran = execute(old, "diff", old.root / "specs" / "sample", new.root / "specs" / "model")
    assert (ran.code, ran.out) == (0, "")
    ran = execute(old, "diff", old.root, new.root)
    assert ran.code == 2
    assert "has no specs below specs/" in ran.err


def test_notes_are_told_when_they_are_asked_for(old: Sample, new: Sample, execute: Execute) -> None:
    new.with_keys("examples: []\nnotes: Read it twice.\n")
    assert (execute(old, "diff", old.root, new.root).code, execute(old, "diff", old.root, new.root).out) == (0, "")
    ran = execute(old, "diff", old.root, new.root, "--notes")
    assert ran.code == 0
    assert ran.out.splitlines()[4:] == ["    notes", "    notes, examples: (none) -> 4 removed"]


# -- findings


def test_data_show_what_becomes_of_findings(old: Sample, new: Sample, execute: Execute, tmp_path: Path) -> None:
    left = {"exitWithdrawDate": "2024-08-02"}
    data = put(
        tmp_path / "data",
        {
            "students": [student("1"), student("2"), student("3")],
            "schools": [school()],
            "studentSchoolAssociations": [
                enrollment("1", **left),
                enrollment("2", **left, primarySchool=True),
                enrollment("3", fullTimeEquivalency=2),
            ],
        },
    )
    new.with_keys("severity: Warning\nrequire: e.exitWithdrawDate is on or after e.entryDate or e.primarySchool\n")
    new.with_keys("status: retired\n", "enrollment/EN-3-of-the-tests.yaml")
    arguments = ("diff", old.root, new.root, "--data", data, *YEAR)
    key = "entryDate 2024-08-12, schoolReference.schoolId 1001, studentReference.studentUniqueId"
    lines = execute(old, *arguments).out.splitlines()
    assert lines[lines.index(f"Findings over {data}, school year 2025, as of 2025-06-01, district scope") :] == [
        f"Findings over {data}, school year 2025, as of 2025-06-01, district scope",
        f"  EN-1 at 1: -2, as studentSchoolAssociations.jsonl:1 {key} 1",
        f"  EN-3 at 1: -1, as studentSchoolAssociations.jsonl:3 {key} 3",
        "  EN-1: not checked 0 -> 1",
        "  Enrollment: 2 students blocked -> counted",
        "  Enrollment: 1 student not counted -> counted",
    ]
    document = json.loads(execute(old, *arguments, "--format", "json", "--mask-students").out)
    [state] = document["states"]
    assert [(f["rule"], f["became"], f["count"]) for f in state["impact"]["findings"]] == [
        ("EN-1", "gone", 2),
        ("EN-3", "gone", 1),
    ]
    for finding in state["impact"]["findings"]:
        assert re.fullmatch("student-[0-9a-f]{12}", finding["example"]["student"])
        assert finding["example"]["key"]["studentReference.studentUniqueId"] == finding["example"]["student"]


def test_a_joined_variable_may_be_renamed(new: Sample, execute: Execute, tmp_path: Path) -> None:
    head = "for each: studentSchoolAssociation as e, {} in e.student.studentSchoolAssociations\n"
    first = Sample.copied(new.root, tmp_path / "first").with_keys(head.format("o"))
    new.with_keys(head.format("other"))
    records = [enrollment("1", exitWithdrawDate="2024-08-02")]
    data = put(
        tmp_path / "data", {"students": [student("1")], "schools": [school()], "studentSchoolAssociations": records}
    )
    ran = execute(first, "diff", first.root, new.root, "--data", data, *YEAR)
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "  none changes")


# -- the whole of it


def published(folder: Path) -> Path:
    """The project's own specs, with a change of each of four rules and white space in the row of a fifth."""
    shutil.copytree(ROOT / "specs", folder / "specs", ignore=shutil.ignore_patterns("schemas"))
    for name, edits in FIVE.items():
        [path] = (folder / "specs" / "indiana").glob(f"*/{name}-[a-z]*.yaml")
        text = path.read_text(encoding="utf-8")
        for old, new in edits:
            assert re.search(old, text), (name, old)
            text = re.sub(old, new, text, count=1)
        path.write_text(text, encoding="utf-8")
    return folder


_EMPTY = "The birth date of a record is empty."
_HASH = row_hash("Membership Enrollment-4", {"type": "Error", "message": _EMPTY})
FIVE = {
    "ME-3": [("severity: Error", "severity: Warning")],
    "ME-4": [
        ("sha256: .*", f"sha256: {_HASH}"),
        (r"  text:\n(    .*\n)+", f"  text:\n    type: Error\n    message: {_EMPTY}\n"),
        ("require: .*", "require: m.student.birthDate is present"),
    ],
    "GR-4": [("is '06'\n", "is one of ['06', '07']\n")],
    "ME-5": [("\nmessage: Student grade", "\nmessage: The student's grade")],
    "HB-2": [("Days of services received", "Days  of services   received")],
}


def test_a_release_is_told_by_kind(
    own: Side, tmp_path: Path, golden: Callable[[str, str], None], execute: Execute
) -> None:
    folder = published(tmp_path)
    found = differences(own, side_of(open_project(folder), "indiana"))
    assert told(found) == ["GR-4: code set, wider", "ME-3: severity", "ME-4: reused id, other", "ME-5: message"]
    for form, name in (("text", "diff.txt"), ("markdown", "diff.md"), ("json", "diff.json")):
        ran = execute(ROOT, "diff", ROOT / "specs" / "indiana", folder, "--format", form)
        assert ran.code == 1
        golden(name, ran.out.replace(str(folder), "next").replace(str(ROOT), "now"))


def test_a_release_over_a_synthetic_state(shared: Path, tmp_path: Path, execute: Execute) -> None:
    data = shared / "data" / "indiana_synthetic_3k"
    run = ("--data", data, "--scope", "state", "--school-year", "2024", "--as-of", "2024-06-01", "--format", "json")
    ran = execute(ROOT, "diff", ROOT, published(tmp_path), *run)
    [findings] = [state["impact"]["findings"] for state in json.loads(ran.out)["states"] if state["impact"]]
    counts: dict[tuple[str, str], int] = {}
    for found in findings:
        counts[found["rule"], found["became"]] = counts.get((found["rule"], found["became"]), 0) + found["count"]
    assert counts == {("GR-4", "new"): 1, ("ME-3", "weight"): 2, ("ME-4", "new"): 4, ("ME-4", "gone"): 4}
