"""The words of rules: what a district reads, the quoted row, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.changes.entries import Change
from compiler.changes.sides import Side
from compiler.changes.texts import lines, plain, text
from compiler.semantics.rows import normalised
from compiler.syntax.document import Mapping, Node
from compiler.syntax.document import Sequence as Listed
from compiler.syntax.specs import RuleTree, Template
from compiler.syntax.unparser import unparse


def change_of(kind: str, part: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    """A change, when there is one."""
    if tuple(before) != tuple(after):
        yield Change(kind, part, tuple(before), tuple(after))


def source_changes(one: RuleTree, other: RuleTree) -> Iterator[Change]:
    was, now = one.source, other.source
    for part in ("document", "row", "status"):
        yield from change_of("source", part, lines(text(getattr(was, part))), lines(text(getattr(now, part))))
    for name in sorted(was.cells.keys() | now.cells.keys()):
        before, after = (normalised(cells[name].text) if name in cells else "" for cells in (was.cells, now.cells))
        yield from change_of("source", f"quoted {name}", lines(before), lines(after))


def wording_changes(old: Side, new: Side, before: str, after: str) -> Iterator[Change]:
    one, other = old.rules[before].written, new.rules[after].written
    for part in ("title", "message", "fix"):
        yield from change_of("message", part, lines(text(getattr(one, part))), lines(text(getattr(other, part))))
    was, now = old.written.get(before), new.written.get(after)
    if was is None or now is None or was.detail == now.detail:
        return
    full, other_full = old.in_full(before), new.in_full(after)
    if full is None or other_full is None or full.detail != other_full.detail:
        yield Change("message", "detail", lines(_template(one.detail)), lines(_template(other.detail)))


def _template(template: Template | None) -> str:
    parts = template.parts if template is not None else ()
    return "".join(part if isinstance(part, str) else f"{{{unparse(part)}}}" for part in parts)


def note_changes(one: RuleTree, other: RuleTree) -> Iterator[Change]:
    """What changes neither a run nor what is read of it."""
    root, other_root = one.document.root, other.document.root
    for part in ("decision", "notes", "related", "history", "aliases"):
        if plain(root.get(part)) != plain(other_root.get(part)):
            yield Change("notes", part)
    for part in ("note", "redacted"):
        source, other_source = root.get("source"), other_root.get("source")
        assert isinstance(source, Mapping)
        assert isinstance(other_source, Mapping)
        if plain(source.get(part)) != plain(other_source.get(part)):
            yield Change("notes", f"source {part}")
    examples, others = (
        {text(example.name): plain(node) for example, node in zip(rule.examples, _items(rule), strict=True)}
        for rule in (one, other)
    )
    added, gone = len(others.keys() - examples.keys()), len(examples.keys() - others.keys())
    changed = sum(examples[name] != others[name] for name in examples.keys() & others.keys())
    counts = [f"{n} {word}" for n, word in ((added, "added"), (gone, "removed"), (changed, "changed")) if n]
    if counts:
        yield Change("notes", "examples", (), (", ".join(counts),))


def _items(rule: RuleTree) -> tuple[Node, ...]:
    node = rule.document.root.get("examples")
    return tuple(item for item in node.items if isinstance(item, Mapping)) if isinstance(node, Listed) else ()
