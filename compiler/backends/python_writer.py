"""The expressions of a module of generated Python, and the functions of a rule.

Tests of values that are never missing are made with Python's own operators.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from compiler.backends.artifacts import one_line
from compiler.backends.python_certainty import NOTHING_KNOWN, Certainty, Known, facts, tells_presence
from compiler.backends.python_code import (
    Atom,
    Attribute,
    Call,
    Choice,
    Code,
    Group,
    Infix,
    Labelled,
    Lambda,
    Negation,
    call,
    identifier,
    literal,
    render,
    tuple_of,
)
from compiler.backends.python_properties import READERS, Properties, follows_reference, order_reads
from compiler.backends.python_sharing import asked_again, word_for
from compiler.schema.types import TEXT, WHOLE, Item, ListOf, Record, Row
from compiler.schema.types import Code as CodeType
from compiler.semantics import ir
from compiler.semantics.interpreter import item_label
from compiler.semantics.values import shown

_COMPARISONS = {"eq": "equal", "lt": "less", "le": "at_most", "gt": "more", "ge": "at_least"}
_OPERATORS = {"eq": "==", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_OPPOSITES = {"==": "!=", "in": "not in"}
_ARITHMETIC = {"+": "add", "-": "subtract", "*": "multiply"}
_DECIMAL_ARITHMETIC = {
    "+": "add_decimals", "-": "subtract_decimals", "*": "multiply_decimals", "/": "divide",
}  # fmt: skip
_FUNCTIONS = {
    "length": "length", "lower": "lower", "trim": "trim", "joined": "joined_texts", "slice": "part_of",
    "zeroFilled": "zero_filled", "blankFilled": "blank_filled", "picture": "pictured", "rank": "rank",
    "text": "text_of", "wholeNumber": "whole_number", "number": "number_in", "dateText": "date_text",
    "round": "rounded", "isWhole": "is_whole", "earlierOf": "earlier_of", "laterOf": "later_of",
}  # fmt: skip


RESERVED = frozenset(
    {
        "run", "definitions", "tables", "date", "Decimal", "frozenset", "RULE", "Rule", "STATE", "evaluate",
        "when", "require", "conflicts", "detail", "values", "subjects", "in_year", "Missing", "joined_items",
        "once", "once_for", "first_made", "every", "no", "not_", "and_", "or_", "given", "empty", "any_of", "one_of",
        "between", "matches",
        "starts_with", "has", "covers", "overlap", "count_at_least", "where", "each", "count", "count_different",
        "total", "highest", "lowest", "last", "first", "previous", "following", "only", "shift", "elapsed", "period",
        "choose", "choose_list", "first_given", "total_of_decimals", "highest_monthly_total", "lowest_monthly_total",
        "highest_monthly_decimal", "lowest_monthly_decimal", "members_of", *_COMPARISONS.values(),
        *_ARITHMETIC.values(), *_DECIMAL_ARITHMETIC.values(), *_FUNCTIONS.values(),
    }
)  # fmt: skip


class Writer:
    """Writes the expressions of one module and remembers what it has to import."""

    def __init__(self, functions: Mapping[str, str], properties: Properties, certainty: Certainty, prefix: str) -> None:
        self.functions = functions
        self.properties = properties
        self.certainty = certainty
        self.known = NOTHING_KNOWN
        self.prefix = prefix
        self.reserved = RESERVED if prefix else RESERVED | set(functions.values())
        self.named: dict[ir.Expr, Atom] = {}
        self.imports: set[str] = set()
        self.siblings: set[str] = set()

    # -- rules

    def rule(self, rule: ir.Rule, parameters: str, names: list[str], year: ir.Definition | None) -> str:
        """The functions of a rule and its table of them."""
        fields: list[tuple[str, Code]] = [
            (name, literal(getattr(rule, name)))
            for name in ("id", "title", "collection", "resource", "scope", "effect", "message")
        ]
        parts: list[str] = []
        fields.append(("needs", self._texts("frozenset({", sorted(rule.needs), "})")))
        fields.append(("severity", tuple_of([self._step(step) for step in rule.steps])))
        fields.append(("subjects", self._subjects(rule, names, parts)))
        if year is not None:
            fields.append(("in_year", self._definition(year.name)))
        else:
            fields.append(("in_year", self._function("in_year", f"{names[0]}, run", rule.in_year, "", parts)))
        for name in ("student", "school", "corporation"):
            fields.append((name, self._owner(getattr(rule, name))))
        fields.append(("when", self._function("when", parameters, rule.when, rule.when_text, parts)))
        fields.append(("require", self._function("require", parameters, rule.require, rule.require_text, parts)))
        fields.append(("conflicts", self._function("conflicts", parameters, rule.conflicts, rule.require_text, parts)))
        fields.append(("detail", self._detail(rule, parameters, parts)))
        fields.append(("values", self._values(rule, parameters, parts)))
        fields += self._optional_fields(rule)
        fields.append(("properties", self.read()))
        fields.append(("state", Atom("STATE")))
        table = Call(Atom("Rule"), tuple(Labelled(f"{name}=", value) for name, value in fields))
        evaluate = (
            "\n\ndef evaluate(world, context):\n"
            '    """The findings of this rule: violations, and subjects that could not be checked."""\n'
            "    return RULE.evaluate(world, context)\n"
        )
        return "".join(parts) + f"\n\nRULE = {render(table, 0)}\n" + evaluate

    def read(self) -> Group:
        """The table of the properties that the module reads."""
        tables: list[Code] = []
        for label, table in sorted(self.properties.tables.items()):
            entries = [
                Labelled(f"{literal(name).text}: ", tuple_of([literal(kind), tuple_of([literal(p) for p in parts])]))
                for name, (kind, parts) in sorted(table.items())
            ]
            tables.append(Labelled(f"{literal(label).text}: ", Group("{", tuple(entries), "}")))
        return Group("{", tuple(tables), "}")

    def _optional_fields(self, rule: ir.Rule) -> list[tuple[str, Code]]:
        fields: list[tuple[str, Code]] = []
        if rule.joins:
            fields.append(("joins", self._texts("(", [join.variable for join in rule.joins], ")")))
        if rule.once_per:
            fields.append(("once_per", self._texts("(", rule.once_per, ")")))
        if rule.if_missing:
            entries = [
                tuple_of([self._texts("frozenset({", sorted(labels), "})"), literal(outcome)])
                for labels, outcome in rule.if_missing
            ]
            fields.append(("if_missing", tuple_of(entries)))
        if rule.leap_birthday != "March 1":
            fields.append(("leap_birthday", literal(rule.leap_birthday)))
        return fields

    def _texts(self, opening: str, texts: Iterable[str], closing: str) -> Group:
        return Group(opening, tuple(literal(text) for text in texts), closing)

    def _step(self, step: ir.Step) -> Code:
        until: Code = Lambda("run", self.code(step.until)) if step.until is not None else Atom("None")
        return tuple_of([until, literal(step.severity)])

    def _subjects(self, rule: ir.Rule, names: list[str], parts: list[str]) -> Code:
        if not rule.joins and rule.condition is None:
            return Atom("None")
        lines = [f"\n\ndef subjects({names[0]}, run):\n"]
        indent = 4
        for join, name in zip(rule.joins, names[1:], strict=True):
            items = render(Call(self.imported("joined_items"), (self.code(join.items),)), indent + 8)
            lines.append(f"{' ' * indent}for {name} in {items}:\n")
            indent += 4
        if rule.condition is not None:
            condition = Infix("is not", (self.code(rule.condition), Atom("False")))
            lines.append(f"{' ' * indent}if {render(condition, indent + 3)}:\n")
            indent += 4
        lines.append(f"{' ' * indent}yield {', '.join(names)}{',' if len(names) == 1 else ''}\n")
        parts.append("".join(lines))
        return Atom("subjects")

    def _owner(self, node: ir.Expr | None) -> Code:
        return self._definition(node.name) if isinstance(node, ir.Apply) else Atom("None")

    def _function(self, name: str, parameters: str, node: ir.Expr | None, text: str, parts: list[str]) -> Code:
        if node is None:
            return Atom("None")
        parts.append(f"\n\ndef {name}({parameters}):\n{comment(text)}{self.returned(node)}")
        return Atom(name)

    def _detail(self, rule: ir.Rule, parameters: str, parts: list[str]) -> Code:
        pieces: list[Code] = [literal(p) if isinstance(p, str) else tuple_of([self.code(p)]) for p in rule.detail]
        return self._shown("detail", parameters, tuple_of(pieces) if pieces else Atom("()"), parts)

    def _values(self, rule: ir.Rule, parameters: str, parts: list[str]) -> Code:
        items = [Labelled(f"{literal(shown.label).text}: ", self.code(shown.value)) for shown in rule.shown]
        return self._shown("values", parameters, Group("{", tuple(items), "}"), parts)

    def _shown(self, name: str, parameters: str, value: Code, parts: list[str]) -> Code:
        parts.append(f"\n\ndef {name}({parameters}):\n    return {render(value, 4)}\n")
        return Atom(name)

    def shared(self, surely: Iterable[ir.Expr], perhaps: Iterable[ir.Expr], variables: Iterable[str]) -> list[str]:
        """Lines that work out what expressions of a function ask for more than once; until ``named`` is cleared, it
        goes by the names that they give it.
        """
        lines = []
        for number, node in enumerate(asked_again(surely, perhaps, [*variables], self.named), 1):
            local = Atom(identifier(f"{word_for(node)}.{number}", self.reserved))
            lines.append(f"    {local.text} = {render(self.code(node), 4)}\n")
            self.named[node] = local
        return lines

    def returned(self, node: ir.Expr) -> str:
        """``return`` with an expression, as the last line of a function."""
        return f"    return {render(self.code(node), 4)}\n"

    # -- names

    def name(self, variable: str) -> str:
        return identifier(variable, self.reserved)

    def imported(self, name: str) -> Atom:
        self.imports.add(name)
        return Atom(name)

    def _runtime(self, name: str, *arguments: Code) -> Call:
        return Call(self.imported(name), arguments)

    def _definition(self, name: str) -> Atom:
        if self.prefix:
            self.siblings.add("definitions")
        return Atom(self.prefix + self.functions[name])

    def _lambda(self, variable: str, body: ir.Expr) -> Lambda:
        """A function of a member; its variable may hide one of which something is known."""
        return Lambda(self.name(variable), self.code(body, NOTHING_KNOWN))

    # -- expressions

    def code(self, node: ir.Expr, known: Known | None = None) -> Code:
        """The Python code of a node, where something is known (None: no more than around it)."""
        if self.named and node in self.named:
            return self.named[node]
        before = self.known
        self.known = before if known is None else known
        method: Callable[[ir.Expr], Code] = getattr(self, f"_{type(node).__name__.lower()}_node")
        code = method(node)
        self.known = before
        return code

    def _is_sure(self, *nodes: ir.Expr) -> bool:
        return all(self.certainty.is_sure(node, self.known) for node in nodes)

    def _const_node(self, node: ir.Const) -> Code:
        return constant(date(*node.value) if isinstance(node.value, tuple) else node.value)

    def _nothing_node(self, _node: ir.Nothing) -> Code:
        return self._runtime("Missing", Group("[", (literal("nothing"),), "]"))

    def _var_node(self, node: ir.Var) -> Code:
        return Atom(self.name(node.name))

    def _parameter_node(self, node: ir.Parameter) -> Code:
        value = Atom(f"run.parameters[{literal(node.name).text}]")
        return self._runtime("members_of", value) if isinstance(node.type, ListOf) else value

    def _schoolyear_node(self, _node: ir.SchoolYear) -> Code:
        return Atom("run.school_year")

    def _yearday_node(self, node: ir.YearDay) -> Code:
        return call("run.day", literal(node.month), literal(node.day))

    def _read_node(self, node: ir.Read) -> Code:
        base = self.code(node.base)
        if isinstance(node.base.type, Row):
            return Call(Attribute(base, "cell"), (literal(node.path[0]),))
        return Attribute(base, self.properties.name(node))

    def _find_node(self, node: ir.Find) -> Code:
        if follows_reference(node) and isinstance(node.keys[0], ir.Read):
            return Attribute(self.code(node.keys[0].base), self.properties.reference(node))
        keys = tuple(self.code(key) for key in node.keys)
        return call("run.row" if isinstance(node.type, Row) else "run.find", literal(node.source), *keys)

    def _items_node(self, node: ir.Items) -> Code:
        assert isinstance(node.type, ListOf)
        base, path = self.code(node.base), tuple(literal(name) for name in node.path)
        if isinstance(node.base.type, Row):
            return Call(Attribute(base, "cells"), path)
        if isinstance(node.type.item, Item):
            return Call(Attribute(base, "items"), path)
        kind = "code" if isinstance(node.type.item, CodeType) else READERS[node.type.item]
        return Call(Attribute(base, "values"), (literal(kind), *path))

    def _referring_node(self, node: ir.Referring) -> Code:
        paths = tuple(tuple_of([literal(name) for name in path]) for path in node.paths)
        return call("run.referring", literal(node.resource), self.code(node.base), *paths)

    def _apply_node(self, node: ir.Apply) -> Code:
        arguments = tuple(self.code(argument) for argument in node.arguments)
        return Call(self._definition(node.name), (*arguments, Atom("run")))

    def _if_node(self, node: ir.If) -> Code:
        if self._is_sure(node.condition):
            then, otherwise = (self.known | facts(node.condition, outcome) for outcome in (True, False))
            branches = self.code(node.consequence, then), self.code(node.alternative, otherwise)
            return Choice(self.code(node.condition), *branches)
        name = "choose_list" if isinstance(node.type, ListOf) else "choose"
        made = (Lambda("", self.code(branch)) for branch in (node.consequence, node.alternative))
        return self._runtime(name, self.code(node.condition), *made)

    def _first_node(self, node: ir.First) -> Code:
        value, *others = node.operands
        if all(map(_is_cheap, others)):
            return self._runtime("first_given", *(self.code(operand) for operand in node.operands))
        return self._runtime("first_made", self.code(value), *(Lambda("", self.code(other)) for other in others))

    def _not_node(self, node: ir.Not) -> Code:
        inner = node.operand
        if isinstance(inner, ir.AtLeast) and inner.count == 1:
            body = inner.body
            if isinstance(body, ir.Not):
                return self._runtime("every", self.code(inner.items), self._lambda(inner.variable, body.operand))
            return self._runtime("no", self.code(inner.items), self._lambda(inner.variable, body))
        if not self._is_sure(inner):
            return self._runtime("not_", self.code(inner))
        code = self.code(inner)
        if isinstance(code, Infix) and code.operator in _OPPOSITES:
            return Infix(_OPPOSITES[code.operator], code.operands)
        return Negation(code)

    def _and_node(self, node: ir.And) -> Code:
        return self._tests(node.operands, "and", "and_")

    def _or_node(self, node: ir.Or) -> Code:
        return self._tests(node.operands, "or", "or_")

    def _tests(self, operands: tuple[ir.Expr, ...], operator: str, name: str) -> Code:
        """Tests that are never missing by Python's operator, then the others, of which each may be left out."""
        outcome = operator == "and"
        if outcome and (limits := self._limits(operands)) is not None:
            return limits
        sure, unsure, known = self.certainty.split(operands, self.known, outcome)
        following = [test for test, _ in sure[1:]]
        needed = [
            (test, there)
            for i, (test, there) in enumerate(sure)
            if i == len(following) or not tells_presence(test, following[i], outcome)
        ]
        codes = [self.code(test, there) for test, there in needed]
        others = [self.code(test, known) for test in unsure]
        if len(others) > 1:
            others = [self._runtime(name, others[0], *(Lambda("", other) for other in others[1:]))]
        codes += others
        return codes[0] if len(codes) == 1 else Infix(operator, tuple(codes))

    def _limits(self, operands: tuple[ir.Expr, ...]) -> Code | None:
        """The test that a value lies between two that are never missing; None when operands are another test."""
        match operands:
            case (
                ir.Compare(operator="ge", left=value, right=low),
                ir.Compare(operator="le", left=same, right=high),
            ) if value == same and self._is_sure(low, high) and not self._is_sure(value):
                return self._runtime("between", self.code(value), self.code(low), self.code(high))
            case _:
                return None

    def _given_node(self, node: ir.Given) -> Code:
        if isinstance(node.operand.type, Record):
            return Attribute(self.code(node.operand), "present")
        return self._runtime("given", self.code(node.operand))

    def _empty_node(self, node: ir.Empty) -> Code:
        return self._runtime("empty", self.code(node.operand))

    def _compare_node(self, node: ir.Compare) -> Code:
        left, right = self.code(node.left), self.code(node.right)
        if self._is_sure(node.left, node.right):
            return Infix(_OPERATORS[node.operator], (left, right))
        return self._runtime(_COMPARISONS[node.operator], left, right)

    def _member_node(self, node: ir.Member) -> Code:
        if node.name:
            self.siblings.add("tables")
            return self._one_of(node.operand, Atom(f"tables.{constant_name(node.name)}"))
        members = [self._const_node(ir.Const(member, type=TEXT)) for member in node.members]
        return self._one_of(node.operand, tuple_of(members))

    def _parametermember_node(self, node: ir.ParameterMember) -> Code:
        return self._one_of(node.operand, Atom(f"run.parameters[{literal(node.parameter).text}]"))

    def _one_of(self, operand: ir.Expr, members: Code) -> Code:
        if self._is_sure(operand):
            return Infix("in", (self.code(operand), members))
        return self._runtime("one_of", self.code(operand), members)

    def _match_node(self, node: ir.Match) -> Code:
        return self._runtime("matches", self.code(node.operand), literal(node.pattern))

    def _prefix_node(self, node: ir.Prefix) -> Code:
        return self._runtime("starts_with", self.code(node.operand), self.code(node.prefix))

    def _has_node(self, node: ir.Has) -> Code:
        return self._runtime("has", self.code(node.operand), self.code(node.value))

    def _covers_node(self, node: ir.Covers) -> Code:
        return self._runtime("covers", self.code(node.period), self.code(node.date))

    def _overlap_node(self, node: ir.Overlap) -> Code:
        return self._runtime("overlap", self.code(node.left), self.code(node.right))

    def _atleast_node(self, node: ir.AtLeast) -> Code:
        items, test = self.code(node.items), self._lambda(node.variable, node.body)
        if node.count == 1:
            return self._runtime("any_of", items, test)
        return self._runtime("count_at_least", literal(node.count), items, test)

    def _filter_node(self, node: ir.Filter) -> Code:
        return self._runtime("where", self.code(node.items), self._lambda(node.variable, node.condition))

    def _each_node(self, node: ir.Each) -> Code:
        return self._runtime("each", self.code(node.items), self._lambda(node.variable, node.body))

    def _count_node(self, node: ir.Count) -> Code:
        return self._runtime("count", self.code(node.items))

    def _countdifferent_node(self, node: ir.CountDifferent) -> Code:
        return self._runtime("count_different", self.code(node.items), self._lambda(node.variable, node.body))

    def _total_node(self, node: ir.Total) -> Code:
        name = "total" if node.type is WHOLE else "total_of_decimals"
        return self._runtime(name, self.code(node.items), self._lambda(node.variable, node.body))

    def _extreme_node(self, node: ir.Extreme) -> Code:
        name = "highest" if node.highest else "lowest"
        return self._runtime(name, self.code(node.items), self._lambda(node.variable, node.body), self._label(node))

    def _monthlyextreme_node(self, node: ir.MonthlyExtreme) -> Code:
        name = f"{'highest' if node.highest else 'lowest'}_monthly_{'total' if node.type is WHOLE else 'decimal'}"
        made = (self._lambda(node.variable, part) for part in (node.body, node.day))
        return self._runtime(name, self.code(node.items), *made, self._label(node))

    def _order(self, items: ir.Expr, order: tuple[ir.Order, ...]) -> Lambda:
        reads = order_reads(items, order)
        return Lambda(self.name("it.0"), tuple_of([self._read_node(read) for read in reads]))

    def _pick_node(self, node: ir.Pick) -> Code:
        order = self._order(node.items, node.order)
        return self._runtime("last" if node.last else "first", self.code(node.items), order, self._label(node))

    def _neighbour_node(self, node: ir.Neighbour) -> Code:
        name, order = "previous" if node.previous else "following", self._order(node.items, node.order)
        return self._runtime(name, self.code(node.items), order, self.code(node.of), self._label(node))

    def _only_node(self, node: ir.Only) -> Code:
        return self._runtime("only", self.code(node.items), self._label(node))

    def _label(self, node: ir.Pick | ir.Neighbour | ir.Only | ir.Extreme | ir.MonthlyExtreme) -> Atom:
        return literal(item_label(node.items))

    def _arithmetic_node(self, node: ir.Arithmetic) -> Code:
        names = _ARITHMETIC if node.type is WHOLE else _DECIMAL_ARITHMETIC
        return self._runtime(names[node.operator], self.code(node.left), self.code(node.right))

    def _shift_node(self, node: ir.Shift) -> Code:
        leap = Atom("run.leap_birthday")
        return self._runtime("shift", self.code(node.date), literal(node.count), literal(node.unit), leap)

    def _elapsed_node(self, node: ir.Elapsed) -> Code:
        leap = Atom("run.leap_birthday")
        return self._runtime("elapsed", literal(node.unit), self.code(node.start), self.code(node.end), leap)

    def _makeperiod_node(self, node: ir.MakePeriod) -> Code:
        return self._runtime("period", self.code(node.start), self.code(node.end), self.code(node.open_end))

    def _call_node(self, node: ir.Call) -> Code:
        return self._runtime(_FUNCTIONS[node.function], *(self.code(argument) for argument in node.arguments))


