"""Files of an extract: the text of a value, lines and pages of these, and what is found in a damaged file."""

from __future__ import annotations

import csv
import io
import stat
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from compiler.cli.files import keep
from compiler.filing.columns import Change, difference, positions
from compiler.filing.delimited import Delimited, spreadsheet_safe
from compiler.filing.fixed import Fixed
from compiler.filing.forms import LF, FormError, file_of
from compiler.filing.lines import LONGEST
from compiler.filing.page import beside_the_page, page
from compiler.filing.printing import Printer
from compiler.filing.problems import of_field
from compiler.filing.texts import Texts
from compiler.filing.validation import problems_of
from compiler.schema.types import TEXT
from compiler.semantics import ir
from compiler.semantics.pictures import date_reader
from tests.filing_samples import (
    CSV,
    FIELDS,
    FIXED,
    INTERPRETER,
    ROW,
    SHAPE,
    SUM,
    brief,
    field,
    found_in,
    made,
    printed,
    shape_with,
    variable,
)

# -- a value to its text

CODE = field(1, "Code", "numeric", 4)
NAME = field(1, "Name", "alphanumeric", 6)
DAYS = field(1, "Days", "numeric", 5, picture="999.9")
SHARE = field(1, "Share", "numeric", 4, picture="999.9", implied=True)
DAY = field(1, "Day", "date", 8)
FLAG = field(1, "Flag", "alphanumeric", 2, allowed=("Y", "NO"))
RIGHT = field(1, "Right", "alphanumeric", 4, align_left=False)

TEXTS: dict[str, tuple[ir.Field, Any, str, str]] = {
    "a code keeps its zeros": (CODE, "0880", "0880", ""),
    "a shorter code is filled": (CODE, "88", "0088", ""),
    "blanks at the end of a code do not count": (CODE, "88   ", "0088", ""),
    "a code that is no number": (CODE, "08A0", "0000", "not-a-number"),
    "digits of another script are none": (CODE, "٠٨٨٠", "0000", "not-a-number"),
    "a code that is too long": (CODE, "12345", "0000", "too-long"),
    "a blank code is missing": (CODE, " \t ", "0000", ""),
    "a whole number": (CODE, 12, "0012", ""),
    "zero": (CODE, 0, "0000", ""),
    "a decimal that is whole": (CODE, Decimal("12.00"), "0012", ""),
    "a negative number": (CODE, -1, "0000", "negative"),
    "a number that is too large": (CODE, 10_000, "0000", "too-many-digits"),
    "a decimal where there is no place": (CODE, Decimal("1.5"), "0000", "too-many-decimals"),
    "a date where a number belongs": (CODE, date(2024, 1, 1), "0000", "no-text"),
    "a truth is no text": (NAME, True, "      ", "no-text"),
    "a decimal by its picture": (DAYS, Decimal("87.5"), "087.5", ""),
    "a whole number by a picture": (DAYS, 87, "087.0", ""),
    "a decimal without its point": (SHARE, Decimal("87.5"), "0875", ""),
    "the largest by a picture": (DAYS, Decimal("999.9"), "999.9", ""),
    "the next one": (DAYS, 1000, "00000", "too-many-digits"),
    "never rounded": (DAYS, Decimal("87.25"), "00000", "too-many-decimals"),
    "not even far behind the point": (DAYS, Decimal("87.500000000001"), "00000", "too-many-decimals"),
    "less than any picture has place for": (DAYS, Decimal("1E-500"), "00000", "too-many-decimals"),
    "zeros far behind the point": (DAYS, Decimal("87.50000000"), "087.5", ""),
    "zero has no sign": (DAYS, Decimal("-0.0"), "000.0", ""),
    "barely negative": (DAYS, Decimal("-0.1"), "00000", "negative"),
    "a text in the picture": (DAYS, "087.5", "087.5", ""),
    "a text that fills the picture": (DAYS, "87.5", "087.5", ""),
    "a text that is not in the picture": (DAYS, "87,5", "00000", "not-in-picture"),
    "a text without a point, by its picture": (SHARE, "0875", "0875", ""),
    "a date": (DAY, date(2024, 2, 29), "02292024", ""),
    "a date of few digits": (DAY, date(7, 1, 2), "01020007", ""),
    "a text that is a date": (DAY, "02292024", "02292024", ""),
    "a text that is no day": (DAY, "02292023", "00000000", "not-a-date"),
    "a text that says there is no date": (DAY, "00000000", "00000000", ""),
    "a number where a date belongs": (DAY, 2292024, "00000000", "no-text"),
    "a date with signs": (field(1, "Day", "date", 10, picture="YYYY-MM-DD"), date(2024, 2, 29), "2024-02-29", ""),
    "a date of a short year": (field(1, "Day", "date", 6, picture="MMDDYY"), date(2024, 2, 29), "022924", ""),
    "a text": (NAME, "Ann", "Ann   ", ""),
    "a text keeps the blanks before it": (NAME, " Ann", " Ann  ", ""),
    "a text on the right": (RIGHT, "ab", "  ab", ""),
    "a text that is cut": (NAME, "Annabella", "Annabe", "cut"),
    "a text that is cut to nothing": (NAME, f"{' ' * 6}A", "      ", "cut"),
    "a text that is cut before a word": (RIGHT, "abc def", " abc", "cut"),
    "a text that must not be cut": (field(1, "Name", "alphanumeric", 6, cuts=False), "Annabella", "      ", "too-long"),
    "a number is never cut": (NAME, 1_234_567, "      ", "too-long"),
    "a number in a text": (NAME, Decimal("1.50"), "1.5   ", ""),
    "a date in a text": (field(1, "Day", "alphanumeric", 10), date(2024, 2, 29), "2024-02-29", ""),
    "a text among those allowed": (FLAG, "Y", "Y ", ""),
    "a text that is not": (FLAG, "y", "  ", "not-allowed"),
    "nothing, where blanks stand for it": (NAME, None, "      ", ""),
    "nothing, where a text stands for it": (field(1, "Code", "numeric", 2, missing="99"), None, "99", ""),
    "nothing, where there must be something": (field(1, "Code", "numeric", 2, required=True), None, "00", "lacking"),
    "blanks, where there must be something": (field(1, "N", "alphanumeric", 2, required=True), "  ", "  ", "lacking"),
    "nothing is not among those allowed, and may be": (FLAG, None, "  ", ""),
}


