"""Bodies of records: whether two say the same, and what stands at a path.

Two bodies are compared where a publication ever writes: what an API adds counts for nothing. Decimals are compared by
value, lists as sets, and an object in which nothing stands as one that is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from compiler.semantics import ir
from compiler.semantics.payloads import Body
from compiler.semantics.values import dig, shown
from compiler.semantics.wanted import Key

_NOTHING: tuple[Any, ...] = ()


def says_the_same(declared: Iterable[ir.Path], left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Whether two bodies hold the same at all of some paths."""
    return left == right or all(canonical(dig(left, path)) == canonical(dig(right, path)) for path in declared)


def canonical(value: Any) -> Any:
    """A value that equals another exactly when both say the same."""
    if isinstance(value, bool):
        return ("flag", value)
    if isinstance(value, float | Decimal | int):
        return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if isinstance(value, Mapping):
        parts = ((name, canonical(inner)) for name, inner in value.items() if name != "link")
        return frozenset((name, inner) for name, inner in parts if inner != _NOTHING) or _NOTHING
    if isinstance(value, list):
        return ("list", frozenset(map(canonical, value))) if value else _NOTHING
    return _NOTHING if value is None else value


def key_at(paths: Iterable[ir.Path], body: Mapping[str, Any]) -> Key | None:
    """The natural key in a body; None when a part of it is not there."""
    parts = tuple(dig(body, path) for path in paths)
    return None if any(part is None for part in parts) else parts


def replaced(body: Body, other: Mapping[str, Any], paths: Iterable[ir.Path]) -> Body:
    """A body with what another holds at some paths in the place of its own."""
    for path in paths:
        body = _with(body, path, dig(other, path))
    return body


def _with(body: Mapping[str, Any], path: ir.Path, value: Any) -> Body:
    name, *rest = path
    inner = _with(body.get(name) or {}, tuple(rest), value) if rest else value
    others = {key: kept for key, kept in body.items() if key != name}
    return others if inner is None or inner == {} else {**others, name: inner}


def nested(named: Mapping[str, Any]) -> Body:
    """The body that holds values at dotted paths and nothing else."""
    body: Body = {}
    for name, value in named.items():
        body = _with(body, tuple(name.split(".")), value)
    return body


def sortable(key: Key) -> tuple[str, ...]:
    """A key among keys of any resource."""
    return tuple(map(shown, key))
