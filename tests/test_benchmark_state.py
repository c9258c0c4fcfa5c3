"""The made-up state of the benchmarks: what is planted in it is found, by every engine, and nothing else.

Nothing is timed here; that the measured tasks run, and find the same, is looked at over this small state.
"""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from compiler.engines.folder import open_folder
from compiler.engines.run import ENGINES, Options, RunResult, run
from compiler.semantics.findings import Outcome
from compiler.semantics.program import Program
from tests.benchmarks.faults import FAULTS
from tests.benchmarks.state import Plan, planned, write, write_parquet
from tests.benchmarks.students import identifier
from tests.benchmarks.tasks import TASKS

PLAN = Plan(students=200, period=2)
assert PLAN.students // PLAN.period >= len(FAULTS), "every fault is planted"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state") / "jsonl"
    write(PLAN, folder)
    return folder


def ran(program: Program, folder: Path, engine: str = ENGINES[0], structure: str = "used") -> RunResult:
    options = Options(2024, date(2024, 6, 1), "state", engine=engine, structure=structure)
    return run(program, open_folder(folder, program.schemas), options)


def found(result: RunResult) -> set[tuple[str, str]]:
    """Students with the rules they violate, and with codes of structure findings."""
    violated = {(str(f.student), f.rule) for f in result.findings if f.outcome is Outcome.VIOLATION}
    return violated | {(str(f.student), f"structure: {f.fault.code}") for f in result.structure}


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_planted_is_found_and_nothing_else(engine: str, state: Path, indiana: Program) -> None:
    result = ran(indiana, state, engine)
    assert found(result) == set(planned(PLAN))
    assert result.absent == []
    assert result.unknown == {}


def test_every_rule_finds_something(indiana: Program) -> None:
    rules = {rule.id for key, rule in indiana.rules.items() if indiana.checked[key].runs}
    assert rules == {name for fault in FAULTS.values() for name in fault.finds if not name.startswith("structure")}


def test_lawful_students_lack_nothing_that_their_rules_need(state: Path, indiana: Program) -> None:
    """What is not checked is so for students with a fault only."""
    unchecked = {str(f.student) for f in ran(indiana, state).findings if f.outcome is Outcome.NOT_CHECKED}
    lawful = {identifier(number) for number in range(PLAN.students) if PLAN.fault(number) is None}
    assert unchecked
    assert not unchecked & lawful


def test_whole_schemas_find_no_more_than_what_is_planted(state: Path, indiana: Program) -> None:
    codes = {(student, name) for student, name in found(ran(indiana, state, structure="all")) if ":" in name}
    assert codes == {(student, name) for student, name in planned(PLAN) if ":" in name}


@pytest.fixture(scope="module")
def parquet(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state") / "parquet"
    write_parquet(state, folder)
    return folder


def test_parquet_holds_the_same_state(parquet: Path, indiana: Program) -> None:
    assert found(ran(indiana, parquet)) == set(planned(PLAN))


def contents(folder: Path) -> dict[str, bytes]:
    """The bytes of each resource, whatever files they are in."""
    texts: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*.jsonl")):
        name = path.parent.relative_to(folder) if path.name.startswith("part-") else path.relative_to(folder)
        texts[name.as_posix()] = texts.get(name.as_posix(), b"") + path.read_bytes()
    return texts


def test_a_state_is_the_same_however_it_is_made(state: Path, tmp_path: Path) -> None:
    parts = Plan(PLAN.students, period=PLAN.period, part=70)
    write(parts, tmp_path / "parts", processes=2)
    assert len(list((tmp_path / "parts" / "students").iterdir())) == 3
    assert contents(tmp_path / "parts") == contents(state)


def test_rules_by_hand_find_the_same(state: Path, parquet: Path) -> None:
    tasks = [TASKS["ours"](state, "python", "six"), TASKS["by-hand"](state)]
    if find_spec("polars"):
        tasks += [TASKS["polars"](state), TASKS["polars"](parquet)]
    assert len({task()["six"] for task in tasks}) == 1


def test_rule_engines_that_are_installed_agree_with_plain_python(state: Path) -> None:
    told = TASKS["peers"](state, 0.0)()
    assert {rule for rules in told["peers"].values() for rule, one in rules.items() if not one["agrees"]} == set()
    assert set(told["records"]) == set(told["peers"]["plain Python"])


def test_yardsticks_read_what_the_rules_use(state: Path, parquet: Path) -> None:
    for folder, form in ((state, "jsonl"), (parquet, "parquet")):
        TASKS["scan"](folder, form)()
