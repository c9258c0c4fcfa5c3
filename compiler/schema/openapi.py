"""Swagger 2.0 and OpenAPI 3 documents of an Ed-Fi API: its resources, and the schemas they are made of.

Nothing here knows what a key or a descriptor is; :mod:`compiler.schema.importing` makes schemas of resources from it.
A document comes from elsewhere: whatever it holds is looked at with care, and what does not fit is as if absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Node = Mapping[str, Any]

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_PATH = re.compile(r"/([a-z][a-z0-9-]{0,63})/([A-Za-z][A-Za-z0-9]{0,127})")
_SUFFIX = re.compile(r"_(readable|writable)$")  # of the schemas of a profile
_MAX_HOPS = 20  # of references to references
_EMPTY: Node = {}

SERVER_PROPERTIES = ("id", "_etag", "_lastModifiedDate")
NOT_OF_RECORDS = frozenset({*SERVER_PROPERTIES, "link"})


class OpenApiError(ValueError):
    """Why a document is none that can be imported; ``args[0]`` says it as the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Operation:
    """A resource of an API: its path, the schema of its body, and the parameters of GET.

    ``parameters`` holds by name whether a parameter is part of the key. ``called`` is the resource's plural as the
    operation spells it, with the acronyms of the standard: ``CTEProgramServiceDescriptors``.
    """

    path: str
    name: str
    schema: Node
    parameters: Mapping[str, bool]
    called: str


@dataclass(frozen=True)
class Document:
    """An OpenAPI document as parsed from JSON or YAML."""

    data: Node

    @cached_property
    def is_swagger(self) -> bool:
        return str(self.data.get("swagger", "")).startswith("2.")

    @cached_property
    def title(self) -> str:
        return _line(_node(self.data.get("info")).get("title"))

    @cached_property
    def version(self) -> str:
        return _line(_node(self.data.get("info")).get("version"))

    @cached_property
    def schemas(self) -> Node:
        """The named schemas."""
        owner = self.data if self.is_swagger else _node(self.data.get("components"))
        return _named(owner.get("definitions" if self.is_swagger else "schemas"))

    @cached_property
    def says_null(self) -> bool:
        """Whether any property is marked as one that may be null; older documents are silent about it."""
        waiting: list[Any] = list(self.schemas.values())
        while waiting:
            node = waiting.pop()
            if isinstance(node, Mapping):
                if may_be_null(node):
                    return True
                waiting.extend(node.values())
        return False

    def resolved(self, node: Any) -> tuple[str, Node]:
        """The name of the schema that a node refers to (empty for one written in place), and the schema itself."""
        name, found = "", _node(node)
        for _ in range(_MAX_HOPS):
            wrapped = found.get("allOf")
            if isinstance(wrapped, list) and len(wrapped) == 1 and "properties" not in found:
                found = _node(wrapped[0])  # the way to write something beside a `$ref`
            elif "$ref" in found:
                name = str(found["$ref"]).rpartition("/")[2]
                found = _node(self.schemas.get(name)) if found["$ref"] == f"{self._prefix}{name}" else _EMPTY
            else:
                return name, found
        return name, _EMPTY

    @property
    def _prefix(self) -> str:
        return "#/definitions/" if self.is_swagger else "#/components/schemas/"

    @cached_property
    def references(self) -> Mapping[str, frozenset[str]]:
        """The parts of the key of each target that a schema of a reference is for."""
        return {
            own_name(name).removesuffix("Reference"): frozenset(properties_of(self.resolved(node)[1])) - NOT_OF_RECORDS
            for name, node in self.schemas.items()
            if is_reference(name)
        }

    def operations(self) -> Iterator[Operation]:
        """The resources, by their paths: those that can be written, else those that can be read."""
        for path, item in sorted(_node(self.data.get("paths")).items(), key=lambda entry: str(entry[0])):
            place = _PATH.fullmatch(str(path))
            if place is None:
                continue
            get, post = _node(_node(item).get("get")), _node(_node(item).get("post"))
            name, schema = self.resolved(self._body(post) if post else self._answer(get))
            if schema:
                called = str(get.get("operationId", "")).removeprefix("get")
                yield Operation(str(path), own_name(name), schema, dict(self._parameters(get)), called)

    def _body(self, post: Node) -> Any:
        if self.is_swagger:
            return next(
                (_node(p).get("schema") for p in _list(post.get("parameters")) if _node(p).get("in") == "body"), {}
            )
        return self._content(post.get("requestBody"))

    def _answer(self, get: Node) -> Any:
        answers = get.get("responses")
        answer = _node(_named(answers).get("200"))
        schema = answer.get("schema") if self.is_swagger else self._content(answer)
        return self.resolved(schema)[1].get("items")

    @staticmethod
    def _content(node: Any) -> Any:
        """The schema of a body; that of JSON when there are several."""
        content = _named(_node(node).get("content"))
        return next((_node(content[kind]).get("schema") for kind in sorted(content) if "json" in kind), None)

    @staticmethod
    def _parameters(get: Node) -> Iterator[tuple[str, bool]]:
        for parameter in map(_node, _list(get.get("parameters"))):
            if parameter.get("in") == "query" and isinstance(parameter.get("name"), str):
                yield parameter["name"], is_identity(parameter)


