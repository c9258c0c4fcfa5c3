"""The specs of a state on two sides, compared as a whole."""

from __future__ import annotations

from compiler.changes.collections import collection_entries
from compiler.changes.definitions import definition_entries
from compiler.changes.entries import Differences
from compiler.changes.extracts import extract_entries
from compiler.changes.guides import guide_entries
from compiler.changes.publications import publication_entries
from compiler.changes.reach import reach_between
from compiler.changes.rules import rule_entries
from compiler.changes.rulesets import ruleset_entries, schema_entries
from compiler.changes.sides import Side
from compiler.changes.tables import code_set_entries, table_entries
from compiler.syntax.document import one_line


def differences(old: Side, new: Side) -> Differences:
    """All that differs, in a fixed order."""
    reach = reach_between(old, new)
    entries = [
        *rule_entries(old, new),
        *publication_entries(old, new),
        *extract_entries(old, new),
        *guide_entries(old, new),
        *code_set_entries(old, new, reach),
        *table_entries(old, new, reach),
        *definition_entries(old, new, reach),
        *collection_entries(old, new, reach),
        *ruleset_entries(old, new, reach),
        *schema_entries(old, new),
    ]
    collections = {**old.program.collections, **new.program.collections}
    titles = {name: one_line(collection.title) for name, collection in collections.items()}
    return Differences(
        new.program.state, new.scope.title, titles, tuple(sorted(entries, key=lambda entry: entry.place))
    )
