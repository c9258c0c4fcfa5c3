"""Functions of generated Python about candidates: which they are, and tuples of what is worked out of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.backends.python_certainty import Certainty
from compiler.backends.python_code import Atom, Call, Code, Infix, Labelled, call, literal, render, tuple_of
from compiler.backends.python_properties import Properties
from compiler.backends.python_writer import Writer, comment
from compiler.semantics import ir


class CandidateWriter(Writer):
    """Writes functions of the variables of a subject and the run; ``of_population`` are names that it imports."""

    def __init__(self, functions: Mapping[str, str], properties: Properties, certainty: Certainty) -> None:
        super().__init__(functions, properties, certainty, "definitions.")
        self.of_population: set[str] = set()

    def subjects_of(
        self,
        joins: tuple[ir.Join, ...],
        in_year: ir.Expr | None,
        condition: ir.Expr | None,
        name: str,
        names: list[str],
    ) -> str:
        """The function that gives the variables of each subject of a record, unless it is surely none."""
        lines = [f"\n\ndef {name}({names[0]}, run):\n"]
        indent = 4
        if in_year is not None:
            outside = Infix("is", (self.code(in_year), Atom("False")))
            lines.append(f"    if {render(outside, 7)}:\n        return\n")
        for join, variable in zip(joins, names[1:], strict=True):
            items = render(Call(self.imported("joined_items"), (self.code(join.items),)), indent + 8)
            lines.append(f"{' ' * indent}for {variable} in {items}:\n")
            indent += 4
        if condition is not None:
            tested = Infix("is not", (self.code(condition), Atom("False")))
            lines.append(f"{' ' * indent}if {render(tested, indent + 3)}:\n")
            indent += 4
        lines.append(f"{' ' * indent}yield {', '.join(names)}{',' if len(names) == 1 else ''}\n")
        return "".join(lines)

    def clauses(self, kind: str, listed: Iterable[ir.Clause], parameters: str, parts: list[str]) -> Code:
        """Append the functions of the conditions of a population; the table of them."""
        made = []
        for place, clause in enumerate(listed, 1):
            self.of_population.add("Clause")
            after = [literal(clause.after_sending)] if clause.after_sending else []
            name = self.one_value(f"{kind}_{place}", parameters, clause.when, parts)
            made.append(call("Clause", name, literal(clause.reason), *after))
        return tuple_of(made)

    def one_value(self, name: str, parameters: str, node: ir.Expr, parts: list[str]) -> Code:
        """Append the function that gives a value, below what its author wrote; its name."""
        parts.append(f"\n\ndef {name}({parameters}):\n{written(node)}{self.returned(node)}")
        return Atom(name)

    def values(self, name: str, parameters: str, values: list[Code], parts: list[str]) -> Code:
        """Append the function that gives a tuple of values; its name."""
        parts.append(f"\n\ndef {name}({parameters}):\n    return {render(tuple_of(values), 4)}\n")
        return Atom(name)


def written(node: ir.Expr) -> str:
    """What the author wrote for a value, as a comment."""
    return comment(node.span.text) if node.span is not None else ""


def labelled(function: str, fields: Iterable[tuple[str, Code]]) -> Code:
    """A call with named arguments."""
    return Call(Atom(function), tuple(Labelled(f"{name}=", value) for name, value in fields))
