"""Publications, matched by id: what is sent otherwise, and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from compiler.changes.entries import Change, Entry
from compiler.changes.published import KINDS_OF_SECTIONS, Part, Published
from compiler.changes.reach import names_of, of_either
from compiler.changes.sides import Side
from compiler.changes.texts import lines, plain, text
from compiler.changes.wording import change_of
from compiler.semantics.checker.publications import CheckedPublication
from compiler.syntax.document import Mapping, Node
from compiler.syntax.document import Sequence as Listed


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
    yield from _parts(one.parts, other.parts)
    yield from _sections(one, other)
    yield from _notes(one.checked, other.checked)


def _heads(one: CheckedPublication, other: CheckedPublication) -> Iterator[Change]:
    """What it is, and where it comes from."""
    was, now = one.written, other.written
    yield from change_of("message", "title", lines(text(was.title)), lines(text(now.title)))
    yield from change_of("source", "document", lines(text(was.source)), lines(text(now.source)))
    yield from change_of("sending", "resource", (was.resource.text,), (now.resource.text,))
    for part in ("target", "shared_with"):
        names, others = (tuple(name.text for name in getattr(tree, part)) for tree in (was, now))
        yield from change_of("sending", part.replace("_", " "), lines(", ".join(names)), lines(", ".join(others)))


# -- parts that have names


def _parts(old: tuple[Part, ...], new: tuple[Part, ...]) -> Iterator[Change]:
    """Parts by name; of those that have another name now, the ones that mean the same have another reason."""
    before, after = ({(part.kind, part.name): part for part in parts} for parts in (old, new))
    gone = {place: part for place, part in before.items() if place not in after}
    come = {place: part for place, part in after.items() if place not in before}
    for place, part in list(gone.items()):
        renamed = next((p for p, new_part in come.items() if _is_renamed(part, new_part)), None)
        if renamed is not None:
            yield from change_of("message", "reason", lines(part.remark), lines(come.pop(renamed).remark))
            del gone[place]
    for place in [*before, *come]:
        one, other = before.get(place), after.get(place)
        if place in gone and one is not None:
            yield Change(one.kind, one.name, one.lines, ())
        elif place in come and other is not None:
            yield Change(other.kind, other.name, (), other.lines)
        elif one is not None and other is not None:
            yield from _part(one, other)


def _is_renamed(one: Part, other: Part) -> bool:
    """Whether a condition is told in other words and means the same."""
    same_list = one.name.partition(":")[0] == other.name.partition(":")[0]
    return one.kind == other.kind == "population" and same_list and one.says_the_same(other)


def _part(one: Part, other: Part) -> Iterator[Change]:
    if not one.says_the_same(other):
        yield Change(one.kind, one.name, *_apart(one.lines, other.lines))
    if one.kind == "element":
        yield from change_of("source", f"{one.name}, need", lines(one.remark), lines(other.remark))


def _apart(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines that differ; all, when the words do not tell what does."""
    before = tuple(line for line in one if line not in other)
    after = tuple(line for line in other if line not in one)
    return (before, after) if before or after else (one, other)


# -- sections


def _sections(old: Published, new: Published) -> Iterator[Change]:
    """The rows of each section that came or went; of one whose order matters and is another, all of them."""
    before, after = ({s.title: (s, rows) for s, rows in side.sections} for side in (old, new))
    for title in {**before, **after}:
        kind = KINDS_OF_SECTIONS.get(title, "sending")
        section, rows = before.get(title, (None, ()))
        other, new_rows = after.get(title, (None, ()))
        intro, new_intro = (s.intro if s is not None else () for s in (section, other))
        gone = [line for line in intro if line not in new_intro] if section and other else []
        come = [line for line in new_intro if line not in intro] if section and other else []
        lost, found = _without(rows, new_rows), _without(new_rows, rows)
        is_ordered = other is not None and other.ordered
        if is_ordered and not lost and not found and not all(map(Part.says_the_same, rows, new_rows)):
            lost, found = list(rows), list(new_rows)
        told = ([*gone, *_lines(lost)], [*come, *_lines(found)])
        yield from change_of(kind, title, *told)


def _without(rows: tuple[Part, ...], others: tuple[Part, ...]) -> list[Part]:
    return [row for row in rows if not any(map(partial(Part.says_the_same, row), others))]


def _lines(parts: list[Part]) -> Iterator[str]:
    for part in parts:
        yield from part.lines


# -- notes


_DECIDING_NOTHING = ("covers", "notes", "decision", "gui", "db", "doc", "added", "remedy")


def _notes(one: CheckedPublication, other: CheckedPublication) -> Iterator[Change]:
    """What changes nothing that is sent: ids, paths in the user interface, decisions, notes, examples."""
    root, other_root = one.written.document.root, other.written.document.root
    for part in _DECIDING_NOTHING:
        if Counter(_below(root, part)) != Counter(_below(other_root, part)):
            yield Change("notes", part)
    if plain(root.get("examples")) != plain(other_root.get("examples")):
        yield Change("notes", "examples")


def _below(node: Node, key: str) -> Iterator[object]:
    """What stands under a key anywhere in a spec, but for its examples."""
    if isinstance(node, Mapping):
        for name, value in node.entries:
            if name.text == key:
                yield plain(value)
            elif name.text != "examples":
                yield from _below(value, key)
    elif isinstance(node, Listed):
        for item in node.items:
            yield from _below(item, key)