@pytest.mark.parametrize(("part", "value", "text", "kind"), TEXTS.values(), ids=TEXTS)
def test_text_of_a_value(part: ir.Field, value: Any, text: str, kind: str) -> None:
    found = Texts(shape_with(part).columns[0]).of(value)
    assert (found.text, found.slip.kind if found.slip else "") == (text, kind)
    assert len(found.text) == part.width


@pytest.mark.parametrize(
    ("picture", "text", "is_day"),
    [
        ("MMDDYYYY", "02292024", True),
        ("MMDDYYYY", "02292023", False),
        ("MMDDYYYY", "00000000", False),
        ("MMDDYYYY", "13012024", False),
        ("MMDDYYYY", "0101202", False),
        ("MM/DD/YYYY", "02/29/2024", True),
        ("MM/DD/YYYY", "02-29-2024", False),
        ("MM.DD", "02.29", True),
        ("MM.DD", "02x29", False),
        ("YYMMDD", "240229", True),
        ("YYMMDD", "230229", False),
        ("YYYY", "0000", False),
        ("YYYY YY", "2024 24", True),
        ("YYYY YY", "2024 23", False),
        ("MM MM", "02 03", False),
        ("DD", "31", True),
    ],
)
def test_days_in_a_picture(picture: str, text: str, is_day: bool) -> None:
    assert date_reader(picture)(text) is is_day


@pytest.mark.parametrize(
    "part",
    [
        field(1, "Day", "date", 4, picture="MMDDYYYY"),
        field(1, "Day", "date", 8, picture="month"),
        field(1, "Days", "numeric", 4, picture="999.9"),
        field(1, "Days", "numeric", 4, picture="XXX"),
    ],
)
def test_a_picture_that_no_field_can_have_is_a_fault_of_the_field(part: ir.Field) -> None:
    with pytest.raises(ValueError, match="picture"):
        Texts(shape_with(part).columns[0])


