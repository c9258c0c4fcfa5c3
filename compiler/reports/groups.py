"""One corporation's part of a run, safe to be sent to it: its own students, and of others no more than who they are.

A finding about a conflict names the records of the other parties. What a corporation gets says which corporations
these are, and nothing else of their records: no keys, and no values or details that a path through the records of
others leads to. Findings whose corporation is not known (the directory is absent, say) form a group of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from compiler.engines.parties import Parties
from compiler.engines.run import RunResult
from compiler.reports.findings import STRUCTURE, Row
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.program import Program
from compiler.semantics.usage import reachable

NOT_KNOWN = "not-known"
_RESERVED = {"con", "prn", "aux", "nul", NOT_KNOWN, *(f"{name}{n}" for name in ("com", "lpt") for n in range(10))}
_SAFE = re.compile("[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True, slots=True, repr=False)
class Student:
    """All that a corporation's part says of one student: rows of dispositions, of findings, of what was not checked."""

    student: Any
    dispositions: tuple[Row, ...]
    findings: tuple[Row, ...]
    unchecked: tuple[Row, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Group:
    """What is a corporation's: rows of findings, of subjects that were not checked, of dispositions, and ``gone``, what
    an earlier run alone had found.

    ``others`` of a row are corporations (``corporation``, ``name``) here. ``stem`` is a name for its files that no
    other group has, whatever the case. Of students whose corporation is not known ``corporation`` is None.
    """

    corporation: Any
    name: str
    stem: str
    findings: Sequence[Row]
    unchecked: Sequence[Row]
    members: Sequence[Row]
    gone: Sequence[Row]

    @property
    def title(self) -> str:
        """The corporation in words."""
        if self.corporation is None:
            return "Corporation not known"
        return f"{self.name} ({self.corporation})" if self.name else f"Corporation {self.corporation}"

    def students(self) -> list[Student]:
        """The students of the group in the order of their ids."""
        parts: dict[Any, tuple[list[Row], list[Row], list[Row]]] = {}
        for place, rows in enumerate((self.members, self.findings, self.unchecked)):
            for row in rows:
                if row["student"] is not None:
                    parts.setdefault(row["student"], ([], [], []))[place].append(row)
        order = sorted(parts, key=lambda student: (len(str(student)), str(student)))
        return [Student(student, *(tuple(rows) for rows in parts[student])) for student in order]


def groups_of(
    result: RunResult, rows: Iterable[Row], members: Iterable[Row], gone: Iterable[Row], names: Mapping[Any, str]
) -> tuple[Group, ...]:
    """The groups of a run in the order of their ids, the one without a corporation last.

    ``rows`` are all rows of the run in its order, subjects that were not checked included.
    """
    parts: dict[Any, tuple[list[Row], list[Row], list[Row], list[Row]]] = {}

    def of(corporation: Any) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
        return parts.setdefault(corporation, ([], [], [], []))

    restriction = _Restriction(result, names)
    findings = iter(result.findings)
    for row in rows:
        finding = None if row["rule"] == STRUCTURE else next(findings)
        if finding is not None and not finding.key:
            continue  # a rule that could not be checked at all is nobody's
        place = 0 if row["outcome"] == Outcome.VIOLATION.value else 1
        of(row["corporation"])[place].append(restriction.restricted(row, finding) if finding is not None else row)
    for row in members:
        of(row["corporation"])[2].append(row)
    for row in gone:
        of(row["corporation"])[3].append(restriction.without_others(row))
    order = sorted(parts, key=lambda corporation: (corporation is None, len(str(corporation)), str(corporation)))
    stems: set[str] = set()
    return tuple(Group(c, names.get(c, ""), _stem(c, stems), *parts[c]) for c in order)


def _stem(corporation: Any, taken: set[str]) -> str:
    """A file name of small letters, digits and hyphens for a corporation; what is not plain gets a hash besides."""
    text = str(corporation)
    plain = _SAFE.fullmatch(text) and text not in _RESERVED
    kept = re.sub("[^a-z0-9]+", "-", text.lower())[:40].strip("-")
    stem = NOT_KNOWN if corporation is None else text if plain else f"{kept}-{_hash(text)}".strip("-")
    while stem in taken:
        stem = f"{stem}-{_hash(stem)}"
    taken.add(stem)
    return stem


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:8]


class _Restriction:
    """What of a finding's row its corporation may see."""

    def __init__(self, result: RunResult, names: Mapping[Any, str]) -> None:
        rules = {name: of.rule for name, of in result.results.items()}
        self._parties = Parties(result.program.schemas, rules, result.findings, result.dispositions)
        self._names = names
        self._away = {name: _leading_away(result, found.rule) for name, found in result.results.items()}

    def restricted(self, row: Row, finding: Finding) -> Row:
        """The row itself when it tells of no other record."""
        if not finding.others and not self._away[finding.rule]:
            return row
        others = [{"corporation": c, "name": self._names.get(c, "")} for c in self._parties.of(finding)]
        away = self._away[finding.rule]
        values = {name: value for name, value in row["values"].items() if name not in away}
        return {**row, "others": others, "values": values, "detail": "" if "" in away else row["detail"]}

    def without_others(self, row: Row) -> Row:
        """A row of an earlier run, the parties of which nobody can tell any more."""
        away = self._away.get(row["rule"], frozenset({""}))
        return {**row, "others": [], "values": {}, "detail": "" if "" in away else row["detail"]}


def _leading_away(result: RunResult, rule: ir.Rule) -> frozenset[str]:
    """The values of a conflict's finding that lie in records which refer to a shared one; ``""`` is its detail."""
    if rule.conflicts is None:
        return frozenset()
    program = result.program
    away = {shown.label for shown in rule.shown if leads_away(shown.value, program)}
    return frozenset(away | {"" for part in rule.detail if not isinstance(part, str) and leads_away(part, program)})


def leads_away(node: ir.Expr, program: Program) -> bool:
    """Whether an expression goes back from a shared record to those that refer to it, which may be of others."""
    return any(isinstance(part, ir.Referring) for part in reachable([node], program.definitions))
