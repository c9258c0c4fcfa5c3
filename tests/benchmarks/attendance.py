"""A made-up school system with attendance day by day, of any size, and what an extract over it takes.

    python -m tests.benchmarks.attendance FOLDER parquet|jsonl STUDENTS...

makes the tables in folders below FOLDER (once), and prints what CO-SSA takes by the command, file and audit, beside a
bare read of the columns of attendance that it reads, each in a process of its own. Each school has 500 students and a
calendar of 170 school days; a student has a row of attendance for each of them. One student in twenty moves to the next
school in the year, one in twenty-five has a second enrollment beside the first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import duckdb

from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from tests.extracts import System, make_extract, option

CONTEXT = Context(2025, date(2025, 5, 30))
OPTIONS = [
    option("effectiveDate", "date", default="$asOf"),
    option("start", "date", default="$schoolYearStart"),
    option("end", "date", default="$effectiveDate", check="$start is on or before $end", says="the range is empty"),
    option("calendars", "whole", many=True),
]
DAYS = "e.days($start, $end)"
TRUANT_IN_MONTH = f"(highest monthly sum of a.share(a.unexcused) for a in {DAYS} by a.date) is at least 4"
TRUANT_IN_YEAR = f"(sum of a.share(a.unexcused) for a in {DAYS}) is at least 10"
FIRST = "2024-10-01"
EVERY_DAY = (
    "every d in e.chainDays({first}) has (any p in e.person.enrollments has (p.serviceType is 'P' and "
    "p.noShow is not true and {same} and period from p.startDate to p.endDate contains d.date))"
)
ATTENDANCE = (
    f"round(sum of a.share(a.presentMinutes + a.exemptMinutes) for a in {DAYS}, 1)",
    f"round(sum of a.share(a.excusedMinutes) for a in {DAYS}, 1)",
    f"round(sum of a.share(a.unexcused) for a in {DAYS}, 1)",
    f"if ({TRUANT_IN_MONTH} otherwise false) and {TRUANT_IN_YEAR} then '3' else if {TRUANT_IN_YEAR} then '2' "
    f"else if ({TRUANT_IN_MONTH} otherwise false) then '1' else '0'",
)
NAMES = (
    "e.calendar.school.district.number",
    "e.person.stateID",
    "e.calendar.school.number",
    "e.person.identityOn($effectiveDate).firstName",
    "e.person.identityOn($effectiveDate).lastName",
    "lookup(Genders, e.person.identityOn($effectiveDate).gender).code",
    "e.person.identityOn($effectiveDate).birthDate",
    "e.startDate",
    "e.gradeLevel.stateGradeLevel",
    "e.startStatus",
    "e.endDate",
    "e.endStatus",
)
CONTINUITY = (
    f"number of d in e.chainDays({FIRST}) is at least 1 and {EVERY_DAY}".format(
        first=FIRST, same="p.calendar.schoolID is e.calendar.schoolID"
    ),
    f"number of d in e.chainDays({FIRST}) is at least 1 and {EVERY_DAY}".format(
        first=FIRST, same="p.calendar.school.districtID is e.calendar.school.districtID"
    ),
)


def an_extract(system: System) -> ir.Extract:
    """The part of Colorado's file that needs attendance, with the names that go before it."""
    return make_extract(
        system,
        [*NAMES, *ATTENDANCE],
        options=OPTIONS,
        include=[
            "$calendars is missing or e.calendarID is one of $calendars",
            "e.serviceType is 'P'",
            "e.gradeLevel.stateGradeLevel is present",
            "e.startDate is on or before $effectiveDate",
        ],
        exclude=["e.noShow is true", "e.stateExclude is true", "e.calendar.exclude is true"],
        order=[3, 5, 4, 2, 8, "e.enrollmentID"],
        required=[1, 2, 3],
        zero_fill=[("(e.startStatus is '00' and e.endStatus is '40') otherwise false", (3, 8, 11))],
        audit=CONTINUITY,
        warnings=[("e.endDate is present and e.endStatus is missing", "an end date needs an End Status")],
    )


# -- tables

