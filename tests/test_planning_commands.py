"""``plan`` and ``publish`` as people use them."""

from __future__ import annotations

import json
import stat
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from compiler.driver import open_project
from compiler.engines.folder import open_folder
from compiler.engines.identity import open_identity
from compiler.engines.planning import Sources, Wishes, plan
from compiler.engines.python_engine import PythonEngine
from compiler.planning.telling import record_words
from compiler.semantics.ir import Publication
from tests.planned import Body, Tables, enrollment, participation, put_planned, tables
from tests.support import Execute, Ran

PUBLICATIONS = ("PL-SSA", "PL-SPA")
SCHOOL = "studentSchoolAssociations of student 900, school 10"
WELDING = (
    "studentProgramAssociations of student 900, education organization 10, program's education organization 7, "
    "program name Welding, program type CTE, begin date 2024-09-01"
)
SHARED = "PL-SSB is planned too: it shares its records with PL-SSA.\n"


def put(folder: Path, source: Tables) -> Path:
    folder.mkdir(parents=True)
    for name, rows in source.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return put_planned(tmp_path_factory.mktemp("planned"))


def lines(ran: Ran) -> list[Any]:
    return [json.loads(line) for line in ran.out.splitlines()]


FIRST = [enrollment(1), enrollment(2, personID=2, noShow=True), participation(1)]


def test_a_plan_is_printed_for_people(place: Path, tmp_path: Path, execute: Execute) -> None:
    ran = execute(place, "plan", *PUBLICATIONS, "--after", put(tmp_path / "data", tables(*FIRST)))
    assert (ran.code, ran.err) == (0, SHARED)
    assert ran.out.splitlines() == [
        "PL-SPA and PL-SSA and PL-SSB, school year 2025: 2 requests (2 POST), 2 not sent (1 not included, 1 excluded)",
        f"  POST {SCHOOL}, entry date 2024-08-12 (Enrollment 1): it is wanted and was never sent",
        f"  POST {WELDING} (Participation 1): it is wanted and was never sent",
        "  not sent: Enrollment 2: the student did not come; what was sent before is deleted",
        "  not sent: Interim 1: it is another kind of program",
    ]


def test_a_plan_after_events_names_what_the_source_names(place: Path, tmp_path: Path, execute: Execute) -> None:
    before = put(tmp_path / "before", tables(*FIRST))
    moved = [{**FIRST[0], "startDate": "2024-08-19"}, *FIRST[1:]]
    ran = execute(
        place, "plan", "PL-SSA", "PL-SPA", "--before", before, "--after", put(tmp_path / "after", tables(*moved))
    )
    assert [line for line in ran.out.splitlines() if "not sent" not in line] == [
        f"  DELETE {WELDING} (Participation 1): {SCHOOL}, entry date 2024-08-12 is deleted, on which it depends",
        f"  DELETE {SCHOOL}, entry date 2024-08-12 (Enrollment 1), as its key changes: "
        "the start date was changed [PL-T8]",
        f"  POST {SCHOOL}, entry date 2024-08-19 (Enrollment 1), as its key changes: "
        "the start date was changed [PL-T8]",
        f"  POST {WELDING} (Participation 1): it was deleted with studentSchoolAssociations, and is still wanted",
    ]


