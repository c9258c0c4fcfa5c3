"""An extract in plain words: who has a row, what may be chosen, what is printed, and what stands beside the file.

Options are spoken of by their labels, printed texts by the names of their fields. The sections are those of the
articles in which vendors tell of such files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from compiler.backends.words_conditions import Phrases
from compiler.backends.words_names import listed, one_line, words_of
from compiler.backends.words_publications import Speech, who_of
from compiler.backends.words_rows import Called, Row, Section, Teller, row_of, section_of, text_of
from compiler.schema.types import BOOLEAN
from compiler.semantics import ir
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.fields import CheckedField
from compiler.semantics.program import Program
from compiler.semantics.scope import Table
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.extracts import ExtensionTree, ExtractTree, FormTree, OptionTree

LOST = "The source has lost this list: its rows are a reading, and may be incomplete."
TOO_LONG = {"cut": "the text is cut", "error": "the row is withheld"}
USUAL = {
    "numeric": ("right", "0", "zeros", "error", ""),
    "alphanumeric": ("left", " ", "blanks", "cut", ""),
    "date": ("left", " ", "zeros", "error", "MMDDYYYY"),
}
"""How fields of each type are printed where an extract does not say it: side, filling, no value, too long, picture."""
_TYPES = {"text": "text", "whole": "whole number", "number": "number", "boolean": "yes or no", "date": "date"}


def words_for(extract: CheckedExtract, program: Program) -> Speech | None:
    """The words of an extract, which one with errors has not."""
    written = extract.written
    if not extract.sound or written.subject is None:
        return None
    speaker = Phrases(extract.scope, extract.facts, program.tables, ())
    speaker.called.update({f"${o.name.text}": f'the option "{one_line(o.label.text)}"' for o in written.options})
    speaker.called.update({name.text: _called(name.text, value, extract.facts) for name, value in written.define})
    for field in extract.fields:
        speaker.called[ir.printed_name(field.number)] = f"the text of {field_title(field)}"
    return Speech(speaker, (who_of(written.subject, speaker),))


def _called(name: str, value: tree.Expr | None, facts: Facts) -> str:
    """How a value with a name is spoken of; one that is true or false is quoted, without its `is`."""
    words = words_of(name)
    if value is not None and facts.types.get(value) is BOOLEAN:
        return f'"{words.removeprefix("is ")}"'
    return f"the {words}"


def defined_in(value: tree.Expr, written: ExtractTree) -> Iterator[tuple[str, tree.Expr]]:
    """The values with names that a value is made of, directly or not, each once."""
    known = {name.text: part for name, part in written.define if part is not None}
    waiting = [value]
    while waiting:
        node = waiting.pop(0)
        for name in (part.name for part in tree.walk(node) if isinstance(part, tree.Name)):
            if name in known:
                yield name, known[name]
                waiting.append(known.pop(name))


def field_title(field: CheckedField) -> str:
    """A field as sentences name it."""
    return f'field {field.number}, "{field.written.name.text}"'


def form_words(field: CheckedField) -> str:
    """What a text of a field looks like."""
    count = f"{field.width} character{'' if field.width == 1 else 's'}"
    picture = f" ({field.picture}{', the point is not printed' if field.written.implied else ''})"
    return f"{field.written.type}, {count}{picture if field.picture else ''}"


def missing_words(field: CheckedField, complete: Sequence[str] = ()) -> str:
    """What is printed in a field for no value; empty where its value cannot be missing.

    ``complete`` are the tables that it looks up and that must have a row for every key.
    """
    value = field.written.value
    last = value.operands[-1] if isinstance(value, tree.Otherwise) else value
    if isinstance(last, tree.Text | tree.Whole | tree.DecimalNumber | tree.Date):
        return ""
    if field.written.required:
        return "nothing: the row is withheld"
    printed = "zeros" if field.missing == field.zero else f'"{field.missing.rstrip()}"'
    without = f"; the row is withheld where {' or '.join(complete)} has no row for it" if complete else ""
    return f"{printed if field.missing.strip() else 'blanks'}{without}"


def sections(extract: CheckedExtract, program: Program) -> Iterator[Section]:
    """The sections that have something to say, in the order of the articles."""
    told = _Told(words_for(extract, program), extract.written, extract, program)
    for make in _SECTIONS:
        section = make(told)
        if section.rows:
            yield section


@dataclass(frozen=True, slots=True)
class _Told(Teller):
    """What a section is made from: an extract and its words."""

    written: ExtractTree
    checked: CheckedExtract
    program: Program

    def fields(self, numbers: tuple[Scalar, ...]) -> Called:
        """Fields by number and name."""
        known = {str(field.number): field for field in self.checked.fields}
        found = [known[number.text] for number in numbers if number.text in known]
        names = sorted(field.written.name.text for field in found)
        return Called("; ".join(map(field_title, found)), tuple(names))


def _steps(told: _Told) -> Section:
    rows = (row_of(step, str(place), text_of(step.text)) for place, step in enumerate(told.written.steps, 1))
    return section_of("How it is made", "Step | What is done", rows, ordered=True)


def _options(told: _Told) -> Section:
    """What the person who makes the file chooses."""
    rows = []
    for option in told.written.options:
        unless = told.noun(option.default) if option.default is not None else _none(option)
        cells = (f"${option.name.text}", text_of(option.label), _type(option), unless)
        check = told.condition(option.check) if option.check is not None else ""
        refusal = text_of(option.says)
        rows.append(row_of(option, *cells, check, refusal, more=option.doc))
    intro = ("They are chosen with --set when the file is made, and stand in its header.",) if rows else ()
    return section_of(
        "Options", "Name | Label | Holds | Unless chosen | What must hold | Else it is told", rows, *intro
    )


def _type(option: OptionTree) -> str:
    kind = _TYPES.get(option.type.text, option.type.text)
    values = f": {listed([value.text for value in option.one_of], 'or')}" if option.one_of else ""
    return f"{kind}{', any number of them' if option.many else ''}{values}"


def _none(option: OptionTree) -> str:
    return "must be chosen" if option.required else "nothing"


def _year(told: _Told) -> Section:
    year = told.written.year
    rows = [Row((told.noun(year),))] if year is not None else []
    return section_of("School year", "The school year of a record is", rows, "Records of other years are passed over.")


def _order(told: _Told) -> Section:
    rows = [Row((told.noun(part),)) for part in told.written.row_order if part is not None]
    return section_of("Order of rows", "By", rows, "Rows are ordered by these, in turn.", ordered=True)


def _forms(told: _Told) -> Section:
    """How texts are printed, unless a field says it otherwise."""
    kinds = {field.type for field in told.written.fields}
    rows = [Row((kind, *_form(told.written.kinds.get(kind), usual))) for kind, usual in USUAL.items() if kind in kinds]
    heads = "Type of fields | Side | Filled with | When missing | Too long | Picture"
    return section_of("How fields are printed", heads, rows, "Unless a field says it otherwise.")


def _form(form: FormTree | None, usual: tuple[str, ...]) -> Iterator[str]:
    own = ("", "", "", "", "")
    if form is not None:
        pad = form.pad.text if form.pad is not None else ""
        own = (form.align or "", pad, text_of(form.missing), form.too_long or "", text_of(form.picture))
    side, pad, missing, too_long, picture = (one or other for one, other in zip(own, usual, strict=True))
    yield from (side, "blanks" if pad == " " else pad, missing, TOO_LONG[too_long], picture)


def _zero_fill(told: _Told) -> Section:
    rows = [
        row_of(fill, told.condition(fill.when), told.fields(fill.fields))
        for fill in told.written.zero_fill
        if fill.when is not None
    ]
    intro = "Whatever their values, these fields are printed as zeros."
    return section_of("Zero fill", "When | Fields", rows, intro)


def _audit(told: _Told) -> Section:
    rows = [row_of(a, a.name.text, told.noun(a.value)) for a in told.written.audit if a.value is not None]
    return section_of("Audit", "Name | Value", rows, "These stand beside each row with --audit, never in the file.")


def _warnings(told: _Told) -> Section:
    rows = [row_of(w, told.condition(w.when), text_of(w.says)) for w in told.written.warnings if w.when is not None]
    return section_of("Warnings", "When | It is told", rows, "The row is written all the same.")


def _checks(told: _Told) -> Section:
    rows = [row_of(c, c.name.text, told.condition(c.when)) for c in told.written.checks if c.when is not None]
    intro = "What must hold of the texts of a row as they are printed, in a file that is made and in one that is read."
    return section_of("Checks", "Name | What must hold", rows, intro)


def _extensions(told: _Told) -> Section:
    rows = [
        row_of(p, text_of(p.name), Called(_state(p, told.program.tables), (p.table.text,)))
        for p in told.written.extension_points
    ]
    intro = "Where a district or the publisher puts in what the source does not say."
    return section_of("Extension points", "For | Table", rows, intro)


def _state(point: ExtensionTree, tables: dict[str, Table]) -> str:
    """A table and what there is of it."""
    name, table = point.table.text, tables.get(point.table.text)
    if table is None:
        return name
    count = len(table.rows)
    held = f"{count} row{'' if count == 1 else 's'}" if count else "no rows"
    return f"{name}: {held}. {LOST}" if table.is_lost else f"{name}: {held}"


_SECTIONS: tuple[Callable[[_Told], Section], ...] = (
    _steps,
    _options,
    _year,
    _order,
    _forms,
    _zero_fill,
    _audit,
    _warnings,
    _checks,
    _extensions,
)