def test_words_of_a_problem() -> None:
    slip = Texts(shape_with(DAYS).columns[0]).of(Decimal("87.25")).slip
    assert slip is not None
    assert str(of_field(DAYS, slip)) == (
        "field 1 Days: '87.25' has more decimals than there is place for in 999.9, and nothing is rounded here"
    )


# -- a row

ROWS: dict[str, tuple[Any, str, Any, list[str]]] = {
    "a character that the encoding lacks": (FIXED, "First Name", "Łu", ["not-encoded"]),
    "which another encoding has": (Fixed("iso8859-2"), "First Name", "Łu", []),
    "one that the encoding has": (FIXED, "First Name", "Zoë", []),
    "a mark that turns the direction of writing": (FIXED, "First Name", "A\u202eb", ["not-encoded"]),
    "the same in CSV": (CSV, "First Name", "A\u202eb", []),
    "a line break has no place in a line": (FIXED, "First Name", "A\nb", ["control"]),
    "but in quotes": (CSV, "First Name", "A\nb", []),
    "a tab has no place in a line": (FIXED, "First Name", "A\tb", ["control"]),
    "a NUL has no place at all": (CSV, "First Name", "A\0b", ["control"]),
    "half a character": (CSV, "First Name", "A\ud800", ["not-encoded"]),
    "a text like a formula is told of": (CSV, "First Name", "=1+1", ["formula"]),
    "even behind blanks": (CSV, "First Name", "  @x", ["formula"]),
    "nobody opens lines of fixed width in a spreadsheet": (FIXED, "First Name", "=1+1", []),
    "a check that does not hold": (FIXED, "Possible", Decimal("90.1"), ["check"]),
    "a check beside another problem is not asked": (FIXED, "Possible", Decimal("90.15"), ["too-many-decimals"]),
}


@pytest.mark.parametrize(("form", "name", "value", "kinds"), ROWS.values(), ids=ROWS)
def test_problems_of_a_row(form: Any, name: str, value: Any, kinds: list[str]) -> None:
    values = [value if part.name == name else known for part, known in zip(FIELDS, ROW, strict=True)]
    row = printed(values, form=form)
    assert [problem.kind for problem in row.problems] == kinds
    assert row.is_withheld is bool(set(kinds) - {"cut", "formula"})


def test_zero_fill_is_above_every_value() -> None:
    row = printed([None, *ROW[1:-1], "no date"], zeros=(1, 11))
    assert (row.texts[0], row.texts[-1], row.problems) == ("0000", "00000000", ())


def test_a_layout_takes_its_fields_from_all_values() -> None:
    some = shape_with(*FIELDS).columns
    assert [column.start for column in some] == [1, 5, 13, 21, 23, 28, 33, 38, 40, 41, 44]
    assert [p.end for p in positions(SHAPE)] == [4, 12, 20, 22, 27, 32, 37, 39, 40, 43, 51]


# -- files

LINE = b"0880Ann     0131201502087.5002.5090.0  Y10508122024\r\n"
HEADER = b"District,First Name,Birth Date,Grade,Attended,Excused,Possible,Exit,Flag,Share,Entry\r\n"
CSV_LINE = b"0880,Ann,01312015,02,087.5,002.5,090.0,,Y,105,08122024\r\n"


def test_lines_of_fixed_width() -> None:
    assert made([ROW, ROW]) == LINE * 2
    assert made([ROW], form=Fixed("ascii", LF)) == LINE.replace(b"\r\n", b"\n")


def test_csv() -> None:
    assert made([ROW], form=CSV) == HEADER + CSV_LINE
    assert made([], form=CSV) == HEADER


def test_csv_is_read_by_others_as_it_was_meant() -> None:
    names = ['A "B"', "A,B", "A\nB", "A\r\nB", "A\rB", " A", "\tA", "''", "Ąß", "a;b", '"']
    rows = [(ROW[0], name, *ROW[2:]) for name in names]
    read = list(csv.reader(io.StringIO(made(rows, form=CSV).decode(), newline=""), strict=True))
    assert [row[1] for row in read[1:]] == names


def test_a_single_empty_text_is_a_row() -> None:
    one = shape_with(NAME)
    file = made([[None]], one, CSV)
    assert file == b'Name\r\n""\r\n'
    assert found_in(file, one, CSV) == []


