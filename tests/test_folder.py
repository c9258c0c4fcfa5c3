"""Data folders: every form of file gives the same findings, and what cannot be read is said, with its place."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from compiler.engines import folder as folders
from compiler.engines.folder import DataError, open_folder
from compiler.reports.findings import data_lines
from compiler.semantics.program import Program
from tests.running import (
    YEAR,
    Body,
    agreed,
    brief,
    enrollment,
    lines_of_json,
    put,
    run_folder,
    school,
    services,
    student,
)
from tests.support import Sample, command

RECORDS: dict[str, list[Body]] = {
    "schools": [school()],
    "students": [student(), student("100000002", birthDate="2010-05-06")],
    "studentSchoolAssociations": [
        enrollment(fullTimeEquivalency=0.5),
        enrollment("100000002", exitWithdrawDate="2024-08-01", fullTimeEquivalency=1.25),
    ],
    "studentSpecialEducationProgramAssociations": [
        services(),
        services("100000002", disabilities=[{"disabilityDescriptor": "uri://x#08", "orderOfDisability": 1}]),
    ],
}
ENROLLMENTS, SERVICES = "studentSchoolAssociations", "studentSpecialEducationProgramAssociations"

# -- forms of files


def lines(bodies: list[Body]) -> bytes:
    return lines_of_json(bodies).encode()


def array(bodies: list[Body]) -> bytes:
    return json.dumps(bodies, indent=2).encode()


def parquet(path: Path, bodies: list[Body], columns: str = "*") -> None:
    """Write records as Parquet with typed columns: dates, structs, lists, booleans, numbers."""
    plain = path.with_suffix(".plain.jsonl")
    plain.parent.mkdir(parents=True, exist_ok=True)
    plain.write_bytes(lines(bodies))
    duckdb.execute(f"COPY (SELECT {columns} FROM read_json('{plain}')) TO '{path}' (FORMAT parquet)")
    plain.unlink()


Writer = Callable[[Path, str, list[Body]], None]


def one(ending: str, content: Callable[[list[Body]], bytes]) -> Writer:
    """A writer of one file a resource."""

    def write(place: Path, name: str, bodies: list[Body]) -> None:
        put(place, {f"{name}{ending}": content(bodies)})

    return write


def parts(place: Path, name: str, bodies: list[Body]) -> None:
    """A folder with a file for every record, of differing kinds."""
    for i, body in enumerate(bodies):
        kinds = [("b.jsonl", lines), ("a.json.gz", lambda b: gzip.compress(array(b)))]
        ending, content = kinds[i % 2]
        put(place, {f"{name}/{i}-{ending}": content([body])})


FORMS: dict[str, tuple[Writer, str]] = {
    "jsonl": (one(".jsonl", lines), "{}.jsonl:2"),
    "ndjson": (one(".ndjson", lines), "{}.ndjson:2"),
    "json-array": (one(".json", array), "{}.json:2"),
    "jsonl.gz": (one(".jsonl.gz", lambda b: gzip.compress(lines(b))), "{}.jsonl.gz:2"),
    "ndjson.gz": (one(".ndjson.gz", lambda b: gzip.compress(lines(b))), "{}.ndjson.gz:2"),
    "json.gz": (one(".json.gz", lambda b: gzip.compress(array(b))), "{}.json.gz:2"),
    "gz-of-two-members": (one(".jsonl.gz", lambda b: b"".join(gzip.compress(lines([r])) for r in b)), "{}.jsonl.gz:2"),
    "parquet": (lambda place, name, bodies: parquet(place / f"{name}.parquet", bodies), "{}.parquet:2"),
    "folder-of-parts": (parts, "{}/1-a.json.gz:1"),
    "byte-order-mark": (one(".jsonl", lambda b: b"\xef\xbb\xbf" + lines(b)), "{}.jsonl:2"),
    "array-with-byte-order-mark": (one(".json", lambda b: b"\xef\xbb\xbf" + array(b)), "{}.json:2"),
    "crlf": (one(".jsonl", lambda b: lines(b).replace(b"\n", b"\r\n")), "{}.jsonl:2"),
    "blank-lines": (one(".jsonl", lambda b: b"\n \n" + lines(b).replace(b"\n", b"\n\r\n\t\n")), "{}.jsonl:6"),
    "no-newline-at-the-end": (one(".jsonl", lambda b: lines(b).rstrip(b"\n")), "{}.jsonl:2"),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_file_gives_the_same_findings(form: str, program: Program, tmp_path: Path) -> None:
    write, place = FORMS[form]
    for name, bodies in RECORDS.items():
        write(tmp_path, name, bodies)
    enrollments, served = place.format(ENROLLMENTS), place.format(SERVICES)
    assert [brief(row) for row in agreed(program, tmp_path)] == [
        f"EN-1 violation {enrollments} 100000002: entry 2024-08-12, exit 2024-08-01",
        f"EN-2 violation {enrollments} 100000002: B, born 2010-05-06",
        f"EN-3 violation {enrollments} 100000002: 1.25",
        f"EN-5 violation {served} 100000002: ",
    ]
    assert run_folder(program, tmp_path).records_read == 7


def test_typed_columns_of_parquet_are_read_as_the_json_of_the_same_records(program: Program, tmp_path: Path) -> None:
    """Dates, time stamps at midnight, decimals, lists of structs, nulls: the same rows but for the file's name."""
    typed = {
        "students": "* REPLACE (birthDate::TIMESTAMP AS birthDate)",
        ENROLLMENTS: "* REPLACE (fullTimeEquivalency::DECIMAL(9,4) AS fullTimeEquivalency)",
        SERVICES: "* REPLACE (beginDate::DATE AS beginDate)",
        "schools": "* REPLACE (schoolId::HUGEINT AS schoolId)",
    }
    for name, bodies in RECORDS.items():
        parquet(tmp_path / "typed" / f"{name}.parquet", bodies, typed[name])
    put(tmp_path / "plain", RECORDS)
    left, right = (agreed(program, tmp_path / kind, structure="all") for kind in ("typed", "plain"))
    assert [{**row, "file": row["file"].replace(".parquet", ".jsonl")} for row in left] == right
    assert len(right) == 4


