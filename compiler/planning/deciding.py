"""What is to be done at each key: it follows from what is wanted, the identity map, and what is held.

Nothing here asks what has changed, save for the cause of a change of a key. A record is *held* when it is not wanted
and yet not deleted: its object is excluded for the time being, held back or undecided, or has gone to another key by a
cause that leaves what was sent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from compiler.planning.bodies import canonical, says_the_same
from compiler.planning.drafts import DELETE, POST, PUT, Draft
from compiler.planning.evidence import Evidence, Touch, merged
from compiler.planning.model import Action, Booking, Cause, Mapped, Standing, State
from compiler.planning.spaces import Slot, Space
from compiler.semantics import ir
from compiler.semantics.values import shown
from compiler.semantics.wanted import Key, Sender, Unsent, Why

Rows = Mapping[Key, Mapped]


@dataclass(slots=True)
class Decided:
    """The steps of a resource before anything asks whether they are due; what stays as it is, and what is booked so."""

    drafts: dict[Key, list[Draft]] = field(default_factory=dict)
    standing: list[Standing] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)

    def add(self, draft: Draft) -> Draft:
        self.drafts.setdefault(draft.key, []).append(draft)
        return draft


@dataclass(frozen=True, slots=True)
class Move:
    """An object whose record goes from one key to another; ``leaves`` keeps what was sent under the old one."""

    old: Key
    new: Key
    leaves: bool
    remedy: str = ""


def decide(space: Space, rows: Rows, moves: Mapping[Key, Move], evidence: Evidence | None) -> Decided:
    """The steps at all keys of a resource."""
    decided = Decided()
    for key in [*space.slots, *(key for key in rows if key not in space.slots)]:
        slot, row = space.slots.get(key), rows.get(key)
        if slot is not None:
            _at_wanted(decided, space, slot, row, evidence)
        elif row is not None:
            _at_unwanted(decided, space, row, moves.get(key), rows)
    joined(decided, moves, rows)
    return decided


def _at_wanted(decided: Decided, space: Space, slot: Slot, row: Mapped | None, evidence: Evidence | None) -> None:
    verb = verb_at(slot, row)
    if verb:
        decided.add(Draft(verb, space, slot.payload.key, slot.wants, slot, row))
    elif evidence is not None and row is not None and is_posted_anew(space, slot, evidence):
        old = decided.add(Draft(DELETE, space, row.key, slot.wants, slot, row))
        new = decided.add(Draft(POST, space, row.key, slot.wants, slot))
        old.partner, new.partner = new, old


def verb_at(slot: Slot, row: Mapped | None) -> str:
    """How a wanted record is sent; empty when nothing is to be done.

    An object that takes the place of another posts over its record: nothing is deleted, so nothing goes with it.
    """
    if row is None or row.state is not State.SENT or row.sender != slot.payload.sender:
        return POST
    same = says_the_same(slot.wants.publication.declared, slot.payload.body, row.body)
    return "" if same else PUT


def _at_unwanted(decided: Decided, space: Space, row: Mapped, move: Move | None, rows: Rows) -> None:
    if row.state is State.ABANDONED:
        decided.standing.append(standing(Cause.ABANDONED, space, row, "it stays under a key that its object left"))
        return
    if move is not None and move.leaves:
        return  # told with the step that takes the new key
    reason = held_by(space, row.key, row.sender, rows) if move is None else None
    if reason is not None:
        decided.standing.append(standing(Cause.HELD, space, row, reason))
        return
    decided.add(Draft(DELETE, space, row.key, space.wants_at(row.key, row), None, row))


def standing(cause: Cause, space: Space, row: Mapped, reason: str, verb: str = "") -> Standing:
    """A record of the identity map that stays as it is."""
    publication = space.wants_at(row.key, row).publication
    return Standing(cause, publication.id, space.resource, space.names, row.key, row.sender, reason, verb)


# -- held


def held_by(space: Space, key: Key, sender: Sender | None, rows: Rows) -> str | None:
    """Why a record that is not wanted is kept all the same; None when it is not.

    What is said of the object at that key counts; else what is said of it where it has no other record.
    """
    mine = space.unsent_of.get(sender, []) if sender is not None else []
    loose = [unsent for unsent in mine if unsent.key is None or not _is_of(rows.get(unsent.key), sender)]
    return _kept_at(space, key, sender) or next((u.reason for u in loose if u.key != key and _keeps(u)), None)


def _is_of(row: Mapped | None, sender: Sender | None) -> bool:
    return row is not None and row.sender == sender


def _kept_at(space: Space, key: Key, sender: Sender | None) -> str | None:
    """Why what stands at a key is kept, by what is said of the objects of that key."""
    for unsent in space.unsent_at.get(key, ()):
        if unsent.sender == sender:
            if _keeps(unsent) or unsent.why is Why.BEHIND:
                return unsent.reason
        elif unsent.why in (Why.BLOCKED, Why.UNDECIDED) or (sender is None and _keeps(unsent)):
            return f"{unsent.sender}: {unsent.reason}"
    return None


def _keeps(unsent: Unsent) -> bool:
    """Whether an object that sends nothing keeps what was sent: nothing is deleted on a guess."""
    if unsent.why is Why.EXCLUDED:
        return unsent.after_sending == "keep"
    return unsent.why in (Why.UNDECIDED, Why.BLOCKED)


# -- changes of a key


def moves_of(space: Space, rows: Rows, evidence: Evidence | None) -> dict[Key, Move]:
    """The objects whose record is no longer wanted at its key, but at a new one; by the old key."""
    old, new = defaultdict(list), defaultdict(list)
    for key, row in rows.items():
        if key not in space.slots and row.state is not State.ABANDONED and _kept_at(space, key, row.sender) is None:
            old[row.sender].append(key)
    for key, slot in space.slots.items():
        there = rows.get(key)
        if there is None or there.sender != slot.payload.sender or there.state is State.ABANDONED:
            new[slot.payload.sender].append(key)
    pairs = (pair for sender, keys in old.items() for pair in _paired(keys, new.get(sender, [])))
    return {before: _move(space, rows[before], after, evidence) for before, after in pairs}


def _paired(old: list[Key], new: list[Key]) -> Iterator[tuple[Key, Key]]:
    """Old keys of an object with new ones, those that agree in most parts first."""
    ranked = sorted(((-_agreeing(a, b), _text(a), _text(b), a, b) for a in old for b in new), key=lambda r: r[:3])
    taken_old, taken_new = set(), set()
    for _, _, _, before, after in ranked:
        if before not in taken_old and after not in taken_new:
            taken_old.add(before)
            taken_new.add(after)
            yield before, after


def _agreeing(left: Key, right: Key) -> int:
    return sum(canonical(a) == canonical(b) for a, b in zip(left, right, strict=True))


def _text(key: Key) -> tuple[str, ...]:
    return tuple(map(shown, key))


def _move(space: Space, row: Mapped, new: Key, evidence: Evidence | None) -> Move:
    """What becomes of the old record: the cause of each differing part decides, and of several one that deletes."""
    slot = space.slots[new]
    publication = slot.wants.publication
    touches = touches_of(space, row.key, row.sender, evidence) + touches_of(space, new, row.sender, evidence)
    found: list[ir.KeyChange] = []
    for path, before, after in zip(publication.key, row.key, new, strict=True):
        if canonical(before) == canonical(after):
            continue
        listed = [change for change in publication.key_changes if change.part == path]
        caused = [change for change in listed if any(_causes(change, touch) for touch in touches)]
        chosen = caused or _without_cause(space, slot, path, before, listed)
        if not chosen or not all(change.leaves for change in chosen):
            return Move(row.key, new, leaves=False)
        found += chosen
    return Move(row.key, new, leaves=True, remedy="; ".join(dict.fromkeys(c.remedy for c in found if c.remedy)))


def _causes(change: ir.KeyChange, touch: Touch) -> bool:
    return any(touch.is_of(table, (name,)) for table, name in change.causes)


def _without_cause(
    space: Space, slot: Slot, path: ir.Path, before: object, listed: list[ir.KeyChange]
) -> list[ir.KeyChange]:
    """What a part's change means when nothing tells its cause.

    Of an organization that is no longer among the source's own, the number has changed: the record was left. Else
    the object has gone from one to another.
    """
    leaving = [change for change in listed if change.leaves]
    if len(leaving) == len(listed) or not leaving:
        return listed
    own = slot.wants.own
    is_gone = path == slot.wants.publication.organization_path and own is not None and shown(before) not in own
    return leaving if is_gone else [change for change in listed if not change.leaves]


def joined(decided: Decided, moves: Mapping[Key, Move], rows: Rows) -> None:
    """Make the two halves of each change of a key know one another; one that leaves says so with its POST."""
    for old_key, move in moves.items():
        old = next((draft for draft in decided.drafts.get(old_key, ()) if draft.verb == DELETE), None)
        new = next((draft for draft in decided.drafts.get(move.new, ()) if draft.verb != DELETE), None)
        row = rows.get(old_key)
        if move.leaves and row is not None:
            words = f"{row.sender} has another key now{f'; {move.remedy}' if move.remedy else ''}"
            left = Booking(Action.LEAVE, replace(row, state=State.ABANDONED), words)
            (decided.bookings if new is None else new.bookings).append(left)
        elif old is not None and new is not None and new.verb == POST and new.partner is None:
            old.partner, new.partner = new, old


def touches_of(space: Space, key: Key, sender: Sender | None, evidence: Evidence | None) -> list[Touch]:
    """The changes on which a record at a key rests."""
    if evidence is None:
        return []
    found = space.subjects(key, sender)
    return merged(touch for wants, subject in found for touch in evidence.of(wants.publication, [subject]))


# -- records that are posted anew as they are


def is_posted_anew(space: Space, slot: Slot, evidence: Evidence) -> bool:
    """Whether something has changed that is no part of the key and, as the source has it, changes the record's."""
    causes = causes_of_none(slot.wants.publication)
    if not any(
        change.table == table and name in change.fields for change in evidence.changes for table, name in causes
    ):
        return False
    touches = touches_of(space, slot.payload.key, slot.payload.sender, evidence)
    return any(
        touch.change.kind == "changed" and touch.change.table == table and name in touch.change.fields
        for touch in touches
        for table, name in causes
    )


def causes_of_none(publication: ir.Publication) -> list[tuple[str, str]]:
    """The tables and fields whose change posts a record anew although no part of its key reads them."""
    return [cause for change in publication.key_changes if change.part is None for cause in change.causes]
