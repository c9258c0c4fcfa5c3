"""OpenAPI documents of an Ed-Fi API to a folder of schemas, with remarks about all that the documents do not say.

Such a document leaves out what rules need most: which references belong to a key, which descriptor a code is of, which
resources are kinds of an abstract one. Where it follows from what is there, it is derived; else it is taken from a
standard that comes with the compiler, when one is named; else it stays open. A remark says which, and of what.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from compiler.schema.edfi import JsonSchema
from compiler.schema.keys import Key, Link, key_of, local_names, words
from compiler.schema.kinds import Kinds, kinds_of
from compiler.schema.openapi import (
    NAME,
    NOT_OF_RECORDS,
    SERVER_PROPERTIES,
    Document,
    Node,
    OpenApiError,
    Operation,
    is_identity,
    is_reference,
    may_be_null,
    node_at,
    own_name,
    properties_of,
    texts_of,
    type_of,
)
from compiler.schema.remarks import Remark, Remarks

_MAX_DEPTH = 12
_MAX_PROPERTIES = 500_000
_MAX_LIMIT = 1e30  # of a length or a bound
_FORMAT = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NINES = re.compile(r"(9+)(?:\.(9+))?")
_LIMITS = ("maxLength", "minLength", "minimum", "maximum")
_SCALARS = ("string", "integer", "number", "boolean")


@dataclass(frozen=True, slots=True)
class Base:
    """A standard to take from: its schemas by singular name, kinds of abstract resources, and descriptors."""

    documents: Mapping[str, JsonSchema] = field(default_factory=dict)
    kinds: Kinds = field(default_factory=dict)
    descriptors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """A folder of schemas: the content of each file by its name without ending, and the remarks."""

    files: Mapping[str, Any]
    remarks: tuple[Remark, ...]
    resources: int
    descriptors: int


def import_documents(documents: Iterable[Document], folder: str, base: Base | None = None) -> Imported:
    """Make schemas of the resources and descriptors of documents; ``folder`` is what their ids are called by."""
    return _Import(tuple(documents), folder, base or Base()).made()


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a schema is converted: its document, its path from the resource, and whether it is an item of a list."""

    document: Document
    path: tuple[str, ...]
    open: frozenset[str]  # named schemas that are being converted
    in_item: bool = False

    def at(self, name: str, schema: str = "") -> _Place:
        return _Place(self.document, (*self.path, name), self.open | ({schema} if schema else set()), self.in_item)

    def __str__(self) -> str:
        return ".".join(self.path)


