"""Texts of a spec as values of a type: cells of tables, values of parameters, properties of example records."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from compiler.diagnostics import Sink
from compiler.schema.types import BOOLEAN, BY_NAME, DATE, DECIMAL, TEXT, WHOLE, Code, ListOf, Record, Type, is_text
from compiler.semantics.values import fits_whole, settle
from compiler.syntax.document import Node, Scalar, Sequence, kind_of

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

WORDS: dict[Type, str] = {
    WHOLE: "a whole number, as 20",
    DECIMAL: "a number, as 0.5",
    DATE: "a date, as 2024-06-01",
    BOOLEAN: "`true` or `false`",
}

# What YAML 1.1 (1), 1.2 and spreadsheets make of an unquoted text: a number, a truth value, a date, nothing.
_OTHERWISE = (
    (re.compile(r"[-+]?0[0-7]+"), "the octal number {octal}"),
    (re.compile(r"[-+]?[0-9][0-9_]*"), "a number"),
    (re.compile(r"[-+]?([0-9][0-9_]*\.[0-9_]*|\.[0-9]+)([eE][-+]?[0-9]+)?"), "a number"),
    (re.compile(r"[-+]?[0-9]+[eE][-+]?[0-9]+"), "a number"),
    (re.compile(r"0x[0-9a-fA-F_]+|0b[01_]+"), "a number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+"), "a number of base 60"),
    (re.compile(r"yes|no|on|off|true|false|y|n", re.IGNORECASE), "a truth value"),
    (re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE), "a number"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"), "a date"),
)


def type_named(name: str) -> Type | None:
    """The type that a spec calls ``date``, ``list of text``, ``code of GradeLevelDescriptor`` or by a resource."""
    if name.startswith("list of "):
        inner = type_named(name.removeprefix("list of "))
        return ListOf(inner) if inner is not None else None
    if name.startswith("code of "):
        return Code(name.removeprefix("code of "))
    if name == "year":
        return WHOLE
    return BY_NAME.get(name) or (Record(name) if name.isidentifier() else None)


def value_type(name: str, unknown: Type = TEXT) -> Type:
    """The type of a column or parameter; ``unknown`` when it is none of a value (which its shape has reported)."""
    if name.startswith("list of "):
        return ListOf(value_type(name.removeprefix("list of "), unknown))
    kind = type_named(name)
    return unknown if kind is None or isinstance(kind, Record) else kind


def typed(node: Node, kind: Type, what: str, code: str, sink: Sink) -> Any:
    """The value that a node stands for, or None with a diagnostic (``code``) when it does not fit the type."""
    if isinstance(node, Scalar) and node.is_empty:
        return None  # a value left out was reported
    if isinstance(kind, ListOf):
        if not isinstance(node, Sequence):
            sink.report("E113", node.span, what=what, wanted="a list", seen=kind_of(node))
            return None
        values = [typed(item, kind.item, what, code, sink) for item in node.items]
        return None if any(value is None for value in values) else tuple(values)
    if not isinstance(node, Scalar):
        sink.report("E113", node.span, what=what, wanted="a text", seen=kind_of(node))
        return None
    if is_text(kind):
        quoted_code(node, sink)
        return node.text
    value = scalar_value(node.text, kind)
    if value is None:
        fix = f"write {WORDS[kind]}"
        sink.report(code, node.span, what=f"`{node.text}` of {what} is not {WORDS[kind].split(',')[0]}", fix=fix)
    return value


def scalar_value(text: str, kind: Type) -> Any:
    """A text as a value of a scalar type; None when it is none."""
    if kind is TEXT or isinstance(kind, Code):
        return text
    if kind is WHOLE:
        return int(text) if _WHOLE.fullmatch(text) and fits_whole(int(text)) else None
    if kind is DECIMAL:
        try:
            return settle(Decimal(text)) if _DECIMAL.fullmatch(text) else None
        except InvalidOperation:
            return None
    if kind is BOOLEAN:
        return {"true": True, "false": False}.get(text)
    if kind is DATE and _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None
    return None


def quoted_code(node: Scalar, sink: Sink) -> None:
    """Warn of a text that other tools would read as something else, because it is not quoted."""
    if not node.is_plain:
        return
    for pattern, otherwise in _OTHERWISE:
        if pattern.fullmatch(node.text):
            octal = int(node.text, 8) if "{octal}" in otherwise else ""
            sink.report("W906", node.span, text=node.text, otherwise=otherwise.format(octal=octal))
            return