def test_the_file_that_is_filed_is_never_altered_for_spreadsheets() -> None:
    row = printed((ROW[0], '=x,"1"', *ROW[2:]), form=CSV)
    filed, safe = (b"".join(write(CSV, SHAPE, [row.texts])) for write in (file_of, spreadsheet_safe))
    assert b'0880,"=x,""1""",' in filed
    assert b'0880,"\'=x,""1""",' in safe
    assert filed.replace(b'"=', b"\"'=") == safe


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "shift_jis", "gb18030", "utf-7", "cp037", "rot13", "no such"])
def test_fixed_width_needs_a_byte_for_each_character(encoding: str) -> None:
    with pytest.raises(FormError):
        Fixed(encoding)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "shift_jis", "utf-7", "cp037", "hex", "no such", "a\0b"])
def test_csv_needs_an_encoding_that_keeps_ascii(encoding: str) -> None:
    with pytest.raises(FormError):
        Delimited(encoding)


def test_names_that_the_encoding_lacks_are_refused() -> None:
    with pytest.raises(FormError, match="U\\+0141"):
        made([], shape_with(field(1, "Łu", "alphanumeric", 2)), Delimited("cp1252"))


def test_files_are_closed_to_others(tmp_path: Path) -> None:
    keep(tmp_path / "file.txt", lambda file: file.writelines(file_of(FIXED, SHAPE, [printed(ROW).texts])))
    assert (tmp_path / "file.txt").read_bytes() == LINE
    assert stat.S_IMODE((tmp_path / "file.txt").stat().st_mode) == 0o600


def test_rows_are_written_one_by_one() -> None:
    taken = 0

    def rows() -> Iterator[tuple[str, ...]]:
        nonlocal taken
        for _ in range(100):
            taken += 1
            yield texts

    texts = printed(ROW, form=CSV).texts
    written = file_of(CSV, SHAPE, rows())
    assert next(iter(written)) == HEADER
    assert taken == 0
    next(iter(written))
    assert taken == 1


# -- the page


class Table(HTMLParser):
    """What a page holds: its tags, and the texts of its cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.cells: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_data(self, data: str) -> None:
        if self.cells:
            self.cells[-1] += data

    def all_of(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def test_page() -> None:
    row = printed((ROW[0], "<b>&\u202e", *ROW[2:]), form=CSV)
    options = [("Effective date", "2024-10-01"), ("<i>", "</dl><script>")]
    text = "".join(page("School <Association>", SHAPE, options, [row.texts]))
    table = Table(text)
    assert table.cells[len(FIELDS) + 1 :][:3] == ["1", "0880", "<b>&[U+202E]"]
    assert {attrs.get("scope") for attrs in table.all_of("th")} == {"col", "row"}
    assert len(table.all_of("caption")) == len(table.all_of("table")) == len(table.all_of("h1")) == 1
    assert table.all_of("html") == [{"lang": "en"}]
    assert not table.all_of("script") + table.all_of("b") + table.all_of("i")
    assert "2024-10-01" in text
    assert beside_the_page().keys() == {"assets/style.css"}


def test_page_is_written_row_by_row() -> None:
    taken = 0

    def rows() -> Iterator[list[str]]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield ["x"] * len(FIELDS)

    pieces = page("T", SHAPE, [], rows())
    next(pieces)
    assert taken < 1_000


# -- damaged files: what was changed of which file, and all that is found

GOOD = LINE * 3
GOOD_CSV = HEADER + CSV_LINE * 3


def put(at: int, new: bytes) -> Callable[[bytes], bytes]:
    """Exchange bytes of the second row of a file, at a position from 1."""

    def change(file: bytes) -> bytes:
        lines = file.splitlines(keepends=True)
        row = 1 if file.startswith(b"0880") else 2
        lines[row] = lines[row][: at - 1] + new + lines[row][at - 1 + len(new) :]
        return b"".join(lines)

    return change


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Exchange bytes of the second row of a file."""

    def change(file: bytes) -> bytes:
        lines = file.splitlines(keepends=True)
        row = 1 if file.startswith(b"0880") else 2
        assert old in lines[row]
        lines[row] = lines[row].replace(old, new, 1)
        return b"".join(lines)

    return change


