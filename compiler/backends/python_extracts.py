"""An extract as a module of generated Python: functions that decide about a candidate, and one of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.backends.python_candidates import CandidateWriter, labelled
from compiler.backends.python_certainty import Certainty
from compiler.backends.python_code import Atom, Code, Group, literal, render, tuple_of
from compiler.backends.python_properties import Properties
from compiler.backends.python_writer import comment, constant
from compiler.semantics import interpreter as meaning
from compiler.semantics import ir

_TAKEN = frozenset(
    {
        "rows", "fields", "doubts", "student", "object_key", "zero_fill", "audit", "warnings", "ordering", "world",
        "context", "options", "EXTRACT", "Clause", "Extract", "Option", "NO_OPTIONS",
    }
)  # fmt: skip


class ExtractWriter(CandidateWriter):
    """Writes the module of one extract; ``of_rows`` are the names that it imports from ``rows``."""

    def __init__(self, functions: Mapping[str, str], properties: Properties, certainty: Certainty) -> None:
        super().__init__(functions, properties, certainty)
        self.of_rows = {"Extract", "NO_OPTIONS"}
        self.reserved |= _TAKEN

    def extract(self, extract: ir.Extract) -> str:
        """The functions and the table of an extract."""
        names = [self.name(variable) for variable in (extract.variable, *(join.variable for join in extract.joins))]
        parameters = ", ".join([*names, "run"])
        parts: list[str] = []

        def tuples(name: str, nodes: Iterable[ir.Expr]) -> Code:
            return self.values(name, parameters, [self.code(node) for node in nodes], parts)

        def one(name: str, node: ir.Expr | None) -> Code:
            return self.one_value(name, parameters, node, parts) if node is not None else Atom("None")

        options = tuple_of([self._option(option, parts) for option in extract.options])
        parts.append(self.subjects_of(extract.joins, extract.in_year, extract.condition, "subjects", names))
        doubts = (test for test in (extract.in_year, extract.condition) if test is not None)
        table: list[tuple[str, Code]] = [
            ("id", literal(extract.id)),
            ("title", literal(extract.title)),
            ("resource", literal(extract.resource)),
            ("type", literal(extract.object_type)),
            ("options", options),
            ("subjects", Atom("subjects")),
            ("object_key", one("object_key", extract.object_key)),
            ("student", one("student", extract.student)),
            ("doubts", tuples("doubts", doubts)),
            ("include", self.clauses("include", extract.include, parameters, parts)),
            ("exclude", self.clauses("exclude", extract.exclude, parameters, parts)),
            ("fields", self._fields(extract, parameters, parts)),
            ("required", _numbers(field.number for field in extract.fields if field.required)),
            *([("complete", _complete(extract))] if any(field.complete for field in extract.fields) else []),
            ("zero_fill", tuples("zero_fill", (fill.when for fill in extract.zero_fill))),
            ("filled", tuple_of([_numbers(fill.fields) for fill in extract.zero_fill])),
            ("audit", tuples("audit", (value for _, value in extract.audit))),
            ("warnings", tuples("warnings", (caution.when for caution in extract.warnings))),
            ("says", tuple_of([literal(caution.says) for caution in extract.warnings])),
            ("ordering", tuples("ordering", (part for part in extract.row_order if isinstance(part, ir.Expr)))),
            ("leap_birthday", literal(extract.leap_birthday)),
            ("properties", self.read()),
            ("state", Atom("STATE")),
        ]
        made = render(labelled("Extract", table), 0)
        rows = (
            "\n\ndef rows(world, context, options=NO_OPTIONS):\n"
            '    """The rows of a world, as values, and why each other candidate has none."""\n'
            "    return EXTRACT.rows(world, context, options)\n"
        )
        return "".join(parts) + f"\n\nEXTRACT = {made}\n" + rows

    def _option(self, option: ir.Option, parts: list[str]) -> Code:
        self.of_rows.add("Option")
        fields: list[tuple[str, Code]] = [("name", literal(option.name)), ("label", literal(option.label))]
        flags = (("many", option.many), ("decimal", option.type == "number"), ("required", option.required))
        fields += [(name, Atom("True")) for name, holds in flags if holds]
        if option.one_of:
            fields.append(("one_of", tuple_of([constant(meaning.constant(value)) for value in option.one_of])))
        for kind, node in (("default", option.default), ("check", option.check)):
            if node is not None:
                fields.append((kind, self.one_value(f"{kind}_{option.name}", "run", node, parts)))
        if option.says:
            fields.append(("says", literal(option.says)))
        return labelled("Option", fields)

    def _fields(self, extract: ir.Extract, parameters: str, parts: list[str]) -> Code:
        """Append the function that gives the values of all fields, each below its number and name."""
        lines = [f"\n\ndef fields({parameters}):\n    return (\n"]
        for field in extract.fields:
            told = comment(f"{field.number} {field.name}").replace("    # ", "        # ")
            lines.append(f"{told}        {render(self.code(field.value), 8)},\n")
        parts.append("".join([*lines, "    )\n"]))
        return Atom("fields")


def _complete(extract: ir.Extract) -> Group:
    """The fields, by number, with the tables that must have a row for every key that they look up."""
    told = ((field.number, field.complete) for field in extract.fields if field.complete)
    return tuple_of(
        [tuple_of([literal(number), tuple_of([literal(name) for name in tables])]) for number, tables in told]
    )


def _numbers(numbers: Iterable[int]) -> Group:
    return tuple_of([literal(number) for number in numbers])
