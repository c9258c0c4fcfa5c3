"""Spec files in their usual form, by small edits that leave comments and layout alone.

A file is never rewritten from its tree. In expressions only the words of comparisons change, where they stand: signs
(``<`` to ``is less than``, or ``is before`` between dates) and doubled negations (``is not missing``). Codes that
other tools would read as numbers are quoted; the line that tells editors the schema is put on top; blanks at line
ends go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, relpath
from typing import Any

from compiler.diagnostics import Diagnostic, Sink
from compiler.source import Source
from compiler.syntax import document as tree_of
from compiler.syntax import tree
from compiler.syntax.document import Document, Node, Scalar, Sequence
from compiler.syntax.parser import parse_expression, parse_subject
from compiler.syntax.shapes import shape

SCHEMA_FOLDER = "generated/editor"

Words = Mapping[tuple[str, int, int], str]

_SIGN = re.compile(r"[<>]=?")
_NEGATED = re.compile(r"is\s+not\s+(?:(?:less|more)\s+than|at\s+(?:least|most)|(?:on\s+or\s+)?(?:before|after))\b")
_NOT_PRESENT = re.compile(r"is\s+not\s+(?:present|missing)\b")


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace characters ``start`` to ``end`` of a file."""

    start: int
    end: int
    text: str


def formatted(document: Document, kind: str, unquoted: list[Diagnostic], words: Words) -> str:
    """The text of a spec file in its usual form.

    ``unquoted`` are the warnings of its codes without quotes; ``words`` gives, by the place of a comparison by a sign,
    the word that its kind of values takes (where that is known).
    """
    source = document.source
    edits = list(_expression_edits(document.root, shape(kind), shape(kind)["definitions"], words))
    edits += [Edit(d.span.start, d.span.end, f"'{d.span.text}'") for d in unquoted if d.span.source.path == source.path]
    edits += _blank_edits(document)
    text = source.text
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    modeline = f"# yaml-language-server: $schema={_schema_path(source.path, kind)}"
    if text.startswith("# yaml-language-server:"):
        text = text.partition("\n")[2]
    return f"{modeline}\n{text.rstrip(chr(10))}\n"


def _schema_path(path: str, kind: str) -> str:
    return relpath(f"{SCHEMA_FOLDER}/{kind}.schema.json", dirname(path))


def _blank_edits(document: Document) -> Iterator[Edit]:
    """Edits that take away blanks at line ends, except inside texts of several lines, of which they are part."""
    texts = [node.span for node in tree_of.scalars(document.root) if node.style and "\n" in node.span.text]
    for blanks in re.finditer(r"[ \t]+$", document.source.text, re.MULTILINE):
        if not any(span.start < blanks.start() < span.end for span in texts):
            yield Edit(blanks.start(), blanks.end(), "")


def _expression_edits(node: Node, schema: Any, definitions: Any, words: Words) -> Iterator[Edit]:
    """Edits of all expressions below a node, found by what its schema says of it."""
    schema = _followed(schema, definitions)
    match node:
        case Scalar():
            yield from _scalar_edits(node, str(schema.get("x-content", "")), words)
        case Sequence():
            for item in node.items:
                yield from _expression_edits(item, schema.get("items", {}), definitions, words)
        case tree_of.Mapping():
            for key, value in node.entries:
                inner = schema.get("properties", {}).get(key.text, schema.get("additionalProperties", {}))
                yield from _expression_edits(value, inner if isinstance(inner, dict) else {}, definitions, words)


def _followed(schema: Any, definitions: Any) -> Any:
    if "$ref" in schema:
        return definitions[schema["$ref"].rsplit("/", 1)[-1]]
    choice = "else" in schema and "properties" not in schema
    return _followed(schema["else"], definitions) if choice else schema


def _scalar_edits(node: Scalar, content: str, words: Words) -> Iterator[Edit]:
    parse = {"expression": parse_expression, "subject": parse_subject}.get(content)
    parsed = parse(node.fragment, Sink()) if parse is not None else None
    for part in tree.walk(parsed) if parsed is not None else ():
        source = part.span.source
        match part:
            case tree.Compare(left=left, operator=operator, right=right):
                start, end = left.span.end, right.span.start
                yield from _edit(source, start, end, _SIGN, words.get(part.span.place))
                yield from _edit(source, start, end, _NEGATED, operator.value)
            case tree.Presence(operand=operand, present=present):
                wanted = "is present" if present else "is missing"
                yield from _edit(source, operand.span.end, part.span.end, _NOT_PRESENT, wanted)


def _edit(source: Source, start: int, end: int, written: re.Pattern[str], wanted: str | None) -> Iterator[Edit]:
    """Put a word in the place of another that stands between two places; blanks around a bare sign are added."""
    found = written.search(source.text, start, end)
    if found is None or wanted is None or "--" in source.text[start:end]:
        return
    bare = written is _SIGN
    before = " " if bare and not source.text[found.start() - 1].isspace() else ""
    after = " " if bare and not source.text[found.end()].isspace() else ""
    yield Edit(found.start(), found.end(), f"{before}{wanted}{after}")
