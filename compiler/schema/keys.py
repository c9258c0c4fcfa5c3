"""Natural keys from what an API's document shows of them.

The parameters of a resource's GET are its columns; those of the key are marked. A reference is part of the key when it
is required and each of its parts is such a column. For that the column of each part must be known: a part may carry the
role of its reference (``nextYearSchoolReference.schoolId`` is ``nextYearSchoolId``) or the name of its target
(``programReference.educationOrganizationId`` is ``programEducationOrganizationId``), and words that would stand twice
stand once. Parts that two references share are one column and keep their plain name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Key = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A reference: its property, the name of its target, and the parts of the target's key."""

    prop: str
    target: str
    parts: tuple[str, ...]
    required: bool


def words(name: str) -> list[str]:
    """The words of a name: ``cteProgramService`` has three."""
    return re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|_", name)


def local_names(links: Iterable[Link], columns: set[str]) -> dict[tuple[str, str], str]:
    """The name that each part of a reference has on the resource that holds it, by property and part."""
    found = {}
    for link in links:
        parts, role = set(link.parts), _role(link)
        for part in link.parts:
            usual = _joined(role, part) if role else part
            free = (name for name in _choices(link, part) if name == part or name not in parts)  # others are theirs
            found[link.prop, part] = next((name for name in free if name in columns), usual)
    return found


def key_of(
    wanted: set[str], marked: set[str], links: Iterable[Link], named: Mapping[tuple[str, str], str]
) -> Key | None:
    """The paths of a key, sorted; None unless properties and references make up exactly the columns ``wanted``."""
    key: set[tuple[str, ...]] = {(prop,) for prop in marked}
    covered = set(marked)
    for link in links:
        own = {named[link.prop, part] for part in link.parts}
        if link.required and own and own <= wanted:
            key |= {(link.prop, part) for part in link.parts}
            covered |= own
    return tuple(sorted(key)) if key and covered == wanted else None


def _choices(link: Link, part: str) -> Iterator[str]:
    """What a part may be called, the longest first."""
    role = _role(link)
    target = words(link.target)
    prefixes = [role] if role else ["".join(target[:count]) for count in range(len(target), 0, -1)]
    for prefix in prefixes:
        yield f"{prefix}{part[:1].upper()}{part[1:]}"
        yield _joined(prefix, part)
    yield part


def _role(link: Link) -> str:
    """The role of a reference: what stands before the name of its target."""
    own = link.prop.removesuffix("Reference")
    return own[: -len(link.target)] if own.lower().endswith(link.target.lower()) else ""


def _joined(prefix: str, part: str) -> str:
    """A name before another; the words that end the first and begin the second stand once."""
    before, after = words(prefix), words(part)
    for count in range(min(len(before), len(after)), 0, -1):
        if [word.lower() for word in before[-count:]] == [word.lower() for word in after[:count]]:
            return "".join(before) + "".join(after[count:])
    return f"{prefix}{part[:1].upper()}{part[1:]}"
