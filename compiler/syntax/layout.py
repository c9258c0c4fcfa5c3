"""Expressions over several lines, for readers: what fits a line stays on it, the rest is broken at its joints.

A joint is an ``and`` or ``or``, the parentheses behind ``has`` and ``where``, a branch of an ``if``. The result reads
back as the same tree.
"""

from __future__ import annotations

from compiler.syntax import tree
from compiler.syntax.unparser import unparse

WIDTH = 88


def laid_out(node: tree.Expr, width: int = WIDTH) -> str:
    """The canonical text of an expression, with line breaks where it is wider than ``width``."""
    text = unparse(node)
    return text if len(text) <= width else _broken(node, text, width)


def _broken(node: tree.Expr, text: str, width: int) -> str:
    match node:
        case tree.And(operands=operands):
            return "\nand ".join(_operand(operand, width - 4) for operand in operands)
        case tree.Or(operands=operands):
            return "\nor ".join(_operand(operand, width - 3) for operand in operands)
        case tree.If(condition=condition, consequence=then, alternative=otherwise):
            if not isinstance(condition, tree.If | tree.Otherwise):
                parts = (laid_out(condition, width), _branch(then, width), _branch(otherwise, width))
                return "if {}\nthen {}\nelse {}".format(*parts)
        case tree.Quantified(body=body):
            return _enclosed(text, body, width)
        case tree.All(binder=binder) | tree.The(binder=binder) | tree.Pick(binder=binder):
            if binder.condition is not None:
                return _enclosed(text, binder.condition, width)
        case _:
            pass
    return text


def _operand(node: tree.Expr, width: int) -> str:
    """An operand of ``and`` or ``or``; one that is a choice of its own keeps its parentheses."""
    if isinstance(node, tree.And | tree.Or | tree.If | tree.Otherwise):
        text = f"({unparse(node)})"
        return text if len(text) <= width else f"(\n{_indented(laid_out(node, width - 2))}\n)"
    return laid_out(node, width)


def _branch(node: tree.Expr, width: int) -> str:
    return f"({unparse(node)})" if isinstance(node, tree.Otherwise) else laid_out(node, width - 5)


def _enclosed(text: str, body: tree.Expr, width: int) -> str:
    """A text that ends with a body in parentheses, the body on lines of its own."""
    head = text.removesuffix(f"({unparse(body)})")
    return f"{head}(\n{_indented(laid_out(body, width - 2))}\n)"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
