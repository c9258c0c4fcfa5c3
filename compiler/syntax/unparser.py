"""AST to canonical text: what messages quote and the catalogue shows. ``parse(unparse(tree))`` is the same tree."""

from __future__ import annotations

import re

from compiler.syntax import tree


def unparse(node: tree.Expr | tree.Choices | tree.Subject) -> str:
    """The canonical text of a tree."""
    match node:
        case tree.Otherwise():
            return " otherwise ".join(_condition(item) for item in node.operands)
        case tree.Subject():
            return _subject(node)
        case tree.Inline():
            return "[" + ", ".join(_value(member) for member in node.members) + "]"
        case tree.CodeSet():
            return f"codes {node.name}"
        case tree.ParameterSet():
            return f"${node.name}"
        case _:
            return _condition(node)


def _condition(node: tree.Expr) -> str:
    match node:
        case tree.Or():
            return " or ".join(_test(item) for item in node.operands)
        case tree.And():
            return " and ".join(_test(item) for item in node.operands)
        case tree.If():
            condition = node.condition
            nested = isinstance(condition, tree.If | tree.Otherwise)
            head = _parenthesised(condition) if nested else _condition(condition)
            return f"if {head} then {_branch(node.consequence)} else {_branch(node.alternative)}"
        case _:
            return _test(node)


def _branch(node: tree.Expr) -> str:
    return _parenthesised(node) if isinstance(node, tree.Otherwise) else _condition(node)


def _test(node: tree.Expr) -> str:
    if not isinstance(node, tree.Not):
        return _relation(node)
    return f"not {_primary(node.operand)}"


def _relation(node: tree.Expr) -> str:
    match node:
        case tree.Presence():
            return f"{_sum(node.operand)} is {'present' if node.present else 'missing'}"
        case tree.Compare():
            return f"{_sum(node.left)} {node.operator.value} {_sum(node.right)}"
        case tree.Between():
            return f"{_sum(node.operand)} is {_not(node)}between {_sum(node.low)} and {_sum(node.high)}"
        case tree.OneOf():
            return f"{_sum(node.operand)} is {_not(node)}one of {unparse(node.choices)}"
        case tree.Matches():
            verb = "does not match" if node.negated else "matches"
            return f"{_sum(node.operand)} {verb} {_value(node.pattern)}"
        case tree.StartsWith():
            verb = "does not start with" if node.negated else "starts with"
            return f"{_sum(node.operand)} {verb} {_sum(node.prefix)}"
        case tree.Contains():
            verb = "does not contain" if node.negated else "contains"
            return f"{_sum(node.whole)} {verb} {_sum(node.part)}"
        case tree.Overlaps():
            verb = "does not overlap" if node.negated else "overlaps"
            return f"{_sum(node.left)} {verb} {_sum(node.right)}"
        case tree.Quantified():
            count = f" {node.count}" if node.count is not None else ""
            head = f"{node.quantifier.value}{count} {node.variable} in {_primary(node.collection)}"
            return f"{head} has ({unparse(node.body)})"
        case _:
            return _sum(node)


def _not(node: tree.Between | tree.OneOf) -> str:
    return "not " if node.negated else ""


def _sum(node: tree.Expr) -> str:
    if isinstance(node, tree.Arithmetic) and node.operator in "+-":
        return f"{_sum(node.left)} {node.operator} {_product(node.right)}"
    return _product(node)


def _product(node: tree.Expr) -> str:
    if isinstance(node, tree.Arithmetic) and node.operator in "*/":
        return f"{_product(node.left)} {node.operator} {_value(node.right)}"
    return _value(node)


def _value(node: tree.Expr) -> str:
    match node:
        case tree.Text():
            return _quoted(node.value)
        case tree.Whole():
            return str(node.value)
        case tree.DecimalNumber():
            return f"{node.value:f}" if "." in f"{node.value:f}" else f"{node.value:f}.0"
        case tree.Date():
            return f"{node.year:04}-{node.month:02}-{node.day:02}"
        case tree.Boolean():
            return "true" if node.value else "false"
        case tree.Nothing():
            return "nothing"
        case tree.Duration():
            return f"{node.count} {node.unit}{'' if node.count == 1 else 's'}"
        case tree.SchoolYear():
            return "the school year"
        case tree.MonthDay():
            return f"{tree.MONTHS[node.month - 1]} {node.day} of the school year"
        case tree.Parameter():
            return f"${node.name}"
        case tree.Shifted():
            return f"{_value(node.duration)} {'before' if node.before else 'after'} {_value(node.anchor)}"
        case tree.Age():
            return f"age of {_primary(node.birth)} on {_value(node.on)}"
        case tree.Elapsed():
            return f"{node.unit}s from {_value(node.start)} to {_value(node.end)}"
        case tree.Period():
            return f"period from {_value(node.start)} to {_value(node.end)}"
        case tree.Count():
            value = f"different {_primary(node.value)} for " if node.value is not None else ""
            return f"number of {value}{_binder(node.binder)}"
        case tree.Aggregate():
            return f"{node.aggregation.value} of {_primary(node.value)} for {_binder(node.binder)}"
        case tree.MonthlySum():
            word = "highest" if node.highest else "lowest"
            head = f"{word} monthly sum of {_primary(node.value)} for {_binder(node.binder)}"
            return f"{head} by {_primary(node.day)}"
        case tree.All():
            return f"all {_binder(node.binder)}"
        case tree.The():
            return f"the {_binder(node.binder)}"
        case tree.Pick():
            head = f"{node.pick.value} {node.binder.variable} in {_primary(node.binder.collection)}"
            return f"{head} by {_order(node.order)}{_where(node.binder.condition)}"
        case tree.Neighbour():
            word = "previous" if node.previous else "next"
            head = f"{word} {node.binder.variable} in {_primary(node.binder.collection)}"
            return f"{head} by {_order(node.order)} to {_primary(node.of)}{_where(node.binder.condition)}"
        case _:
            return _primary(node)


def _primary(node: tree.Expr) -> str:
    match node:
        case tree.Name():
            return node.name
        case tree.Get():
            arguments = f"({_arguments(node.arguments)})" if node.arguments is not None else ""
            return f"{_primary(node.base)}.{node.name}{arguments}"
        case tree.Call():
            return f"{node.name}({_arguments(node.arguments)})"
        case _:
            return _parenthesised(node)


def _parenthesised(node: tree.Expr) -> str:
    return f"({unparse(node)})"


def _arguments(arguments: tuple[tree.Expr, ...]) -> str:
    return ", ".join(unparse(argument) for argument in arguments)


def _binder(binder: tree.Binder) -> str:
    return f"{binder.variable} in {_primary(binder.collection)}{_where(binder.condition)}"


def _where(condition: tree.Expr | None) -> str:
    return f" where ({unparse(condition)})" if condition is not None else ""


def _order(order: tuple[tuple[str, ...], ...]) -> str:
    return " then by ".join(".".join(path) for path in order)


def _subject(node: tree.Subject) -> str:
    joins = "".join(f", {join.variable} in {_primary(join.collection)}" for join in node.joins)
    return f"{node.resource} as {node.variable}{joins}{_where(node.condition)}"


def _quoted(text: str) -> str:
    """The text in quotes: a backslash is doubled only where it would otherwise escape what follows."""
    return "'" + re.sub(r"\\(?=[\\']|$)", r"\\\\", text).replace("'", "\\'") + "'"
