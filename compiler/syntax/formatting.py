"""Spec files in their usual form, by small edits that leave comments and layout alone.

A file is never rewritten from its tree. Expressions whose words change (``<`` to ``is less than``) are replaced where
they stand; codes that other tools would read as numbers are quoted; the line that tells editors the schema is put on
top; blanks at line ends go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import dirname, relpath
from typing import Any

from compiler.diagnostics import Diagnostic, Sink
from compiler.syntax.document import Document, Mapping, Node, Scalar, Sequence
from compiler.syntax.parser import parse_expression, parse_subject
from compiler.syntax.shapes import shape
from compiler.syntax.unparser import unparse

SCHEMA_FOLDER = "generated/editor"


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace characters ``start`` to ``end`` of a file."""

    start: int
    end: int
    text: str


def formatted(document: Document, kind: str, unquoted: list[Diagnostic]) -> str:
    """The text of a spec file in its usual form; ``unquoted`` are the warnings of its codes without quotes."""
    source = document.source
    edits = list(_expression_edits(document.root, shape(kind), shape(kind)["definitions"]))
    edits += [Edit(d.span.start, d.span.end, f"'{d.span.text}'") for d in unquoted if d.span.source.path == source.path]
    text = source.text
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    lines = [line.rstrip() for line in text.splitlines()]
    modeline = f"# yaml-language-server: $schema={_schema_path(source.path, kind)}"
    if lines and lines[0].startswith("# yaml-language-server:"):
        lines[0] = modeline
    else:
        lines.insert(0, modeline)
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines) + "\n"


def _schema_path(path: str, kind: str) -> str:
    return relpath(f"{SCHEMA_FOLDER}/{kind}.schema.json", dirname(path))


def _expression_edits(node: Node, schema: Any, definitions: Any) -> list[Edit]:
    """Edits of all expressions below a node, found by what its schema says of it."""
    schema = _followed(schema, definitions)
    match node:
        case Scalar():
            return _scalar_edits(node, str(schema.get("x-content", "")))
        case Sequence():
            return [e for item in node.items for e in _expression_edits(item, schema.get("items", {}), definitions)]
        case Mapping():
            edits: list[Edit] = []
            for key, value in node.entries:
                inner = schema.get("properties", {}).get(key.text, schema.get("additionalProperties", {}))
                edits += _expression_edits(value, inner if isinstance(inner, dict) else {}, definitions)
            return edits


def _followed(schema: Any, definitions: Any) -> Any:
    if "$ref" in schema:
        return definitions[schema["$ref"].rsplit("/", 1)[-1]]
    return _followed(schema["else"], definitions) if "else" in schema else schema


def _scalar_edits(node: Scalar, content: str) -> list[Edit]:
    parse = {"expression": parse_expression, "subject": parse_subject}.get(content)
    if parse is None or "--" in node.text:  # a comment inside would be lost
        return []
    tree = parse(node.fragment, Sink())
    if tree is None:
        return []
    wanted = unparse(tree)
    if _words(wanted) == _words(node.text):
        return []
    return [Edit(node.span.start, node.span.end, _written(wanted, node))]


def _words(expression: str) -> list[str]:
    """The words of an expression; layout and needless parentheses are the author's business."""
    return re.findall(r"'(?:[^'\\]|\\.)*'|[\w$.]+|[^\s\w()]", expression)


def _written(expression: str, node: Scalar) -> str:
    """An expression as the scalar it replaces was written, if it can be."""
    if node.style in ("|", ">"):
        return f"{node.style}-\n{' ' * _indent(node)}{expression}\n"
    if node.style == '"' or (node.style == "" and not is_plain(expression)) or node.style == "'":
        return '"' + expression.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return expression


def _indent(node: Scalar) -> int:
    body = node.span.text.split("\n", 1)[1]
    return len(body) - len(body.lstrip(" "))


def is_plain(text: str) -> bool:
    """Whether a text can stand in YAML without quotes."""
    return not (text[:1] in "'\"[]{}>|*&!%@`#,?-:" or ": " in text or " #" in text or text.endswith(":"))