class _Import:
    def __init__(self, documents: tuple[Document, ...], folder: str, base: Base) -> None:
        self.documents = documents
        self.folder = folder
        self.base = base
        self.remarks = Remarks()
        self.count = 0
        self.resources: dict[str, tuple[Document, Operation]] = {}
        self.descriptors: dict[str, str] = {}  # as a name in JSON to as it is called
        self.abstract: set[str] = set()

    def made(self) -> Imported:
        for document in self.documents:
            for operation in document.operations():
                self._sort(document, operation)
        if not self.resources and not self.descriptors:
            raise OpenApiError("it has no path of a resource, such as /ed-fi/schools")
        self.abstract = {target for document in self.documents for target in document.references} - set(self.resources)
        self.own = {name.lower() for name in self.descriptors}
        self.known = {name.lower(): name for name in (*self.base.descriptors, *self.descriptors.values())}
        files: dict[str, Any] = {n: self._resource(n, d, o) for n, (d, o) in sorted(self.resources.items())}
        kinds = kinds_of(self.abstract, self.resources, files, self.base.kinds, self.remarks)
        if kinds:
            files["_abstract"] = kinds
        if self.descriptors:
            names = sorted(self.descriptors.values())
            files["_descriptors"] = {"count": len(names), "names": names, "x-source": self._source}
        return Imported(files, self.remarks.made(), len(self.resources), len(self.descriptors))

    def _sort(self, document: Document, operation: Operation) -> None:
        """Note an operation as that of a resource or a descriptor, unless its name is taken."""
        name = operation.name
        if not name:
            self.remarks.add("unread", operation.path)
        elif name.endswith("Descriptor") and {"codeValue", "namespace"} <= set(properties_of(operation.schema)):
            self.descriptors[name] = _called(operation)
        elif name not in self.resources:
            self.resources[name] = (document, operation)
        elif self.resources[name][1].path != operation.path:
            self.remarks.add("twin", operation.path)

    @property
    def _source(self) -> str:
        titles = dict.fromkeys(f"{d.title or 'an API'}, version {d.version or 'unknown'}" for d in self.documents)
        return "; ".join(titles)

    # -- one resource

    def _resource(self, name: str, document: Document, operation: Operation) -> dict[str, Any]:
        body = self._object(operation.schema, _Place(document, (name,), frozenset()))
        key = self._key(name, document, operation, body)
        for prop in {path[0] for path in key if len(path) > 1}:
            body["properties"][prop]["x-edfi-isIdentity"] = True
        return {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:rulewright:{self.folder}:{name}",
            "title": _called(operation),
            "x-edfi-path": operation.path,
            "x-source": self._source,
            "x-edfi-serverProperties": list(SERVER_PROPERTIES),
            **body,
            "x-edfi-identity": [".".join(path) for path in key],
        }

    def _key(self, name: str, document: Document, operation: Operation, body: dict[str, Any]) -> Key:
        """The natural key of a resource; the names that parts of its references have on it are set on the way."""
        links = [
            Link(prop, _lower(node["x-edfi-reference"]), tuple(node["properties"]), prop in body["required"])
            for prop, node in body["properties"].items()
            if "x-edfi-reference" in node
        ]
        scalars = {prop for prop, node in body["properties"].items() if node["type"] in _SCALARS}
        named = local_names(links, {*operation.parameters, *scalars})
        for (prop, part), local in named.items():
            body["properties"][prop]["properties"][part]["x-edfi-localName"] = local
        wanted = {parameter for parameter, in_key in operation.parameters.items() if in_key}
        wanted = wanted or set(document.references.get(name, ()))
        marked = {prop for prop in scalars if "x-edfi-isIdentity" in body["properties"][prop]}
        found = key_of(wanted, marked, links, named)
        topic = "key"
        if found is None:
            found, topic = self._key_of_base(name, body), "key of base"
        self.remarks.add(topic if found else "no key", name)
        return found or ()

    def _key_of_base(self, name: str, body: Mapping[str, Any]) -> Key | None:
        paths = [tuple(path.split(".")) for path in self.base.documents.get(name, {}).get("x-edfi-identity", ())]
        fits = all(node_at(body, path).get("type") in _SCALARS for path in paths)
        return tuple(paths) if paths and fits else None

    # -- properties

    def _object(self, node: Node, place: _Place) -> dict[str, Any]:
        """An object with its properties; required are those that it has."""
        required = set(texts_of(node.get("required")))
        found = {}
        for name, written in properties_of(node).items():
            made = self._property(name, written, place, name in required) if name not in NOT_OF_RECORDS else None
            if made is not None:
                found[name] = made
        return {
            "type": "object",
            "properties": found,
            "additionalProperties": False,
            "required": sorted(required & set(found)),
        }

    def _property(self, name: str, written: Any, place: _Place, required: bool) -> dict[str, Any] | None:
        self.count += 1
        if self.count > _MAX_PROPERTIES:
            raise OpenApiError(f"its resources have more than {_MAX_PROPERTIES:,} properties")
        schema, node = place.document.resolved(written)
        here = place.at(name if NAME.fullmatch(name) else "?", schema)
        kind = type_of(node)
        if here.path[-1] != name:
            kind = ""
        if schema in place.open or len(here.path) > _MAX_DEPTH:
            self.remarks.add("deep", here)
            return None
        if kind == "object" and (is_reference(schema) or (is_reference(name) and _is_flat(node))):
            return self._reference(name, schema, node, here, required)
        if kind == "array":
            return self._list(node, here, required)
        if kind == "object" and properties_of(node):
            return self._object(node, here)
        if kind in _SCALARS:
            return self._scalar(node, kind, here, required=required, inferred_null=not place.document.says_null)
        self.remarks.add("unread", here)
        return None

    def _list(self, node: Node, place: _Place, required: bool) -> dict[str, Any] | None:
        schema, item = place.document.resolved(node.get("items"))
        kind = type_of(item)
        inside = _Place(place.document, place.path, place.open | ({schema} if schema else set()), in_item=True)
        if schema and schema in place.open:
            self.remarks.add("deep", place)
            return None
        if kind == "object" and properties_of(item):
            items = self._object(item, inside)
        elif kind in _SCALARS:
            items = self._scalar(item, kind, inside, required=True, inferred_null=False)
        else:
            self.remarks.add("unread", place)
            return None
        made = {"type": "array", "items": items, "uniqueItems": True}
        if required:
            self.remarks.add("list", place)
            made["minItems"] = 1
        return made

    def _reference(self, name: str, schema: str, node: Node, place: _Place, required: bool) -> dict[str, Any]:
        target = own_name(schema if is_reference(schema) else "").removesuffix("Reference") or self._target(name)
        parts = {}
        for part, written in properties_of(node).items():
            _, value = place.document.resolved(written)
            if part not in NOT_OF_RECORDS and NAME.fullmatch(part) and type_of(value) in _SCALARS:
                made = self._scalar(value, type_of(value), place.at(part), required=True, inferred_null=False)
                parts[part] = {**made, "x-edfi-isIdentity": True}
        made_reference: dict[str, Any] = {
            "type": "object",
            "x-edfi-reference": target[:1].upper() + target[1:],
            "properties": parts,
            "required": sorted(parts),
            "additionalProperties": False,
        }
        for (_, part), local in local_names([Link(name, target, tuple(parts), required)], set()).items():
            parts[part]["x-edfi-localName"] = local
        if place.in_item and required:
            self.remarks.add("item key", place)
            made_reference["x-edfi-isIdentity"] = True
        return made_reference

    def _target(self, name: str) -> str:
        """What a reference without a schema of its own leads to: the longest resource that its name ends with."""
        own = name.removesuffix("Reference")
        ends = (_lower(own[start:]) for start in range(len(own)) if start == 0 or own[start].isupper())
        return next((end for end in ends if end in self.resources or end in self.abstract), _lower(own))

    def _scalar(self, node: Node, kind: str, place: _Place, *, required: bool, inferred_null: bool) -> dict[str, Any]:
        made: dict[str, Any] = {"type": kind}
        form = node.get("format")
        if kind in ("string", "integer") and isinstance(form, str) and _FORMAT.fullmatch(form):
            made["x-edfi-format" if form == "time" else "format"] = form
        made |= {limit: node[limit] for limit in _LIMITS if _is_limit(node.get(limit), whole=limit.endswith("Length"))}
        codes = [code for code in texts_of(node.get("enum")) if code.isprintable()]
        if kind == "string" and codes:
            made["enum"] = codes
        if kind == "string" and place.path[-1].endswith("Descriptor"):
            self._add_descriptor(made, place)
        elif made == {"type": "string"}:
            self._add_time(made, place)
        elif kind == "number":
            self._add_precision(made, place)
        if is_identity(node):
            made["x-edfi-isIdentity"] = True
        if not required and (inferred_null or may_be_null(node)):
            if inferred_null:
                self.remarks.add("null", place)
            made["x-nullable"] = True
        return made

    def _add_descriptor(self, made: dict[str, Any], place: _Place) -> None:
        name = place.path[-1]
        known = (name[start:].lower() for start in range(len(name)) if name[start:].lower() in self.known)
        longest = next(known, None)
        if longest is None:
            self.remarks.add("no descriptor", place)
            made |= {"x-edfi-descriptor": name[:1].upper() + name[1:], "x-edfi-descriptorInferred": True}
            return
        self.remarks.add("descriptor" if longest in self.own else "descriptor of base", place)
        made["x-edfi-descriptor"] = self.known[longest]

    def _add_time(self, made: dict[str, Any], place: _Place) -> None:
        if "time" in {word.lower() for word in words(place.path[-1])}:
            self.remarks.add("time", place)
            made["x-edfi-format"] = "time"
        elif self._in_base(place).get("x-edfi-format") == "time":
            self.remarks.add("time of base", place)
            made["x-edfi-format"] = "time"

    def _add_precision(self, made: dict[str, Any], place: _Place) -> None:
        present = self._in_base(place)
        nines = _NINES.fullmatch(format(Decimal(repr(made["maximum"])), "f")) if "maximum" in made else None
        if nines is not None:
            whole, behind = nines.group(1), nines.group(2) or ""
            made |= {"x-edfi-precision": len(whole) + len(behind), "x-edfi-scale": len(behind)}
            self.remarks.add("precision", place)
        elif "x-edfi-precision" in present and made.get("maximum", present.get("maximum")) == present.get("maximum"):
            made |= {key: present[key] for key in ("x-edfi-precision", "x-edfi-scale") if key in present}
            self.remarks.add("precision of base", place)
        else:
            self.remarks.add("no precision", place)

    def _in_base(self, place: _Place) -> Node:
        return node_at(self.base.documents.get(place.path[0], {}), place.path[1:])


def _called(operation: Operation) -> str:
    """A resource's name with a capital, spelled as its operation is where that is the same name."""
    name = operation.name
    spelled = operation.called[: len(name)]
    return spelled if spelled.lower() == name.lower() and NAME.fullmatch(spelled) else name[:1].upper() + name[1:]


def _is_flat(node: Node) -> bool:
    """Whether an object holds nothing but scalars, and some of them."""
    kinds = [type_of(p) for name, p in properties_of(node).items() if name != "link" and isinstance(p, Mapping)]
    return bool(kinds) and all(kind in _SCALARS for kind in kinds)


def _is_limit(value: Any, *, whole: bool) -> bool:
    """Whether a value can limit a length, or a number."""
    if whole:
        return type(value) is int and 0 <= value <= _MAX_LIMIT
    return isinstance(value, int | float) and not isinstance(value, bool) and -_MAX_LIMIT <= value <= _MAX_LIMIT


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]
