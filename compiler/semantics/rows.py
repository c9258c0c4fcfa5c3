"""The hash of a quoted source row: equal as long as the row says the same in the same words.

White space, the form of quotes and compatible forms of characters do not count, because web pages and office
programs change them by themselves.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping

CELLS = ("type", "logic", "message", "notes")
_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})


def normalised(cell: str) -> str:
    """A cell without what editing programs change: NFKC, straight quotes, single blanks, trimmed."""
    return " ".join(unicodedata.normalize("NFKC", cell).translate(_STRAIGHT).split())


def row_hash(row: str, cells: Mapping[str, str]) -> str:
    """sha256 over the id and the cells of a row, joined by U+001F; a cell that is not there counts as empty."""
    parts = [row, *(cells.get(name, "") for name in CELLS)]
    return hashlib.sha256("\x1f".join(map(normalised, parts)).encode()).hexdigest()
