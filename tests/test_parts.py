"""Large data, evaluated in parts: what is found is what is found over the whole, and nothing stays behind."""

from __future__ import annotations

import gc
import gzip
import json
import os
import pickle
import random
import signal
import stat
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from compiler.diagnostics import Level
from compiler.engines.evaluation import Task
from compiler.engines.folder import open_folder
from compiler.engines.parts import evaluation, workers
from compiler.engines.parts.reach import Apart, reach
from compiler.engines.parts.reading import Reading, Records
from compiler.engines.parts.single import InPython, Shared
from compiler.engines.run import Options, RunResult, task_of
from compiler.reports.findings import as_jsonl, rows
from compiler.semantics.program import Program
from compiler.semantics.world import read_key
from tests.benchmarks.state import Plan, write, write_parquet
from tests.running import YEAR, Body, add_rule, enrollment, put, run_folder, school, student
from tests.support import Sample, command
from tests.test_run import EXAMPLE, spoil

ENROLLMENTS = "studentSchoolAssociations"
PARTS = 3


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are made of whatever there is, and evaluated in this process, as the processes would one after another."""
    monkeypatch.setattr(evaluation, "LITTLE", 0)
    monkeypatch.setattr(evaluation, "text_size", lambda *_: PARTS * evaluation.PART)
    monkeypatch.setattr(evaluation, "answers", answers_here)


def answers_here(task: Task, apart: Apart, common: Records, parts: Sequence[Path]) -> Iterator[workers.Answer]:
    shared = Shared(*pickle.loads(pickle.dumps((task, apart, common))))
    return (workers.answer(shared, part) for part in parts)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def told(result: RunResult) -> dict[str, Any]:
    """All that a run says."""
    return {
        "rows": list(as_jsonl(list(rows(result, list_not_checked=True)))),
        "counts": {name: part.counts for name, part in result.results.items()},
        "dispositions": result.dispositions,
        "read": result.records_read,
        "absent": (result.absent, result.uncounted, result.unread),
    }


def differences(left: RunResult, right: RunResult) -> list[str]:
    """Where what two runs say differs, in few words."""
    one, other = told(left), told(right)
    lines = sorted({*one["rows"]} ^ {*other["rows"]})[:3]
    return [line[:300] for line in lines] + [name for name in one if one[name] != other[name]]


# -- the same is found


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made-up state with every fault planted, in both forms."""
    folder = tmp_path_factory.mktemp("state")
    write(Plan(students=200, period=2), folder / "jsonl")
    write_parquet(folder / "jsonl", folder / "parquet")
    return folder


def of_state(program: Program, folder: Path, **given: Any) -> RunResult:
    return run_folder(
        program, folder, **{"school_year": 2024, "as_of": date(2024, 6, 1), "dispositions": True, **given}
    )


@pytest.mark.parametrize("structure", ["used", "all"])
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_parts_find_what_the_interpreter_finds(
    form: str, structure: str, state: Path, indiana: Program, in_parts: None
) -> None:
    found, plain = (
        of_state(indiana, state / form, engine=engine, structure=structure) for engine in ("python", "interpreter")
    )
    assert differences(found, plain) == []
    assert len(plain.findings) > 100


@pytest.mark.parametrize("seed", range(24))
def test_spoilt_data_say_the_same_in_parts(
    seed: int, indiana: Program, tmp_path: Path, in_parts: None, temporary: Path
) -> None:
    chance = random.Random(seed)
    files = {path.relative_to(EXAMPLE).with_suffix("").as_posix(): path for path in sorted(EXAMPLE.rglob("*.jsonl"))}
    records = {name: [json.loads(line) for line in path.read_text().splitlines()] for name, path in files.items()}
    for _ in range(chance.randint(1, 4)):
        spoil(records, chance)
    data = put(tmp_path / "data", records)
    options = {"structure": chance.choice(("used", "all")), "scope": chance.choice(("district", "state", "history"))}
    found, plain = (of_state(indiana, data, engine=engine, **options) for engine in ("python", "interpreter"))
    assert differences(found, plain) == []
    assert list(temporary.iterdir()) == []


