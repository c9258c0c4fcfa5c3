"""The shape of each kind of spec file, as JSON Schema (draft-07), and the check of a document against it.

The same schemas are written to ``generated/editor`` for completion in editors and printed as the reference of keys.
A spec's scalars are all text, so the schemas speak of strings; ``x-content`` says what a string holds (``expression``,
``subject``, ``template``, ``prose``, ``id``), which is what later phases parse.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Sink
from compiler.source import Span
from compiler.suggest import hint, nearest
from compiler.syntax.document import (
    Document,
    Mapping,
    Node,
    Scalar,
    Sequence,
    check_typography,
    kind_of,
    plain_tree,
)

if TYPE_CHECKING:
    from jsonschema import Draft7Validator

KINDS = ("rule", "publication", "extract", "table", "ruleset", "definitions", "collections", "sources", "examples")
OWN_FILES = ("rule", "publication", "extract", "table")
FILES = {f"_{kind}.yaml": kind for kind in KINDS if kind not in OWN_FILES}

_WANTED = {"string": "a text", "array": "a list", "object": "keys and values"}
_WRITTEN = {
    "string": "",
    "array": "write it in brackets, `[a, b]`, or one entry a line after `- `",
    "object": "write `key: value`, one a line or in braces",
}


@cache
def shape(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of file, with the definitions that all kinds share."""
    folder = files("compiler.syntax.shapes")
    schema: dict[str, Any] = json.loads(folder.joinpath(f"{kind}.schema.json").read_text(encoding="utf-8"))
    common = json.loads(folder.joinpath("_common.json").read_text(encoding="utf-8"))
    schema["definitions"] = {**common["definitions"], **schema.get("definitions", {})}
    return schema


@cache
def _validator(kind: str) -> Draft7Validator:
    from jsonschema import Draft7Validator

    return Draft7Validator(shape(kind))


def check_shape(document: Document, kind: str, sink: Sink) -> bool:
    """Report where a document does not have the shape of its kind; True when it can be read all the same.

    An unknown key or word does not keep the rest of a file from being checked; a missing key or a list in place of a
    text does.
    """
    errors = sorted(_validator(kind).iter_errors(plain_tree(document.root)), key=lambda e: [str(p) for p in e.path])
    _report_blanks(document.root, sink)
    of_wrong_type: list[Any] = []  # a choice between a text and an object complains of both
    for error in errors:
        if error.validator != "type" or error.absolute_path not in of_wrong_type:
            _report(error, document, kind, sink)
        if error.validator == "type":
            of_wrong_type.append(error.absolute_path)
    return all(error.validator in ("additionalProperties", "enum", "pattern", "minLength") for error in errors)


def _report_blanks(node: Node, sink: Sink, key: str = "") -> None:
    """Report every value that is marked as still to be written."""
    match node:
        case Scalar():
            if node.is_blank:
                sink.report("E507", node.span, what=f"`{key}`")
        case Sequence():
            for item in node.items:
                _report_blanks(item, sink, key)
        case Mapping():
            for name, value in node.entries:
                _report_blanks(value, sink, name.text)


def _report(error: Any, document: Document, kind: str, sink: Sink) -> None:
    node, key, in_list = _locate(document.root, list(error.absolute_path))
    place = node.span
    name = key.text if key is not None else _where(kind)
    if isinstance(node, Scalar) and (node.is_empty or node.is_blank):
        return  # a value left out was reported
    match error.validator:
        case "additionalProperties":
            _unknown_keys(error, node, kind, sink)
        case "required":
            where = f"an entry of `{name}`" if in_list else f"`{name}`" if key is not None else _where(kind)
            _missing_keys(error, key.span if key is not None and not in_list else place, where, kind, sink)
        case "type":
            wanted = error.validator_value
            kinds = [wanted] if isinstance(wanted, str) else list(wanted)
            words = " or ".join(_WANTED[k] for k in kinds)
            advice = next((how for k, how in _WRITTEN.items() if k in kinds), "")
            if "string" in kinds and place.text[:1] in ("[", "{"):
                advice = f"put a text that begins with `{place.text[:1]}` in quotes"
            sink.report("E113", _first_line(place), what=f"`{name}`", wanted=words, seen=kind_of(node), hint=advice)
        case "enum":
            choices = [str(v) for v in error.validator_value]
            close = nearest(str(error.instance), choices)
            advice = f"did you mean `{close}`?" if close else "write one of: " + ", ".join(f"`{c}`" for c in choices)
            sink.report("E114", place, value=error.instance, key=name, hint=advice)
        case "pattern" | "minLength":
            wanted, advice = _form(error.validator_value, name)
            sink.report("E117", place, value=error.instance, wanted=wanted, example=advice)
        case "minItems" | "minProperties":
            least, found = error.validator_value, len(error.instance) or "none"
            sink.report("E113", _first_line(place), what=f"`{name}`", wanted=f"at least {least}", seen=str(found))
        case _:
            sink.report("E113", _first_line(place), what=f"`{name}`", wanted="another value", seen=kind_of(node))


