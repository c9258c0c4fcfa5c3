"""What a publication wants of many enrollments: generated Python against the interpreter, and whether it is linear.

``python -m tests.benchmarks.publications --enrollments 10000 30000 100000``. Each measurement runs in a process of its
own; records are made before the clock starts. What is wanted must be the same, else the table says VOID.

With ``--plans`` it measures the command `rulewright plan` instead, of files as they are now, and after a change of one
grade in two hundred.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from tests.benchmarks.tasks import ROOT, peak

STATE, PUBLICATION, YEAR = "nebraska", "NE-SSA", 2025
ENGINES = ("python", "interpreter")
GRADES = {
    "KG": "Kindergarten", "01": "First grade", "02": "Second grade", "03": "Third grade", "04": "Fourth grade",
    "05": "Fifth grade", "06": "Sixth grade", "07": "Seventh grade", "08": "Eighth grade", "09": "Ninth grade",
    "10": "Tenth grade", "11": "Eleventh grade", "12": "Twelfth grade",
}  # fmt: skip

Tables = dict[str, list[dict[str, Any]]]


def tables(enrollments: int, seed: int) -> Tables:
    """A district with so many enrollments of the year, two of eleven students' with a second one, and last year's.

    One enrollment in fifty is marked No Show, one in thirty has a grade that is not mapped, every tenth a status.
    """
    random = Random(seed)
    schools = max(enrollments // 500, 1)
    made: Tables = {
        "districts": [{"districtID": 1, "number": "280001", "entityID": "280001", "name": "Sample Public Schools"}],
        "schools": [
            {"schoolID": n, "districtID": 1, "number": f"2800{n:05}", "entityID": f"2800{n:05}", "name": f"School {n}"}
            for n in range(schools)
        ],
        "schoolYears": [
            {"endYear": year, "startDate": f"{year - 1}-07-01", "endDate": f"{year}-06-30"} for year in (YEAR - 1, YEAR)
        ],
        "calendars": [
            {"calendarID": n + 100_000 * (YEAR - year), "schoolID": n, "endYear": year, "naturalKey": f"main {n}"}
            for year in (YEAR - 1, YEAR)
            for n in range(schools)
        ],
        "edfiConfigurations": [{"configID": 1, "endYear": YEAR, "valid": True}],
        "resourcePreferences": _preferences(),
        "programs": [
            {
                "programID": n,
                "name": f"Program {n}",
                "kind": kind,
                "edFiEligible": True,
                "graduationPlanType": "Standard",
                "educationOrganizationId": 280001,
            }
            for n, kind in enumerate(("Graduation", "CTE", "Other"))
        ],
        **{name: [] for name in ("people", "enrollments", "graduations", "programParticipations")},
    }
    number = 0
    person = 0
    while number < enrollments:
        made["people"].append({"personID": person, "edFiID": f"9{person:09}"})
        made["graduations"].append({"personID": person, "nclbCohortEndYear": YEAR + random.randrange(5)})
        if random.random() < 0.4:
            participation = {"participationID": person, "personID": person, "programID": random.randrange(3)}
            made["programParticipations"].append({**participation, "startDate": "2024-08-14"})
        school = random.randrange(schools)
        last_year = {"calendarID": school + 100_000, "startDate": "2023-08-14", "endAction": random.choice("PR")}
        made["enrollments"].append(_enrollment(10_000_000 + person, person, random) | last_year)
        for _ in range(2 if random.random() < 2 / 11 else 1):
            made["enrollments"].append(_enrollment(number, person, random) | {"calendarID": school})
            number += 1
        person += 1
    return made


def _enrollment(number: int, person: int, random: Random) -> dict[str, Any]:
    day = date(YEAR - 1, 8, 12) + timedelta(days=random.choice((0, 0, 0, 0, 90, 150)))
    return {
        "enrollmentID": number,
        "personID": person,
        "grade": random.choice([*GRADES]) if random.random() > 1 / 30 else "ZZ",
        "startDate": day.isoformat(),
        "serviceType": random.choice("PPPPSN"),
        "startStatus": random.choice(("02", "02", "03", "99")),
        "noShow": random.random() < 0.02,
        "percentEnrolled": random.choice((100, 100, 50, 33.3)),
        "residentDistrict": random.choice(("280001", "280001", "280002")),
        "residentStatus": random.choice(("C", "C", None)),
        "studentDaysEnrolled": random.randrange(180),
    }


def _preferences() -> list[dict[str, Any]]:
    codes = [("GradeLevelDescriptor", "grade", grade, name) for grade, name in GRADES.items()]
    codes += [("EntryTypeDescriptor", "startStatus", status, code) for status, code in (("02", "102"), ("03", "104"))]
    codes += [("ResidencyStatusDescriptor", "residentStatus", "C", "01")]
    return [
        {
            "configID": 1,
            "resource": "studentSchoolAssociations",
            "descriptor": descriptor,
            "sourceField": column,
            "sourceValue": value,
            "edFiCode": code,
        }
        for descriptor, column, value, code in codes
    ]


# -- one measurement


def measured(engine: str, enrollments: int, seed: int) -> dict[str, Any]:
    """Times in seconds, memory in bytes, and what was wanted."""
    from compiler.driver import open_project
    from compiler.engines.python_engine import PythonEngine
    from compiler.semantics.outcomes import Context
    from compiler.semantics.wanted import want
    from compiler.semantics.world import RawRecord, World

    program = open_project(ROOT).programs[STATE]
    publication, context = program.publications[PUBLICATION], Context(YEAR, date(YEAR, 6, 1))
    generated = PythonEngine(program) if engine == "python" else None
    records = tables(enrollments, seed)
    gc.collect()
    before, wall, cpu = peak(), time.perf_counter(), time.process_time()
    if generated is not None:
        world: Any = generated.world(records)
    else:
        world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in records.items()})
    made = time.process_time()
    if generated is not None:
        wanted = generated.want(publication, world, context)
    else:
        wanted = want(program, publication, world, context)
    told = {"wall": time.perf_counter() - wall, "world": made - cpu, "want": time.process_time() - made}
    found = hashlib.sha256()
    for payload in wanted.records.values():
        found.update(repr(payload).encode())
    for unsent in wanted.unsent:
        found.update(repr(unsent).encode())
    counts = {"records": len(wanted.records), "unsent": len(wanted.unsent), "found": found.hexdigest()[:12]}
    return told | counts | {"candidates": len(wanted.records) + len(wanted.unsent), "memory": peak() - before}


# -- plans


def plans(enrollments: int, seed: int) -> Iterator[str]:
    """Lines of the table of plans: processor seconds of the command, and the most memory that it took."""
    with TemporaryDirectory() as made:
        records, random = tables(enrollments, seed), Random(seed)
        records |= {"elementStatuses": [], "resourceToggles": []}
        _put(Path(made) / "before", records)
        for enrollment in records["enrollments"]:
            if random.random() < 1 / 200:
                enrollment["grade"] = "05"
        _put(Path(made) / "after", records)
        for folders in (("after",), ("before", "after")):
            options = [part for name in folders for part in (f"--{name}", f"{made}/{name}")]
            command = [sys.executable, "-m", "compiler", "plan", PUBLICATION, "--year", str(YEAR), *options]
            started = time.perf_counter()
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, _, used = os.wait4(process.pid, 0)
            wall, cpu = time.perf_counter() - started, used.ru_utime + used.ru_stime
            named = " ".join(f"--{name}" for name in folders)
            yield f"| {enrollments:,} | {named} | {cpu:.1f} | {wall:.1f} | {used.ru_maxrss / 1024:,.0f} |"


def _put(folder: Path, records: Tables) -> None:
    folder.mkdir()
    for name, rows in records.items():
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def main() -> int:
    """Measure and print; the exit code is 1 when engines want different things."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.publications")
    parser.add_argument("--enrollments", type=int, nargs="+", default=[10_000, 30_000, 100_000])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many")
    parser.add_argument("--plans", type=int, nargs="+", default=[], help="measure plans of so many enrollments")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(json.dumps(measured(given.engines[0], given.enrollments[0], given.seed)) + "\n")
        return 0
    if given.plans:
        sys.stdout.write("| enrollments | plan | CPU s | wall s | peak MiB |\n|--:|---|--:|--:|--:|\n")
        for line in (line for number in given.plans for line in plans(number, given.seed)):
            sys.stdout.write(f"{line}\n")
        return 0
    found: dict[int, set[str]] = {}
    for line in _table(given, found):
        sys.stdout.write(f"{line}\n")
    void = [number for number, answers in found.items() if len(answers) > 1]
    sys.stdout.write(f"VOID: engines want different things of {void}\n" if void else "All engines want the same.\n")
    return 1 if void else 0


def _table(given: argparse.Namespace, found: dict[int, set[str]]) -> Iterator[str]:
    yield "| enrollments | engine | records | not sent | world s | want s | us a candidate | MiB |"
    yield "|--:|---|--:|--:|--:|--:|--:|--:|"
    for number in given.enrollments:
        for engine in given.engines:
            runs = [_apart(engine, number, given.seed) for _ in range(given.repeat)]
            best = min(runs, key=lambda told: told["want"])
            found.setdefault(number, set()).add(best["found"])
            each = best["want"] / best["candidates"] * 1e6
            yield (
                f"| {number:,} | {engine} | {best['records']:,} | {best['unsent']:,} | {best['world']:.2f} "
                f"| {best['want']:.2f} | {each:.1f} | {best['memory'] / 2**20:,.0f} |"
            )


def _apart(engine: str, enrollments: int, seed: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.publications", "--one", "--engines", engine]
    command += ["--enrollments", str(enrollments), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


if __name__ == "__main__":
    raise SystemExit(main())
