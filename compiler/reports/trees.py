"""Trees of the compiler as text, for ``rulewright show``: documents, ASTs (with types, once checked), IR."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from compiler.schema.types import Type
from compiler.semantics import ir
from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, Sequence
from compiler.syntax.publications import PublicationTree

_HIDDEN = ("span", "type")


def document_lines(node: Node, indent: int = 0) -> Iterator[str]:
    """A document, each scalar with its place and how it was quoted."""
    pad = "  " * indent
    match node:
        case Scalar():
            style = f" {node.style}" if node.style else ""
            yield f"{pad}{node.text!r}  @{node.span.line}:{node.span.column}{style}"
        case Sequence():
            for item in node.items:
                yield f"{pad}-"
                yield from document_lines(item, indent + 1)
        case Mapping():
            for key, value in node.entries:
                yield f"{pad}{key.text}:  @{key.span.line}:{key.span.column}"
                yield from document_lines(value, indent + 1)


def ast_lines(node: tree.Node, types: dict[tree.Node, Type] | None = None) -> Iterator[str]:
    """An AST, one node a line; with ``types``, each node with what the checker found."""

    def note(part: Any) -> str:
        return f" : {type_text(types[part])}" if types is not None and part in types else ""

    yield from _lines(node, tree.Node, note, 0)


def ir_lines(node: ir.Expr) -> Iterator[str]:
    """IR, one node a line with its type."""
    yield from _lines(node, ir.Expr, lambda part: f" : {type_text(part.type)}", 0)


def publication_tree_lines(written: PublicationTree, types: dict[tree.Node, Type] | None = None) -> Iterator[str]:
    """A publication as written, part by part, its expressions as ASTs; examples and prose are left out."""

    def shown(part: Any) -> Iterator[str] | None:
        match part:
            case tree.Node():
                return ast_lines(part, types)
            case Scalar():
                return iter([part.text])
            case Document() | Mapping() | Sequence() | Span():
                return iter(())
            case _:
                return None

    for field in fields(written):
        if field.name not in ("examples", "decisions", "notes", "broken"):
            yield from _parts(field.name, getattr(written, field.name), shown, 0)


def publication_lines(publication: ir.Publication) -> Iterator[str]:
    """A publication as IR, part by part."""

    def shown(part: Any) -> Iterator[str] | None:
        return ir_lines(part) if isinstance(part, ir.Expr) else None

    for field in fields(publication):
        yield from _parts(field.name, getattr(publication, field.name), shown, 0)


def _parts(name: str, value: Any, shown: Callable[[Any], Iterator[str] | None], depth: int) -> Iterator[str]:
    """A part under its name; one that holds nothing is left out."""
    pad = "  " * depth
    lines = shown(value)
    if lines is not None:
        found = list(lines)
        if len(found) == 1:
            yield f"{pad}{name}: {found[0]}"
        elif found:
            yield f"{pad}{name}:"
            yield from (f"{pad}  {line}" for line in found)
    elif is_dataclass(value) and not isinstance(value, type):
        yield f"{pad}{name}: {type(value).__name__}"
        for field in fields(value):
            if field.name not in ("notes", "decisions"):
                yield from _parts(field.name, getattr(value, field.name), shown, depth + 1)
    elif isinstance(value, tuple) and any(map(_is_deep, value)):
        for item in value:
            yield from _parts(name, item, shown, depth)
    elif value or (value == 0 and not isinstance(value, bool)):
        plain = sorted(value) if isinstance(value, frozenset) else value
        yield f"{pad}{name}: {plain!r}"


def _is_deep(item: Any) -> bool:
    return is_dataclass(item) or (isinstance(item, tuple) and any(map(_is_deep, item)))


def _lines(node: Any, kind: type, note: Callable[[Any], str], indent: int) -> Iterator[str]:
    scalars, inner = [], []
    for part in fields(node):
        value = getattr(node, part.name)
        if part.name in _HIDDEN or part.name.endswith(("_span", "_spans")) or value is None:
            continue
        if isinstance(value, kind):
            inner.append((part.name, [value]))
        elif isinstance(value, tuple) and value and all(isinstance(item, kind) for item in value):
            inner.append((part.name, list(value)))
        else:
            scalars.append(f"{part.name}={value!r}")
    yield f"{'  ' * indent}{type(node).__name__}({', '.join(scalars)}){note(node)}"
    for name, values in inner:
        for value in values:
            first, *rest = _lines(value, kind, note, indent + 1)
            yield f"{'  ' * (indent + 1)}{name}: {first.strip()}"
            yield from rest


def type_text(kind: Type) -> str:
    """A type as ``show`` prints it."""
    values = [getattr(kind, part.name) for part in fields(kind)]
    inner = [type_text(value) if isinstance(value, Type) else str(value) for value in values]
    return inner[0] if type(kind).__name__ == "Simple" else f"{type(kind).__name__}[{', '.join(inner)}]"
