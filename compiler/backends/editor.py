"""The JSON Schemas of spec files, for completion and checks in editors."""

from __future__ import annotations

import copy
import json
from typing import Any

from compiler.backends.artifacts import Artifact
from compiler.syntax.shapes import KINDS, shape


def generate() -> list[Artifact]:
    """One schema a kind of file; ``# yaml-language-server: $schema=...`` in a spec points to it."""
    return [
        Artifact(f"editor/{kind}.schema.json", json.dumps(_plain(shape(kind)), indent=1, ensure_ascii=False) + "\n")
        for kind in KINDS
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without our own keywords, and with the years and dates that YAML editors do not take for text."""
    plain: dict[str, Any] = copy.deepcopy(schema)
    _strip(plain)
    return plain


def _strip(node: Any) -> None:
    if isinstance(node, dict):
        for key in [key for key in node if key.startswith("x-")]:
            del node[key]
        for value in node.values():
            _strip(value)
    elif isinstance(node, list):
        for value in node:
            _strip(value)