def _is_cheap(node: ir.Expr) -> bool:
    """Whether a value is made as quickly as a function that would make it."""
    return not any(isinstance(part, ir.Apply | ir.Call) or isinstance(part.type, ListOf) for part in ir.walk(node))


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def constant_name(name: str) -> str:
    return snake(name.replace(" ", "_")).upper()


def constant(value: Any) -> Code:
    if isinstance(value, date):
        return Atom(f"date({value.year}, {value.month}, {value.day})")
    if isinstance(value, Decimal):
        return Atom(f'Decimal("{shown(value)}")')
    if isinstance(value, tuple):
        return tuple_of([constant(item) for item in value])
    return literal(value)


def comment(text: str) -> str:
    """An author's expression as comment lines of a function."""
    words, lines, line = one_line(text).split(" "), [], ""
    for word in words:
        if line and len(line) + len(word) > 92:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "".join(f"    # {part}\n" for part in [*lines, line] if part)


def module(title: str, imports: Iterable[str], body: str) -> str:
    """A module: its docstring, the imports that its body needs, the body."""
    library = [
        line
        for name, line in (("date(", "from datetime import date"), ("Decimal(", "from decimal import Decimal"))
        if re.search(rf"(?<![.\w]){re.escape(name)}", body)
    ]
    groups = ["".join(f"{line}\n" for line in library), _wrapped_imports(imports)]
    return "\n".join([_docstring(title), *(group for group in groups if group)]) + body


def _docstring(text: str) -> str:
    """A docstring; one whose text could end or escape it is written as a plain literal."""
    plain = not any(sign in text for sign in '"\\') and all(c.isprintable() or c == "\n" for c in text)
    return f'"""{text}"""\n' if plain else f"{text!r}\n"


def _wrapped_imports(lines: Iterable[str]) -> str:
    """Import lines, the long ones one name a line."""
    found = []
    for line in lines:
        if len(line) > 100:
            head, names = line.split(" import ")
            inner = "".join(f"    {name},\n" for name in names.split(", "))
            line = f"{head} import (\n{inner})"
        found.append(f"{line}\n")
    return "".join(found)
