"""Records of a plan in one line."""

from __future__ import annotations

from compiler.planning.bodies import key_text
from compiler.planning.model import Standing


def told(entry: Standing) -> str:
    """A record that stays as it is, or a step that is not taken."""
    sender = f" ({entry.sender})" if entry.sender.type else ""
    verb = f"{entry.verb} " if entry.verb else ""
    return f"{verb}{entry.resource} {key_text(entry.key)}{sender}: {entry.reason}"
