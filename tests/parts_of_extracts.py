"""Extracts without one of their parts each: what an example of a statement must notice.

A part is what stands in the spec under ``covers``. It is taken out of the IR: a condition is left out, a field and a
value of the audit have no value, an option is as if nobody had chosen it. What is for the reader alone, the layouts and
the tables that are empty have nothing that could be taken away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.syntax.document import Scalar
from compiler.syntax.extracts import ExtractTree


@dataclass(frozen=True)
class ExtractPart:
    """A part of an extract with the ids of the statements it settles, and the extract without it (None: as it was).

    ``unset`` is the option that is not chosen.
    """

    label: str
    ids: frozenset[str]
    spoiled: ir.Extract | None
    unset: str = ""


def texts(scalars: tuple[Scalar, ...]) -> frozenset[str]:
    return frozenset(scalar.text for scalar in scalars)


def extract_parts(program: Program, name: str) -> Iterator[ExtractPart]:
    """All parts of an extract that settle a statement of its source."""
    written, extract = program.filed[name].written, program.extracts[name]
    for option in written.options:
        yield ExtractPart(f"option {option.name.text}", texts(option.covers), extract, option.name.text)
    for label, settled, spoiled in (*_told(written), *_taken_out(written, extract)):
        if settled:
            yield ExtractPart(label, texts(settled), spoiled)


def _told(written: ExtractTree) -> Iterator[tuple[str, tuple[Scalar, ...], None]]:
    """What has nothing that could be taken away."""
    yield "the head", written.covers, None
    for label, told in (("purpose", written.purpose), ("rights", written.rights)):
        if told is not None:
            yield label, told.covers, None
    for number, step in enumerate(written.steps, 1):
        yield f"step {number}", step.covers, None
    for layout in written.layouts:
        yield f"layout {layout.name.text}", layout.covers, None
    for point in written.extension_points:
        yield f"extension point {point.table.text}", point.covers, None


def _taken_out(written: ExtractTree, extract: ir.Extract) -> Iterator[tuple[str, tuple[Scalar, ...], ir.Extract]]:
    for kind in ("include", "exclude"):
        for i, clause in enumerate(getattr(written, kind)):
            yield f"{kind}: {clause.reason.text}", clause.covers, _without(extract, kind, i)
    for i, field in enumerate(written.fields):
        empty = replace(extract.fields[i], value=ir.Nothing(type=extract.fields[i].value.type))
        yield f"field {i + 1}", field.covers, replace(extract, fields=_with(extract.fields, i, empty))
    for i, fill in enumerate(written.zero_fill):
        yield f"zero fill {i + 1}", fill.covers, _without(extract, "zero_fill", i)
    for i, part in enumerate(written.audit):
        name, value = extract.audit[i]
        empty_audit = _with(extract.audit, i, (name, ir.Nothing(type=value.type)))
        yield f"audit {name}", part.covers, replace(extract, audit=empty_audit)
    for i, warning in enumerate(written.warnings):
        yield f"warning: {warning.says.text}", warning.covers, _without(extract, "warnings", i)
    for i, check in enumerate(written.checks):
        yield f"check: {check.name.text}", check.covers, _without(extract, "checks", i)


def _without(extract: ir.Extract, what: str, place: int) -> ir.Extract:
    items = getattr(extract, what)
    changed: dict[str, Any] = {what: (*items[:place], *items[place + 1 :])}
    return replace(extract, **changed)


def _with(items: tuple[Any, ...], place: int, item: Any) -> tuple[Any, ...]:
    return (*items[:place], item, *items[place + 1 :])