def test_state_look_ups_lie_below_reference(indiana: Program, tmp_path: Path) -> None:
    put(tmp_path, {"reference/cohorts": [], "cohorts": [], "reference/students": [], "students": []})
    found = open_folder(tmp_path, indiana.schemas)
    assert {name: [p.relative_to(tmp_path).as_posix() for p in paths] for name, paths in found.files.items()} == {
        "student": ["students.jsonl"],
        "cohorts": ["reference/cohorts.jsonl"],
    }
    assert found.unknown == {
        "cohorts.jsonl": "it belongs in reference",
        "reference/students.jsonl": "it belongs in the folder itself",
    }


# -- what is not there

NOT_THERE = {
    "no-folder": ({}, "missing", "missing does not exist; data are a folder with one file a resource"),
    "a-file": ({"data": "x"}, "data", "data is not a folder; data are a folder with one file a resource"),
    "empty-folder": ({"data/.keep": ""}, "data", "data holds no file of a known resource; looked for students.jsonl"),
    "only-unknown-files": (
        {"data/students.txt": "", "data/notes.jsonl": "", "data/Student.jsonl": ""},
        "data",
        "data holds no file of a known resource; looked for students.jsonl",
    ),
    "a-kind-of-file-that-is-not-read": (
        {"data/students.csv": "a"},
        "data",
        "data holds no file of a known resource; looked for students.jsonl, studentSchoolAssociations.jsonl "
        "and the like (also .ndjson, .json, .gz, .parquet); what is there cannot be used: students.csv",
    ),
    "an-empty-folder-of-parts": (
        {"data/students/.keep": ""},
        "data",
        "data holds no file of a known resource; looked for students.jsonl",
    ),
}


