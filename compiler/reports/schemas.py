"""What an import of schemas says of itself, and the differences of two folders of schemas: text, Markdown, data."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from compiler.reports.text import plain, plural
from compiler.schema.differences import Change
from compiler.schema.remarks import Remark
from compiler.semantics.touched import Reader, Spec

WHOLE = ("added", "removed")
_SHOWN = 4  # places of a remark


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two folders by name, their changes, and the specs that use the older one."""

    old: str
    new: str
    changes: Sequence[Change]
    readers: Sequence[Reader]

    @property
    def touched(self) -> list[tuple[Spec, list[Change]]]:
        """Each spec with the changes that touch it; specs that none touches are left out."""
        pairs = (
            (reader.spec, [change for change in self.changes if reader.is_touched(change)]) for reader in self.readers
        )
        return [(spec, changes) for spec, changes in pairs if changes]


def remarks_as_lines(remarks: Sequence[Remark]) -> Iterator[str]:
    """Remarks as lines; all places of what is open, the first ones of the rest."""
    for remark in remarks:
        shown = remark.places if remark.how == "open" and len(remark.places) <= 2 * _SHOWN else remark.places[:_SHOWN]
        rest = len(remark.places) - len(shown)
        places = ", ".join(map(plain, shown)) + (f" and {rest:,} more" if rest else "")
        yield f"{remark.how}: {remark.what} ({len(remark.places):,}): {places}"


def as_text(comparison: Comparison) -> str:
    """The changes by resource, then the specs."""
    lines = [_headline(comparison)]
    for resource, changes in groupby(comparison.changes, key=lambda change: change.resource):
        first, *rest = changes
        alone = not first.path and first.what in ("added", "removed")
        lines += ["", f"{resource}: {first.what}"] if alone else ["", resource, f"  {_change(first)}"]
        lines += [f"  {_change(change)}" for change in rest]
    lines += ["", _touched_line(comparison)]
    for spec, touching in comparison.touched:
        lines.append(f"  {spec.kind} {spec.name} ({spec.file})")
        lines += [f"    {change.place}: {_what(change)}" for change in touching]
    return plain_lines(lines)


def as_markdown(comparison: Comparison) -> str:
    """The same as tables."""
    lines = [f"# Schemas {comparison.old} and {comparison.new}", "", _headline(comparison), ""]
    lines += ["| Resource | Property | Change |", "| --- | --- | --- |"]
    lines += [f"| {_cell(c.resource)} | {_cell('.'.join(c.path))} | {_cell(_what(c))} |" for c in comparison.changes]
    lines += ["", "## Specs", "", _touched_line(comparison), ""]
    if comparison.touched:
        lines += ["| State | Spec | File | Touched by |", "| --- | --- | --- | --- |"]
    for spec, changes in comparison.touched:
        by = "; ".join(f"{change.place}: {_what(change)}" for change in changes)
        lines.append(f"| {spec.state} | {spec.kind} {_cell(spec.name)} | {_cell(spec.file)} | {_cell(by)} |")
    return plain_lines(lines)


def as_json(comparison: Comparison) -> str:
    """The same as data."""
    places = {id(change): number for number, change in enumerate(comparison.changes)}
    document = {
        "old": comparison.old,
        "new": comparison.new,
        "changes": [
            {
                "resource": change.resource,
                "path": ".".join(change.path),
                "what": change.what,
                "before": change.before,
                "after": change.after,
            }
            for change in comparison.changes
        ],
        "specs": [
            {
                "state": spec.state,
                "kind": spec.kind,
                "name": spec.name,
                "file": spec.file,
                "changes": [places[id(change)] for change in changes],
            }
            for spec, changes in comparison.touched
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False)


FORMATS: dict[str, Callable[[Comparison], str]] = {"text": as_text, "markdown": as_markdown, "json": as_json}


def plain_lines(lines: Sequence[str]) -> str:
    """Lines as one text without control characters."""
    return "\n".join(map(plain, lines))


def _headline(comparison: Comparison) -> str:
    whole = Counter(c.what for c in comparison.changes if not c.path)
    inner = Counter(c.what for c in comparison.changes if c.path)
    if not comparison.changes:
        return f"{comparison.old} and {comparison.new} say the same."
    counts = [
        plural(whole[what], f"resource or descriptor {what}", f"resources and descriptors {what}") for what in WHOLE
    ]
    counts += [plural(inner[what], f"property {what}", f"properties {what}") for what in WHOLE]
    others = sum(count for found in (whole, inner) for what, count in found.items() if what not in WHOLE)
    return f"{comparison.old} to {comparison.new}: {', '.join(counts)}, {plural(others, 'other change')}."


def _touched_line(comparison: Comparison) -> str:
    if not comparison.readers:
        return f"No specs here use {comparison.old}."
    using = f"{plural(len(comparison.readers), 'spec')} that use {comparison.old}"
    return f"Of {using}, {len(comparison.touched) or 'none'} read what has changed."


def _change(change: Change) -> str:
    return f"{'.'.join(change.path)}: {_what(change)}" if change.path else _what(change)


def _what(change: Change) -> str:
    if change.what in WHOLE:
        return f"{change.what}, {change.after}" if change.after else change.what
    return f"{change.what}: {change.before or 'none'} -> {change.after or 'none'}"


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")