_SCHOOL_DAYS = """
CREATE TABLE days AS SELECT date, n FROM (
  SELECT CAST(d AS DATE) AS date, row_number() OVER (ORDER BY d) - 1 AS n
  FROM range(DATE '2024-08-12', DATE '2025-05-31', INTERVAL 1 DAY) AS t(d) WHERE dayofweek(d) BETWEEN 1 AND 5
) WHERE n < 190
"""
_TABLES = {
    "districts": "SELECT 1 + n AS districtID, printf('%04d', n + 17) AS number FROM range($districts) AS t(n)",
    "schools": "SELECT 1 + n AS schoolID, 1 + n // 20 AS districtID, printf('%04d', n + 100) AS number "
    "FROM range($schools) AS t(n)",
    "schoolYears": "SELECT 2025 AS endYear, DATE '2024-07-01' AS startDate, DATE '2025-06-30' AS endDate",
    "calendars": "SELECT 1 + n AS calendarID, 1 + n AS schoolID, 2025 AS endYear, n % 50 = 49 AS exclude, "
    "DATE '2024-08-12' AS startDate, DATE '2025-05-30' AS endDate FROM range($schools) AS t(n)",
    "scheduleStructures": "SELECT 1 + n AS structureID, 1 + n AS calendarID, 2 AS terms FROM range($schools) AS t(n)",
    "calendarDays": "SELECT 1 + s.n AS calendarID, 1 + s.n AS structureID, d.date, d.n % 19 < 17 AS instruction "
    "FROM range($schools) AS s(n), days AS d",
    "gradeLevels": "SELECT 1 + n AS gradeLevelID, 1 + n // 13 AS calendarID, 1 + n // 13 AS structureID, "
    "'G' || n % 13 AS name, printf('%03d', 10 * (n % 13)) AS stateGradeLevel, false AS excludeFromStateReporting "
    "FROM range($schools * 13) AS t(n)",
    "people": "SELECT 1 + n AS personID, printf('%010d', n) AS stateID FROM range($students) AS t(n)",
    "identities": "SELECT 1 + n AS identityID, 1 + n // 2 AS personID, "
    "CASE n % 2 WHEN 0 THEN DATE '2020-01-01' ELSE DATE '2025-01-01' END AS effectiveDate, "
    "'First' || n % 997 AS firstName, 'Last' || n % 4999 AS lastName, ['F', 'M'][1 + n // 2 % 2] AS gender, "
    "DATE '2008-01-01' + CAST(n // 2 % 4000 AS INTEGER) AS birthDate FROM range($students * 2) AS t(n)",
    "enrollments": "SELECT 1 + 3 * n + k AS enrollmentID, 1 + n AS personID, 1 + c AS calendarID, "
    "1 + c AS structureID, 1 + c * 13 + n % 13 AS gradeLevelID, CASE WHEN k = 2 THEN 'S' ELSE 'P' END AS serviceType, "
    "CASE k WHEN 1 THEN DATE '2025-01-07' ELSE DATE '2024-08-12' END AS startDate, "
    "CASE WHEN k = 0 AND n % 20 = 7 THEN DATE '2025-01-06' END AS endDate, "
    "CASE WHEN k = 0 AND n % 20 = 7 THEN '11' END AS endStatus, '02' AS startStatus, n % 200 = 3 AS noShow "
    "FROM (SELECT n, k, (n // 500 + CASE k WHEN 0 THEN 0 ELSE 1 END) % $schools AS c "
    "FROM range($students) AS t(n), range(3) AS u(k) WHERE k = 0 OR (k = 1 AND n % 20 = 7) OR (k = 2 AND n % 25 = 4))",
    "attDayAggregations": "SELECT 1 + n AS personID, "
    "1 + CASE WHEN n % 20 = 7 AND date > DATE '2025-01-06' THEN (n // 500 + 1) % $schools ELSE n // 500 END "
    "AS calendarID, date, 360 AS scheduledMinutes, "
    "CASE h WHEN 0 THEN 0 WHEN 1 THEN 180 ELSE 360 END AS presentMinutes, "
    "CASE h WHEN 0 THEN 360 ELSE 0 END AS excusedMinutes, CASE h WHEN 1 THEN 130 ELSE 0 END AS unexcusedMinutes, "
    "0 AS exemptMinutes, CASE h WHEN 1 THEN 50 ELSE 0 END AS unknownMinutes, 0 AS noExcuseMinutes "
    "FROM (SELECT t.n, hash(t.n * 1000 + d.n) % (15 + t.n % 50) AS h, d.date "
    "FROM range($students) AS t(n), days AS d WHERE d.n % 19 < 17)",
}  # fmt: skip


