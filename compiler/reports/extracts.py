"""What is told of a file that was made of an extract: what was chosen, who has a row, who has none and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from compiler.engines.filed import Filed
from compiler.reports.findings import csv_lines
from compiler.reports.text import plain, plural
from compiler.semantics import ir
from compiler.semantics.extract_rows import LeftOut
from compiler.semantics.program import Program
from compiler.semantics.usage import usage
from compiler.semantics.values import Undetermined, shown
from compiler.semantics.wanted import Why

_ENCODER = msgspec.json.Encoder(decimal_format="number")  # an exact decimal is a number of JSON
_MOST = 20
"""How many rows of a kind are listed; the audit lists all."""


@dataclass(frozen=True, slots=True, repr=False)
class Made:
    """A file of an extract: the layout by name, its rows in their order with those withheld, and who has none."""

    extract: ir.Extract
    layout: str
    school_year: int
    as_of: date
    chosen: Mapping[str, Any]
    rows: Sequence[Filed]
    left_out: Sequence[LeftOut]

    @property
    def written(self) -> Iterator[Filed]:
        """The rows of the file."""
        return (one for one in self.rows if not one.is_withheld)

    @property
    def is_whole(self) -> bool:
        """Whether no row is withheld, and no text cut."""
        return not any(one.is_withheld or one.has_cuts for one in self.rows)

    @property
    def options(self) -> list[tuple[str, str]]:
        """The options by their labels, with what was chosen."""
        return [(option.label, _chosen(self.chosen[option.name])) for option in self.extract.options]


def _chosen(value: Any) -> str:
    values = value if isinstance(value, tuple) else () if isinstance(value, Undetermined) else (value,)
    return ", ".join(map(shown, values)) or "none"


def lost_tables(program: Program, extract: ir.Extract) -> list[str]:
    """The tables that an extract reads, or would have to, and that its source has lost, by name."""
    used = usage((*ir.chosen_by(extract), *ir.written_by(extract)), program.definitions, program.schemas)
    points = {point.table.text for point in program.filed[extract.id].written.extension_points}
    return sorted(name for name in used.tables | points if program.tables[name].is_lost)


def header(made: Made, lost: Sequence[str]) -> Iterator[str]:
    """What the file is made with."""
    year, as_of = made.school_year, made.as_of.isoformat()
    yield plain(f"{made.extract.id}: {made.extract.title}, layout {made.layout}, school year {year}, as of {as_of}")
    yield from (plain(f"  {label}: {chosen}") for label, chosen in made.options)
    if lost:
        yield plain(f"  lost in the source, and so perhaps incomplete: {', '.join(lost)}")


def problems(made: Made) -> Iterator[str]:
    """The rows that are withheld, and what is said of those that are not: the first of each kind."""
    yield from _first((f"withheld: {one.row.sender}: {one.reason}" for one in made.rows if one.is_withheld), "withheld")
    told = (f"warning: {one.row.sender}: {said}" for one in made.written for said in one.told)
    yield from _first(told, "warnings")


def _first(lines: Iterable[str], what: str) -> Iterator[str]:
    number = 0
    for number, line in enumerate(lines, 1):
        if number <= _MOST:
            yield plain(line)
    if number > _MOST:
        yield f"... and {number - _MOST:,} more {what}; --audit lists all"


def summary(made: Made) -> str:
    """How many rows there are, and how many candidates have none."""
    withheld = sum(one.is_withheld for one in made.rows)
    cut = sum(one.has_cuts for one in made.written)
    parts = [plural(len(made.rows) - withheld, "row")]
    parts += [f"{withheld:,} withheld"] if withheld else []
    parts += [f"{cut:,} with cut texts"] if cut else []
    reasons = Counter(one.why for one in made.left_out)
    why = ", ".join(f"{reasons[why]:,} {why.value}" for why in Why if reasons[why])
    parts += [f"{len(made.left_out):,} left out ({why})"] if why else []
    return ", ".join(parts)


# -- the audit


def audit(made: Made, path: Path) -> Iterator[str]:
    """What was chosen, then every candidate: the values beside its row, or why it has none. As CSV, or JSON lines."""
    names = [name for name, _ in made.extract.audit]
    entries = _entries(made)
    if path.suffix == ".jsonl":
        return (f"{_ENCODER.encode(entry).decode()}\n" for entry in entries)
    fields = ("kind", "line", "object", "student", "told", *names)
    return csv_lines(fields, ({**dict.fromkeys(fields), **_flat(entry)} for entry in entries))


def _entries(made: Made) -> Iterator[dict[str, Any]]:
    about = (("school year", str(made.school_year)), ("as of", made.as_of.isoformat()), ("layout", made.layout))
    for label, chosen in (*about, *made.options):
        yield {"kind": "option", "object": label, "told": chosen}
    line = 0
    for one in made.rows:
        line += not one.is_withheld
        values = {name: _value(value) for (name, _), value in zip(made.extract.audit, one.row.audit, strict=True)}
        yield {
            "kind": "withheld" if one.is_withheld else "row",
            "line": None if one.is_withheld else line,
            "object": str(one.row.sender),
            "student": one.row.sender.student,
            "told": one.reason if one.is_withheld else "; ".join(one.told),
            "values": values,
        }
    for left_out in made.left_out:
        sender = left_out.sender
        yield {"kind": "left out", "object": str(sender), "student": sender.student, "told": left_out.reason}


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry as cells; a value of the audit that is called as another cell gives way to it."""
    values = {name: None if value is None else shown(value) for name, value in entry.pop("values", {}).items()}
    return {**values, **entry}


def _value(value: Any) -> Any:
    """A value as JSON holds it: a date as text, an exact decimal without idle zeros."""
    if isinstance(value, Decimal):
        return Decimal(shown(value))
    return value.isoformat() if isinstance(value, date) else value
