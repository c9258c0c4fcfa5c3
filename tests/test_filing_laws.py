"""Laws of files: what is made is found sound, whatever the values; what is spoiled is found where it is.

Which texts a field may hold is told here once more, in the plainest way.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import category

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from compiler.filing.columns import Shape, difference
from compiler.filing.delimited import Delimited
from compiler.filing.fixed import Fixed
from compiler.filing.forms import CRLF, LF, Form
from compiler.filing.problems import WITHOUT_HARM, Kind
from compiler.semantics import ir
from tests.filing_samples import FIELDS, FIXED, ROW, brief, field, found_in, printed, shape_with

SEVERAL = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
Filing = tuple[Shape, Form, list[tuple[list[Any], frozenset[int]]]]

# -- layouts and values

_NAMES = st.text("AZaz ,\"'=é\n", min_size=1, max_size=6)
_PICTURES = st.tuples(st.integers(1, 4), st.integers(0, 2)).map(lambda n: "9" * n[0] + ("." + "9" * n[1]) * bool(n[1]))
_DATES = st.sampled_from(["MMDDYYYY", "YYYY-MM-DD", "MM/DD/YY", "YYYYMM", "DD"])


@st.composite
def fields(draw: st.DrawFn, number: int) -> ir.Field:
    kind = draw(st.sampled_from(["numeric", "alphanumeric", "date"]))
    more: dict[str, Any] = {
        "align_left": draw(st.booleans()),
        "pad": draw(st.sampled_from(["0", " ", "*"])),
        "cuts": draw(st.booleans()),
        "required": draw(st.sampled_from([False, False, True])),
    }
    width = draw(st.integers(1, 8))
    if kind == "date":
        more["picture"] = draw(_DATES)
        width = len(more["picture"]) + draw(st.integers(0, 2))
    elif kind == "numeric" and draw(st.booleans()):
        more |= {"picture": draw(_PICTURES), "implied": draw(st.booleans())}
        size = len(more["picture"]) - (1 if more["implied"] and "." in more["picture"] else 0)
        width = size + draw(st.integers(0, 2))
    elif draw(st.booleans()):
        signs = "01" if kind == "numeric" else "01AB"
        more["allowed"] = tuple(draw(st.lists(st.text(signs, min_size=1, max_size=width), min_size=1, max_size=3)))
    more["missing"] = draw(
        st.sampled_from(["0" * width, " " * width]) | st.text("09X ", min_size=width, max_size=width)
    )
    return field(number, f"{draw(_NAMES)}{number}", kind, width, **more)


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    parts = [draw(fields(number)) for number in range(1, draw(st.integers(1, 5)) + 1)]
    filled = draw(st.sets(st.sampled_from([part.number for part in parts])))
    return shape_with(*parts, filled=tuple(sorted(filled)))


_HARD = ("=1+1", "-x", "@", "\tx", 'O"Brien', "a,b", "a\nb", "a\r\nb", '"', "Zoë", "\u202eabc", "Łódź", "e\u0301", "\0")
_TEXTS = (
    st.text(max_size=9)
    | st.text("019AB. ", max_size=9)
    | st.sampled_from(_HARD)
    | st.from_regex(r"[01][0-9][0-3][0-9]20[0-9]{2}", fullmatch=True)
)
VALUES = st.one_of(
    st.none(),
    _TEXTS,
    st.integers(-5, 10_000),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.decimals(0, 1_000, places=1),
    st.dates(),
    st.booleans(),
)
FORMS: st.SearchStrategy[Form] = st.one_of(
    st.builds(Fixed, st.sampled_from(["ascii", "cp1252", "iso8859-1"]), st.sampled_from([CRLF, LF])),
    st.builds(Delimited, st.sampled_from(["utf-8", "cp1252"]), st.sampled_from([CRLF, LF])),
)


@st.composite
def filings(draw: st.DrawFn) -> Filing:
    """A layout, a form, and rows of values with the fields that are filled with zeros."""
    shape = draw(shapes())
    filled = [column.field.number for column in shape.columns if column.zeros]
    zeros = st.frozensets(st.sampled_from(filled)) if filled else st.just(frozenset[int]())
    row = st.tuples(values_of(shape), zeros)
    return shape, draw(FORMS), draw(st.lists(row, min_size=1, max_size=8))


def values_of(shape: Shape) -> st.SearchStrategy[list[Any]]:
    """Values of a row, of which most can be printed."""
    return st.tuples(*(st.one_of(*[fitting(column.field)] * 6, VALUES) for column in shape.columns)).map(list)


def fitting(part: ir.Field) -> st.SearchStrategy[Any]:
    if part.type == "date":
        return st.dates(date(1990, 1, 1), date(2030, 12, 31))
    if part.picture:
        before, _, behind = part.picture.partition(".")
        return st.integers(0, 10 ** len(before + behind) - 1).map(lambda n: Decimal(n).scaleb(-len(behind)))
    if part.allowed:
        return st.sampled_from(part.allowed)
    signs = "0123456789" if part.type == "numeric" else "Aé'0 "
    return st.text(signs, min_size=1, max_size=part.width).filter(str.strip)


def filed(filing: Filing, form: Form) -> list[tuple[str, ...]]:
    """The texts of the rows that are not withheld."""
    shape, _, rows = filing
    made = (printed(values, shape, form, zeros) for values, zeros in rows)
    return [row.texts for row in made if not row.is_withheld]


# -- what is made


@SEVERAL
@given(filings())
def test_every_file_made_here_is_sound(filing: Filing) -> None:
    shape, form, _ = filing
    file = form.head(shape) + b"".join(map(form.row, filed(filing, form)))
    assert brief(found_in(file, shape, form)) == []


@SEVERAL
@given(filings())
def test_texts_are_as_wide_as_their_fields_and_belong(
    filing: Filing,
) -> None:
    shape, form, rows = filing
    for values, zeros in rows:
        row = printed(values, shape, form, zeros)
        at_fault = {problem.number for problem in row.problems if problem.withholds}
        for column, text in zip(shape.columns, row.texts, strict=True):
            assert len(text) == column.field.width
            assert column.field.number in at_fault or belongs(column.field, column.zeros, text)


@SEVERAL
@given(shapes(), st.data())
def test_csv_and_fixed_width_hold_the_same_texts(shape: Shape, data: st.DataObject) -> None:
    values = data.draw(values_of(shape))
    row = printed(values, shape, Fixed("cp1252"))
    assume(not row.is_withheld)
    again = printed(values, shape, Delimited())
    assert again.texts == row.texts
    read = list(csv.reader(io.StringIO(Delimited().row(again.texts).decode(), newline=""), strict=True))
    assert read == [[text.rstrip(" ") for text in row.texts]]


@given(st.integers(0, 10**12) | st.decimals(0, 10**6, allow_nan=False, allow_infinity=False), _PICTURES, st.booleans())
def test_a_number_is_printed_exactly_or_not_at_all(number: int | Decimal, picture: str, implied: bool) -> None:
    decimals = len(picture.partition(".")[2])
    width = len(picture) - (1 if implied and decimals else 0)
    row = printed([number], shape_with(field(1, "N", "numeric", width, picture=picture, implied=implied)))
    fits = Decimal(number) * 10**decimals % 1 == 0 and number < 10 ** (len(picture.partition(".")[0]))
    assert row.is_withheld is not fits
    if fits:
        assert Decimal(row.texts[0].replace(".", "")).scaleb(-decimals) == number


# -- what a field may hold


def belongs(part: ir.Field, zeros: bool, text: str) -> bool:
    """Whether a text, as wide as its field, can be what is printed for some value."""
    if (zeros and text == part.zero) or (not part.required and text == part.missing):
        return True
    if not text.strip(" \t\r\n"):
        return False
    ends_in_blanks = text.endswith(" ") and not (part.align_left and part.pad == " ")
    if ends_in_blanks or not has_form(part, text):
        return False
    allowed = [(a.ljust if part.align_left else a.rjust)(part.width, part.pad) for a in part.allowed]
    return not allowed or text in allowed


def has_form(part: ir.Field, text: str) -> bool:
    """Whether a text can be taken apart into padding and what its type asks for."""
    if part.type == "alphanumeric":
        return True
    sizes = range(1, part.width + 1)
    pieces = [(text[:n], text[n:]) if part.align_left else (text[-n:], text[:-n]) for n in sizes]
    is_one = is_day if part.type == "date" else is_number
    return any(is_one(part, piece) and not rest.strip(part.pad) for piece, rest in pieces)


def is_number(part: ir.Field, text: str) -> bool:
    digits = set("0123456789")
    if not part.picture:
        return set(text) <= digits
    picture = part.picture.replace(".", "") if part.implied else part.picture
    return len(text) == len(picture) and all(
        sign in digits if wanted == "9" else sign == "." for sign, wanted in zip(text, picture, strict=True)
    )


def is_day(part: ir.Field, text: str) -> bool:
    numbers = {"Y": "2000", "M": "01", "D": "01"}
    if len(text) != len(part.picture):
        return False
    for sign in "YMD":
        written = "".join(c for c, wanted in zip(text, part.picture, strict=True) if wanted == sign)
        if written and not (written.isascii() and written.isdigit()):
            return False
        numbers[sign] = written or numbers[sign]
    if any(c != wanted for c, wanted in zip(text, part.picture, strict=True) if wanted not in "YMD"):
        return False
    year = int(numbers["Y"]) + (2000 if "YY" in part.picture and "YYYY" not in part.picture else 0)
    try:
        date(year, int(numbers["M"]), int(numbers["D"]))
    except ValueError:
        return False
    return True


# -- what is changed in one character


@SEVERAL
@given(filings(), st.data())
def test_a_changed_character_of_a_line_is_found_at_its_line_and_field(filing: Filing, data: st.DataObject) -> None:
    shape = filing[0]
    form = data.draw(st.builds(Fixed, st.sampled_from(["ascii", "cp1252"]), st.sampled_from([CRLF, LF])))
    texts = filed(filing, form)
    assume(texts)
    place = data.draw(st.integers(0, len(texts) - 1))
    at = data.draw(st.integers(1, shape.width))
    new = data.draw(
        st.sampled_from(b"0159 AX.-\t\0\xe9\x81") | st.integers(0, 255).filter(lambda byte: byte not in b"\r\n")
    )
    lines = [bytearray(form.row(row)) for row in texts]
    lines[place][at - 1] = new
    found = found_in(b"".join(lines), shape, form)

    column = next(column for column in shape.columns if column.start <= at <= column.end)
    text = lines[place][column.start - 1 : column.end].decode(form.encoding, "replace")
    is_sound = text.isprintable() and "\ufffd" not in text and belongs(column.field, column.zeros, text)
    expected = [] if is_sound else [(place + 1, column.field.number)]
    assert [(f.line, f.problem.number) for f in found] == expected
    assert all(column.start <= f.place <= column.end for f in found)


def test_every_change_of_one_byte_is_found_at_its_field() -> None:
    shape = shape_with(*FIELDS, filled=(11,))
    line = FIXED.row(printed(ROW, shape).texts)
    columns = {at: column for column in shape.columns for at in range(column.start, column.end + 1)}
    changes = [(at, new) for at in columns for new in range(256) if new != ord("\n")]
    found = found_in(b"".join(line[: at - 1] + bytes([new]) + line[at:] for at, new in changes), shape)
    expected = []
    for number, (at, new) in enumerate(changes, 1):
        column = columns[at]
        text = (line[: at - 1] + bytes([new]) + line[at:])[column.start - 1 : column.end].decode("cp1252", "replace")
        is_sound = "\ufffd" not in text and not any(category(c) == "Cc" for c in text)
        if not (is_sound and belongs(column.field, column.zeros, text)):
            expected.append((number, column.field.number))
    assert [(f.line, f.problem.number) for f in found] == expected


@SEVERAL
@given(filings(), st.data())
def test_a_line_that_is_longer_or_shorter_is_found(filing: Filing, data: st.DataObject) -> None:
    shape = filing[0]
    form = Fixed("cp1252")
    lines = list(map(form.row, filed(filing, form)))
    assume(lines)
    place = data.draw(st.integers(0, len(lines) - 1))
    at = data.draw(st.integers(0, shape.width - 1))
    more = data.draw(st.sampled_from([b"", b"0", b" "]))
    lines[place] = lines[place][:at] + (more + lines[place][at:] if more else lines[place][at + 1 :])
    assert [(f.line, f.problem.kind) for f in found_in(b"".join(lines), shape, form)] == [(place + 1, Kind.LENGTH)]


@SEVERAL
@given(filings(), st.data())
def test_a_changed_character_of_csv_is_found_at_its_line_and_field(filing: Filing, data: st.DataObject) -> None:
    shape = filing[0]
    form = Delimited("utf-8", data.draw(st.sampled_from([CRLF, LF])))
    texts = filed(filing, form)
    plain = [p for p, row in enumerate(texts) if any(t.strip(" ") for t in row) and is_plain(row)]
    assume(plain and len(shape.columns) > 1)
    place = data.draw(st.sampled_from(plain))
    before = [text.rstrip(" ") for text in texts[place]]
    which = data.draw(st.sampled_from([n for n, text in enumerate(before) if text]))
    at = data.draw(st.integers(0, len(before[which]) - 1))
    new = data.draw(st.sampled_from(["", "0", "A", " ", ",", '"', "\r", "\0", "é"]))
    after = [*before]
    after[which] = before[which][:at] + new + before[which][at + 1 :]
    rows_written = list(map(form.row, texts))
    rows_written[place] = f"{','.join(after)}{form.line_end}".encode()
    found = found_in(form.head(shape) + b"".join(rows_written), shape, form)

    line = form.head(shape).count(b"\n") + sum(row.count(b"\n") for row in rows_written[:place]) + 1
    column = shape.columns[which]
    text = after[which].ljust(column.field.width)
    is_sound = text.isprintable() and not set(new) & set(',"') and belongs(column.field, column.zeros, text)
    assert bool(found) is not is_sound
    if not is_sound:
        assert found[0].line == line
        if new not in (",", '"', "\r"):  # these take the line apart in another way
            assert found[0].problem.number == column.field.number


def is_plain(texts: tuple[str, ...]) -> bool:
    return not set("".join(texts)) & set('",\r\n\t')


# -- whatever a file holds


@SEVERAL
@given(shapes(), FORMS, st.binary(max_size=200) | st.text('0",\r\nA ', max_size=200).map(str.encode))
def test_no_file_is_too_bad_to_be_read(shape: Shape, form: Form, file: bytes) -> None:
    for found in found_in(file, shape, form):
        assert found.line >= 1
        assert found.problem.words.isprintable()
        assert found.problem.kind not in WITHOUT_HARM


# -- two layouts


@SEVERAL
@given(shapes(), shapes())
def test_a_difference_accounts_for_every_field(before: Shape, after: Shape) -> None:
    found = difference(before, after)
    assert len(before.columns) - len(found.removed) == len(after.columns) - len(found.added)
    back = difference(after, before)
    assert {p.name for p in found.added} == {p.name for p in back.removed}
    assert len(found.moved) == len(back.moved)
