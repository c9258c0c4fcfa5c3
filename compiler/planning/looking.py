"""Which steps are due, and why each is taken.

After events a step is due when a change that a publication listens to is read by a candidate of its key, or when its
last request failed. A change that the publication neither listens to nor leaves to a resync makes it due too: nothing
is lost in silence. The triggers decide nothing: they give the words.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from compiler.planning.deciding import causes_of_none, touches_of
from compiler.planning.drafts import BOTH, DELETE, POST, Draft
from compiler.planning.evidence import Evidence, Touch, has_values, merged
from compiler.planning.model import Reason, State
from compiler.semantics import ir
from compiler.semantics.wanted import Why


class Look(StrEnum):
    """Whether a step is taken now: *due*, *stale* (it waits for a resync), or *unlisted* (due, but held until one)."""

    DUE = "due"
    STALE = "stale"
    UNLISTED = "unlisted"


def look(draft: Draft, evidence: Evidence | None, *, retried: bool, everything: bool) -> Look:
    """Whether a step is due; its reasons are noted."""
    publication = draft.wants.publication
    touches = [touch for touch in _touches(draft, evidence) if is_heard(publication, touch, draft.verbs)]
    if not (everything or retried or touches):
        return Look.STALE
    draft.reasons = reasons_for(draft, touches)
    if retried:
        draft.reasons.insert(0, Reason("the last request for it did not come through"))
    if draft.reasons:
        return Look.DUE
    if touches:
        draft.reasons = [Reason(f"{publication.unlisted.label}: {_told(touches)}")]
        return Look.UNLISTED if publication.unlisted.held and not everything else Look.DUE
    draft.reasons = [Reason(_plain_reason(draft))]
    return Look.DUE


def _touches(draft: Draft, evidence: Evidence | None) -> list[Touch]:
    """The changes on which a step rests, and on which the other half of a change of the key does."""
    halves: list[Draft] = [draft] if draft.partner is None else [draft, draft.partner]
    return merged(
        touch
        for half in halves
        for sender in {half.sender, *((half.row.sender,) if half.row is not None else ())}
        for touch in touches_of(half.space, half.key, sender, evidence)
    )


def is_heard(publication: ir.Publication, touch: Touch, verbs: frozenset[str]) -> bool:
    """Whether a publication listens to a change for a step with one of these verbs."""
    table = touch.change.table
    if any(touch.is_of(event.table, event.fields) and verbs & event.verbs for event in publication.events):
        return True
    listed: list[ir.Event | ir.LeftToResync] = [*publication.events, *publication.left]
    return any(
        not any(entry.table == table and (not entry.fields or name in entry.fields) for entry in listed)
        for name in touch.fields
    )


def reasons_for(draft: Draft, touches: Iterable[Touch]) -> list[Reason]:
    """The triggers that name a change, in their order.

    A change of the key is told by the triggers of such changes; where none is, by those of this half, or of the other.
    """
    publication = draft.wants.publication
    found = [trigger for trigger in publication.triggers if any(_names(publication, trigger, t) for t in touches)]
    ranks = ([BOTH], [draft.verb], [POST, DELETE]) if draft.partner is not None else ([draft.verb],)
    fitting = ([trigger for trigger in found if trigger.verb in verbs] for verbs in ranks)
    return [Reason(trigger.reason, trigger.ids) for trigger in next(filter(None, fitting), [])]


def _names(publication: ir.Publication, trigger: ir.Trigger, touch: Touch) -> bool:
    """Whether a trigger names a change."""
    change = touch.change
    if trigger.table != change.table or change.kind not in trigger.changes:
        return False
    unread = {name for table, name in causes_of_none(publication) if table == change.table}
    seen = touch.fields | (change.fields & unread)
    return (not trigger.fields or bool(seen & {*trigger.fields})) and has_values(change, trigger.to)


def _told(touches: Iterable[Touch]) -> str:
    """The changes in words."""
    parts = []
    for touch in touches:
        change = touch.change
        fields = [f"{change.table}.{name}" for name in sorted(touch.fields)]
        if change.kind != "changed" or not fields:
            parts.append(f"{change.table} {', '.join(map(str, change.key))} was {change.kind}")
        else:
            parts.append(f"{' and '.join(fields)} {'was' if len(fields) == 1 else 'were'} changed")
    return "; ".join(dict.fromkeys(parts))


def _plain_reason(draft: Draft) -> str:
    """Why a step is taken when nothing is known of what has changed."""
    row, slot = draft.row, draft.slot
    if draft.partner is not None:
        return "its key has changed" if draft.key != draft.partner.key else "it is posted anew"
    if draft.verb == POST:
        if row is None:
            return "it is wanted and was never sent"
        assert slot is not None
        if row.state is not State.SENT:
            return "it is wanted, and what became of it is not known"
        return f"{slot.payload.sender} takes the place of {row.sender}"
    if draft.verb == DELETE:
        return _why_not_wanted(draft)
    return "it differs from what was sent"


def _why_not_wanted(draft: Draft) -> str:
    sender = draft.sender
    unsent = draft.space.unsent_of.get(sender, [])
    told = next((u for u in unsent if u.key == draft.key), unsent[0] if unsent else None)
    if told is None:
        return f"{sender} is no longer there" if sender.type else "nothing of the source stands for it"
    return f"not sent: {told.reason}" if told.why is Why.UNDECIDED else told.reason