def test_odd_lines_and_students_say_the_same_in_parts(program: Program, tmp_path: Path, in_parts: None) -> None:
    """Unreadable lines, unknown and strange students, keys that are repeated in another file."""
    lines = [
        enrollment(),
        enrollment("2"),
        enrollment("nobody"),
        enrollment(studentReference={"studentUniqueId": 7}),
        enrollment(studentReference=None),
        enrollment("\u00e9 \ud800"),
        enrollment(" "),
        {"studentReference": {"studentUniqueId": "2"}},
    ]
    text = "\ufeff" + "".join(json.dumps(line) + "\n" for line in lines)
    twice = json.dumps(enrollment("2")).replace("{", '{"studentReference": {"studentUniqueId": "3"},', 1)
    text += '{"cut": \n\n[1]\n \n' + twice + "\n"
    again = [enrollment("2", exitWithdrawDate="2024-08-01"), enrollment("nobody")]
    data = put(
        tmp_path / "data",
        {
            f"{ENROLLMENTS}/a.jsonl": text,
            f"{ENROLLMENTS}/b.json": json.dumps([*again, 5]),
            f"{ENROLLMENTS}/c.jsonl.gz": gzip.compress(json.dumps(enrollment("4")).encode() + b"\n")[:-12],
            "students": [student(), student("2"), student("2")],
            "schools": [school(), school()],
        },
    )
    found, plain = (run_folder(program, data, engine=engine) for engine in ("python", "interpreter"))
    assert differences(found, plain) == []
    assert {f.fault.code for f in plain.structure} >= {"not-json", "missing-key", "duplicate-key", "dangling-reference"}


def test_what_the_quick_test_passes_the_full_check_finds_sound(indiana: Program) -> None:
    """Of the records of the example, and of such with one thing wrong; it passes all that are sound of the first."""
    task = task_of(indiana, open_folder(EXAMPLE, indiana.schemas), Options(2024, date(2024, 6, 1), "state"))
    reading, chance, passed = Reading(task), random.Random(1), 0
    for name, quick in reading.sound.items():
        checker = reading.checkers[name]
        bodies = [entry.body for entry in task.folder.entries(name) if entry.body is not None]
        spoilt = [json.loads(json.dumps(bodies[n % len(bodies)])) for n in range(100 if bodies else 0)]
        for body in spoilt:
            spoil_record(body, chance)
        for number, body in enumerate((*bodies, *spoilt)):
            key = read_key(body, checker.key_readers)
            is_sound = key is not None and checker.problems(body, has_key=True) == []
            expected = (key,) if is_sound and number < len(bodies) else (None, key) if is_sound else (None,)
            assert quick(body) in expected, name
            passed += quick(body) is not None
    assert passed > 300


def spoil_record(body: Body, chance: random.Random) -> None:
    records = {"one": [body]}
    while spoil(records, chance) in ("drop a record", "repeat a record", "drop a file"):
        records = {"one": [body]}


# -- what parts can tell


BEYOND = {
    "back from a school": "number of o in e.school.studentSchoolAssociations is at most 3",
    "a student found by a text": "lookup(student, e.entryTypeDescriptor).lastSurname is 'B' otherwise true",
}


@pytest.mark.parametrize("beyond", BEYOND.values(), ids=BEYOND)
def test_a_rule_that_looks_beyond_a_student_is_evaluated_over_all_records(
    beyond: str, rules: Sample, tmp_path: Path, in_parts: None
) -> None:
    keys = f"for each: studentSchoolAssociation as e\nrequire: {beyond}\nseverity: Warning\nmessage: Beyond."
    sample = Sample.copied(rules.root, tmp_path / "sample")
    add_rule(sample, "EN-9", keys)
    project = sample.open()
    assert [d.message for d in project.sink if d.level is Level.ERROR] == []
    program = project.programs["sample"]
    pupils = [str(number) for number in range(6)]
    enrolled = [enrollment(number, entryTypeDescriptor=f"uri://x#{number}") for number in pupils]
    data = put(
        tmp_path / "data",
        {"students": map(student, pupils), "schools": [school()], ENROLLMENTS: enrolled},
    )
    task = task_of(program, open_folder(data, program.schemas), Options(2025, date(2025, 6, 1), "state"))
    found = reach(task)
    assert found is not None
    assert {rule.id for rule in task.rules} - {rule.id for rule in found.rules} == {"EN-9"}
    results = [run_folder(program, data, engine=engine) for engine in ("python", "interpreter")]
    assert differences(*results) == []
    assert results[0].results["EN-9"].subjects == 6


