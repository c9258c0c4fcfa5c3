"""What a change of specs means, as JSON."""

from __future__ import annotations

import json
from typing import Any

from compiler.changes.entries import Entry
from compiler.changes.impact import Impact
from compiler.reports.changes import Told

VERSION = 1


def as_json(told: Told) -> str:
    """For programs; ``version`` changes when a key does."""
    document = {
        "version": VERSION,
        "old": told.old,
        "new": told.new,
        "differs": told.differs,
        "states": [
            {
                "state": state.found.state,
                "changes": [_entry(entry) for entry in told.entries(state)],
                "impact": _impact(state.impact) if state.impact is not None else None,
            }
            for state in told.states
        ],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, default=str) + "\n"


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "sort": entry.sort,
        "name": entry.name,
        "title": entry.title,
        "collection": entry.collection or None,
        "path": entry.path or None,
        "changes": [
            {
                "kind": change.kind,
                "part": change.part,
                "before": list(change.before),
                "after": list(change.after),
                "finds": change.direction or None,
                "because": change.because or None,
            }
            for change in entry.changes
        ],
        "reaches": [{"rule": key, "finds": finds or None} for key, finds in entry.reaches],
    }


def _impact(found: Impact) -> dict[str, Any]:
    options = found.options
    return {
        "data": found.data,
        "schoolYear": options.school_year,
        "asOf": options.as_of.isoformat(),
        "scope": options.scope,
        "cycle": options.cycle,
        "findings": [
            {
                "rule": moved.rule,
                "corporation": moved.corporation,
                "became": moved.became,
                "count": moved.count,
                "weights": [list(weight) for weight in moved.weights] if moved.weights is not None else None,
                "example": {**moved.example.row, "line": moved.example.line},
            }
            for moved in found.moved
        ],
        "notChecked": [{"rule": rule, "before": was, "after": now} for rule, was, now in found.unchecked],
        "dispositions": [
            {"collection": collection, "before": was, "after": now, "students": count}
            for collection, was, now, count in found.counted
        ],
    }
