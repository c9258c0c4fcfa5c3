"""The specs of a state on two sides, compared as a whole."""

from __future__ import annotations

from compiler.changes.entries import Differences
from compiler.changes.rules import rule_entries
from compiler.changes.shared import shared_entries
from compiler.changes.sides import Side


def differences(old: Side, new: Side) -> Differences:
    """All that differs, in a fixed order."""
    entries = sorted([*rule_entries(old, new), *shared_entries(old, new)], key=lambda entry: entry.place)
    collections = {**old.program.collections, **new.program.collections}
    titles = {name: " ".join(collection.title.split()) for name, collection in collections.items()}
    return Differences(new.program.state, new.scope.title, titles, tuple(entries))
