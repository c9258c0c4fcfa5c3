"""The fields of an extract: their numbers, widths and pictures, what may stand in them, and the layouts they form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from compiler.diagnostics import Related, Sink
from compiler.schema.types import DATE, DECIMAL, NOTHING, TEXT, WHOLE, ListOf, Type, describe, is_text
from compiler.semantics import ir
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.rules import named_once
from compiler.semantics.checker.subjects import Env
from compiler.semantics.pictures import NumberPicture, date_reader, is_date_picture, number_picture
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.extracts import BLANKS, ZEROS, ExtractTree, FieldTree, FormTree, LayoutTree

NUMERIC, ALPHANUMERIC, DAY = "numeric", "alphanumeric", "date"

_HELD: dict[str, tuple[tuple[Type, ...], str]] = {
    NUMERIC: ((TEXT, WHOLE, DECIMAL), "a number, or a text of digits"),
    ALPHANUMERIC: ((TEXT, WHOLE, DECIMAL, DATE), "a text, a number or a date"),
    DAY: ((DATE, TEXT), "a date, or a text as its picture has it"),
}
"""The types of the values that a field of each type prints."""

_NAMED = re.compile(r"F[0-9]+")


@dataclass(frozen=True, slots=True)
class CheckedField:
    """How a field is printed: what it says itself, what is said of its type, what is usual. See ``ir.Field``."""

    written: FieldTree
    number: int
    width: int
    picture: str
    pad: str
    align_left: bool
    missing: str
    zero: str
    cuts: bool


def field_numbers(fields: Iterable[CheckedField]) -> dict[str, int]:
    """The numbers of fields by the names of their printed texts."""
    return {ir.printed_name(field.number): field.number for field in fields}


def is_printed_name(name: str) -> bool:
    """Whether a name looks like that of a printed text."""
    return _NAMED.fullmatch(name) is not None


class FieldChecker:
    """Checks the fields of one extract."""

    def __init__(self, extract: ExtractTree, sink: Sink) -> None:
        self.extract = extract
        self.sink = sink
        self.fields: tuple[CheckedField, ...] = ()
        self.forms: dict[str, tuple[CheckedField, ...]] = {}

    def check(self) -> tuple[CheckedField, ...]:
        """The fields with their forms; what is wrong with them is reported."""
        for kind, form in self.extract.kinds.items():
            if form.picture is not None and (kind != DAY or not is_date_picture(form.picture.text)):
                what = f"`{form.picture.text}` is no picture of all {kind} fields"
                fix = "only dates have a picture in common, made of `YYYY`, `YY`, `MM` and `DD`"
                self.sink.report("E671", form.picture.span, what=what, fix=fix)
        named = named_once(self.extract.fields, self.sink, "the field")
        for place, field in enumerate(named, 1):
            if _whole(field.number) != place:
                what = f"field {field.number.text} stands at place {place}"
                self.sink.report("E670", field.number.span, what=what, fix=f"number it {place}")
        self.fields = tuple(self._field(place, field) for place, field in enumerate(self.extract.fields, 1))
        return self.fields

    def _field(self, number: int, field: FieldTree) -> CheckedField:
        width = _whole(field.width) or 1
        form = _Form(field.form, self.extract.kinds.get(field.type), is_day=field.type == DAY)
        picture = form.picture if form.picture is not None or field.type != DAY else "MMDDYYYY"
        self._picture(field, form, picture or "", width)
        align_left = form.align == "left" if form.align is not None else field.type != NUMERIC
        pad = (form.pad or ("0" if field.type == NUMERIC else " "))[:1]
        of_number = number_picture(picture or "", implied=field.implied is not None) if field.type == NUMERIC else None
        zero = str(of_number.text(0)) if of_number is not None else "0" * width
        missing = form.missing or Missing(BLANKS if field.type == ALPHANUMERIC else ZEROS, None)
        texts = {ZEROS: zero, BLANKS: " " * width}
        text = texts.get(missing.text, missing.text.ljust(width, pad) if align_left else missing.text.rjust(width, pad))
        if len(text) > width and missing.span is not None:
            what = f"`{missing.text}` is longer than the {width} characters of the field {number}"
            self.sink.report("E671", missing.span, what=what, fix="shorten it, or widen the field")
        checked = CheckedField(
            field,
            number,
            width,
            picture or "",
            pad,
            align_left,
            text,
            zero,
            form.too_long == "cut" if form.too_long is not None else field.type == ALPHANUMERIC,
        )
        for allowed in field.allowed:
            self._fits(allowed.text, allowed.span, checked)
        return checked

    def _picture(self, field: FieldTree, form: _Form, picture: str, width: int) -> None:
        """Report a picture that is none of the field's type, or not as wide as the field."""
        place = (field.form.picture or field.width).span
        what, fix, size = "", "", 0
        if field.type == DAY:
            what = "" if is_date_picture(picture) else f"`{picture}` is no picture of a date"
            fix, size = "write it of `YYYY`, `YY`, `MM` and `DD`", len(picture)
        elif picture and field.type == NUMERIC:
            of_number = number_picture(picture, implied=field.implied is not None)
            what = f"`{picture}` is no picture of a number" if of_number is None else ""
            fix, size = "write it of `9` and one point, as 999.9", of_number.width if of_number is not None else 0
        elif picture:
            what, fix = "an alphanumeric field has no picture", "leave it out, or change the type"
        if field.implied is not None and "." not in picture:
            place, what, fix = (
                field.implied.span,
                "there is no point to leave out",
                "give the field a picture, as 999.9",
            )
        if not what and picture and size != width:
            left_out = " without its point" if field.implied is not None else ""
            what = f"`{picture}`{left_out} has {size} characters, and the field {width}"
            place, fix = field.width.span, f"write `width: '{size}'`"
        if what:
            self.sink.report("E671", place, what=what, fix=fix)

    def _fits(self, text: str, span: Span, field: CheckedField) -> None:
        """Report a text that the field cannot print."""
        why = ""
        if len(text) > field.width:
            why = f"it is longer than the {field.width} characters of the field"
        elif field.written.type == NUMERIC and not re.fullmatch(_digits(field), text):
            why = f"it is not made of digits as `{field.picture}`" if field.picture else "it is not made of digits"
        elif field.written.type == DAY and is_date_picture(field.picture) and not date_reader(field.picture)(text):
            why = f"it is no date as `{field.picture}`"
        if why and text.ljust(field.width) != field.missing.ljust(field.width):
            self.sink.report("E676", span, text=text, number=field.number, why=why)

    # -- values

    def values(self, checker: ExpressionChecker, env: Env) -> None:
        """Report values that their fields cannot print."""
        for field in self.fields:
            value = field.written.value
            kind = checker.value(value, env) if value is not None else None
            if value is None or kind is None:
                continue
            held, words = _HELD.get(field.written.type, ((), ""))
            if isinstance(kind, ListOf):
                checker.sink.report("E404", value.span, where=f"field {field.number}")
            elif kind is DECIMAL and field.written.type == NUMERIC and not field.picture:
                fix = "give the field a `picture`, as 999.9, or take a whole number"
                what = "is a number with decimals, which has no form without a picture"
                self.sink.report("E678", value.span, number=field.number, what=what, fix=fix)
            elif held and kind not in (*held, NOTHING) and not is_text(kind):
                what = f"needs {words}, but this is {describe(kind)}"
                fix = "say which text stands for it, as `if ... then '1' else '0'`"
                self.sink.report("E678", value.span, number=field.number, what=what, fix=fix)
            else:
                self._literals(value, field)

    def _literals(self, node: tree.Expr, field: CheckedField) -> None:
        """Report texts, of which one is the value, that the field cannot print."""
        match node:
            case tree.Text(value=text) if not field.cuts or field.written.type != ALPHANUMERIC:
                self._fits(text, node.span, field)
                allowed = [one.text for one in field.written.allowed]
                if allowed and text not in allowed:
                    why = f"it is none of {', '.join(allowed)}"
                    self.sink.report("E676", node.span, text=text, number=field.number, why=why)
            case tree.If(consequence=left, alternative=right):
                self._literals(left, field)
                self._literals(right, field)
            case tree.Otherwise(operands=operands):
                for operand in operands:
                    self._literals(operand, field)
            case _:
                pass

    # -- where fields are named

    def named(self, numbers: Sequence[Scalar]) -> tuple[int, ...]:
        """The fields of a list, each once; numbers that no field has are reported."""
        found: dict[int, Span] = {}
        for number in numbers:
            place = _whole(number)
            if place is None or place > len(self.fields):
                self.no_field(number.text, number.span)
            elif place in found:
                related = (Related(found[place], "the first is here"),)
                what, fix = f"field {place} stands in the list twice", "remove one"
                self.sink.report("E673", number.span, what=what, fix=fix, related=related)
            else:
                found[place] = number.span
        return tuple(found)

    def no_field(self, name: str, span: Span) -> None:
        """Report a field that is not there."""
        known = field_numbers(self.fields) if is_printed_name(name) else [str(f.number) for f in self.fields]
        fix = hint(name, known) or f"the fields are 1 to {len(self.fields)}"
        self.sink.report("E673", span, what=f"there is no field {name}", fix=fix)

    def unknown_in(self, node: tree.Expr, env: Env) -> bool:
        """Whether an expression reads printed texts of fields that are not there; reports them."""
        names = [part for part in tree.walk(node) if isinstance(part, tree.Name) and is_printed_name(part.name)]
        unknown = [name for name in names if name.name not in field_numbers(self.fields) and name.name not in env]
        for name in unknown:
            self.no_field(name.name, name.span)
        return bool(unknown)

    # -- layouts

    def layouts(self) -> None:
        """Report layouts of one name or of one school year, and those with fields that are not there."""
        years: dict[str, tuple[LayoutTree, Span]] = {}
        for layout in named_once(self.extract.layouts, self.sink, "the layout"):
            for year in layout.years:
                other, place = years.setdefault(year.text, (layout, year.span))
                if place is not year.span:
                    related = (Related(place, "the other is here"),)
                    what = f"{year.text} is a school year of `{other.name.text}` as well"
                    self.sink.report("E674", year.span, what=what, fix="name it in one of them", related=related)
            if layout.fields is not None:
                self.named(layout.fields)
            self.forms[layout.name.text] = tuple(self._other_forms(layout))

    def _other_forms(self, layout: LayoutTree) -> Iterator[CheckedField]:
        """The fields that have another form in a layout, as they are there."""
        there = None if layout.fields is None else {number.text for number in layout.fields}
        others = {form.number.text: form for form in layout.forms}
        for number in self.named([form.number for form in layout.forms]):
            other, written = others[str(number)], self.fields[number - 1].written
            if there is not None and other.number.text not in there:
                what, fix = f"the layout is without field {number}", "add it to `fields`, or remove its form"
                self.sink.report("E673", other.number.span, what=what, fix=fix)
            implied = other.implied if other.implied is not None else written.implied
            field = replace(
                written,
                width=other.width or written.width,
                implied=implied if implied is not None and implied.text == "true" else None,
                form=replace(written.form, picture=other.picture or written.form.picture),
            )
            checked = self._field(number, field)
            if field.value is not None:
                self._literals(field.value, checked)
            yield checked


