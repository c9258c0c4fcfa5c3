"""What differs between two folders of schemas: resources, properties, and the facts of a property."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.schema.edfi import JsonSchema, Path, Schemas


@dataclass(frozen=True, slots=True)
class Change:
    """A difference at a property, or at a resource (no path). ``before`` and ``after`` are short texts.

    ``what`` is ``added`` (``required`` after, of a property that must be there), ``removed``, ``key``, ``kind`` (of an
    abstract resource), ``required`` or the name of a fact below. A descriptor that no property is of any more stands as
    a resource with its name that was removed.
    """

    resource: str
    path: Path
    what: str
    before: str = ""
    after: str = ""

    @property
    def place(self) -> str:
        return ".".join((self.resource, *self.path))


def differences(old: Schemas, new: Schemas) -> list[Change]:
    """All changes, by resource and path. What is inside something added or removed is not listed again."""
    return sorted(
        (*_resources(old, new), *_kinds(old, new), *_descriptors(old, new)),
        key=lambda change: (change.resource, change.path, change.what),
    )


def _resources(old: Schemas, new: Schemas) -> Iterator[Change]:
    for name in {*old.documents, *new.documents}:
        before, after = old.documents.get(name), new.documents.get(name)
        if before is None or after is None:
            yield Change(name, (), "added" if before is None else "removed")
            continue
        keys = [", ".join(document.get("x-edfi-identity", ())) for document in (before, after)]
        if keys[0] != keys[1]:
            yield Change(name, (), "key", *keys)
        yield from _properties(name, (), before, after)


def _properties(resource: str, path: Path, before: JsonSchema, after: JsonSchema) -> Iterator[Change]:
    old, new = before.get("properties", {}), after.get("properties", {})
    required = [frozenset(node.get("required", ())) for node in (before, after)]
    for name in {*old, *new}:
        here = (*path, name)
        if name not in old or name not in new:
            must = "required" if name in required[1] else ""
            yield Change(resource, here, "removed") if name in old else Change(resource, here, "added", "", must)
            continue
        is_required = [("required" if name in names else "optional") for names in required]
        if is_required[0] != is_required[1]:
            yield Change(resource, here, "required", *is_required)
        yield from _facts(resource, here, old[name], new[name])


def _facts(resource: str, path: Path, before: JsonSchema, after: JsonSchema) -> Iterator[Change]:
    inner = [node.get("items", {}) for node in (before, after)]
    for what, fact in FACTS.items():
        texts = [fact(node) or fact(items) for node, items in zip((before, after), inner, strict=True)]
        if texts[0] != texts[1]:
            yield Change(resource, path, what, *texts)
    if _type(before) == _type(after):
        shapes = [items if items else node for node, items in zip((before, after), inner, strict=True)]
        yield from _properties(resource, path, *shapes)


def _kinds(old: Schemas, new: Schemas) -> Iterator[Change]:
    for abstract in {*old.kinds, *new.kinds}:
        before, after = old.kinds.get(abstract, {}), new.kinds.get(abstract, {})
        for kind in {*before, *after}:
            texts = ["" if kind not in kinds else _kind(abstract, kinds[kind]) for kinds in (before, after)]
            if texts[0] != texts[1]:
                yield Change(kind, (), "kind", *texts)


def _kind(abstract: str, renamed: Mapping[str, str]) -> str:
    names = ", ".join(f"{part} is {own}" for part, own in sorted(renamed.items()))
    return f"{abstract} ({names})" if names else abstract


def _descriptors(old: Schemas, new: Schemas) -> Iterator[Change]:
    for name in old.descriptors ^ new.descriptors:
        yield Change(name, (), "added" if name in new.descriptors else "removed")


# -- facts of a property, as texts


def _type(node: JsonSchema) -> str:
    kind = str(node.get("type", ""))
    if kind == "array":
        return f"list of {_type(node.get('items', {}))}"
    form = node.get("format", node.get("x-edfi-format")) if kind == "string" else None
    return str(form or kind)


def _reference(node: JsonSchema) -> str:
    if "x-edfi-reference" not in node:
        return ""
    return f"{node['x-edfi-reference']} ({', '.join(sorted(node.get('properties', {})))})"


def _range(low: str, high: str) -> Callable[[JsonSchema], str]:
    def text(node: JsonSchema) -> str:
        limits: tuple[Any, Any] = (node.get(low), node.get(high))
        return "" if limits == (None, None) else " to ".join("" if limit is None else f"{limit}" for limit in limits)

    return text


def _one(key: str) -> Callable[[JsonSchema], str]:
    return lambda node: str(node.get(key, ""))


FACTS: dict[str, Callable[[JsonSchema], str]] = {
    "type": _type,
    "reference": _reference,
    "descriptor": _one("x-edfi-descriptor"),
    "codes": lambda node: ", ".join(map(str, node.get("enum", ()))),
    "length": _one("maxLength"),
    "least length": _one("minLength"),
    "bounds": _range("minimum", "maximum"),
    "entries": _one("minItems"),
    "bits": lambda node: str(node.get("format", "")) if node.get("type") == "integer" else "",
    "decimals": _range("x-edfi-precision", "x-edfi-scale"),
    "null": lambda node: "may be null" if node.get("x-nullable") else "",
}
"""What is compared of a property, each as a text; empty when nothing is said."""
