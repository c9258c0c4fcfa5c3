"""Records of a plan in one line, in the words of the API's properties."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from compiler.planning.model import Standing
from compiler.semantics.values import shown
from compiler.semantics.wanted import Key

_PERSON = "UniqueId"
_ENDINGS = (_PERSON, "Id", "Descriptor")
"""How the names of parts end that say of something which one it is."""


def told(entry: Standing) -> str:
    """A record that stays as it is, or a step that is not taken."""
    sender = f" ({entry.sender})" if entry.sender.type else ""
    verb = f"{entry.verb} " if entry.verb else ""
    return f"{verb}{record_words(entry.resource, entry.names, entry.key)}{sender}: {entry.reason}"


def record_words(resource: str, names: Iterable[str], key: Key) -> str:
    """A record by its natural key, persons first: ``grades of student 900, school 10, begin date 2024-08-12``.

    ``names`` are the dotted paths of the parts of the key.
    """
    parts = sorted(zip(names, key, strict=True), key=lambda part: _place(part[0]))
    return f"{resource} of {', '.join(f'{_called(name)} {shown(value)}' for name, value in parts)}"


def _place(name: str) -> int:
    """Persons come first, then what other references name, then what is the record's own."""
    return 0 if name.endswith(_PERSON) else 1 if "." in name else 2


@cache
def _called(name: str) -> str:
    """What people call a part: ``programReference.schoolId`` is ``program's school``."""
    *above, own = name.split(".")
    own = next((own.removesuffix(ending) for ending in _ENDINGS if own.endswith(ending)), "") or own
    of = above[-1].removesuffix("Reference") if above else ""
    says_of = own.startswith(of) or of.startswith(own)
    return _apart(own) if says_of else f"{_apart(of)}'s {_apart(own)}"


def _apart(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
