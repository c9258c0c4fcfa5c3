"""Lists of codes as table specs: leading zeros stay, what a spreadsheet has spoiled is said, faults stop the import."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Sink
from compiler.semantics.checker.tables import check_table
from compiler.source import Source
from compiler.syntax.document import parse_document
from compiler.syntax.shapes import check_shape
from compiler.syntax.specs import read_table
from compiler.transcription.codes import table_of
from compiler.transcription.reading import read_grids
from tests.support import Execute, Sample
from tests.tables import KINDS, as_csv

CODES = [
    ("Code Value", "Short Description", "In force since"),
    ("01", "First, of all", "2020"),
    ("A-2", 'It is #2 "b"', ""),
]
TARGET = "specs/sample/tables/kinds.yaml"


def source(sample: Sample, lines: list[tuple[str, ...]]) -> Path:
    path = sample.root / "kinds.csv"
    path.write_bytes(as_csv(lines))
    return path


def test_a_list_of_codes_becomes_a_table(sample: Sample, execute: Execute) -> None:
    path = source(sample, CODES)
    ran = execute(
        sample, "import-codes", path, "-o", TARGET, "--descriptor", "EntryTypeDescriptor", "--title", "All kinds"
    )
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"2 codes written to {TARGET}. Next: rulewright check {TARGET}\n"
    assert (sample.root / TARGET).read_text() == (
        "# yaml-language-server: $schema=../../../generated/editor/table.schema.json\n"
        "kind: table\nname: Kinds\ntitle: All kinds\ndescriptor: EntryTypeDescriptor\n"
        "key: {code: text}\ncolumns: {label: text, inForceSince: text}\ncount: '2'\nrows:\n"
        "- {code: '01', label: 'First, of all', inForceSince: '2020'}\n"
        "- {code: 'A-2', label: 'It is #2 \"b\"', inForceSince: ''}\n"
    )
    assert sample.check() == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_file_does_not_matter(kind: str) -> None:
    made = made_of(KINDS[kind](CODES), kind)
    assert (made.count, made.faults, made.doubts) == (2, (), ())
    assert made.text == made_of(as_csv(CODES), ".csv").text


def made_of(content: bytes, kind: str = ".csv", key: str = ""):  # type: ignore[no-untyped-def]
    grids, _ = read_grids(content, kind)
    return table_of(grids, name="Kinds", title="Kinds", descriptor="", key=key, modeline="")


cells = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=20).map(
    lambda text: " ".join(text.split())
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(cells.filter(bool), st.tuples(cells, cells), min_size=1, max_size=5), cells, cells)
def test_any_table_passes_the_check(codes: dict[str, tuple[str, str]], one: str, two: str) -> None:
    made = made_of(as_csv([("Code", one or "Label", two or "More"), *((c, *r) for c, r in codes.items())]))
    sink = Sink()
    document = parse_document(Source("specs/a/tables/kinds.yaml", made.text), sink)
    assert document is not None
    assert check_shape(document, "table", sink)
    table = check_table(read_table(document, sink), sink)
    assert [d.code for d in sink] == []
    assert [key for (key,), _ in table.rows] == list(codes)


DOUBTS = {
    "lengths": (["1", "10"], "Codes have 1 and 2 digits, and none begins with 0: leading zeros may have been lost."),
    "powers": (["1.0E+12"], "1.0E+12 (line 2) is a number in powers of ten: compare with the source."),
    "day": (["1-Feb"], "1-Feb (line 2) reads as a date: compare with the source."),
    "month": (["Feb-01"], "Feb-01 (line 2) reads as a date: compare with the source."),
    "date": (["1/2/2024"], "1/2/2024 (line 2) reads as a date: compare with the source."),
    "decimals": (["7.0"], "7.0 (line 2) is a number with decimals: compare with the source."),
    "a code twice": (["A", "A"], "line 3: the code A stands already in line 2; it was left out."),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_what_a_spreadsheet_may_have_done_is_told(case: str) -> None:
    codes, said = DOUBTS[case]
    made = made_of(as_csv([("Code", "Label"), *((code, "x") for code in codes)]))
    assert (made.faults, made.doubts) == ((), (said,))


@pytest.mark.parametrize("codes", [["01", "2"], ["1", "2"], ["A", "10"], ["1-2"], ["May"]])
def test_sound_codes_raise_no_doubt(codes: list[str]) -> None:
    assert made_of(as_csv([("Code", "Label"), *((code, "x") for code in codes)])).doubts == ()


def test_cells_of_a_workbook_that_are_no_text_are_told() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Part")
        sheet.write_row(0, 0, ("Code", "Label"))
        sheet.write_number(1, 0, 7)
        sheet.write_number(2, 0, 7, book.add_format({"num_format": "000"}))
        sheet.write_datetime(3, 0, date(2024, 2, 1), book.add_format({"num_format": "d-mmm"}))  # type: ignore[arg-type]
        sheet.write_boolean(4, 0, True)
    made = made_of(out.getvalue(), ".xlsx")
    assert made.faults == ()
    assert made.doubts == (
        "7 (Part, row 2) is a number in the workbook, without the zeros that a code may begin with: "
        "compare with the source.",
        "2024-02-01 (Part, row 4) is a date in the workbook: compare with the source.",
        "TRUE (Part, row 5) is no text in the workbook: compare with the source.",
    )
    assert "- {code: '007', label: ''}" in made.text


def test_faults_are_told_with_their_lines_and_nothing_is_written(sample: Sample, execute: Execute) -> None:
    path = source(sample, [("Code", "Label"), ("A", "x"), ("", "y"), ("A", "z")])
    ran = execute(sample, "import-codes", path, "-o", TARGET)
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "line 3: the code is missing.",
        "line 4: the code A stands already in line 2, with other words.",
        f"2 faults in {path}; nothing was written.",
    ]
    assert not (sample.root / TARGET).exists()


WRONG = {
    "no codes": (
        ("Kind", "Label"),
        (),
        'No column of codes was found; the first line holds "Kind", "Label". Say which',
    ),
    "name": (("Code", "Label"), ("--name", "kinds"), "`kinds` is not the name of a table; write it as GradeLevels."),
    "descriptor": (
        ("Code", "Label"),
        ("--descriptor", "Kind"),
        "`Kind` is not the descriptor of a table; write it as GradeLevelDescriptor.",
    ),
    "there": (
        ("Code", "Label"),
        ("-o", "specs/sample/tables/grade-levels.yaml"),
        "specs/sample/tables/grade-levels.yaml is",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_use_is_exit_2(case: str, sample: Sample, execute: Execute) -> None:
    headings, options, said = WRONG[case]
    ran = execute(sample, "import-codes", source(sample, [headings, ("A", "x")]), "-o", TARGET, *options)
    assert ran.code == 2
    assert ran.err.splitlines()[-1].removeprefix(f"{sample.root}/kinds.csv: ").startswith(said)


def test_the_column_of_codes_can_be_named() -> None:
    assert "- {code: 'B', id: 'A'}" in made_of(as_csv([("ID", "Kind"), ("A", "B")]), key="kind").text
