"""The kinds of abstract resources: a reference leads to an education organization, each of which is a school or such.

A document does not say so, but a kind inherits lists, and the items of a list are called after where it is declared:
the addresses of a school are each an ``educationOrganizationAddress``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from compiler.schema.openapi import Document, Node, Operation, node_at, own_name, properties_of
from compiler.schema.remarks import Remarks

Kinds = Mapping[str, Mapping[str, Mapping[str, str]]]


def kinds_of(
    abstract: set[str],
    resources: Mapping[str, tuple[Document, Operation]],
    made: Mapping[str, Any],
    base: Kinds,
    remarks: Remarks,
) -> dict[str, dict[str, dict[str, str]]]:
    """The kinds of each abstract resource, with the parts of its key that a kind calls otherwise.

    ``made`` holds the schemas of the resources; kinds that no list tells are those of the ``base``.
    """
    named = abstract | set(resources)
    inherited: dict[str, set[str]] = {name: set() for name in abstract}
    for name, (document, operation) in resources.items():
        for item in _items(document, operation.schema):
            inherited.get(_owner(item, named), set()).add(name)
    found = {}
    for name in sorted(abstract):
        kinds = inherited[name] or set(base.get(name, ())) & set(resources)
        if not kinds:
            remarks.add("no kinds", name)
            continue
        parts = next((d.references[name] for d, _ in resources.values() if name in d.references), frozenset())
        found[name] = {kind: _renamed(parts, made[kind]) for kind in sorted(kinds)}
        for kind in found[name]:
            remarks.add("kinds" if inherited[name] else "kinds of base", f"{name}: {kind}")
    return found


def _items(document: Document, schema: Node) -> Iterator[str]:
    """The names of the schemas that an object's lists are of."""
    for written in properties_of(schema).values():
        name = document.resolved(document.resolved(written)[1].get("items"))[0]
        if name:
            yield own_name(name)


def _owner(item: str, named: set[str]) -> str:
    """The longest name of a resource that begins the name of a list's items and ends before a word of it."""
    begins = (item[:end] for end in range(len(item) - 1, 0, -1) if item[end].isupper())
    return next((begin for begin in begins if begin in named), "")


def _renamed(parts: frozenset[str], kind: Mapping[str, Any]) -> dict[str, str]:
    """The one part of a key that a kind calls otherwise, when there is exactly one on either side."""
    paths = [tuple(path.split(".")) for path in kind["x-edfi-identity"]]
    own = {str(node_at(kind, path).get("x-edfi-localName", path[-1])) for path in paths}
    missing, extra = sorted(parts - own), sorted(own - parts)
    return {missing[0]: extra[0]} if len(missing) == len(extra) == 1 else {}
