"""What expressions ask for more than once, and what a definition is about: generated Python works it out once."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from compiler.backends.python_properties import follows_reference
from compiler.semantics import ir

_NOT_ALL_MADE = (ir.If, ir.First, ir.And, ir.Or)
"""Nodes of which only the first part is made whatever it is."""


def asked_again(
    surely: Iterable[ir.Expr], perhaps: Iterable[ir.Expr], variables: Collection[str], known: Container[ir.Expr]
) -> list[ir.Expr]:
    """What is asked for more than once of some variables, parts of others before these.

    Of the values ``surely`` all are made, of those ``perhaps`` not; what is only asked for where something else is
    missing, or decided so, is left there. What is ``known`` is not looked into.
    """
    found: dict[ir.Expr, int] = {}
    sure: set[ir.Expr] = set()

    def visit(node: ir.Expr, is_sure: bool) -> None:
        if node in known:
            return
        is_shared = _can_be_shared(node, variables)
        if not is_shared or node not in found:
            for number, child in enumerate(ir.children(node)):
                visit(child, is_sure and (number == 0 or not isinstance(node, _NOT_ALL_MADE)))
        if is_shared:
            found[node] = found.get(node, 0) + 1
            sure.update([node] if is_sure else [])

    for value in surely:
        visit(value, True)
    for value in perhaps:
        visit(value, False)
    return [node for node, times in found.items() if times > 1 and node in sure]


def _can_be_shared(node: ir.Expr, variables: Collection[str]) -> bool:
    """Whether a value is worth a name, and follows from the variables alone."""
    if not isinstance(node, ir.Apply | ir.First | ir.Call):
        return False
    used = {part.name for part in ir.walk(node) if isinstance(part, ir.Var)}
    return bool(used) and used <= {*variables}


def word_for(node: ir.Expr) -> str:
    """What a value is called that is worked out once: after its definition or function."""
    if isinstance(node, ir.Apply):
        return node.name.rpartition(".")[2].replace(" ", "_")
    return node.function if isinstance(node, ir.Call) else "given"


def only_reference(definition: ir.Definition) -> ir.Find | None:
    """The reference through which a definition reads all that it reads of its record; None where there is none."""
    [(this, _)] = definition.parameters
    nodes = list(ir.walk(definition.body))
    found = {
        node
        for node in nodes
        if isinstance(node, ir.Find) and follows_reference(node) and all(_is_read_of(key, this) for key in node.keys)
    }
    if len(found) != 1 or any(getattr(node, "variable", "") == this for node in nodes):
        return None
    [reference] = found
    own = sum(isinstance(node, ir.Var) and node.name == this for node in nodes)
    return reference if own == nodes.count(reference) * len(reference.keys) else None


def _is_read_of(node: ir.Expr, variable: str) -> bool:
    return isinstance(node, ir.Read) and isinstance(node.base, ir.Var) and node.base.name == variable
