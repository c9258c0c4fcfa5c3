"""Publications, matched by id: what is sent otherwise, and when."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.changes.compared import note_changes, part_changes, section_changes
from compiler.changes.entries import Change, Entry
from compiler.changes.reach import names_of, of_either
from compiler.changes.sides import Side
from compiler.changes.texts import lines, text
from compiler.changes.wording import change_of
from compiler.semantics.checker.publications import CheckedPublication


def publication_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The publications that changed."""
    checked, others = old.program.published, new.program.published
    for name in names_of(checked, others):
        shown: CheckedPublication = of_either(name, checked, others)
        changes = tuple(sorted(_changes(old, new, name), key=lambda change: change.rank))
        if changes:
            title, path = text(shown.written.title), shown.written.document.source.path
            yield Entry("publication", name, title, "", path, changes)


def _changes(old: Side, new: Side, name: str) -> Iterator[Change]:
    if name not in old.published or name not in new.published:
        kind = "retired" if name in old.published else "added"
        side = old if name in old.published else new
        written = side.published[name].checked.written
        said = lines(f"{written.resource.text}, {len(written.elements)} elements")
        yield Change(kind, "publication", *((said, ()) if kind == "retired" else ((), said)))
        return
    one, other = old.published[name], new.published[name]
    yield from _heads(one.checked, other.checked)
    yield from part_changes(one.parts, other.parts)
    yield from section_changes(one, other)
    yield from note_changes(one.checked.written.document.root, other.checked.written.document.root)


def _heads(one: CheckedPublication, other: CheckedPublication) -> Iterator[Change]:
    """What it is, and where it comes from."""
    was, now = one.written, other.written
    yield from change_of("message", "title", lines(text(was.title)), lines(text(now.title)))
    yield from change_of("source", "document", lines(text(was.source)), lines(text(now.source)))
    yield from change_of("sending", "resource", (was.resource.text,), (now.resource.text,))
    for part in ("target", "shared_with"):
        names, others = (tuple(name.text for name in getattr(tree, part)) for tree in (was, now))
        yield from change_of("sending", part.replace("_", " "), lines(", ".join(names)), lines(", ".join(others)))