def _unknown_keys(error: Any, node: Node, kind: str, sink: Sink) -> None:
    assert isinstance(node, Mapping)
    known = list(error.schema.get("properties", ()))
    for key, value in node.entries:
        cut_off = isinstance(value, Scalar) and value.is_empty and value.span.start == key.span.end
        if key.text not in known and not cut_off and check_typography(key.fragment, "a key", sink):
            sink.report("E111", key.span, key=key.text, where=_where(kind), hint=hint(key.text, known))


def _missing_keys(error: Any, place: Span, where: str, kind: str, sink: Sink) -> None:
    properties = error.schema.get("properties") or _properties_at(shape(kind), list(error.absolute_schema_path))
    for name in error.validator_value:
        if name not in error.instance and not is_misspelt(name, error.instance, properties):
            meaning = str(properties.get(name, {}).get("description", ""))
            sink.report("E112", _first_line(place), key=name, where=where, meaning=meaning)


def _properties_at(schema: Any, steps: list[Any]) -> Any:
    """The properties of the innermost object on a path of a schema that names some: a choice inside it names none."""
    node, properties = schema, schema["properties"]
    for step in steps:
        node = node[step]
        if isinstance(node, dict):
            node = schema["definitions"][node["$ref"].rsplit("/", 1)[-1]] if "$ref" in node else node
            properties = node.get("properties", properties)
    return properties


def is_misspelt(name: str, written: Iterable[str], known: Container[str]) -> bool:
    """Whether a key that is missing stands there under a name that is no key, which is reported instead."""
    return nearest(name, (key for key in written if key not in known)) is not None


def _locate(root: Node, path: list[Any]) -> tuple[Node, Scalar | None, bool]:
    """The node at a path of the plain tree, the nearest key above it, and whether the node is an entry of a list."""
    node, key = root, None
    for step in path:
        if isinstance(node, Mapping):
            key = node.key(step) or key
            node = node.get(step) or node
        elif isinstance(node, Sequence):
            node = node.items[step]
    return node, key, bool(path) and isinstance(path[-1], int)


def _first_line(span: Span) -> Span:
    """A span that ends with its first line, so that a caret does not run over a whole block."""
    end = span.source.text.find("\n", span.start)
    return Span(span.source, span.start, min(span.end, end) if end >= 0 else span.end)


_WORDS_FOR_TYPES = "text, whole, decimal, date, boolean"
_FORMS = {
    "^[A-Z]{2,4}-[0-9]{1,3}[a-z]?$": ("an id", "write two to four capitals, a hyphen and a number, as SE-5"),
    "^[A-Z]{2,4}(-[A-Z0-9]+)+$": ("an id", "write two to four capitals, a hyphen and more of them, as NE-SSA"),
    "^[0-9a-f]{64}$": ("a sha256", "it has 64 digits and letters a to f; leave the key out to be told the right one"),
    "^[0-9]{4}$": ("a school year", "write the year in which it ends: 2025 for 2024-25"),
    "^(missing|error)$": (
        "what an absent key gives",
        "write `missing`, `error`, or the cells of a row: `{default: {label: other}}`",
    ),
    "^[0-9]+$": ("a count", "write a number, as 12"),
    "^[1-9][0-9]{0,3}$": ("a number from 1 to 9999", "write digits alone, as '12'"),
    "^[ -~]$": ("a character to fill with", "write one character in quotes, as '0'"),
    "^[A-Z][A-Za-z0-9]*$": ("the name of a table", "write one word that begins with a capital, as GradeLevels"),
    "^[a-z][A-Za-z0-9]*$": ("the name of a definition", "write one word that begins with a small letter, as isPrimary"),
    "^[A-Za-z0-9]+Descriptor$": ("the name of a descriptor", "write it as the standard does, as GradeLevelDescriptor"),
    "^uri://": ("a namespace", "write it as in the data, as uri://example.org/GradeLevelDescriptor"),
    "^[a-z0-9.-]+$": ("the name of a schema folder", "write it as ed-fi-4.0"),
    r"^[a-z]\w*$": ("the name of a parameter or value", "write one word that begins with a small letter, as countDate"),
    r"^[A-Z]\w*$": ("the name of a mapping", "write one word that begins with a capital, as EntryTypes"),
    r"^[A-Za-z_]\w*$": ("the name of a property", "write the property alone, as exitWithdrawDate"),
    "^(list of )?(text|whole|decimal|date|boolean)$": (
        "a type",
        f"the types are {_WORDS_FOR_TYPES}, and `list of` any of them",
    ),
    "^(list of )?(text|whole|decimal|date|boolean|year|code of [A-Za-z0-9]+Descriptor)$": (
        "a type",
        f"the types are {_WORDS_FOR_TYPES}, year, `code of` a descriptor, and `list of` any of them",
    ),
    "^(text|whole|decimal|date|boolean|code of [A-Za-z0-9]+Descriptor|[a-z][A-Za-z0-9]*)$": (
        "a type",
        f"the types are {_WORDS_FOR_TYPES}, `code of` a descriptor, and the names of resources",
    ),
}


def _form(wanted: Any, name: str) -> tuple[str, str]:
    """What a text should have been, by the pattern (or least length) that it fails, and how to write that."""
    return _FORMS.get(str(wanted), (f"a value for `{name}`", "write a few words"))


def _where(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}" if kind in OWN_FILES else f"`_{kind}.yaml`"