@dataclass(frozen=True, slots=True)
class Missing:
    """What is printed for no value, as it is written; ``span`` is None for what is usual."""

    text: str
    span: Span | None


class _Form:
    """What a field says of its form, else what is said of the fields of its type."""

    def __init__(self, own: FormTree, kind: FormTree | None, *, is_day: bool) -> None:
        forms = (own,) if kind is None else (own, kind)
        self.align = next((form.align for form in forms if form.align is not None), None)
        self.pad = next((form.pad.text for form in forms if form.pad is not None), None)
        self.too_long = next((form.too_long for form in forms if form.too_long is not None), None)
        pictures = forms if is_day else (own,)
        self.picture = next((form.picture.text for form in pictures if form.picture is not None), None)
        self.missing = next((Missing(m.text, m.span) for m in _missing(forms)), None)


def _missing(forms: Iterable[FormTree]) -> Iterator[Scalar]:
    yield from (form.missing for form in forms if form.missing is not None)


def _digits(field: CheckedField) -> str:
    picture: NumberPicture | None = number_picture(field.picture, implied=field.written.implied is not None)
    return picture.pattern if picture is not None else "[0-9]*"


def _whole(number: Scalar) -> int | None:
    """A number from 1 on; None for what is none, which the shape has reported."""
    return int(number.text) if re.fullmatch("[1-9][0-9]{0,3}", number.text) else None
