"""What a change does to findings: both sides run over the same data, and their findings laid side by side.

A finding is the same on both sides when it is of the same rule and about the same subject. Joined items are told apart
by the order of the joins here, not by the names of their variables, which a rule may change freely.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.changes.sides import Side
from compiler.engines.dispositions import Disposition
from compiler.engines.evaluation import Options
from compiler.engines.folder import open_folder
from compiler.engines.run import RunResult, run
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.program import natural

NEW, GONE, WEIGHT = "new", "gone", "weight"
"""What becomes of a finding: it is new, it is gone, or it weighs something else."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as an example; ``row`` is what is masked of it: student, key, file."""

    row: dict[str, Any]
    line: int | None
    students: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of the findings of a rule at a corporation: how many are new, gone or of another weight, of each one.

    ``weights`` are severity and effect before and after, of those that weigh something else.
    """

    rule: str
    corporation: Any
    became: str
    count: int
    weights: tuple[tuple[str, str], tuple[str, str]] | None
    example: Record


@dataclass(frozen=True, slots=True)
class Impact:
    """What becomes of findings: by rule and corporation; of subjects that cannot be checked; of students in the count.

    ``unchecked`` are rules with how many subjects could not be checked before and after; ``counted`` pairs a collection
    and the dispositions before and after (None: no member) with how many students moved so.
    """

    options: Options
    data: str
    moved: tuple[Moved, ...]
    unchecked: tuple[tuple[str, int, int], ...]
    counted: tuple[tuple[str, str | None, str | None, int], ...]

    @property
    def is_any(self) -> bool:
        return bool(self.moved or self.unchecked or self.counted)


def impact(
    old: Side, new: Side, data: Path, options: Options, progress: Callable[[str], None] = lambda _message: None
) -> Impact:
    """Both sides over a folder."""
    before, after = (run(s.program, open_folder(data, s.program.schemas), options, progress) for s in (old, new))
    return Impact(
        options,
        str(data),
        tuple(_moved(before, after)),
        tuple(_unchecked(before, after)),
        tuple(_counted(before.dispositions, after.dispositions)),
    )


Place = tuple[str, str]


def _violations(result: RunResult) -> dict[Place, Finding]:
    found = {}
    for name, part in result.results.items():
        joins = {join.variable: f"#{number}" for number, join in enumerate(part.rule.joins)}
        for finding in part.findings:
            if finding.outcome is Outcome.VIOLATION:
                key = {joins.get(path, path): value for path, value in finding.key.items()}
                found[name, json.dumps([finding.resource, key], sort_keys=True, default=str)] = finding
    return found


def _moved(before: RunResult, after: RunResult) -> Iterable[Moved]:
    old, new = _violations(before), _violations(after)
    groups: dict[tuple[Any, ...], list[tuple[Finding, RunResult]]] = {}
    for place in dict.fromkeys([*old, *new]):
        one, other = old.get(place), new.get(place)
        if one is None and other is not None:
            groups.setdefault((other.rule, other.corporation, NEW, None), []).append((other, after))
        elif one is not None and other is None:
            groups.setdefault((one.rule, one.corporation, GONE, None), []).append((one, before))
        elif one is not None and other is not None and _weight(one) != _weight(other):
            weights = _weight(one), _weight(other)
            groups.setdefault((other.rule, other.corporation, WEIGHT, weights), []).append((other, after))
    order = (NEW, GONE, WEIGHT)
    for group in sorted(groups, key=lambda g: (natural(g[0]), natural(str(g[1] or "")), order.index(g[2]), str(g[3]))):
        found = groups[group]
        yield Moved(group[0], group[1], group[2], len(found), group[3], _record(*found[0]))


def _weight(finding: Finding) -> tuple[str, str]:
    return finding.severity, finding.effect


def _record(finding: Finding, result: RunResult) -> Record:
    file, line = result.place(finding)
    row = {"rule": finding.rule, "student": finding.student, "key": finding.key, "file": file}
    return Record(row, line, (finding.student, *_students(finding.key)))


def _students(key: dict[str, Any]) -> Iterable[Any]:
    for name, value in key.items():
        if isinstance(value, dict):
            yield from _students(value)
        elif name.endswith("studentUniqueId"):
            yield value


def _unchecked(before: RunResult, after: RunResult) -> Iterable[tuple[str, int, int]]:
    for name in sorted(before.results.keys() | after.results.keys(), key=natural):
        was, now = (r.results[name].counts[Outcome.NOT_CHECKED] if name in r.results else 0 for r in (before, after))
        if was != now:
            yield name, was, now


def _counted(
    before: Iterable[Disposition], after: Iterable[Disposition]
) -> Iterable[tuple[str, str | None, str | None, int]]:
    was, now = ({_member(d): d.disposition for d in found} for found in (before, after))
    moves = Counter(
        (member[0], was.get(member), now.get(member))
        for member in was.keys() | now.keys()
        if was.get(member) != now.get(member)
    )
    for (collection, one, other), count in sorted(moves.items(), key=repr):
        yield collection, one, other, count


def _member(disposition: Disposition) -> tuple[str, Any, Any]:
    member = disposition.member
    return member.collection, member.corporation, member.student