def test_what_is_sent_is_known_to_the_next_plan(place: Path, tmp_path: Path, execute: Execute) -> None:
    """Plan, publish, change, plan, publish, resync: nothing is left to do."""
    data, state, ods = put(tmp_path / "data", tables(*FIRST)), tmp_path / "sent.sqlite", tmp_path / "ods"
    ods.mkdir()
    plan = tmp_path / "plan.jsonl"

    def planned(*arguments: object) -> Ran:
        ran = execute(place, "plan", *PUBLICATIONS, "--format", "jsonl", *arguments)
        plan.write_text(ran.out, encoding="utf-8")
        return ran

    assert planned("--after", data).code == 0
    assert execute(tmp_path, "publish", plan, "--ods", ods, "--state", state) == Ran(0, "", "2 steps taken.\n")
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert stat.S_IMODE((ods / "studentSchoolAssociations.jsonl").stat().st_mode) == 0o600
    assert execute(tmp_path, "publish", plan, "--ods", ods, "--state", state) == Ran(0, "", "0 steps taken.\n")
    known = ("--identity", state)
    assert [line for line in lines(planned("--after", data, *known)) if "verb" in line] == []
    later = put(tmp_path / "later", tables({**FIRST[0], "endDate": "2025-03-01"}, *FIRST[1:]))
    (step,) = [line for line in lines(planned("--before", data, "--after", later, *known)) if "verb" in line]
    assert (step["verb"], step["because"], step["body"]["exitWithdrawDate"]) == ("PUT", [], "2025-03-01")
    assert execute(tmp_path, "publish", plan, "--ods", ods, "--state", state).code == 0
    ran = planned("--after", later, *known, "--resync", "--ods", ods)
    assert [line for line in lines(ran) if "verb" in line or "identityMap" in line] == []


def test_a_plan_of_another_state_of_the_identity_map_is_not_published(
    place: Path, tmp_path: Path, execute: Execute
) -> None:
    data, state, ods = put(tmp_path / "data", tables(*FIRST)), tmp_path / "sent.sqlite", tmp_path / "ods"
    ods.mkdir()
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    first.write_text(execute(place, "plan", "PL-SSA", "--after", data, "--format", "jsonl").out, encoding="utf-8")
    second.write_text(execute(place, "plan", *PUBLICATIONS, "--after", data, "--format", "jsonl").out, encoding="utf-8")
    assert execute(tmp_path, "publish", first, "--ods", ods, "--state", state).code == 0
    ran = execute(tmp_path, "publish", second, "--ods", ods, "--state", state)
    assert (ran.code, ran.err) == (
        2,
        f"{state} has changed since the plan was made; plan again with --identity {state}.\n",
    )
    cut = "".join(line + "\n" for line in first.read_text(encoding="utf-8").splitlines()[:-1])
    first.write_text(cut, encoding="utf-8")
    ran = execute(tmp_path, "publish", first, "--ods", ods, "--state", tmp_path / "new.sqlite")
    assert (ran.code, ran.err.startswith(f"{first} is no whole plan")) == (3, True)


def test_a_resync_withholds_too_many_deletions(place: Path, tmp_path: Path, execute: Execute) -> None:
    data, ods = put(tmp_path / "data", tables()), tmp_path / "ods"
    ods.mkdir()
    foreign = [
        {
            "id": f"f{day}",
            "entryDate": f"2024-09-0{day}",
            "schoolReference": {"schoolId": school},
            "studentReference": {"studentUniqueId": "9"},
        }
        for day, school in ((1, 10), (2, 10), (3, 77))
    ]
    text = "".join(f"{json.dumps(body)}\n" for body in foreign)
    (ods / "studentSchoolAssociations.jsonl").write_text(text, encoding="utf-8")
    resync = ("plan", "PL-SSA", "--after", data, "--year", "2025", "--resync", "--ods", ods)
    ran = execute(place, *resync)
    assert ran.code == 1
    assert "2 records would be deleted, and at most 1 may be" in ran.out
    assert "  DELETE studentSchoolAssociations" not in ran.out
    assert "not sent: DELETE studentSchoolAssociations of student 9, school 10, entry date 2024-09-01" in ran.out
    ran = execute(place, *resync, "--max-deletes", "2", "--format", "jsonl")
    assert (ran.code, [line["odsId"] for line in lines(ran) if "verb" in line]) == (0, ["f1", "f2"])