def whole(new: bytes) -> Callable[[bytes], bytes]:
    return lambda _file: new


DAMAGED: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "nothing": (lambda file: file, []),
    "a letter in a number": (put(2, b"x"), ["not-a-number 2:1 1"]),
    "a blank in a number": (put(1, b" "), ["not-a-number 2:1 1"]),
    "a blank at the end of a number": (put(4, b" "), ["not-filled 2:1 1"]),
    "a sign in a number": (put(1, b"-"), ["not-a-number 2:1 1"]),
    "another digit of a code": (put(4, b"1"), []),
    "a name that is gone": (put(5, b"   "), []),
    "a control character in a name": (put(6, b"\x07"), ["control 2:6 2"]),
    "a NUL in a name": (put(7, b"\0"), ["control 2:7 2"]),
    "a tab in a name": (put(8, b"\t"), ["control 2:8 2"]),
    "a byte that is no character": (put(6, b"\x81"), ["not-decoded 2:6 2"]),
    "a byte that is one": (put(6, b"\xe9"), []),
    "a month that is none": (put(13, b"13"), ["not-a-date 2:13 3"]),
    "a day that its month lacks": (put(13, b"02302015"), ["not-a-date 2:13 3"]),
    "a leap day of no leap year": (put(13, b"02292015"), ["not-a-date 2:13 3"]),
    "no date": (put(13, b"00000000"), []),
    "blanks for no date": (put(13, b"        "), ["not-filled 2:13 3"]),
    "half a date": (put(13, b"0131    "), ["not-a-date 2:13 3"]),
    "a date the other way round": (put(13, b"20150131"), ["not-a-date 2:13 3"]),
    "a code that is not allowed": (put(21, b"04"), ["not-allowed 2:21 4"]),
    "a comma for a point": (put(26, b","), ["not-in-picture 2:23 5"]),
    "a point elsewhere": (put(23, b"08.75"), ["not-in-picture 2:23 5"]),
    "no point": (put(26, b"0"), ["not-in-picture 2:23 5"]),
    "a number that spoils the sum": (put(25, b"8"), ["check 2:0 days add up"]),
    "a digit of an optional code": (put(38, b"1"), ["not-filled 2:38 8"]),
    "an optional code": (put(38, b"10"), []),
    "zeros for an optional code": (put(38, b"00"), []),
    "a flag of another case": (put(40, b"y"), ["not-allowed 2:40 9"]),
    "a flag that is gone": (put(40, b" "), ["lacking 2:40 9"]),
    "a point that is not to be written": (put(41, b"1.5"), ["not-in-picture 2:41 10"]),
    "zeros by a rule": (put(44, b"00000000"), []),
    "two problems of a line": (
        lambda file: put(21, b"99")(put(2, b"x")(file)),
        ["not-a-number 2:1 1", "not-allowed 2:21 4"],
    ),
    "a character too many": (swap(b"Ann", b"Annn"), ["length 2:52"]),
    "a character too few": (swap(b"Ann", b"An"), ["length 2:51"]),
    "a text in UTF-8": (put(5, "Zoë   ".encode()), []),
    "a text in UTF-8 that shifts what follows": (swap(b"Ann", "Zoë".encode()), ["length 2:52"]),
    "an empty line": (lambda file: file + b"\r\n", ["length 4:1"]),
    "an empty file": (whole(b""), []),
    "the last line is cut off": (lambda file: file[:-10], ["length 3:44", "last-line-end 3:0"]),
    "the last line end is gone": (lambda file: file[:-2], ["last-line-end 3:0"]),
    "half of the last line end is gone": (lambda file: file[:-1], ["length 3:52", "last-line-end 3:0"]),
    "line ends of another system": (lambda file: file.replace(b"\r\n", b"\n"), ["line-end 1:0"]),
    "one line end of another system": (put(52, b"\n"), ["line-end 2:0", "length 3:1"]),
    "a break in a line": (put(10, b"\n"), ["length 2:10", "line-end 2:0", "length 3:42"]),
    "a mark before the file": (lambda file: b"\xef\xbb\xbf" + file, ["mark 1:0"]),
    "UTF-16": (lambda file: file.decode().encode("utf-16"), ["utf-16 1:0"]),
    "an end of file from long ago": (lambda file: file + b"\x1a", ["length 4:2", "last-line-end 4:0"]),
    "a line without end": (
        lambda file: file + b"x" * (3 * LONGEST) + b"\r\n" + LINE,
        [f"long-line 4:{SHAPE.width + 1}"],
    ),
    "a CSV file": (
        whole(HEADER + CSV_LINE),
        ["length 1:52", "length 2:52"],
    ),
}

