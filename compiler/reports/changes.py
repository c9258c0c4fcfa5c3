"""What a change of specs means: what every format says of it, and text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from compiler.changes.entries import Change, Differences, Entry
from compiler.changes.impact import GONE, NEW, WEIGHT, Impact, Moved, Record
from compiler.reports.masking import Aliases
from compiler.reports.text import plain, plural

_SHORT = 60  # characters of a text that stands on a line with what it became

_RULE_FINDS = {
    "narrower": "narrower: it finds a part of what it found",
    "wider": "wider: it finds what it found, and may find more",
    "same": "it finds the same violations",
    "other": "it may find others, and miss some it found",
}
_IS_TRUE = {
    "narrower": "narrower: true of a part of what it was true of",
    "wider": "wider: true of what it was true of, and maybe of more",
    "same": "true of the same",
    "other": "it may be true of others",
}
_SORTS = {
    "code set": "Code set",
    "table": "Table",
    "parameter": "Parameter",
    "definition": "Definition",
    "collection": "Collection",
    "ruleset": "Ruleset",
    "schema": "Schema of",
}
_NAMED = {"publication": "Publications", "extract": "Extracts", "guide": "Guides"}
_ONE_OFF = {
    ("added", "rule"): "a new rule",
    ("retired", "rule"): "the rule is gone",
    ("added", "publication"): "a new publication",
    ("retired", "publication"): "the publication is gone",
    ("added", "extract"): "a new extract",
    ("retired", "extract"): "the extract is gone",
    ("added", "guide"): "a new guide",
    ("retired", "guide"): "the guide is gone",
    ("retired", "status"): "the rule no longer runs",
}
_PLURALS = {"ruleset": "rulesets", "schema": "schemas"}


@dataclass(frozen=True, slots=True)
class State:
    """A state with its differences and, where data were run, what becomes of the findings."""

    found: Differences
    impact: Impact | None


@dataclass(frozen=True, slots=True)
class Told:
    """A comparison that is to be told of; ``notes`` says whether with what no run and no district sees."""

    old: str
    new: str
    states: tuple[State, ...]
    notes: bool = False

    @property
    def differs(self) -> bool:
        """Whether there is more than notes."""
        return any(state.found.told or (state.impact is not None and state.impact.is_any) for state in self.states)

    def entries(self, state: State) -> tuple[Entry, ...]:
        """What is told of a state: its entries, without notes unless they were asked for."""
        if self.notes:
            return state.found.entries
        kept = (replace(e, changes=tuple(c for c in e.changes if c.kind != "notes")) for e in state.found.told)
        return tuple(kept)


def masked(found: Impact, aliases: Aliases) -> Impact:
    """The same without student ids."""
    return replace(found, moved=tuple(replace(m, example=_masked(m.example, aliases)) for m in found.moved))


def _masked(record: Record, aliases: Aliases) -> Record:
    others = {"others": [], "detail": "", "values": {}}
    row = aliases.masked({**record.row, **others}, record.students)
    return Record({name: row[name] for name in record.row}, record.line, ())


def summary(told: Told) -> str:
    """How much changed, in a line."""
    counts: dict[str, int] = {}
    for state in told.states:
        for entry in state.found.told:
            counts[entry.sort] = counts.get(entry.sort, 0) + 1
    if not counts:
        return f"{told.old} and {told.new} mean the same."
    return f"Changed: {', '.join(plural(count, sort, _PLURALS.get(sort, '')) for sort, count in counts.items())}."


# -- what texts say


def groups(entries: tuple[Entry, ...], titles: Mapping[str, str]) -> Iterator[tuple[str, list[Entry]]]:
    """Rules by collection, in the order of the collections; publications; extracts; guides; then what they share."""
    for name in [*titles, ""]:
        rules = [entry for entry in entries if entry.sort == "rule" and entry.collection == name]
        if rules:
            yield titles.get(name) or "Rules of no collection", rules
    for sort, title in _NAMED.items():
        found = [entry for entry in entries if entry.sort == sort]
        if found:
            yield title, found
    shared = [entry for entry in entries if entry.sort != "rule" and entry.sort not in _NAMED]
    if shared:
        yield "What specs share", shared


def name_of(entry: Entry) -> str:
    """What a spec is called."""
    if entry.sort == "rule" or entry.sort in _NAMED:
        return entry.name
    of = f" of {entry.collection}" if entry.sort == "parameter" else ""
    return f"{_SORTS[entry.sort]} {entry.name}{of}"


def head_of(change: Change, entry: Entry) -> str:
    """What kind of change it is, in which part, and what it means for findings."""
    said = _ONE_OFF.get((change.kind, change.part))
    what = said or (change.kind if change.part in (change.kind, entry.sort) else f"{change.kind}, {change.part}")
    finds = (_IS_TRUE if entry.sort == "definition" else _RULE_FINDS).get(change.direction, "")
    told = "; ".join(part for part in (change.because, finds) if part)
    return f"{what} ({told})" if told else what


def is_short(change: Change) -> bool:
    """Whether what was and what is stand on one line."""
    lines = (*change.before, *change.after)
    return len(change.before) < 2 and len(change.after) < 2 and all(len(line) <= _SHORT for line in lines)


def reached(entry: Entry) -> str:
    """The rules, publications, extracts and guides that a change reaches."""
    return ", ".join(f"{key} ({told})" if told else key for key, told in entry.reaches)


_BECAME = {NEW: "+", GONE: "-", WEIGHT: "~"}


def movement(moved: Moved) -> str:
    """How many findings are new, gone or of another weight."""
    weights = ""
    if moved.weights is not None:
        was, now = moved.weights
        pairs = [f"{one} -> {other}" for one, other in zip(was, now, strict=True) if one != other]
        weights = f", {', '.join(pairs)}"
    return f"{_BECAME[moved.became]}{moved.count:,}{weights}"


def example_text(record: Record) -> str:
    """Where a record stands, and its key."""
    row = record.row
    place = f"{row['file']}:{record.line}" if row["file"] else ""
    key = ", ".join(f"{name} {_value(value)}" for name, value in row["key"].items())
    return f"{place} {key}".strip()


def _value(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)


def run_of(found: Impact) -> str:
    """What was run."""
    options = found.options
    return f"{found.data}, school year {options.school_year}, as of {options.as_of}, {options.scope} scope"


def count_lines(found: Impact, titles: Mapping[str, str]) -> Iterator[str]:
    """What becomes of students in the count."""
    for collection, was, now, count in found.counted:
        of = titles.get(collection, collection)
        yield f"{of}: {plural(count, 'student')} {was or 'no member'} -> {now or 'no member'}"


# -- text


def as_text(told: Told) -> str:
    """For a terminal."""
    return "".join(f"{plain(line)}\n" for line in _text(told))


def _text(told: Told) -> Iterator[str]:
    for state in told.states:
        entries = told.entries(state)
        if not entries and state.impact is None:
            continue
        yield f"{state.found.state}: {told.old} -> {told.new}"
        for title, group in groups(entries, state.found.collections):
            yield ""
            yield title
            for entry in group:
                yield f"  {name_of(entry)}  {entry.title}".rstrip()
                for change in entry.changes:
                    yield from (f"    {line}" for line in _change_lines(change, entry))
                if entry.reaches:
                    yield f"    reaches: {reached(entry)}"
        if state.impact is not None:
            yield ""
            yield from _impact_lines(state.impact, state.found.collections)


def _change_lines(change: Change, entry: Entry) -> Iterator[str]:
    head = head_of(change, entry)
    if not change.before and not change.after:
        yield head
    elif is_short(change):
        yield f"{head}: {' '.join(change.before) or '(none)'} -> {' '.join(change.after) or '(none)'}"
    else:
        yield head
        for label, lines in (("before", change.before), ("after", change.after)):
            for number, line in enumerate(lines):
                yield f"  {f'{label}:' if number == 0 else '':<8}{line}"


def _impact_lines(found: Impact, titles: Mapping[str, str]) -> Iterator[str]:
    yield f"Findings over {run_of(found)}"
    if not found.is_any:
        yield "  none changes"
    for moved in found.moved:
        where = f" at {moved.corporation}" if moved.corporation is not None else ""
        yield f"  {moved.rule}{where}: {movement(moved)}, as {example_text(moved.example)}"
    for rule, was, now in found.unchecked:
        yield f"  {rule}: not checked {was:,} -> {now:,}"
    yield from (f"  {line}" for line in count_lines(found, titles))