def document_of(data: Any) -> Document:
    """A document; refused when it is none of Swagger 2.0 or OpenAPI 3 with schemas."""
    document = Document(_node(data))
    if not document.is_swagger and not str(document.data.get("openapi", "")).startswith("3."):
        raise OpenApiError("it is neither Swagger 2.0 nor OpenAPI 3")
    if not document.schemas:
        raise OpenApiError(f"it has no schemas ({'definitions' if document.is_swagger else 'components.schemas'})")
    return document


def own_name(name: str) -> str:
    """The name of a schema without project and profile: ``edFi_school_readable`` is of ``school``."""
    own = _SUFFIX.sub("", name)
    own = own.split("_", 1)[-1].replace("_", "")
    return own[:1].lower() + own[1:] if NAME.fullmatch(own) else ""


def is_reference(name: str) -> bool:
    """Whether a property or a schema is a reference, by its name."""
    return own_name(name).endswith("Reference")


def is_identity(node: Node) -> bool:
    """Whether a property or parameter is marked as part of a key."""
    return node.get("x-Ed-Fi-isIdentity") is True


def type_of(node: Node) -> str:
    """The type of a schema, empty when it has none or several; OpenAPI 3.1 may list one beside ``null``."""
    kind = node.get("type")
    kinds = [one for one in kind if one != "null"] if isinstance(kind, list) else [kind]
    if len(kinds) == 1 and isinstance(kinds[0], str):
        return kinds[0]
    return "object" if kind is None and properties_of(node) else ""


def may_be_null(node: Node) -> bool:
    """Whether a property may be null, in the words of any version."""
    kind = node.get("type")
    return node.get("x-nullable") is True or node.get("nullable") is True or (isinstance(kind, list) and "null" in kind)


def properties_of(node: Node) -> Node:
    """The properties of a schema, sorted by name."""
    return dict(sorted(_named(node.get("properties")).items()))


def node_at(node: Node, path: tuple[str, ...]) -> Node:
    """The schema at a path of properties, through objects and lists; empty when there is none."""
    for name in path:
        inner = _node(node.get("items", node))
        node = _node(_node(inner.get("properties")).get(name))
    return node


def texts_of(value: Any) -> list[str]:
    """The texts of a list."""
    return [text for text in _list(value) if isinstance(text, str)]


def _named(value: Any) -> Node:
    """An object whose names are texts, which they need not be in YAML."""
    return {str(name): node for name, node in _node(value).items()}


def _node(value: Any) -> Node:
    return value if isinstance(value, Mapping) else _EMPTY


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _line(value: Any) -> str:
    """A text of the document as one line that is safe to print."""
    text = " ".join(str(value or "").split())
    return "".join(sign if sign.isprintable() else "?" for sign in text)[:200]