DAMAGED_CSV: dict[str, tuple[Callable[[bytes], bytes], list[str]]] = {
    "nothing": (lambda file: file, []),
    "a letter in a number": (swap(b"0880", b"08x0"), ["not-a-number 3:1 1"]),
    "a zero that a spreadsheet took away": (swap(b"0880", b"880"), ["not-filled 3:1 1"]),
    "a zero behind the point that a spreadsheet took away": (swap(b"090.0", b"90"), ["not-in-picture 3:7 7"]),
    "a date as a spreadsheet writes it": (swap(b"01312015", b"1/31/2015"), ["too-long 3:3 3"]),
    "blanks behind a text": (swap(b"Ann", b"Ann  "), []),
    "a text that is too long": (swap(b"Ann", b"Ann      "), ["too-long 3:2 2"]),
    "a text in quotes": (swap(b"Ann", b'"Ann"'), []),
    "a quote in a text": (swap(b"Ann", b'"A""n"'), []),
    "a comma in a text": (swap(b"Ann", b'"A,n"'), []),
    "a line break in a text": (swap(b"Ann", b'"A\r\nn"'), []),
    "a problem behind a line break": (swap(b"Ann,01312015", b'"A\nn",01322015'), ["not-a-date 4:3 3"]),
    "a comma that is not in quotes": (swap(b"Ann", b"A,n"), ["columns 3:12"]),
    "a comma too few": (swap(b",Ann", b"Ann"), ["columns 3:11"]),
    "a stray quote": (swap(b"Ann", b'A"n'), ["quote 3:2"]),
    "a quote at the end of a text": (swap(b"Ann", b'Ann"'), ["quote 3:2"]),
    "a text behind a quote": (swap(b"Ann", b'"A"n'), ["quote 3:2"]),
    "a quote that is not closed": (swap(b"Ann", b'"Ann'), ["open-quote 3:2"]),
    "a quote that the next line closes": (
        lambda file: swap(b"Ann", b'"Ann')(file) + CSV_LINE.replace(b"Ann", b'"Ann"'),
        ["quote 3:2"],
    ),
    "a return that is not in quotes": (swap(b"Ann", b"A\rn"), ["return 3:2"]),
    "a NUL": (swap(b"Ann", b"A\0n"), ["control 3:2 2"]),
    "bytes that are no UTF-8": (swap(b"Ann", b"Zo\xeb"), ["not-decoded 3:2 2"]),
    "half a character": (swap(b"Ann", b"A\xed\xa0\x80"), ["not-decoded 3:2 2"]),
    "an empty line": (lambda file: file + b"\r\n", ["blank-line 5:0"]),
    "an empty line between": (lambda file: file.replace(b"2024\r\n", b"2024\r\n\r\n", 1), ["blank-line 3:0"]),
    "nothing but commas": (
        lambda file: file + b"," * 10 + b"\r\n",
        ["lacking 5:1 1", *(f"not-filled 5:{n} {n}" for n in (3, 4, 5, 6, 7)), "lacking 5:9 9", "not-filled 5:10 10",
         "lacking 5:11 11"],
    ),
    "no line at all": (whole(b""), ["no-header 1:0"]),
    "no names": (whole(CSV_LINE), ["no-header 1:0"]),
    "names in quotes": (lambda file: file.replace(b"Grade", b'"Grade"'), []),
    "a name of another case": (lambda file: file.replace(b"Grade", b"grade"), ["header 1:4 4"]),
    "two names that changed places": (
        lambda file: file.replace(b"Attended,Excused", b"Excused,Attended"),
        ["header 1:5 5", "header 1:6 6"],
    ),
    "a name too many": (lambda file: file.replace(b"Grade", b"Grade,Class"), ["columns 1:12"]),
    "a name too few": (lambda file: file.replace(b"Grade,", b""), ["columns 1:11"]),
    "a mark before the file": (lambda file: b"\xef\xbb\xbf" + file, ["mark 1:0"]),
    "UTF-16": (lambda file: file.decode().encode("utf-16"), ["utf-16 1:0"]),
    "semicolons": (lambda file: file.replace(b",", b";"), ["no-header 1:0", *(f"columns {n}:2" for n in (2, 3, 4))]),
    "the last line is cut off": (lambda file: file[:-12], ["columns 4:11", "last-line-end 4:0"]),
    "the last line end is gone": (lambda file: file[:-2], ["last-line-end 4:0"]),
    "half of the last line end is gone": (lambda file: file[:-1], ["return 4:11", "last-line-end 4:0"]),
    "line ends of another system": (lambda file: file.replace(b"\r\n", b"\n"), ["line-end 1:0"]),
    "a line without end": (lambda file: file + b"x," * LONGEST + b"\n" + CSV_LINE, ["long-line 5:0", "line-end 5:0"]),
    "a quote before a line without end": (
        lambda file: file + b'"\r\n' + b"x" * (LONGEST + 1) + b"\r\n" + CSV_LINE,
        ["open-quote 5:1", "long-line 6:0"],
    ),
    "a quote that is closed only behind more than a text may hold": (
        lambda file: file + b'"' + (b"x" * 10_000 + b"\r\n") * 200 + b'",\r\n',
        ["open-quote 5:1", *(f"columns {n}:2" for n in range(6, 205)), "open-quote 205:1"],
    ),
    "a quote that is closed only behind more lines than a text may have": (
        lambda file: file + b'"' + b"\r\n" * 1_100 + b'",\r\n',
        ["open-quote 5:1", *(f"blank-line {n}:0" for n in range(6, 1_105)), "open-quote 1105:1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("change", "found"), DAMAGED.values(), ids=DAMAGED)
def test_damaged_lines(change: Callable[[bytes], bytes], found: list[str]) -> None:
    assert brief(found_in(change(GOOD))) == found


@pytest.mark.parametrize(("change", "found"), DAMAGED_CSV.values(), ids=DAMAGED_CSV)
def test_damaged_csv(change: Callable[[bytes], bytes], found: list[str]) -> None:
    assert brief(found_in(change(GOOD_CSV), form=CSV)) == found


def test_words_say_what_is_wrong() -> None:
    changed = swap(b"Ann", "Zoë".encode())(put(21, b"04")(GOOD))
    assert [str(found.problem) for found in found_in(changed)] == [
        "the line has 52 characters, not 51: in UTF-8 it has 51, so the file is not in cp1252"
    ]
    assert [str(found.problem) for found in found_in(put(21, b"04")(GOOD))] == [
        "field 4 Grade: '04' is none of 01, 02, 03"
    ]
    words = [str(found.problem) for found in found_in(swap(b"Ann", b"Zo\xeb\n")(GOOD_CSV), form=CSV)]
    assert words[0] == "there are 2 columns, not 11"


@pytest.mark.parametrize(
    "file",
    [
        b'"\n' * 40_000,
        b'x,"y\n' * 40_000,
        b'"""\n' * 40_000,
        b'"' * 2_000_000,
        b'""' * 500_000 + b"\n",
        b'"\n' + b'""\n' * 40_000,
        (b'"' + b'""' * 50_000 + b"\n") * 20,
        b"," * 1_000_000,
        b"\r" * 2_000_000,
        b"\n" * 40_000,
        b"\0" * 3_000_000,
    ],
    ids=range(11),
)
@pytest.mark.parametrize("form", [FIXED, CSV], ids=["fixed", "csv"])
def test_hostile_files_are_read_in_linear_time(file: bytes, form: Any) -> None:
    started = time.process_time()
    assert found_in(file, form=form)
    assert time.process_time() - started < 8


class Endless(io.RawIOBase):
    """A file of bytes over and over, which is nowhere as a whole."""

    def __init__(self, unit: bytes, size: int) -> None:
        self._unit = unit * 1_000
        self._left = size

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._unit[: min(len(buffer), self._left)]
        buffer[: len(part)] = part
        self._left -= len(part)
        return len(part)


@pytest.mark.parametrize("form", [FIXED, CSV], ids=["fixed", "csv"])
@pytest.mark.parametrize(
    ("unit", "size"),
    [(b"x", 200_000_000), (b"\n", 1_000_000), (b'"\n\n\n\n\n\n\n\n\n', 1_000_000), (b'"x",', 50_000_000)],
    ids=["a line without end", "breaks", "breaks in quotes", "texts without end"],
)
def test_memory_does_not_grow_with_a_file(form: Any, unit: bytes, size: int) -> None:
    tracemalloc.start()
    assert any(True for _ in problems_of(io.BufferedReader(Endless(unit, size)), SHAPE, form, INTERPRETER))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000


def test_a_line_that_is_not_read_is_measured() -> None:
    found = list(problems_of(io.BufferedReader(Endless(b"x", 3_000_000)), SHAPE, CSV, INTERPRETER))
    assert [str(f.problem) for f in found] == [
        "the line has 3,000,000 bytes; one of more than 1,048,576 is not read",
        "the last line has no line end: the file may have been cut off",
    ]


def test_what_begins_like_a_mark_may_be_a_text() -> None:
    one = shape_with(NAME)
    for text in ("\xef\xbb\xbfx", "\xff\xfex"):
        assert found_in(made([[text]], one), one) == []


def test_numbers_are_not_mistaken_for_truths() -> None:
    printer = Printer(shape_with(CODE), FIXED, INTERPRETER)
    assert [printer.row([value], frozenset()).is_withheld for value in (1, True, Decimal(1), False, 0)] == [
        False, True, False, True, False,
    ]  # fmt: skip


def test_a_blank_text_decides_no_check() -> None:
    leaves = ir.Check("exit is 10", ir.Compare("eq", variable(8), ir.Const("10", type=TEXT)))
    some = shape_with(*FIELDS, checks=(leaves,))
    found = [printed([*ROW[:7], exit_code, *ROW[8:]], some).problems for exit_code in (None, "10", "11")]
    assert [[problem.name for problem in problems] for problems in found] == [[], [], ["exit is 10"]]


def test_a_check_over_a_field_that_is_not_in_the_layout_cannot_be_decided() -> None:
    some = shape_with(*FIELDS[:6], checks=(SUM,))
    assert found_in(made([ROW], some), some) == []


# -- two layouts


def test_difference() -> None:
    before = shape_with(
        field(1, "District", "numeric", 4),
        field(2, "Name", "alphanumeric", 20),
        field(3, "Birth", "date", 8),
        field(4, "Old", "numeric", 1),
        field(5, "Days", "numeric", 5, picture="999.9"),
        field(6, "Flag", "numeric", 1),
    )
    after = shape_with(
        field(1, "District", "numeric", 4),
        field(2, "Birth", "date", 10, picture="YYYY-MM-DD"),
        field(3, "Name", "alphanumeric", 20),
        field(4, "Days", "numeric", 4, picture="999.9", implied=True),
        field(5, "New", "numeric", 2),
        field(6, "Mark", "alphanumeric", 1),
    )
    found = difference(before, after)
    assert found.width == (39, 41)
    assert [p.name for p in found.added] == ["New"]
    assert [p.name for p in found.removed] == ["Old"]
    assert [p.name for p in found.moved] == ["Birth"]
    assert [(c.name, c.what, c.before, c.after) for c in found.changes if c.what != "number"] == [
        ("Birth", "width", "8", "10"),
        ("Birth", "picture", "MMDDYYYY", "YYYY-MM-DD"),
        ("Birth", "positions", "25-32", "5-14"),
        ("Name", "positions", "5-24", "15-34"),
        ("Days", "width", "5", "4"),
        ("Days", "picture", "999.9", "999.9 (the point is not written)"),
        ("Days", "positions", "34-38", "35-38"),
        ("Mark", "name", "Flag", "Mark"),
        ("Mark", "type", "numeric", "alphanumeric"),
        ("Mark", "positions", "39-39", "41-41"),
    ]
    assert Change(4, "Days", "number", "5", "4") in found.changes


def test_no_difference() -> None:
    found = difference(SHAPE, SHAPE)
    assert (found.added, found.removed, found.moved, found.changes) == ((), (), (), ())