@pytest.mark.parametrize("case", NOT_THERE)
def test_a_folder_without_data_is_exit_3_with_what_was_looked_for(
    case: str, rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files, name, words = NOT_THERE[case]
    put(tmp_path, files)
    done = command(capsys, "run", "--specs", rules.path(""), "--data", tmp_path / name, *YEAR)
    assert (done.code, done.out) == (3, "")
    assert f"{tmp_path}/{words}" in done.err.splitlines()[-1]


def test_files_of_no_known_resource_are_named_with_advice(program: Program, tmp_path: Path) -> None:
    put(
        tmp_path,
        {
            "students": [student()],
            "studentSchoolAssociation.jsonl": "",
            "Schools.jsonl": "",
            "schools.csv": "",
            "notes.txt": "",
            "sessions/readme.md": "",
            "students.jsonl.bak": "",
            "_params.json": "",
            ".hidden.jsonl": "",
        },
    )
    assert open_folder(tmp_path, program.schemas).unknown == {
        "studentSchoolAssociation.jsonl": "did you mean `studentSchoolAssociations`?",
        "Schools.jsonl": "did you mean `schools`?",
        "schools.csv": "`schools` is read from .jsonl, .ndjson, .json or .parquet",
        "notes.txt": "",
        "sessions/readme.md": "`sessions` is read from .jsonl, .ndjson, .json or .parquet",
        "students.jsonl.bak": "`students` is read from .jsonl, .ndjson, .json or .parquet",
    }


ABSENT = {
    "students": ("EN-2", "student"),
    ENROLLMENTS: ("EN-1 EN-2 EN-3 EN-4", "studentSchoolAssociation"),
    SERVICES: ("EN-5", "studentSpecialEducationProgramAssociation"),
}


@pytest.mark.parametrize("name", ABSENT)
def test_a_rule_whose_resource_is_absent_is_not_checked(name: str, program: Program, tmp_path: Path) -> None:
    rules, resource = ABSENT[name]
    put(tmp_path, {other: bodies for other, bodies in RECORDS.items() if other != name})
    unchecked = [brief(row) for row in agreed(program, tmp_path) if row["outcome"] == "not checked"]
    assert unchecked == [f"{rule} not checked - -: resource: {resource}" for rule in rules.split()]


def test_without_the_directory_findings_are_of_no_organization(program: Program, tmp_path: Path) -> None:
    """Whose record it is decides nothing; that the directory is absent is said."""
    late = enrollment(exitWithdrawDate="2024-08-01")
    put(tmp_path, {**RECORDS, ENROLLMENTS: [late]})
    (tmp_path / "schools.jsonl").unlink()
    rows = [row for row in agreed(program, tmp_path) if row["rule"] == "EN-1"]
    assert [(brief(row), row["corporation"]) for row in rows] == [
        (f"EN-1 violation {ENROLLMENTS}.jsonl:1 100000001: entry 2024-08-12, exit 2024-08-01", None)
    ]
    assert "Not in the data: school." in list(data_lines(run_folder(program, tmp_path)))


def test_an_empty_file_is_there_and_an_empty_folder_is_not(program: Program, tmp_path: Path) -> None:
    put(tmp_path, {**RECORDS, SERVICES: []})
    assert not [row for row in agreed(program, tmp_path) if row["outcome"] == "not checked"]
    (tmp_path / f"{SERVICES}.jsonl").unlink()
    (tmp_path / SERVICES).mkdir()
    assert [brief(row) for row in agreed(program, tmp_path) if row["rule"] == "EN-5"] == [
        "EN-5 not checked - -: resource: studentSpecialEducationProgramAssociation"
    ]


def test_absence_shows_in_every_format_and_on_stderr(
    rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {"schools": [school()], ENROLLMENTS: [enrollment()], SERVICES: [services()]})
    arguments = ("run", "--specs", rules.path(""), "--data", tmp_path, *YEAR, "--scope", "state", "--format")
    done = {form: command(capsys, *arguments, form) for form in ("text", "json", "jsonl", "csv")}
    assert {form: ran.code for form, ran in done.items()} == dict.fromkeys(done, 0)

    text = done["text"].out.splitlines()
    assert text[text.index("Not checked:") + 1] == "  EN-2  1  there is no file of student"
    assert "Not in the data: student." in text

    document = json.loads(done["json"].out)
    assert document["notChecked"] == [{"rule": "EN-2", "missing": ["resource: student"], "subjects": 1}]
    assert document["absent"] == ["student"]

    rows = [json.loads(line) for line in done["jsonl"].out.splitlines()]
    assert [(row["rule"], row["outcome"], row["missing"], row["key"]) for row in rows] == [
        ("EN-2", "not checked", ["resource: student"], {})
    ]
    cells = list(csv.DictReader(io.StringIO(done["csv"].out)))
    assert [(row["rule"], row["outcome"], row["missing"]) for row in cells] == [
        ("EN-2", "not checked", '["resource: student"]')
    ]
    for form in ("json", "jsonl", "csv"):
        assert "not checked: EN-2, 1: there is no file of student" in done[form].err.splitlines()
        assert "Not in the data: student." in done[form].err.splitlines()
    for ran in done.values():
        totals = "5 rules run, 5 subjects, 0 findings, 1 not checked (1 rule not at all), 0 structure findings"
        assert ran.err.splitlines()[-1] == totals


def test_a_rule_without_any_subject_at_hand_counts_as_not_checked(
    rules: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(tmp_path, {name: bodies for name, bodies in RECORDS.items() if name != SERVICES})
    done = command(capsys, "run", "--specs", rules.path(""), "--data", tmp_path, *YEAR, "--rule", "EN-5")
    first, *_, last = done.out.splitlines()
    assert first == ("Nothing could be checked: the data lack what the rules need (1 rule over 0 records), see below.")
    assert "  EN-5  all  there is no file of studentSpecialEducationProgramAssociation" in done.out.splitlines()
    assert done.err.splitlines()[-1] == (
        "1 rule run, 0 subjects, 0 findings, 0 not checked (1 rule not at all), 0 structure findings"
    )
    assert last == "Read by no rule: school, student, studentSchoolAssociation."


# -- what cannot be read: (the second of three lines, what is said of it)

GOOD = json.dumps(student("100000003"))
BAD_LINES: dict[str, tuple[bytes, str]] = {
    "cut-off": (GOOD[:-1].encode(), "the line is cut off"),
    "cut-off-inside-a-text": (GOOD[:40].encode(), "the line is cut off"),
    "not-json": (b"studentUniqueId,birthDate", "the line is not JSON (invalid character (byte 0))"),
    "trailing-comma": (b'{"a": 1,}', "the line is not JSON (trailing comma in object (byte 8))"),
    "two-records": (f"{GOOD} {GOOD}".encode(), "the line is not JSON (trailing characters (byte 99))"),
    "not-a-number": (b'{"a": NaN}', "the line is not JSON (invalid character (byte 6))"),
    "a-number": (b"12", "the line holds no JSON object"),
    "null": (b"null", "the line holds no JSON object"),
    "a-list": (b"[{}]", "the line holds no JSON object"),
    "not-utf-8": (b'{"lastSurname": "Mu\xf1oz"}', "the line is not UTF-8 text"),
    "deep-nesting": (b"[" * 100_000, "the line is nested too deeply"),
    "deep-and-closed": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "the line is nested too deeply"),
    "a-number-out-of-range": (b'{"a": 1e400}', "the line holds a number that is out of range"),
    "a-number-of-5000-digits": (b'{"a": ' + b"9" * 5_000 + b"}", "the line holds a number that is out of range"),
}


@pytest.mark.parametrize("case", BAD_LINES)
def test_a_line_that_cannot_be_read_is_reported_and_the_others_count(
    case: str, program: Program, tmp_path: Path
) -> None:
    bad, problem = BAD_LINES[case]
    good = [lines_of_json([student(number)]).encode() for number in ("100000001", "100000002")]
    put(tmp_path, {**RECORDS, "students.jsonl": good[0] + bad + b"\n" + good[1]})
    found = [brief(row) for row in agreed(program, tmp_path) if row["rule"] in ("structure", "EN-2")]
    assert found == [f"not-json students.jsonl:2 student: {problem}"]


def test_an_enormous_line_is_skipped_and_the_next_one_is_read(
    program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "MAX_LINE", 2**20)
    long = student("100000003", firstName="x" * (3 * 2**20))
    put(tmp_path, {**RECORDS, "students": [*RECORDS["students"], long, student("100000002")]})
    assert [brief(row) for row in agreed(program, tmp_path) if row["rule"] == "structure"] == [
        "not-json students.jsonl:3 student: the line is longer than 1 MiB",
        "duplicate-key students.jsonl:4 student: repeats the key of line 2; only the first counts",
    ]


def test_an_enormous_array_is_not_unpacked(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MAX_ARRAY", 2**20)
    many = gzip.compress(b"[" + b" " * 2**30 + b"]")
    put(tmp_path, {**RECORDS, "students.json.gz": many})
    (tmp_path / "students.jsonl").unlink()
    [found] = [row for row in agreed(program, tmp_path) if row["code"] == "not-json"]
    assert found["message"] == "student: the array is longer than 1 MiB; write one record a line, as students.jsonl"


def test_a_gzip_that_is_cut_off_is_reported_where_it_ends(program: Program, tmp_path: Path) -> None:
    many = lines_of_json(student(f"{number:09}", firstName=f"{number**7}") for number in range(5_000))
    whole = gzip.compress(many.encode())
    put(tmp_path, {**RECORDS, "students.jsonl.gz": whole[: len(whole) // 2]})
    (tmp_path / "students.jsonl").unlink()
    [found] = [row for row in agreed(program, tmp_path) if row["code"] == "not-json"]
    assert brief(found).startswith("not-json students.jsonl.gz:")
    assert found["message"] == "student: the compressed file is damaged or cut off here"
    read = [entry for entry in open_folder(tmp_path, program.schemas).entries("student") if entry.body is not None]
    assert 1_000 < len(read) == found["line"] - 1


BAD_FILES: dict[str, tuple[str, bytes, str]] = {
    "array-cut-off": (
        "students.json",
        array(RECORDS["students"])[:-20],
        "none of the array could be read: it is cut off",
    ),
    "an-object": ("students.json", b'{"students": []}', "the file holds no JSON array of records"),
    "empty-array-file": ("students.json", b"", "none of the array could be read: it is cut off"),
    "array-not-utf-8": ("students.json", b'[{"a": "\xff"}]', "none of the array could be read: it is not UTF-8 text"),
    "array-too-deep": ("students.json", b"[" * 100_000, "none of the array could be read: it is nested too deeply"),
    "no-gzip": ("students.jsonl.gz", b"{}", "the compressed file is damaged or cut off here"),
    "array-no-gzip": (
        "students.json.gz",
        b"{}",
        "none of the array could be read: it is a compressed file that is damaged or cut off",
    ),
    "no-parquet": (
        "students.parquet",
        b"PAR1 but not really",
        "the file is no readable Parquet file, or damaged from here on",
    ),
    "empty-parquet": ("students.parquet", b"", "the file is no readable Parquet file, or damaged from here on"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_that_cannot_be_read_is_reported(case: str, program: Program, tmp_path: Path) -> None:
    name, content, problem = BAD_FILES[case]
    put(tmp_path, {**{n: b for n, b in RECORDS.items() if n != "students"}, name: content})
    [first, *others] = [row for row in agreed(program, tmp_path) if row["rule"] == "structure"]
    assert brief(first) == f"not-json {name}:1 student: {problem}"
    assert {row["code"] for row in others} <= {"dangling-reference"}


# -- what is read otherwise than it looks

READ_AS = {
    "the-last-of-two-keys-counts": ('{"fullTimeEquivalency": 2, "fullTimeEquivalency": 1}', []),
    "a-huge-number": (
        f'{{"fullTimeEquivalency": {10**30}}}',
        [f"wrong-type {ENROLLMENTS}.jsonl:1 studentSchoolAssociation.fullTimeEquivalency: {10**30} is out of range"],
    ),
    "a-tiny-number": ('{"fullTimeEquivalency": 1e-400}', []),
    "more-digits-than-a-float": ('{"fullTimeEquivalency": 1.0000000000000000000001}', []),
    "a-whole-number": (
        '{"fullTimeEquivalency": 2.0}',
        [f"EN-3 violation {ENROLLMENTS}.jsonl:1 100000001: 2"],
    ),
    "exponent": ('{"fullTimeEquivalency": 15e-1}', [f"EN-3 violation {ENROLLMENTS}.jsonl:1 100000001: 1.5"]),
}


@pytest.mark.parametrize("case", READ_AS)
def test_numbers(case: str, program: Program, tmp_path: Path) -> None:
    text, expected = READ_AS[case]
    line = json.dumps(enrollment())[:-1] + ", " + text[1:]
    put(tmp_path, {**RECORDS, f"{ENROLLMENTS}.jsonl": line})
    assert [brief(row) for row in agreed(program, tmp_path) if row["rule"] in ("EN-3", "structure")] == expected


def test_a_file_that_the_system_does_not_give_is_exit_3(program: Program, tmp_path: Path) -> None:
    put(tmp_path, RECORDS)
    (tmp_path / "students.jsonl").unlink()
    (tmp_path / "students.jsonl").symlink_to(tmp_path / "students.jsonl")
    with pytest.raises(DataError, match=r"students\.jsonl could not be read: "):
        run_folder(program, tmp_path)
