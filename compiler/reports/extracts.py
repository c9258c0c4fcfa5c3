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
    """A file of an extract: the layout by name, its rows in their order with those withheld, and who has none.

    Rows and candidates without one may be too many to be held, and are read again for everything that is made of them.
    """

    extract: ir.Extract
    layout: str
    school_year: int
    as_of: date
    chosen: Mapping[str, Any]
    rows: Iterable[Filed]
    left_out: Iterable[LeftOut]

    @property
    def written(self) -> Iterator[Filed]:
        """The rows of the file."""
        return (one for one in self.rows if not one.is_withheld)

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


class Account:
    """What is to be told of rows, counted while they go by in their order: of each kind, the first are listed."""

    def __init__(self) -> None:
        self._rows = 0
        self._cut = 0
        self._withheld = _Listed("withheld")
        self._warnings = _Listed("warnings")

    def of(self, rows: Iterable[Filed]) -> Iterator[Filed]:
        """The rows that are written, of these, once they are counted."""
        for one in rows:
            if one.is_withheld:
                self._withheld.add(f"withheld: {one.row.sender}: {one.reason}")
                continue
            self._rows += 1
            self._cut += one.has_cuts
            for said in one.told:
                self._warnings.add(f"warning: {one.row.sender}: {said}")
            yield one

    @property
    def is_whole(self) -> bool:
        """Whether no row is withheld, and no text cut."""
        return not (self._withheld.count or self._cut)

    def problems(self) -> Iterator[str]:
        """The rows that are withheld, and what is said of those that are not: the first of each kind."""
        yield from self._withheld.lines()
        yield from self._warnings.lines()

    def summary(self, left_out: Iterable[LeftOut]) -> str:
        """How many rows there are, and how many candidates have none."""
        withheld = self._withheld.count
        parts = [plural(self._rows, "row")]
        parts += [f"{withheld:,} withheld"] if withheld else []
        parts += [f"{self._cut:,} with cut texts"] if self._cut else []
        reasons = Counter(one.why for one in left_out)
        why = ", ".join(f"{reasons[why]:,} {why.value}" for why in Why if reasons[why])
        parts += [f"{reasons.total():,} left out ({why})"] if why else []
        return ", ".join(parts)


class _Listed:
    """Lines of a kind, of which the first are kept."""

    def __init__(self, what: str) -> None:
        self.count = 0
        self._what = what
        self._first: list[str] = []

    def add(self, line: str) -> None:
        self.count += 1
        if self.count <= _MOST:
            self._first.append(plain(line))

    def lines(self) -> Iterator[str]:
        yield from self._first
        if self.count > _MOST:
            yield f"... and {self.count - _MOST:,} more {self._what}; --audit lists all"


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
