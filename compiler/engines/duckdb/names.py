"""Names and files in statements that are put together from them alone."""

from __future__ import annotations

from pathlib import Path


def quoted(name: str) -> str:
    """A name."""
    return '"' + name.replace('"', '""') + '"'


def literal(path: Path) -> str:
    """A file, as a text."""
    return "'" + str(path).replace("'", "''") + "'"


def read_of(name: str) -> str:
    """The table of what was read of a resource's records; in the end, of those that count."""
    return quoted(f"read {name}")


def all_of(name: str) -> str:
    """The relation of all records of a resource that could be read, also of those that do not count."""
    return quoted(f"all {name}")
