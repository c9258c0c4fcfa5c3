"""Whom a change of a shared spec reaches, and how an entry of one is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from compiler.changes.entries import Change, Entry
from compiler.changes.findings import direction
from compiler.changes.sides import Read, Side
from compiler.semantics.program import natural

Reached = tuple[tuple[str, str], ...]
Reach = Callable[[Callable[[Read], bool]], Reached]
"""Gives the specs that read something and mean something else now, rules with what they find."""


def reach_between(old: Side, new: Side) -> Reach:
    """The reach of changes from one side to the other."""
    known: dict[str, str | None] = {}

    def told(key: str) -> str | None:
        """What a rule finds now; None when it says what it said, empty when its own text changed as well.

        Of a publication, extract or guide that means something else it is always empty.
        """
        if key in old.spoken and key in new.spoken:
            meaning = old.spoken[key].full
            return None if meaning is not None and meaning == new.spoken[key].full else ""
        one, other = old.in_full(key), new.in_full(key)
        if one is not None and one == other:
            return None
        return direction(old, new, key, key) if old.written.get(key) == new.written.get(key) else ""

    @cache
    def read_by() -> dict[str, frozenset[Read]]:
        """What each spec of both sides reads on either, in the order of their names."""
        both = sorted(old.reads.keys() & new.reads.keys(), key=natural)
        return {key: frozenset(old.reads[key] | new.reads[key]) for key in both}

    def reach(is_read: Callable[[Read], bool]) -> Reached:
        found = []
        for key, reads in read_by().items():
            if any(map(is_read, reads)):
                if key not in known:
                    known[key] = told(key)
                if known[key] is not None:
                    found.append((key, known[key] or ""))
        return tuple(found)

    return reach


def entry_of(
    sort: str,
    name: str,
    title: str,
    path: str,
    changes: Iterable[Change],
    *,
    collection: str = "",
    reaches: Callable[[], Reached] = tuple,
) -> Iterator[Entry]:
    """The entry of a spec, when it changed; whom it reaches is only asked when more than notes did."""
    found = tuple(changes)
    if found:
        is_told = any(change.kind != "notes" for change in found)
        yield Entry(sort, name, title, collection, path, found, reaches() if is_told else ())


def of_either(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
    return new[name] if name in new else old[name]


def names_of(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    return sorted(old.keys() | new.keys(), key=natural)


def declared(side: Side, name: str) -> dict[str, Any]:
    """What the folders of a side declare, by name."""
    return {key: value for scope in side.scopes.values() for key, value in getattr(scope, name).items()}


def value_text(value: Any) -> str:
    """A cell of a table, or the value of a parameter."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(value_text, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