def test_what_is_wrong_in_either_folder_is_told(place: Path, tmp_path: Path, execute: Execute) -> None:
    """A faulty record of yesterday would pass for a new one of today without a word."""
    faulty = tables({**FIRST[0], "startDate": "08/12/2024"}, *FIRST[1:])
    before, after = put(tmp_path / "before", faulty), put(tmp_path / "after", tables(*FIRST))
    ran = execute(place, "plan", *PUBLICATIONS, "--before", before, "--after", after)
    words = f"{before}/enrollments.jsonl:1: '08/12/2024' is not a date\n"
    assert ran.err == f"{SHARED}{words}", ran.err
    ran = execute(place, "plan", *PUBLICATIONS, "--before", after, "--after", before)
    assert ran.err == f"{SHARED}{words}", ran.err


@pytest.mark.parametrize("known", [False, True], ids=["sent by yesterday's tables", "sent by an identity map"])
def test_what_is_wanted_of_a_folder_is_found_once(
    known: bool, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    found = PythonEngine.want

    def counted(engine: PythonEngine, publication: Publication, world: Any, *more: Any) -> Any:
        asked.append((publication.id, id(world)))
        return found(engine, publication, world, *more)

    monkeypatch.setattr(PythonEngine, "want", counted)
    program = open_project(place).programs["planned"]
    before, after = (put(tmp_path / name, tables(*FIRST)) for name in ("before", "after"))
    with ExitStack() as stack:
        identity = (
            stack.enter_context(open_identity(tmp_path / "sent.sqlite", "planned", create=True)) if known else None
        )
        folders = (open_folder(folder, program.schemas) for folder in (after, before))
        chosen = [program.publications[name] for name in PUBLICATIONS]
        plan(program, chosen, Sources(*folders, identity), Wishes(date(2025, 3, 1), 2025))
    assert len(asked) == len({*asked}) == 2 * len(PUBLICATIONS)


@pytest.fixture
def two_states(tmp_path: Path) -> Path:
    """The project, and the same publications once more as those of another state."""
    folder = put_planned(tmp_path / "two")
    for path in sorted((folder / "specs" / "planned").rglob("*.yaml")):
        copy = folder / "specs" / "other" / str(path.relative_to(folder / "specs" / "planned")).replace("PL-S", "OT-S")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8").replace("PL-S", "OT-S"), encoding="utf-8")
    return folder


def test_two_states_do_not_mix(two_states: Path, tmp_path: Path, execute: Execute) -> None:
    """Neither in a plan, nor in an identity map, nor in a folder for the ODS."""
    data, state, ods = put(tmp_path / "data", tables(*FIRST)), tmp_path / "sent.sqlite", tmp_path / "ods"
    ods.mkdir()
    ran = execute(two_states, "plan", "PL-SSA", "OT-SSA", "--after", data)
    words = "These publications are of several states: other, planned. Plan one state at a time.\n"
    assert (ran.code, ran.out, ran.err) == (2, "", words)
    for name in ("PL", "OT"):
        text = execute(two_states, "plan", f"{name}-SSA", "--after", data, "--format", "jsonl").out
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert execute(tmp_path, "publish", tmp_path / "PL", "--ods", ods, "--state", state).code == 0
    map_of = f"{state} is the identity map of planned; what other sends needs one of its own\n"
    ods_of = f"{ods} holds the records of planned; those of other need a folder of their own\n"
    other = tmp_path / "other.sqlite"
    for told, arguments in (
        (ods_of, ("publish", tmp_path / "OT", "--ods", ods, "--state", other)),
        (ods_of, ("plan", "OT-SSA", "--after", data, "--resync", "--ods", ods)),
        (map_of, ("plan", "OT-SSA", "--after", data, "--identity", state)),
    ):
        ran = execute(two_states, *arguments)
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.endswith(told), ran.err
    assert not other.exists()
    (tmp_path / "ods of the other").mkdir()
    ran = execute(tmp_path, "publish", tmp_path / "OT", "--ods", tmp_path / "ods of the other", "--state", state)
    assert (ran.code, ran.err) == (3, map_of)


CONFIG = """\
resourceToggles:
- {configID: 1, resource: studentProgramAssociations, on: false}
"""


def test_configuration_from_a_file_takes_the_place_of_a_table(place: Path, tmp_path: Path, execute: Execute) -> None:
    data, config = put(tmp_path / "data", tables(*FIRST)), tmp_path / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    ran = execute(place, "plan", *PUBLICATIONS, "--after", data, "--config", config)
    assert f"not sent: POST {WELDING}" in ran.out
    assert "studentProgramAssociations are off" in ran.out
    for text, words in (
        ("resourceToggle:\n- {configID: 1}\n", "there is no table `resourceToggle`; did you mean `resourceToggles`?"),
        ("resourceToggles:\n- {configId: 1}\n", "resourceToggles have no `configId`; did you mean `configID`?"),
        ("resourceToggles: {configID: 1}\n", "`resourceToggles` holds no list of rows"),
        ("resourceToggles:\n- {configID: one}\n", "`configID` of resourceToggles is not"),
    ):
        config.write_text(text, encoding="utf-8")
        ran = execute(place, "plan", *PUBLICATIONS, "--after", data, "--config", config)
        assert (ran.code, words in ran.err) == (3, True), ran.err


WRONG: dict[str, tuple[tuple[str, ...], int, str]] = {
    "another publication": (("PL-SSC",), 2, "There is no publication `PL-SSC`. Did you mean"),
    "a parameter that is not there": (("PL-SPA", "--set", "a=b"), 2, "There is no parameter `a`."),
    "a parameter without a value": (("PL-SPA", "--set", "a"), 2, "`a` sets nothing; write name=value."),
    "no identity map": (("PL-SPA", "--identity", "none.sqlite"), 3, "none.sqlite does not exist; `rulewright publish"),
    "no folder": (("PL-SPA", "--before", "nowhere"), 3, "nowhere does not exist"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_plan_says_what_is_wrong(name: str, place: Path, tmp_path: Path, execute: Execute) -> None:
    arguments, code, words = WRONG[name]
    ran = execute(place, "plan", *arguments, "--after", put(tmp_path / "data", tables()))
    assert (ran.code, words in ran.err) == (code, True), ran.err


def test_a_plan_needs_every_table_that_is_read(place: Path, tmp_path: Path, execute: Execute) -> None:
    data = put(tmp_path / "data", tables(*FIRST))
    (data / "people.jsonl").unlink()
    ran = execute(place, "plan", "PL-SPA", "--after", data)
    words = "has no file of people, which PL-SPA reads; an empty file says that there are none"
    assert (ran.code, ran.out, ran.err) == (3, "", f"{data} {words}\n")


def test_a_plan_with_a_blocked_record_fails(place: Path, tmp_path: Path, execute: Execute) -> None:
    rows: list[Body] = [enrollment(1, grade=" "), participation(1)]
    ran = execute(place, "plan", *PUBLICATIONS, "--after", put(tmp_path / "data", tables(*rows)))
    assert ran.code == 1
    assert "it cannot be sent without grade (enrollment.grade is missing)" in ran.out
    assert "it waits for studentSchoolAssociations" in ran.out


NAMED: dict[str, str] = {
    "studentReference.studentUniqueId": "student 7",
    "schoolReference.schoolId": "school 7",
    "schoolYearTypeReference.schoolYear": "school year 7",
    "calendarReference.schoolId": "calendar's school 7",
    "programReference.programTypeDescriptor": "program type 7",
    "studentSchoolAssociationReference.entryDate": "student school association's entry date 7",
    "beginDate": "begin date 7",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_part_of_a_key_has_a_name_that_people_read(name: str) -> None:
    assert record_words("records", [name], (7,)) == f"records of {NAMED[name]}"


def test_persons_come_first_in_a_key() -> None:
    names = ("beginDate", "schoolReference.schoolId", "studentReference.studentUniqueId")
    assert record_words("records", names, (date(2025, 1, 8), 10, "9")) == (
        "records of student 9, school 10, begin date 2025-01-08"
    )
