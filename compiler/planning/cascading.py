"""Deletions take their dependents along: children first, of the same student, in the same school or anywhere.

Nothing is said here of posting them again. A dependent that is deleted is no longer in the identity map, so its own
publication posts what it still wants, once the parent is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.planning.bodies import sortable
from compiler.planning.drafts import DELETE, POST, Draft
from compiler.planning.model import Cause, Mapped, Reason, Spot, Standing, State, Step
from compiler.planning.spaces import Space
from compiler.planning.telling import record_words
from compiler.semantics.wanted import Key, Sender

SCHOOL = "school"


@dataclass(slots=True)
class Cascade:
    """What goes with deletions: ``gone`` are the steps of records whose resource no publication of the plan sends."""

    gone: dict[Spot, Step] = field(default_factory=dict)
    standing: list[Standing] = field(default_factory=list)
    touched: set[Spot] = field(default_factory=set)


def cascade(due: dict[Spot, list[Draft]], spaces: Mapping[str, Space], mapped: Iterable[Mapped], year: int) -> Cascade:
    """Add to the due steps what their deletions take along; a publication's own records are posted again."""
    by_student: dict[tuple[str, str], list[Mapped]] = defaultdict(list)
    for row in sorted(mapped, key=lambda row: (row.resource, sortable(row.key))):
        if row.state is not State.ABANDONED:
            by_student[row.resource, row.sender.student].append(row)
    found = Cascade()
    waiting = [draft for drafts in due.values() for draft in drafts if draft.verb == DELETE]
    waiting.sort(key=lambda draft: (draft.space.resource, sortable(draft.key)), reverse=True)
    while waiting:
        parent = waiting.pop()
        assert parent.row is not None
        for row in _dependents(parent, by_student):
            if row.spot in found.touched or row.spot == parent.spot:
                continue
            found.touched.add(row.spot)
            space = spaces.get(row.resource)
            if space is None:
                _gone(found, parent, row, year)
            else:
                waiting.append(_along(due, space, parent, row, found))
    return found


def _dependents(parent: Draft, by_student: Mapping[tuple[str, str], list[Mapped]]) -> Iterable[Mapped]:
    organization = parent.space.organization(parent.key)
    if not parent.student:
        return
    for dependent in parent.wants.publication.dependents:
        for row in by_student.get((dependent.resource, parent.student), ()):
            if dependent.reach == "person" or (dependent.reach == SCHOOL and row.organization == organization):
                yield row


def _named(parent: Draft) -> str:
    return record_words(parent.space.resource, parent.space.names, parent.key)


def _reason(parent: Draft) -> Reason:
    return Reason(f"{_named(parent)} is deleted, on which it depends")


def _gone(found: Cascade, parent: Draft, row: Mapped, year: int) -> None:
    """A record of a resource that nobody here sends: it is deleted, and the plan says that it will not come back."""
    found.gone[row.spot] = Step(
        DELETE, year, "", row.resource, row.names, row.key, row.sender, row.organization, None, (_reason(parent),),
        row.ods_id, with_parent=parent.spot,
    )  # fmt: skip
    words = f"it goes with {_named(parent)}, and no publication here posts it again"
    found.standing.append(Standing(Cause.NOT_REPOSTED, "", row.resource, row.names, row.key, row.sender, words, DELETE))


def _along(due: dict[Spot, list[Draft]], space: Space, parent: Draft, row: Mapped, found: Cascade) -> Draft:
    """The deletion of a record that a publication here sends, and the POST of what is still wanted at its key."""
    drafts = due.get(row.spot, [])
    deletion = next((draft for draft in drafts if draft.verb == DELETE), None)
    if deletion is None:
        wants = space.wants_at(row.key, row)
        deletion = Draft(DELETE, space, row.key, wants, None, row)
        slot = space.slots.get(row.key)
        due[row.spot] = [deletion]
        if slot is not None and not (slot.wants.valid and slot.wants.on):
            _not_reposted(found, space, row.key, slot.payload.sender, parent)
        elif slot is not None:
            again = Draft(POST, space, row.key, slot.wants, slot)
            again.reasons = [Reason(f"it was deleted with {parent.space.resource}, and is still wanted")]
            due[row.spot].append(again)
    deletion.with_parent = parent.spot
    deletion.reasons.append(_reason(parent))
    return deletion


def _not_reposted(found: Cascade, space: Space, key: Key, sender: Sender, parent: Draft) -> None:
    publication = space.wants_at(key, None).publication
    words = f"it goes with {_named(parent)}; {space.resource} are off"
    found.standing.append(Standing(Cause.OFF, publication.id, space.resource, space.names, key, sender, words, POST))
