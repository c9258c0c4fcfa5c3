"""The order of resources, of steps, and what a record waits for.

Parents are the resources that a record refers to, and those with whose records it would be deleted. A record is not
sent before its parents are there. Steps are ordered by student: deletions, children first; then the others, parents
first. So what goes wrong with one student stops no other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from compiler.planning.bodies import canonical, sortable
from compiler.planning.cascading import SCHOOL
from compiler.planning.drafts import DELETE, Draft
from compiler.planning.model import Mapped, Step
from compiler.planning.spaces import Space
from compiler.semantics import ir
from compiler.semantics.values import dig, shown
from compiler.semantics.wanted import Key


def children_first(publications: Sequence[ir.Publication]) -> list[str]:
    """All resources (plural) that publications send or take along, children before their parents."""
    above: dict[str, list[str]] = defaultdict(list)
    plural = {publication.target: publication.target_plural for publication in publications}
    for publication in publications:
        own = publication.target_plural
        chain = [*(dependent.resource for dependent in publication.dependents if dependent.reach != "none"), own]
        for child, parent in pairwise(chain):
            above[child].append(parent)
        above[own].extend(plural.get(name, name) for name, _ in publication.parents)
    order: list[str] = []
    entered: set[str] = set()
    for name in sorted(above):
        _enter(name, above, entered, order)
    return order[::-1]


def _enter(name: str, above: Mapping[str, list[str]], entered: set[str], order: list[str]) -> None:
    """Put a resource after all that is above it; a circle is cut where it was entered."""
    if name not in entered:
        entered.add(name)
        for parent in above.get(name, ()):
            _enter(parent, above, entered, order)
        order.append(name)


def ordered(steps: Iterable[Step], resources: Sequence[str]) -> list[Step]:
    """Steps in the order in which they are taken."""
    place = {name: number for number, name in enumerate(resources)}

    def rank(step: Step) -> tuple[object, ...]:
        depth = place.get(step.resource, 0)
        deletes = step.verb == DELETE
        return step.year, step.sender.student, not deletes, depth if deletes else -depth, sortable(step.key)

    return sorted(steps, key=rank)


Near = tuple[str, str, str | None]
"""A resource, a student, and an organization (None: any)."""


_Plain = tuple[object, ...]


class _Held:
    """Records by key, and how many there are of a student, and of a student at an organization."""

    def __init__(self) -> None:
        self._keys: dict[str, set[_Plain]] = defaultdict(set)
        self._near: Counter[Near] = Counter()
        self._by_parts: dict[tuple[str, tuple[int, ...]], Counter[_Plain]] = {}

    def add(self, resource: str, key: Key, student: str, organization: str | None, by: int = 1) -> None:
        """Count a record in, or (-1) out."""
        known, plain = self._keys[resource], tuple(map(canonical, key))
        if (plain in known) == (by > 0):
            return
        (known.add if by > 0 else known.remove)(plain)
        for place in {None, organization}:
            self._near[resource, student, place] += by
        for (name, places), counts in self._by_parts.items():
            if name == resource:
                counts[tuple(plain[place] for place in places)] += by

    def has_near(self, near: Near) -> bool:
        return self._near[near] > 0

    def has(self, parent: ir.Publication, parts: Mapping[ir.Path, object]) -> bool:
        """Whether there is a record with some parts of its key."""
        resource, places = parent.target_plural, tuple(i for i, path in enumerate(parent.key) if path in parts)
        counts = self._by_parts.get((resource, places))
        if counts is None:
            counts = Counter(tuple(plain[place] for place in places) for plain in self._keys[resource])
            self._by_parts[resource, places] = counts
        return counts[tuple(canonical(parts[parent.key[place]]) for place in places)] > 0


class Present:
    """The records that are there at a point of a plan: those of the identity map, less and more what was planned."""

    def __init__(self, mapped: Iterable[Mapped]) -> None:
        self._there, self._posted = _Held(), _Held()
        for row in mapped:
            self._there.add(row.resource, row.key, row.sender.student, row.organization)

    def take(self, step: Draft | Step) -> None:
        """A step that is taken: a deletion takes the record away, anything else puts it there."""
        resource, key = step.spot
        student, organization = step.sender.student, step.organization
        if step.verb == DELETE:
            self._there.add(resource, key, student, organization, -1)
        else:
            self._there.add(resource, key, student, organization)
            self._posted.add(resource, key, student, organization)

    def lacking(self, draft: Draft, spaces: Mapping[str, Space]) -> str:
        """The first parent of a record that is not there; empty when all are."""
        for parent, parts in _references(draft, spaces):
            if not self._there.has(parent, parts):
                return f"{parent.target_plural} {', '.join(shown(value) for value in parts.values())}"
        for resource, student, place in _above(draft, spaces):
            if not self._there.has_near((resource, student, place)):
                return f"{resource} of student {student}{f' at {place}' if place is not None else ''}"
        return ""

    def is_new_below(self, draft: Draft, spaces: Mapping[str, Space]) -> bool:
        """Whether a parent of a record is posted by the plan."""
        near = any(map(self._posted.has_near, _above(draft, spaces)))
        return near or any(self._posted.has(parent, parts) for parent, parts in _references(draft, spaces))


def _above(draft: Draft, spaces: Mapping[str, Space]) -> Iterable[Near]:
    """With whose records a record would be deleted: one of these must be there."""
    space = draft.space
    for other in spaces.values():
        for dependent in other.first.dependents if other is not space and draft.student else ():
            if dependent.resource == space.resource and dependent.reach != "none":
                yield other.resource, draft.student, draft.organization if dependent.reach == SCHOOL else None


def _references(draft: Draft, spaces: Mapping[str, Space]) -> Iterable[tuple[ir.Publication, Mapping[ir.Path, object]]]:
    """The references of a body to resources that a publication here sends, with the parts of the key that they name."""
    for name, pairs in draft.space.first.parents:
        for other in spaces.values():
            if other is draft.space or name not in (other.resource, other.first.target):
                continue
            parts = {there: dig(draft.sent, here) for here, there in pairs}
            if parts and all(value is not None for value in parts.values()):
                yield other.first, parts
