"""The keys of a resource: which publication sends the record of each, and who of the source stands at it.

Publications of one resource share its keys. A key that several want, or of which the first holds a record back, is
that of the publication whose id comes first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from compiler.planning.bodies import key_at
from compiler.planning.model import Cause, Mapped, Spot, Standing, Wants
from compiler.semantics import ir
from compiler.semantics.values import shown
from compiler.semantics.wanted import Key, Payload, Sender, Subject, Unsent, Wanted, Why


@dataclass(frozen=True, slots=True)
class Slot:
    """The record that is wanted at a key, and by which publication."""

    wants: Wants
    payload: Payload


Entry = tuple[Wants, Subject, Sender]
"""A candidate, before or after: whose it is, where it is found, and the object that it stands for."""


@dataclass(slots=True)
class Space:
    """The keys of one resource (plural). ``blocked`` are those whose record is held back."""

    resource: str
    wants: tuple[Wants, ...]
    names: tuple[str, ...]
    slots: dict[Key, Slot] = field(default_factory=dict)
    blocked: dict[Key, Unsent] = field(default_factory=dict)
    behind: list[Standing] = field(default_factory=list)
    unsent_at: dict[Key, list[Unsent]] = field(default_factory=lambda: defaultdict(list))
    unsent_of: dict[Sender, list[Unsent]] = field(default_factory=lambda: defaultdict(list))
    candidates_at: dict[Key, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    candidates_of: dict[Sender, list[Entry]] = field(default_factory=lambda: defaultdict(list))

    @property
    def first(self) -> ir.Publication:
        return self.wants[0].publication

    def owner(self, sender: Sender) -> Wants | None:
        """The publication whose objects an object is one of."""
        for wants in self.wants:
            if any(source.object_type == sender.type for source in wants.publication.sources):
                return wants
        return None

    def has(self, sender: Sender) -> bool:
        """Whether a record of an object, or one that a resync began to delete and no object stands for, is of here."""
        return not sender.type or self.owner(sender) is not None

    def wants_at(self, key: Key, row: Mapped | None) -> Wants:
        """The publication that a record at a key concerns."""
        if key in self.slots:
            return self.slots[key].wants
        owner = self.owner(row.sender) if row is not None else None
        return owner or self.wants[0]

    def spot(self, key: Key) -> Spot:
        return self.resource, key

    def key_of(self, body: dict[str, Any]) -> Key | None:
        return key_at(self.first.key, body)

    def student(self, key: Key, sender: Sender) -> str:
        """Whose record it is: by its key, else by its object."""
        path = self.first.student_path
        return shown(key[self.first.key.index(path)]) if path in self.first.key else sender.student

    def organization(self, key: Key) -> str | None:
        """The organization that a key names."""
        path = self.first.organization_path
        return shown(key[self.first.key.index(path)]) if path in self.first.key else None

    def subjects(self, key: Key, sender: Sender | None) -> list[tuple[Wants, Subject]]:
        """The candidates on which a record at a key rests, before or after: those of the object that has sent it, and
        of the object that sends it now. What stands behind these changes nothing.
        """
        senders = [self.slots[key].payload.sender] if key in self.slots else []
        senders += [sender] if sender is not None else []
        found: dict[Entry, None] = {}
        for one in senders:
            here = [entry for entry in self.candidates_at.get(key, []) if entry[2] == one]
            found.update(dict.fromkeys(here or self.candidates_of.get(one, [])))
        return [(wants, subject) for wants, subject, _ in found]

    def add_candidates(self, wants: Wants, side: Wanted) -> None:
        candidates: list[Payload | Unsent] = [*side.records.values(), *side.unsent]
        for found in candidates:
            entry = (wants, found.subject, found.sender)
            self.candidates_of[found.sender].append(entry)
            if found.key is not None:
                self.candidates_at[found.key].append(entry)


def spaces_of(wants: Iterable[Wants]) -> list[Space]:
    """The resources of publications, each with its keys, in order of their names."""
    by_resource: dict[str, list[Wants]] = {}
    for entry in sorted(wants, key=lambda entry: entry.publication.id):
        by_resource.setdefault(entry.publication.target_plural, []).append(entry)
    return [_space(resource, tuple(entries)) for resource, entries in sorted(by_resource.items())]


def _space(resource: str, entries: tuple[Wants, ...]) -> Space:
    space = Space(resource, entries, tuple(".".join(path) for path in entries[0].publication.key))
    for wants in entries:
        for side in (wants.after, wants.before):
            if side is not None:
                space.add_candidates(wants, side)
        for key, payload in wants.after.records.items():
            first = space.slots.get(key)
            holder = first.payload.sender if first is not None else None
            holder = space.blocked[key].sender if key in space.blocked else holder
            if holder is None:
                space.slots[key] = Slot(wants, payload)
            else:
                space.behind.append(_behind(space, wants, payload, holder))
        for unsent in wants.after.unsent:
            space.unsent_of[unsent.sender].append(unsent)
            if unsent.key is None:
                continue
            space.unsent_at[unsent.key].append(unsent)
            if unsent.why is Why.BLOCKED and unsent.key not in space.slots:
                space.blocked.setdefault(unsent.key, unsent)
    return space


def _behind(space: Space, wants: Wants, payload: Payload, holder: Sender) -> Standing:
    publication = wants.publication
    reason = f"{publication.behind} ({holder})"
    return Standing(
        Cause.SHARED, publication.id, space.resource, space.names, payload.key, payload.sender, reason, "POST"
    )


def sent_before(wants: Iterable[Wants]) -> Iterator[Mapped]:
    """The identity map after all that was wanted before has been sent, whatever was off; empty where nothing was."""
    earlier = [replace(one, after=one.before, before=None) for one in wants if one.before is not None]
    for space in spaces_of(earlier):
        for number, (key, slot) in enumerate(space.slots.items()):
            found = slot.payload.sender
            sender = Sender(found.type, found.key, space.student(key, found))
            organization, ods_id = space.organization(key), f"{space.resource}-{number}"
            yield Mapped(space.resource, space.names, key, sender, organization, slot.payload.body, ods_id=ods_id)
