"""Small worlds made by hypothesis: engines say the same of them; one on which they differ is shown at its smallest."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from compiler.engines.run import ENGINES
from compiler.reports.findings import rows
from compiler.semantics.program import Program
from tests.running import GRADE, Body, brief, lines_of_json, put, run_folder

ABSENT = object()
ODD = (ABSENT, None, "", " ", 5, 1.5, True, [], {}, "x")


def of(*usual: Any) -> st.SearchStrategy[Any]:
    """A value of a property: mostly a usual one, at times none, or one of another type."""
    return st.one_of(st.sampled_from(usual), st.sampled_from(usual), st.sampled_from(ODD))


def record(**properties: st.SearchStrategy[Any]) -> st.SearchStrategy[Body]:
    made = st.fixed_dictionaries(properties)
    return made.map(lambda body: {name: value for name, value in body.items() if value is not ABSENT})


NUMBERS, DAYS = of("1", "2"), of("2024-08-12", "2024-09-02", "2015-02-28", "2016-02-29", "2024-13-01")
STUDENT, SCHOOL = record(studentUniqueId=NUMBERS), record(schoolId=of(1001, 1002))
WORLDS = st.fixed_dictionaries(
    {
        "students": st.lists(record(studentUniqueId=NUMBERS, lastSurname=of("B"), birthDate=DAYS), max_size=3),
        "schools": st.lists(
            record(schoolId=of(1001, 1002), localEducationAgencyReference=record(localEducationAgencyId=of(1, 2))),
            max_size=2,
        ),
        "studentSchoolAssociations": st.lists(
            record(
                studentReference=STUDENT, schoolReference=SCHOOL, entryDate=DAYS, exitWithdrawDate=DAYS,
                entryGradeLevelDescriptor=of(f"{GRADE}KG", f"{GRADE}03", "03", "#", f"{GRADE}zz"),
                fullTimeEquivalency=of(1, 0.5, 2, 1e30),
            ),
            max_size=4,
        ),
    }
)  # fmt: skip


@settings(max_examples=15, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=WORLDS)
def test_every_engine_says_the_same_of_a_small_world(program: Program, world: dict[str, list[Body]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = put(Path(folder), world)
        said = {}
        for engine, more in (*((name, {}) for name in ENGINES), ("duckdb", {"fuse": False})):
            result = run_folder(program, data, engine=engine, **more)
            counts = [f"{name}: {part.counts}" for name, part in result.results.items()]
            said[f"{engine} {more}"] = [*(brief(row) for row in rows(result, list_not_checked=True)), *counts]
    first, *others = said
    for other in others:
        note(f"{first}: {[row for row in said[first] if row not in said[other]]}")
        note(f"{other}: {[row for row in said[other] if row not in said[first]]}")
        note("\n".join(f"{name}.jsonl\n{lines_of_json(bodies)}" for name, bodies in world.items()))
        assert said[other] == said[first]
