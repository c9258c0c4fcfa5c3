"""Parts of specs as every page tells them: texts on one line, cells, decisions, definitions, properties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from compiler.backends.words import plain_definition
from compiler.catalogue.model import Decision, Link, Named, Use
from compiler.schema.types import Code, ListOf, Type, describe
from compiler.semantics.checker.facts import DefinitionRef, Facts
from compiler.semantics.program import Program
from compiler.semantics.scope import Definition, Table
from compiler.semantics.usage import Usage
from compiler.semantics.values import shown
from compiler.source import Span
from compiler.syntax.document import one_line
from compiler.syntax.layout import laid_out
from compiler.syntax.specs import DecisionTree


@dataclass(frozen=True, slots=True)
class Generated:
    """The code that is generated for a rule: Python, and SQL by dialect."""

    python: str = ""
    sql: tuple[tuple[str, str], ...] = ()


def text_of(node: object) -> str:
    """The text of a scalar on one line; empty where there is none."""
    return one_line(getattr(node, "text", ""))


def as_written(span: Span) -> str:
    """A part of a spec without the indentation it has there."""
    text = span.source.text[span.start : span.end].rstrip()
    lines = text.split("\n")
    indent = span.column - 1
    return "\n".join([lines[0], *(line[indent:] if not line[:indent].strip() else line for line in lines[1:])])


def cell(value: object) -> str:
    """A value of a table or parameter as text; the items of a list with commas."""
    if value is None:
        return ""
    return ", ".join(cell(item) for item in value) if isinstance(value, tuple) else shown(value)


def rows_of(table: Table, columns: list[str]) -> Iterable[tuple[str, ...]]:
    """The cells of a table as texts; the row for all other keys is the last."""
    yield from (tuple(cell(cells.get(name)) for name in columns) for _, cells in table.rows)
    if table.default is not None:
        cells = {**{name: "(any other)" for name, _ in table.inputs}, **table.default}
        yield tuple(cell(cells.get(name)) for name in columns)


def decisions(written: tuple[DecisionTree, ...]) -> tuple[Decision, ...]:
    """Decisions as pages tell them."""
    return tuple(
        Decision(
            one_line(decision.question.text),
            one_line(decision.chosen.text),
            tuple(one_line(other.text) for other in decision.alternatives),
            text_of(decision.why),
            text_of(decision.answered),
        )
        for decision in written
    )


# -- properties and definitions


def uses_of(used: Usage, program: Program) -> tuple[Use, ...]:
    """The properties that are read, by resource and path; lists whose properties are read are left out."""
    reads = sorted(used.reads)
    inner = {(resource, path[:length]) for resource, path in reads for length in range(1, len(path))}
    return tuple(_use(resource, path, program) for resource, path in reads if (resource, path) not in inner)


def _use(resource: str, path: tuple[str, ...], program: Program) -> Use:
    kind, codes = held(resource, path, program)
    return Use(Link("resource", resource, resource, ".".join(path).lower()), ".".join(path), kind, codes)


def held(resource: str, path: tuple[str, ...], program: Program) -> tuple[str, Link | None]:
    """What a property holds, in words, and the table of its codes."""
    shape = program.schemas.resource(resource)
    prop = shape.find(path) if shape is not None else None
    return (describe(prop.type), codes_of(prop.type, program)) if prop is not None else ("", None)


def codes_of(kind: Type, program: Program) -> Link | None:
    """The table of the codes that a property holds."""
    item = kind.item if isinstance(kind, ListOf) else kind
    if not isinstance(item, Code):
        return None
    table = next((table for table in program.tables.values() if table.descriptor == item.descriptor), None)
    return table_link(table) if table is not None else None


def table_link(table: Table) -> Link:
    return Link("table", table.name, table.name)


def named(definition: Definition, program: Program) -> Named:
    """A definition as a page tells it."""
    written = definition.written
    code = laid_out(written.body) if written.body is not None else ""
    link = Link("definitions", "definitions", definition.id, definition.id.lower())
    return Named(link, text_of(written.doc), plain_definition(definition, program), code)


def definitions_in(facts: Facts) -> list[Definition]:
    """The definitions that a spec uses, directly or not, in the order of their names."""
    found: dict[str, Definition] = {}
    waiting: list[Facts] = [facts]
    while waiting:
        for ref in waiting.pop().refs.values():
            if isinstance(ref, DefinitionRef) and ref.definition.id not in found:
                found[ref.definition.id] = ref.definition
                waiting.extend([ref.definition.facts] if ref.definition.facts else [])
    return sorted(found.values(), key=lambda definition: definition.id)
