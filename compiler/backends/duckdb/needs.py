"""What is needed of each loop at each level, and which loops can be read without those around them.

An inner loop of records whose columns use nothing of the loops around it but the key by which it is joined is
*detached*: it is read without them and grouped by that key, once for all rows that have the same key. So the first day
of a school is found once a school, not once an enrollment.

What is needed is found from the end: the columns that are wanted of the last loop need others of the same level, these
need some of the level below, or of a group, and so on. What nobody needs is never written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from compiler.backends.duckdb.loops import Arms, Column, Entries, Group, Key, Lookup, Loop, Records, labels
from compiler.backends.sql_tree import TRUE, Sql, and_, distinct, label_of, or_


@dataclass
class Needs:
    """``needs``: the labels that a loop must have at the end of a level. ``grouped``: those wanted of a group."""

    loops: Sequence[Loop]
    detached: set[Loop]
    needs: dict[tuple[Loop, int], set[str]] = field(default_factory=lambda: defaultdict(set))
    grouped: dict[Group, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def top(self) -> int:
        return max(made.level for loop in self.loops for made in loop.columns.values())

    def ids(self, loop: Loop) -> tuple[str, ...]:
        """The labels that tell the rows of a loop apart; a detached loop has none of those around it."""
        around = self.ids(loop.outer) if loop.outer is not None and loop not in self.detached else ()
        return (*around, *loop.own)

    def tie(self, group: Group) -> list[Key]:
        """The columns by which the rows of an inner loop are grouped, and what they are in the outer one."""
        top = _top(group.inner, group.outer)
        if top in self.detached:
            assert isinstance(top.source, Records)
            return [Key(key.label, key.value) for key in top.source.keys]
        return [Key(i, label_of(i)) for i in self.ids(group.outer)]

    def wanted(self, loop: Loop) -> Sql:
        """The condition that a row of the outer loop must meet for one of the uses of an inner loop to look at it."""
        known = set[str]()
        for around in loop.around:
            known.update(around.columns)
            if around in self.detached:
                break
        different = {tuple(map(id, use)): use for use in loop.wanted}.values()
        uses = [and_(*distinct(g for g in use if labels(g) <= known)) for use in different]
        return or_(*distinct(uses)) if uses else TRUE

    def demand(self, last: Loop, wanted: set[str]) -> None:
        """From the end to the beginning, note what is needed."""
        self.needs[last, self.top] |= wanted
        for level in range(self.top, -1, -1):
            for loop in reversed(self.loops):
                for group in loop.groups.values():
                    if group.level == level and group in self.grouped:
                        values = [group.values[name] for name in self.grouped[group]]
                        values += [group.within] if group.within is not None else []
                        self.needs[loop, level] |= set().union(*map(labels, values))
                        self.needs[loop, level] |= {key.column for key in self.tie(group)}
                if not self.needs[loop, level]:
                    continue
                if level > loop.level:
                    self._ask_below(loop, level)
                elif loop.outer is not None and loop not in self.detached:
                    self._ask_around(loop, loop.outer)

    def live(self, loop: Loop, level: int) -> set[str]:
        """What is needed of a loop in a level, and what that rests on in the same level."""
        found, waiting = set[str](), set(self.needs[loop, level])
        waiting |= {name for kept in loop.kept if loop.place_of([kept])[0] == level for name in labels(kept)}
        while waiting:
            label = waiting.pop()
            found.add(label)
            made = loop.columns.get(label)
            if made is not None and made.level == level:
                waiting |= rests_on(made) - found
        return found

    def _ask_below(self, loop: Loop, level: int) -> None:
        """What a loop takes at a level above its own: from the level below, from groups, from the loop around it."""
        live, below = self.live(loop, level), self.needs[loop, level - 1]
        below |= {label for label in live if loop.level_of(label) < level}
        for group in self.groups(loop, level, live):
            self.grouped[group] |= live & group.values.keys()
            below |= _labels_of(self.tie(group))
        if fetched := self.fetched(loop, level, live):
            assert loop.outer is not None
            ids = set(self.ids(loop.outer))
            self.needs[loop.outer, level] |= fetched | ids
            below |= ids
        below |= set() if below else set(loop.own)

    def _ask_around(self, loop: Loop, outer: Loop) -> None:
        """What a loop takes from those it is made of, at its own level; a row has at least its number."""
        around = self.needs[outer, loop.level]
        around |= (self.live(loop, loop.level) - loop.columns.keys()) | _source_labels(loop) | labels(self.wanted(loop))
        if isinstance(loop.source, Arms):
            ids = set(self.ids(outer))
            around |= ids
            for arm in loop.source.arms:
                used = set().union(*map(labels, (*arm.values.values(), arm.where)))
                self.needs[arm.loop, loop.level] |= used | ids
        around |= set() if around else set(outer.own)

    def groups(self, loop: Loop, level: int, live: set[str]) -> list[Group]:
        """The groups whose columns a loop takes in at a level."""
        made = (loop.columns[label] for label in sorted(live) if label in loop.columns)
        return list(dict.fromkeys(c.origin for c in made if c.level == level and isinstance(c.origin, Group)))

    def fetched(self, loop: Loop, level: int, live: set[str]) -> set[str]:
        """What a loop takes at a level above its own from the loop around it."""
        return {label for label in live - loop.columns.keys() if loop.level_of(label) == level}


def needs_of(loops: Sequence[Loop], last: Loop, wanted: set[str]) -> Needs:
    """What columns that are wanted of the last loop take."""
    needs = Needs(loops, _detached(loops, last, wanted))
    needs.demand(last, wanted)
    return needs


def _detached(loops: Sequence[Loop], last: Loop, wanted: set[str]) -> set[Loop]:
    """The loops that can be read without those around them."""
    used: dict[Loop, set[str]] = {loop: set() for loop in loops}  # labels of loops around it, used by it or in it
    bound = {loop for inner in loops for loop in _bound_by(inner)}
    used[last] |= wanted
    for loop in reversed(loops):
        mine = used[loop]
        for made in loop.columns.values():
            mine |= labels(made.value)
            mine |= _labels_of(made.origin.keys) if isinstance(made.origin, Lookup) else set()
        for group in loop.groups.values():
            mine |= set().union(*map(labels, (*group.values.values(), *([group.within] if group.within else []))))
        mine.difference_update(loop.columns)
        if loop.outer is not None:
            used[loop.outer] |= mine | _source_labels(loop)
    return {
        loop
        for loop in loops
        if isinstance(loop.source, Records) and loop.outer is not None and not used[loop] and loop not in bound
    } - set(last.around)


def _bound_by(loop: Loop) -> set[Loop]:
    """The loops that a loop ties to those around them: it takes their rows, or is grouped by what lies further out."""
    bound = set[Loop]()
    if isinstance(loop.source, Arms):
        assert loop.outer is not None
        for arm in loop.source.arms:
            bound |= _between(arm.loop, loop.outer)
        bound.add(loop.outer)
    for outer, _, _ in loop.groups:
        bound |= _between(loop, outer) - {_top(loop, outer)}
    return bound


def _between(inner: Loop, outer: Loop) -> set[Loop]:
    """The loops from an inner one up to, and without, an outer one."""
    found = set[Loop]()
    for loop in inner.around:
        if loop is outer:
            break
        found.add(loop)
    return found


def _top(inner: Loop, outer: Loop) -> Loop:
    """The loop in an outer one that an inner one lies in."""
    return next(loop for loop in inner.around if loop.outer is outer)


def _labels_of(keys: Iterable[Key]) -> set[str]:
    return {label for key in keys for label in labels(key.value)}


def _source_labels(loop: Loop) -> set[str]:
    """What finding the rows of a loop uses of those around it."""
    match loop.source:
        case Records(keys=keys):
            return _labels_of(keys)
        case Entries(entries=entries):
            return labels(entries)
        case Arms(arms=arms):
            assert loop.outer is not None
            known = set().union(*(around.columns for around in loop.outer.around))
            return known & set().union(*(labels(value) for arm in arms for value in (*arm.values.values(), arm.where)))


def rests_on(made: Column) -> set[str]:
    """The labels that a column rests on, other than those it is read or grouped from."""
    if isinstance(made.origin, Lookup):
        return _labels_of(made.origin.keys)
    return set() if isinstance(made.origin, Group) else labels(made.value)