EMPTY = ("behaviorResolutions", "courses", "crossSiteEnrollments", "extendedLearningOpportunities", "plans", "rosters",
         "sePlansGifted", "sections", "terms")  # fmt: skip
"""Tables that the file reads as well, and that have no rows here."""


def make_tables(folder: Path, students: int, form: str) -> None:
    """Write the tables of a school system as files of a form (``parquet`` or ``jsonl``)."""
    folder.mkdir(parents=True)
    connection = duckdb.connect()
    connection.execute(_SCHOOL_DAYS)
    schools = max(2, -(-students // 500))
    values = {"$students": students, "$schools": schools, "$districts": -(-schools // 20)}
    for name, query in _TABLES.items():
        for sign, value in values.items():
            query = query.replace(sign, str(value))
        written = "parquet" if form == "parquet" else "json"
        connection.execute(f"COPY ({query}) TO '{folder / f'{name}.{form}'}' (FORMAT {written})")
    for name in EMPTY:
        (folder / f"{name}.jsonl").touch()


# -- what it takes

_READ = {
    "personID": "BIGINT", "calendarID": "BIGINT", "date": "DATE", "scheduledMinutes": "DOUBLE",
    "presentMinutes": "DOUBLE", "excusedMinutes": "DOUBLE", "unexcusedMinutes": "DOUBLE", "exemptMinutes": "DOUBLE",
    "unknownMinutes": "DOUBLE", "noExcuseMinutes": "DOUBLE",
}  # fmt: skip
_SCAN = "import duckdb, sys; duckdb.connect().execute(sys.argv[1]).fetchall()"


def scan(folder: Path, form: str) -> list[str]:
    """A command that reads the columns of attendance that the extract reads, and nothing else."""
    path, columns = folder / f"attDayAggregations.{form}", ", ".join(_READ)
    source = f"read_parquet('{path}')" if form == "parquet" else f"read_json('{path}', columns = {_READ})"
    return ["-c", _SCAN, f"SELECT bit_xor(hash({columns})) FROM {source}"]


def extract(folder: Path) -> list[str]:
    """The command that makes the file, without help of an earlier run."""
    made = ["-o", str(folder / "out" / "file.txt"), "--audit", str(folder / "out" / "audit.csv")]
    about = ["--school-year", "2025", "--as-of", CONTEXT.as_of.isoformat(), "--format", "fixed", "--no-cache"]
    return ["-m", "compiler", "extract", "CO-SSA", "--data", str(folder), *about, *made]


def measured(what: str, command: list[str]) -> str:
    """A row of the table: wall and CPU seconds of a process of its own, and its high-water mark in MiB."""
    start = time.perf_counter()
    child = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - start
    assert os.waitstatus_to_exitcode(status) == 0, what
    return f"| {what} | {wall:.1f} | {used.ru_utime + used.ru_stime:.1f} | {used.ru_maxrss // 1024:,} |\n"


def main(root: Path, form: str, *sizes: int) -> None:
    """Make systems of these many students, and take what the extract over each takes."""
    sys.stdout.write("| task | wall s | CPU s | peak MiB |\n|---|--:|--:|--:|\n")
    for students in sizes:
        folder = root / f"{form}-{students}"
        if not folder.exists():
            make_tables(folder, students, form)
        for what, command in (("read of the columns of attendance", scan(folder, form)), ("extract", extract(folder))):
            sys.stdout.write(measured(f"{students:,} students, {form}: {what}", command))
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
