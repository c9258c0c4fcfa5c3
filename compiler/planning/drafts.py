"""A step while a plan is made: what it would do, and what is known of its reasons so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from compiler.planning.model import Booking, Mapped, Reason, Spot, Step, Wants
from compiler.planning.spaces import Slot, Space
from compiler.semantics.payloads import Body
from compiler.semantics.wanted import Key, Sender

POST, PUT, DELETE = "POST", "PUT", "DELETE"
BOTH = "DELETE and POST"


@dataclass(slots=True, eq=False)
class Draft:
    """A step that may be taken at a key. ``partner`` is the other half of a change of the key.

    ``row`` is what the identity map has there, ``booking`` what becomes of it, or of another row, when the step is
    taken; ``with_parent`` the record with which a DELETE goes.
    """

    verb: str
    space: Space
    key: Key
    wants: Wants
    slot: Slot | None = None
    row: Mapped | None = None
    body: Body | None = None
    partner: Draft | None = None
    bookings: list[Booking] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)
    with_parent: Spot | None = None

    @property
    def spot(self) -> Spot:
        return self.space.spot(self.key)

    @property
    def sender(self) -> Sender:
        """The object that the record stands for, with its student as the key has it."""
        found = self._object
        return Sender(found.type, found.key, self.space.student(self.key, found))

    @property
    def _object(self) -> Sender:
        if self.slot is not None and self.verb != DELETE:
            return self.slot.payload.sender
        assert self.row is not None
        return self.row.sender

    @property
    def sent(self) -> Body:
        """The body that is sent; empty of a DELETE."""
        if self.verb == DELETE or self.slot is None:
            return {}
        return self.slot.payload.body if self.body is None else self.body

    @property
    def organization(self) -> str | None:
        return self.space.organization(self.key)

    @property
    def student(self) -> str:
        return self.space.student(self.key, self._object)

    @property
    def verbs(self) -> frozenset[str]:
        """The verbs of the step, both of a change of the key."""
        return frozenset({self.verb}) if self.partner is None else frozenset({POST, DELETE})

    def step(self, year: int) -> Step:
        """The step as the plan holds it."""
        payload = self.slot.payload if self.slot is not None and self.verb != DELETE else None
        return Step(
            verb=self.verb,
            year=year,
            publication=self.wants.publication.id,
            resource=self.space.resource,
            names=self.space.names,
            key=self.key,
            sender=self.sender,
            organization=self.organization,
            body=None if self.verb == DELETE else self.sent,
            reasons=tuple(self.reasons),
            ods_id=self.row.ods_id if self.row is not None else "",
            moves=self.partner is not None,
            with_parent=self.with_parent,
            warnings=payload.warnings if payload is not None else (),
        )
