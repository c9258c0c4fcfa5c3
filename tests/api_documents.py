"""OpenAPI documents for tests: those that an API with a folder of schemas would show, in either version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Node = dict[str, Any]
_LIMITS = ("type", "format", "maxLength", "minLength", "minimum", "maximum", "enum")


class Api:
    """The documents of an API; ``swagger`` asks for version 2.0. It tells only what a genuine one does."""

    def __init__(self, documents: Mapping[str, Node], kinds: Mapping[str, Any], *, swagger: bool) -> None:
        self.documents = documents
        self.kinds = kinds
        self.swagger = swagger
        self.schemas: Node = {}
        self.paths: Node = {}

    @property
    def prefix(self) -> str:
        return "#/definitions/" if self.swagger else "#/components/schemas/"

    def resources(self) -> Node:
        """The document of the resources."""
        for name, document in self.documents.items():
            columns = {name: "x-edfi-isIdentity" in p for name, p in document["properties"].items() if is_scalar(p)}
            key = set(document["x-edfi-identity"])
            for prop, node in document["properties"].items():
                for part, inner in node.get("properties", {}).items() if "x-edfi-reference" in node else ():
                    local = inner["x-edfi-localName"]
                    columns[local] = columns.get(local, False) or f"{prop}.{part}" in key
            self._add(document["x-edfi-path"], document["title"], self._object(f"edFi_{name}", name, document), columns)
        return self._document()

    def descriptors(self, names: list[str]) -> Node:
        """The document of the descriptors."""
        text = {"type": "string"}
        for name in names:
            lower = name[0].lower() + name[1:]
            self.schemas[f"edFi_{lower}"] = {"type": "object", "properties": {"codeValue": text, "namespace": text}}
            self._add(f"/ed-fi/{lower}s", name, f"edFi_{lower}", {})
        return self._document()

    def _document(self) -> Node:
        info = {"title": "An API", "version": "3"}
        if self.swagger:
            return {"swagger": "2.0", "info": info, "paths": self.paths, "definitions": self.schemas}
        return {"openapi": "3.0.1", "info": info, "paths": self.paths, "components": {"schemas": self.schemas}}

    def _add(self, path: str, title: str, schema: str, columns: Mapping[str, bool]) -> None:
        ref = {"$ref": f"{self.prefix}{schema}"}
        parameters: list[Node] = [{"$ref": "#/parameters/offset"}]
        for name, in_key in columns.items():
            mark = {"x-Ed-Fi-isIdentity": True} if in_key else {}
            parameters.append({"name": name, "in": "query", **mark})
        body = {"requestBody": {"content": {"application/json": {"schema": ref}}}}
        post = {"parameters": [{"in": "body", "name": "x", "schema": ref}]} if self.swagger else body
        self.paths[path] = {"get": {"operationId": f"get{title}s", "parameters": parameters}, "post": post}
        self.paths[f"{path}/{{id}}"] = {"get": {"parameters": parameters}}

    def _object(self, schema: str, owner: str, node: Node) -> str:
        properties = {name: self._property(name, owner, prop) for name, prop in node["properties"].items()}
        server = {"id": {"type": "string"}, "_etag": {"type": "string"}} if schema == f"edFi_{owner}" else {}
        made = {"type": "object", "required": node.get("required", []), "properties": {**server, **properties}}
        self.schemas[schema] = made
        return schema

    def _property(self, name: str, owner: str, node: Node) -> Node:
        if "x-edfi-reference" in node:
            target = node["x-edfi-reference"]
            schema = f"edFi_{target[0].lower()}{target[1:]}Reference"
            link = {"link": {"$ref": f"{self.prefix}link"}}
            parts = {part: _scalar({**p, "x-edfi-isIdentity": False}) for part, p in node["properties"].items()}
            self.schemas[schema] = {"type": "object", "required": node["required"], "properties": {**parts, **link}}
            return {"$ref": f"{self.prefix}{schema}"}
        if node["type"] == "array":
            items = node["items"]
            if items["type"] != "object":
                return {"type": "array", "items": _scalar(items)}
            own = self._declares(owner, name)
            return {"type": "array", "items": {"$ref": self.prefix + self._object(_inner(own, name), owner, items)}}
        if node["type"] == "object":
            return {"$ref": self.prefix + self._object(_inner(owner, name), owner, node)}
        return _scalar(node)

    def _declares(self, owner: str, name: str) -> str:
        """The abstract resource that a list is inherited from, else the resource itself."""
        for abstract, kinds in self.kinds.items():
            if owner in kinds and all(name in self.documents[kind]["properties"] for kind in kinds):
                return str(abstract)
        return owner


def is_scalar(node: Node) -> bool:
    return node["type"] not in ("object", "array")


def _inner(owner: str, name: str) -> str:
    return f"edFi_{owner}{name[0].upper()}{name[1:]}"


def _scalar(node: Node) -> Node:
    made = {key: node[key] for key in _LIMITS if key in node}
    if node["type"] == "number":
        made["format"] = "double"
    if node.get("x-nullable"):
        made["x-nullable"] = True
    if node.get("x-edfi-isIdentity"):
        made["x-Ed-Fi-isIdentity"] = True
    return made