def test_all_of_the_state_is_within_students(indiana: Program, state: Path) -> None:
    """What is looked up by a student alone is kept apart too; schools and calendars are common."""
    folder = open_folder(state / "jsonl", indiana.schemas)
    found = reach(task_of(indiana, folder, Options(2024, date(2024, 6, 1), "state", dispositions=True)))
    assert found is not None
    assert len(found.rules) == len(task_of(indiana, folder, Options(2024, date(2024, 6, 1), "state")).rules)
    assert len(found.populations) == len(indiana.populations)
    assert {"student", "studentSchoolAssociation", "cohorts"} <= set(found.apart)
    assert {"school", "calendar", "program"}.isdisjoint(found.apart)


# -- processes and files


def test_processes_find_the_same_and_leave_nothing_behind(
    state: Path, indiana: Program, monkeypatch: pytest.MonkeyPatch, temporary: Path
) -> None:
    plain = of_state(indiana, state / "jsonl", engine="interpreter")
    monkeypatch.setattr(evaluation, "LITTLE", 0)
    monkeypatch.setattr(evaluation, "text_size", lambda *_: PARTS * evaluation.PART)
    modes: set[int] = set()
    begun = evaluation.answers

    def answers(*given: Any) -> Any:
        modes.update(stat.S_IMODE(path.stat().st_mode) for path in temporary.iterdir())
        return begun(*given)

    monkeypatch.setattr(evaluation, "answers", answers)
    assert differences(of_state(indiana, state / "jsonl"), plain) == []
    assert modes == {0o700}
    assert list(temporary.iterdir()) == []


def _dies(_part: Path) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fails(_part: Path) -> None:
    raise ValueError("100000001")


@pytest.mark.parametrize("failure", [_dies, _fails])
def test_a_process_that_fails_ends_the_run(
    failure: Callable[[Path], None],
    rules: Sample,
    tmp_path: Path,
    temporary: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(evaluation, "LITTLE", 0)
    monkeypatch.setattr(evaluation, "text_size", lambda *_: PARTS * evaluation.PART)
    monkeypatch.setattr(workers, "_answer", failure)
    data = put(tmp_path / "data", {"students": [student()], "schools": [school()], ENROLLMENTS: [enrollment()]})
    told = ("--engine", "python", "--specs", rules.path(""), "--data", data, "--scope", "state", *YEAR)
    ran = command(capsys, "run", *told)
    assert ran.code == 4
    assert ("ended before its time" in ran.err) == (failure is _dies)
    assert "100000001" not in ran.err
    assert [path.suffix for path in temporary.iterdir()] == ([] if failure is _dies else [".txt"])


def test_little_is_evaluated_as_a_whole(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "Spool", None)
    data = put(tmp_path / "data", {"students": [student()], "schools": [school()], ENROLLMENTS: [enrollment()]})
    assert run_folder(program, data, engine="python").records_read == 3


def test_a_part_is_let_go_of_without_a_search_for_garbage(program: Program, tmp_path: Path) -> None:
    data = put(tmp_path / "data", {"students": [student()], "schools": [school()], ENROLLMENTS: [enrollment()]})
    task = task_of(program, open_folder(data, program.schemas), Options(2025, date(2025, 6, 1), "state"))
    shared = Shared(task, {})
    made: list[Any] = []
    world_of = shared.engine.world

    def world(records: Any) -> Any:
        found = world_of(records)
        made.extend(weakref.ref(record) for record in found.records("studentSchoolAssociation"))
        return found

    shared.engine.world = world  # type: ignore[method-assign]
    gc.disable()
    try:
        assert [result.subjects for result in InPython(shared, {}).results() if result.rule.id == "EN-1"] == [1]
        assert [reference() for reference in made] == [None]
    finally:
        gc.enable()
