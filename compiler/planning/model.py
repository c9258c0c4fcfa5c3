"""What a plan rests on and what it says.

A plan is of one school year. It rests on what the publications want, on the *identity map* (what was sent for which
object, with the body last sent), and on the configuration of the year. It says which requests to send, in order; what
becomes of rows of the identity map without a request (*bookings*); and why everything else is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from compiler.semantics import ir
from compiler.semantics.payloads import Body
from compiler.semantics.wanted import Key, Sender, Unsent, Wanted

Spot = tuple[str, Key]
"""A record of an API: its resource (plural) and natural key."""


class State(StrEnum):
    """What is known of a record of the identity map: *pending* is one whose last request may or may not have come
    through, *abandoned* one that stays under a key that is no longer its object's.
    """

    SENT = "sent"
    PENDING = "pending"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row of the identity map. ``names`` are the dotted paths of the parts of ``key``.

    ``organization`` is that part of the key that names one, or None. ``body`` is what was last accepted, ``ods_id`` and
    ``etag`` what the API calls it (empty: not known).
    """

    resource: str
    names: tuple[str, ...]
    key: Key
    sender: Sender
    organization: str | None
    body: Body
    state: State = State.SENT
    ods_id: str = ""
    etag: str = ""

    @property
    def spot(self) -> Spot:
        return self.resource, self.key


@dataclass(frozen=True, slots=True)
class OdsRecord:
    """A record as an API holds it."""

    resource: str
    ods_id: str
    body: Body
    etag: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Wants:
    """A publication in the year of a plan: what it wants now and wanted before (None: not known), whether the year is
    configured and the resource on, and the organizations whose records are the source's own (None: not said).
    """

    publication: ir.Publication
    after: Wanted
    before: Wanted | None = None
    valid: bool = True
    on: bool = True
    own: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is a step: ids of what the source says (none: the source does not name it), and the words."""

    words: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """A request. ``publication`` is empty for a record of a resource that none of the plan sends.

    ``body`` is what is sent (of a DELETE None). ``moves`` marks the DELETE and the POST of a record whose key changes;
    ``with_parent`` is the record with which a DELETE goes.
    """

    verb: str
    year: int
    publication: str
    resource: str
    names: tuple[str, ...]
    key: Key
    sender: Sender
    organization: str | None
    body: Body | None
    reasons: tuple[Reason, ...]
    ods_id: str = ""
    moves: bool = False
    with_parent: Spot | None = None
    warnings: tuple[str, ...] = ()

    @property
    def spot(self) -> Spot:
        return self.resource, self.key

    @property
    def named(self) -> dict[str, Any]:
        """The parts of its key by their dotted paths."""
        return dict(zip(self.names, self.key, strict=True))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all reasons, each once."""
        return tuple(dict.fromkeys(name for reason in self.reasons for name in reason.ids))


class Action(StrEnum):
    """What becomes of a row of the identity map without a request: *forgotten*, made or corrected from a record of the
    API, *left* under a key that is no longer its object's, or no longer waiting for another try.
    """

    FORGET = "forget"
    ADOPT = "adopt"
    LEAVE = "leave"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True)
class Booking:
    """An entry in the identity map; ``row`` is as it is to be (of one to be forgotten: as it was)."""

    action: Action
    row: Mapped
    reason: str
    ids: tuple[str, ...] = ()


class Cause(StrEnum):
    """Why a step is not taken, or what the API holds is not what is wanted."""

    WAITING = "waiting"
    OFF = "off"
    INVALID_YEAR = "no valid configuration"
    UNLISTED = "held for the resync"
    SHARED = "behind another publication"
    HELD = "held"
    ABANDONED = "left behind"
    NOT_REPOSTED = "not posted again"
    WITHHELD = "deletion withheld"


@dataclass(frozen=True, slots=True)
class Standing:
    """A step that is not taken, or a record that stays as it is; ``verb`` is of the step that is not (empty: none)."""

    cause: Cause
    publication: str
    resource: str
    names: tuple[str, ...]
    key: Key
    sender: Sender
    reason: str
    verb: str = ""

    @property
    def spot(self) -> Spot:
        return self.resource, self.key


@dataclass(slots=True)
class Plan:
    """The plan of a school year. ``stale`` are the records that a resync would change, ``unsent`` the objects that no
    publication wants to send, by the publication's id.
    """

    year: int
    steps: list[Step] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    unsent: list[tuple[str, Unsent]] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    stale: list[Standing] = field(default_factory=list)
    most_deletes: int | None = None
