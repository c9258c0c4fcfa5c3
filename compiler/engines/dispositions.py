"""What a run means for the count: a disposition for every student of a collection at an organization.

*In conflict* outweighs *not counted*, that *blocked*, that *counted*. A student is in conflict when a rule whose effect
is on every party, or whose severity is Conflict, is violated by a record of the student there, or names one as the
other party; not counted when a violated rule says so; blocked when an Error is violated that no exclusion has made
moot. Every reason is kept, and so is every rule that could not be checked for the student: the count rests on them.

Faults of structure have no part in it: they are about records, and what a fault keeps a rule from saying shows as not
checked.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from compiler.engines.links import Links
from compiler.semantics import ir
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.outcomes import Context, RuleResult, interpreter_for, plain_value, subject_key, subjects_of
from compiler.semantics.program import Program
from compiler.semantics.world import World

DISPOSITIONS = ("in conflict", "not counted", "blocked", "counted")
"""In the order of their weight."""
BY_ALL = "not counted by any party"
LEVELS = ("corporation", "school", "grade")


@dataclass(frozen=True, slots=True)
class Member:
    """A student of a collection at an organization, with the keys of the records that make one."""

    collection: str
    student: Any
    corporation: Any
    school: Any
    grade: Any
    records: tuple[str, ...]


@dataclass(slots=True)
class Disposition:
    """What becomes of a student in the count of a collection at an organization, and why.

    ``reasons`` are the violated rules with what each says by itself, ``moot`` those that an exclusion suppresses,
    ``not_checked`` those that could not be checked for the student; all are rule ids.
    """

    member: Member
    reasons: dict[str, str] = field(default_factory=dict)
    moot: list[str] = field(default_factory=list)
    not_checked: list[str] = field(default_factory=list)

    @property
    def disposition(self) -> str:
        """The weightiest of what the reasons say; without any, counted."""
        return min(self.reasons.values(), key=DISPOSITIONS.index, default=DISPOSITIONS[-1])


def populations_of(program: Program, rules: Iterable[ir.Rule]) -> list[ir.Population]:
    """The populations of the collections of these rules, by name."""
    names = {rule.collection for rule in rules}
    return [population for name, population in sorted(program.populations.items()) if name in names]


class Members:
    """The students of a population, gathered from worlds that share no record of theirs.

    School and grade are those of the first record that has them; records without a student are left out.
    """

    def __init__(self, program: Program, population: ir.Population, context: Context) -> None:
        self.program = program
        self.population = population
        self.context = context
        self._found: dict[tuple[Any, Any], dict[str, Any]] = {}

    def add(self, world: World) -> None:
        """Take up the students of a world."""
        population = self.population
        interpreter = interpreter_for(self.program, population, world, self.context)
        for env in subjects_of(interpreter, population):
            parts = {
                name: plain_value(interpreter.value(node, env)) if node is not None else None
                for name, node in (
                    ("student", population.student), ("corporation", population.corporation),
                    ("school", population.school), ("grade", population.grade),
                )
            }  # fmt: skip
            entry = self._found.setdefault((parts["corporation"], parts["student"]), {**parts, "records": []})
            entry["records"].append(_record(population.resource, subject_key(interpreter, population, env)))
            for name in ("school", "grade"):
                entry[name] = parts[name] if entry[name] is None else entry[name]

    def ordered(self) -> Iterator[Member]:
        """All of them, in the order of organization and student."""
        collection = self.population.collection
        members = (
            Member(collection, **{**entry, "records": tuple(entry["records"])}) for entry in self._found.values()
        )
        yield from sorted(members, key=owner_order)


def owner_order(member: Member) -> list[tuple[bool, str]]:
    """What members are sorted by: organization and student."""
    return [(value is not None, str(value)) for value in (member.corporation, member.student)]


def dispositions(members: Iterable[Member], results: Iterable[RuleResult], links: Links) -> list[Disposition]:
    """The dispositions of members from the findings of a run."""
    found = [Disposition(member) for member in members]
    by_owner = {(d.member.collection, d.member.corporation, d.member.student): d for d in found}
    by_record = {(d.member.collection, record): d for d in found for record in d.member.records}
    for result in results:
        for finding in result.findings:
            collection = result.rule.collection
            owner = by_owner.get((collection, finding.corporation, finding.student))
            concerned = [owner] if owner is not None else []
            if finding.effect == BY_ALL:
                others = ((collection, _record(finding.resource, other)) for other in finding.others)
                concerned += [by_record[other] for other in others if other in by_record]
            for disposition in concerned:
                _add(disposition, finding, links)
    return found


def _add(disposition: Disposition, finding: Finding, links: Links) -> None:
    says = _says(finding)
    if finding.outcome is Outcome.NOT_CHECKED:
        if finding.rule not in disposition.not_checked:
            disposition.not_checked.append(finding.rule)
    elif says == "blocked" and finding.finding_key in links.suppressed_by:
        disposition.moot.append(finding.rule)
    elif says is not None:
        disposition.reasons[finding.rule] = says


def _says(finding: Finding) -> str | None:
    """What a violation means for the count; None when it weighs nothing."""
    if finding.effect == BY_ALL or finding.severity == "Conflict":
        return "in conflict"
    if finding.effect == "not counted":
        return "not counted"
    return "blocked" if finding.severity == "Error" else None


def _record(resource: str, key: dict[str, Any]) -> str:
    return json.dumps([resource, key], sort_keys=True)


@dataclass(frozen=True, slots=True)
class Total:
    """How many students of a collection have each disposition, at one organization, school or grade."""

    collection: str
    level: str
    value: Any
    counts: dict[str, int]

    def row(self) -> dict[str, Any]:
        """The total as it is printed and written."""
        return {"collection": self.collection, "level": self.level, "value": self.value, **self.counts}


def totals(found: Iterable[Disposition]) -> list[Total]:
    """The totals of each collection as a whole, by corporation, by school and by grade."""
    counts: dict[tuple[str, str, Any], Counter[str]] = {}
    for disposition in found:
        member = disposition.member
        values = [("all", None), *((level, getattr(member, level)) for level in LEVELS)]
        for level, value in values:
            counts.setdefault((member.collection, level, value), Counter())[disposition.disposition] += 1
    order = {level: place for place, level in enumerate(("all", *LEVELS))}
    return [
        Total(collection, level, value, {name: counter[name] for name in DISPOSITIONS})
        for (collection, level, value), counter in sorted(
            counts.items(), key=lambda item: (item[0][0], order[item[0][1]], item[0][2] is not None, str(item[0][2]))
        )
    ]
