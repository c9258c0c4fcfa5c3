"""Publications, extracts and guides part by part: what came, went, or says something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from collections.abc import Mapping as ByName
from functools import partial
from typing import TypeVar

from compiler.changes.entries import Change, Entry
from compiler.changes.parts import Part, Spoken
from compiler.changes.reach import names_of, of_either
from compiler.changes.texts import lines, plain, text
from compiler.changes.wording import change_of
from compiler.semantics.checker.extracts import CheckedExtract
from compiler.semantics.checker.guides import CheckedGuide
from compiler.semantics.checker.publications import CheckedPublication
from compiler.syntax.document import Mapping, Node
from compiler.syntax.document import Sequence as Listed
from compiler.syntax.extracts import ExtractTree
from compiler.syntax.guides import GuideTree
from compiler.syntax.publications import PublicationTree
from compiler.syntax.specs import mapping_at, optional_at

Checked = CheckedPublication | CheckedExtract | CheckedGuide
Written = PublicationTree | ExtractTree | GuideTree
SpokenT = TypeVar("SpokenT", bound=Spoken)


def spec_entries(
    sort: str,
    checked: tuple[ByName[str, Checked], ByName[str, Checked]],
    spoken: tuple[ByName[str, SpokenT], ByName[str, SpokenT]],
    summed_up: Callable[[SpokenT], str],
    changes: Callable[[SpokenT, SpokenT], Iterator[Change]],
) -> Iterator[Entry]:
    """The specs of a sort that changed, matched by id on both sides; one that came or went is summed up."""
    for name in names_of(*checked):
        one, other = (side.get(name) for side in spoken)
        if one is None or other is None:
            before, after = (lines(summed_up(said)) if said is not None else () for said in (one, other))
            found = [Change("added" if one is None else "retired", sort, before, after)]
        else:
            found = sorted(changes(one, other), key=lambda change: change.rank)
        if found:
            shown: Checked = of_either(name, *checked)
            title, path = text(shown.written.title), shown.written.document.source.path
            yield Entry(sort, name, title, "", path, tuple(found))


def head_changes(one: Written, other: Written) -> Iterator[Change]:
    """What a spec is, and where it comes from."""
    yield from change_of("message", "title", lines(text(one.title)), lines(text(other.title)))
    yield from change_of("source", "document", lines(text(one.source)), lines(text(other.source)))
    source, other_source = (mapping_at(written.document.root, "source") for written in (one, other))
    was, now = (text(optional_at(said, "status")) for said in (source, other_source))
    yield from change_of("source", "status", lines(was), lines(now))
    if plain(source.get("note")) != plain(other_source.get("note")):
        yield Change("notes", "source note")


# -- parts


def part_changes(old: tuple[Part, ...], new: tuple[Part, ...]) -> Iterator[Change]:
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
            yield from changes_of(one, other)


def _is_renamed(one: Part, other: Part) -> bool:
    """Whether a condition is told in other words and means the same."""
    same_list = one.name.partition(":")[0] == other.name.partition(":")[0]
    return one.kind == other.kind == "population" and same_list and one.says_the_same(other)


def changes_of(one: Part, other: Part) -> Iterator[Change]:
    """What is other of a part."""
    if not one.says_the_same(other):
        yield Change(one.kind, one.name, *apart(one.lines, other.lines))
    if one.kind == "element":
        yield from change_of("source", f"{one.name}, need", lines(one.remark), lines(other.remark))


def apart(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines that differ; all, when the words do not tell what does."""
    before = tuple(line for line in one if line not in other)
    after = tuple(line for line in other if line not in one)
    return (before, after) if before or after else (one, other)


# -- sections


def section_changes(old: Spoken, new: Spoken) -> Iterator[Change]:
    """The rows of each section that came or went; of one whose order matters and is another, all of them."""
    before, after = ({s.title: (s, rows) for s, _, rows in side.sections} for side in (old, new))
    kinds = {section.title: kind for side in (old, new) for section, kind, _ in side.sections}
    for title, kind in kinds.items():
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


_DECIDING_NOTHING = ("covers", "notes", "decision", "gui", "db", "doc", "added", "remedy",
                     "purpose", "rights", "steps")  # fmt: skip


def note_changes(root: Mapping, other_root: Mapping, deciding: Collection[str] = ()) -> Iterator[Change]:
    """What changes nothing that is sent or printed: ids, paths in the user interface, decisions, notes, examples.

    ``deciding`` are keys that decide in a spec of this kind.
    """
    for part in (name for name in _DECIDING_NOTHING if name not in deciding):
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
