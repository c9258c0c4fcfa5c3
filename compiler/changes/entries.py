"""What is told of a comparison: an entry for each spec that changed, with its changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compiler.semantics.program import natural

KINDS: dict[str, str] = {
    "added": "a spec that was not there before",
    "retired": "a rule that no longer runs, or whose file is gone; another spec that is gone",
    "reused id": "an id that now names another rule",
    "revision": "a new revision, or when a revision holds",
    "status": "whether a rule runs",
    "alias": "whether a rule is a second id of another",
    "severity": "how much a violation weighs, and until when",
    "effect": "what a violation means for the count",
    "subject": "which records a rule judges, or a publication or file is made of; what a guide looks into",
    "condition": "what a rule asks of them",
    "code set": "codes that a rule or a named set tests for, and nothing else",
    "if missing": "what a rule says when only certain values are missing",
    "scope": "which records must be at hand",
    "once per": "how findings are grouped",
    "because": "from which findings one of this rule follows",
    "suppresses": "which findings need no mending because of this rule",
    "collection": "the collection of a rule; years, cycles and title of a collection",
    "population": "who belongs to a collection; whom a publication sends, and which of several; who has a row",
    "element": "what an element of a publication holds",
    "mapping": "what a publication needs to have mapped",
    "sending": "when and why a publication sends: triggers, events, keys, cascades, resyncs; where to",
    "option": "what the person who makes a file chooses",
    "field": "what a field of a file holds, and how it is printed",
    "layout": "which fields a file has in a school year, and where they stand",
    "file": "the order of rows, what is filled with zeros, what stands beside a file, warnings and checks",
    "question": "what a guide asks, whom, what the data answer, and which question is the first",
    "branch": "where the answers to a question of a guide lead",
    "end": "who acts at the end of a guide, what is to be done, and the rules that speak of it",
    "notice": "what a guide tells on the way, and when",
    "parameter": "the values of a parameter; the parameters of a publication",
    "table": "rows and columns of a table",
    "definition": "what a definition stands for",
    "ruleset": "what the rules of a folder share",
    "schema": "the schemas of the data",
    "message": "the words that a district reads, reasons of a publication or extract, a guide's symptom, titles",
    "source": "the quoted row, and how it was read; what a source calls mandatory",
    "notes": "what no run and no district sees: examples, decisions, notes",
}
"""The kinds of changes, in the order in which a spec's are told."""

SORTS = (
    "rule", "publication", "extract", "guide", "code set", "table", "parameter", "definition", "collection", "ruleset",
    "schema",
)  # fmt: skip
"""The sorts of specs, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``part`` says which part of the spec, ``before`` and ``after`` are lines (none: it was not there).

    ``direction`` says what a rule finds after it; ``because`` how a kind was decided on, where that is no plain fact.
    """

    kind: str
    part: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    direction: str = ""
    because: str = ""

    @property
    def rank(self) -> int:
        return list(KINDS).index(self.kind)


@dataclass(frozen=True, slots=True)
class Entry:
    """A spec that changed: its sort and name, its title, its collection, and the file that holds it.

    ``reaches`` are the rules, publications, extracts and guides that mean something else only because of it, each rule
    with what it finds now.
    """

    sort: str
    name: str
    title: str
    collection: str
    path: str
    changes: tuple[Change, ...]
    reaches: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> tuple[Any, ...]:
        return SORTS.index(self.sort), natural(self.name), self.collection

    @property
    def is_told(self) -> bool:
        """Whether there is more than notes."""
        return any(change.kind != "notes" for change in self.changes)


@dataclass(frozen=True, slots=True)
class Differences:
    """How the specs of a state differ; ``collections`` are titles by name, in the order in which they are told."""

    state: str
    title: str
    collections: dict[str, str] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    @property
    def told(self) -> tuple[Entry, ...]:
        """The entries that are more than notes."""
        return tuple(entry for entry in self.entries if entry.is_told)
