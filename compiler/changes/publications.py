"""Publications, matched by id: what is sent otherwise, and when."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.changes.compared import head_changes, note_changes, part_changes, section_changes, spec_entries
from compiler.changes.entries import Change, Entry
from compiler.changes.published import Published
from compiler.changes.sides import Side
from compiler.changes.texts import lines
from compiler.changes.wording import change_of
from compiler.syntax.publications import PublicationTree


def publication_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The publications that changed."""
    checked = old.program.published, new.program.published
    yield from spec_entries("publication", checked, (old.published, new.published), _summed_up, _changes)


def _summed_up(said: Published) -> str:
    written = said.checked.written
    return f"{written.resource.text}, {len(written.elements)} elements"


def _changes(one: Published, other: Published) -> Iterator[Change]:
    was, now = one.checked.written, other.checked.written
    yield from head_changes(was, now)
    yield from _target_changes(was, now)
    yield from part_changes(one.parts, other.parts)
    yield from section_changes(one, other)
    yield from note_changes(was.document.root, now.document.root)


def _target_changes(was: PublicationTree, now: PublicationTree) -> Iterator[Change]:
    """Where it is sent."""
    yield from change_of("sending", "resource", (was.resource.text,), (now.resource.text,))
    for part in ("target", "shared_with"):
        names, others = (tuple(name.text for name in getattr(tree, part)) for tree in (was, now))
        yield from change_of("sending", part.replace("_", " "), lines(", ".join(names)), lines(", ".join(others)))
