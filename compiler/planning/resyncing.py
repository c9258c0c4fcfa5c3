"""A resync: what is wanted, what is mapped and what the API holds, three ways, by the table of the publication.

Before the table is asked, each record of the API is matched with a row of the identity map, by what the API calls it,
then by its key. Of records that no row knows, only those of the source's own organizations are ever deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from compiler.planning.bodies import says_the_same
from compiler.planning.deciding import Decided, Move, Rows, held_by, joined, moves_of, standing
from compiler.planning.drafts import DELETE, POST, PUT, Draft
from compiler.planning.evidence import Evidence
from compiler.planning.model import Action, Booking, Cause, Mapped, OdsRecord, Reason, State
from compiler.planning.spaces import Space
from compiler.semantics import ir
from compiler.semantics.wanted import Key, Sender

NOBODY = Sender("", "")
_ROUNDS = 3  # forget, adopt, act

DEFAULT: tuple[ir.ResyncRow, ...] = (
    ir.ResyncRow("forget", mapped=True, in_ods=False),
    ir.ResyncRow("adopt", wanted=True, mapped=False, in_ods=True),
    ir.ResyncRow("POST", wanted=True, in_ods=False),
    ir.ResyncRow("PUT", wanted=True, in_ods=True, differs=True),
    ir.ResyncRow("DELETE", wanted=False, held=False, in_ods=True),
    ir.ResyncRow("nothing"),
)
"""The table of a publication that has none."""


@dataclass(slots=True)
class Resynced:
    """The steps of a resync, the rows of the identity map after its bookings, and the bookings."""

    decided: Decided = field(default_factory=Decided)
    rows: dict[Key, Mapped] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)


def resync(space: Space, rows: Rows, ods: Iterable[OdsRecord], evidence: Evidence | None) -> Resynced:
    """Ask the table at every key that is wanted, mapped or held by the API."""
    found = Resynced()
    there = {key: record for record in ods if (key := space.key_of(record.body)) is not None}
    matched = _matched(space, rows, there, found)
    moves = moves_of(space, matched, evidence)
    for key in dict.fromkeys([*space.slots, *matched, *there]):
        _ask(found, space, key, matched.get(key), there.get(key), moves.get(key), matched)
    joined(found.decided, moves, found.rows)
    return found


def _matched(space: Space, rows: Rows, there: Mapping[Key, OdsRecord], found: Resynced) -> dict[Key, Mapped]:
    """The rows of the identity map by the key that their record has in the API now."""
    by_id = {record.ods_id: key for key, record in there.items()}
    matched: dict[Key, Mapped] = {}
    for key, row in rows.items():
        now = by_id.get(row.ods_id, key) if row.ods_id and key not in there else key
        if now != key and now not in rows:
            found.bookings.append(Booking(Action.FORGET, row, "the API holds it under another key"))
            row = replace(row, key=now, organization=space.organization(now), body=there[now].body)
            found.bookings.append(Booking(Action.ADOPT, row, "the API holds it under another key"))
        matched[row.key] = row
    return matched


def _ask(
    found: Resynced,
    space: Space,
    key: Key,
    row: Mapped | None,
    there: OdsRecord | None,
    move: Move | None,
    rows: Rows,
) -> None:
    wants = space.wants_at(key, row)
    slot = space.slots.get(key)
    held = _held(space, key, row, move, rows) if slot is None else None
    for _ in range(_ROUNDS):
        differs = slot is not None and there is not None and not _same(space, key, there)
        facts = (slot is not None, held is not None, row is not None, there is not None, differs)
        line = next((line for line in wants.publication.resync or DEFAULT if _fits(line, facts)), None)
        if line is None:
            return
        if line.action == "forget" and row is not None:
            found.bookings.append(Booking(Action.FORGET, row, line.reason or "the API no longer has it", line.ids))
            row = None
        elif line.action == "adopt" and slot is not None and there is not None:
            row = row_of(space, key, slot.payload.sender, there)
            found.bookings.append(Booking(Action.ADOPT, row, line.reason or "the API has it already", line.ids))
        else:
            _act(found, space, key, row, there, line)
            break
    if row is not None:
        found.rows[key] = row
        if slot is None and held is not None:
            cause = Cause.ABANDONED if row.state is State.ABANDONED else Cause.HELD
            if move is None:
                found.decided.standing.append(standing(cause, space, row, held))


def _held(space: Space, key: Key, row: Mapped | None, move: Move | None, rows: Rows) -> str | None:
    if row is not None and row.state is State.ABANDONED:
        return "it stays under a key that its object left"
    if move is not None:
        return "its object has another key now" if move.leaves else None
    return held_by(space, key, row.sender if row is not None else None, rows)


def _same(space: Space, key: Key, there: OdsRecord) -> bool:
    slot = space.slots[key]
    return says_the_same(slot.wants.publication.declared, slot.payload.body, there.body)


def _fits(line: ir.ResyncRow, facts: tuple[bool, ...]) -> bool:
    asked = (line.wanted, line.held, line.mapped, line.in_ods, line.differs)
    return all(wanted is None or wanted is fact for wanted, fact in zip(asked, facts, strict=True))


def _act(
    found: Resynced, space: Space, key: Key, row: Mapped | None, there: OdsRecord | None, line: ir.ResyncRow
) -> None:
    wants, slot = space.wants_at(key, row), space.slots.get(key)
    reason = Reason(line.reason or _words(line.action, row), line.ids)
    if line.action in (POST, PUT) and slot is not None:
        known = row if there is None or row is None else replace(row, ods_id=there.ods_id, etag=there.etag)
        known = known or (row_of(space, key, slot.payload.sender, there) if there is not None else None)
        found.decided.add(Draft(line.action, space, key, wants, slot, known, reasons=[reason]))
    elif line.action == DELETE and there is not None:
        if row is None and wants.own is not None and space.organization(key) not in wants.own:
            return
        known = row_of(space, key, row.sender if row is not None else NOBODY, there)
        found.decided.add(Draft(DELETE, space, key, wants, None, known, reasons=[reason]))
    elif slot is not None and row is not None and there is not None:
        now = row_of(space, key, slot.payload.sender, there)
        if (row.sender, row.state, row.ods_id, row.etag) != (now.sender, now.state, now.ods_id, now.etag) or (
            not says_the_same(wants.publication.declared, row.body, now.body)
        ):
            found.bookings.append(Booking(Action.ADOPT, now, "the API has it as it is wanted"))


def _words(action: str, row: Mapped | None) -> str:
    return {
        POST: "the API does not have it",
        PUT: "the API has it otherwise",
        DELETE: "nothing of the source stands for it" if row is None else "it is no longer wanted",
    }.get(action, "")


def row_of(space: Space, key: Key, sender: Sender, there: OdsRecord) -> Mapped:
    """The row of the identity map that a record of the API comes to."""
    sender = Sender(sender.type, sender.key, space.student(key, sender))
    organization = space.organization(key)
    return Mapped(
        space.resource, space.names, key, sender, organization, there.body, State.SENT, there.ods_id, there.etag
    )
