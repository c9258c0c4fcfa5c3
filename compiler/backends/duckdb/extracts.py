"""An extract to one query: what becomes of every candidate, and the values that rows are printed from.

The query is translated as those of rules are, so that sums over days, monthly sums and quantifiers of all fields are
aggregates of loops that the fields share. A candidate has a *decision*: the number of the clause that leaves it out
(from 1 on, included ones first), 0 for a row, -1 where something that decides is missing. The values of a candidate
without a row mean nothing; inner loops are not even made for it, as far as the clauses tell without them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from compiler.backends.duckdb.fusion import Made, made_rows
from compiler.backends.duckdb.loops import Env, ItemSql, Loop, Value, parts_of
from compiler.backends.duckdb.query import given, with_relations, written
from compiler.backends.duckdb.reading import list_type
from compiler.backends.duckdb.relations import Columns
from compiler.backends.duckdb.stages import staged
from compiler.backends.duckdb.subjects import Subjects
from compiler.backends.sql_tree import (
    TRUE,
    Sql,
    and_,
    case,
    column,
    fn,
    from_table,
    is_null,
    label_of,
    named,
    not_,
    not_false,
    not_null,
    number,
    or_,
    select,
)
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.usage import reachable

ROW, UNDECIDED = 0, -1
NUMBER, PLACE, KEY, STUDENT, DECISION, FIELD, ABSENT, AUDIT, ZEROS, WARNING, ORDER = (
    "number", "place", "key", "student", "decision", "field", "absent", "audit", "zeros", "warning", "order",
)  # fmt: skip
"""What a column is about; of several, which of the extract's follows from its number."""


@dataclass(frozen=True, slots=True)
class ExtractQuery:
    """The query of an extract, which reads ``every X`` of ``resources`` and the relations of ``setup``.

    ``columns`` says of each column what it is about, and which of these; several columns are one key.
    """

    text: str
    columns: tuple[tuple[str, int], ...]
    parameters: tuple[str, ...]
    resources: dict[str, Columns]
    setup: tuple[Made, ...]


def extract_query(program: Program, extract: ir.Extract) -> ExtractQuery:
    """The query that gives all candidates of an extract, in no order."""
    return Extracts(program, (extract,)).query(extract)


def label(place: int, about: str) -> str:
    """The name of the column that stands at a place and says something."""
    return f"{place} {about}"


@dataclass
class Extracts(Subjects):
    """The query of an extract."""

    def query(self, extract: ir.Extract) -> ExtractQuery:
        loop, told = self.told(extract)
        names = [self.column(loop, about, value) for about, _, value in told]
        relations, last = staged(self.loops, loop, names)
        columns = [named(column("l", name), label(n, told[n][0])) for n, name in enumerate(names)]
        query = with_relations(select(*columns, source=from_table(last, "l")), relations.items())
        return ExtractQuery(
            written(query, pretty=False),
            tuple((about, n) for about, n, _ in told),
            given(query),
            {name: self.columns(name) for name in sorted(self.sources)},
            tuple(map(self.made, sorted(self.tables))),
        )

    def made(self, table: str) -> Made:
        """A table of the specs as a relation of its own."""
        return made_rows(self.program, table)

    def told(self, extract: ir.Extract) -> tuple[Loop, list[tuple[str, int, Sql]]]:
        """The loop of the candidates, and what is told of each: what it is about, which of these, and the value."""
        found = self.joined(extract, self.subjects())
        loop, env, concerned = found.loop, found.env, found.concerned
        with self.where(concerned):
            asked = [self.sql(test, loop, env) for test in (extract.in_year, extract.condition) if test is not None]
            stays, decision = self.decided(extract, loop, env, asked)
            loop.kept.append(and_(concerned, *map(not_false, asked)))
            told = [(NUMBER, 0, label_of(self.loops[0].own[0]))]
            told += [(PLACE, n, key) for n, value in enumerate(env.values()) for key in _place(value)]
            told += [(KEY, 0, key) for key in parts_of(self.value(extract.object_key, loop, env))]
            if extract.student is not None:
                told += [(STUDENT, 0, key) for key in parts_of(self.value(extract.student, loop, env))]
            told.append((DECISION, 0, decision))
            with self.where(*stays):
                told += [(about, n, self.sql(node, loop, env)) for about, n, node in _values(extract)]
                told += [
                    (ABSENT, n, self.absent(field, loop, env))
                    for n, field in enumerate(extract.fields)
                    if field.complete
                ]
        return loop, told

    def _parametermember(self, node: ir.ParameterMember, loop: Loop, env: Env) -> Value:
        """The list of an option may be empty, so that its type is to be said."""
        members = self.value_of_run(node.parameter, list_type(node.operand.type))
        return fn("list_contains", members, self.sql(node.operand, loop, env))

    def absent(self, field: ir.Field, loop: Loop, env: Env) -> Sql:
        """Whether a field may lack its value for want of a row in a table that must have all.

        It surely does not where each look-up in its expression has its row, or no key. Where a definition or a list
        looks something up, it may.
        """
        asked = [node for node in _look_ups(ir.walk(field.value), field) if _variables(node) <= env.keys()]
        every = list(_look_ups(reachable((field.value,), self.program.definitions), field))
        if len(asked) < len(every):
            return TRUE
        found = [self.value(node, loop, env) for node in asked]
        return or_(*(and_(*map(not_null, parts_of(row)), not_(self.given(row, loop))) for row in found))

    def decided(self, extract: ir.Extract, loop: Loop, env: Env, asked: list[Sql]) -> tuple[list[Sql], Sql]:
        """What must hold of a candidate that gets a row, none of it surely false, and the decision."""
        stays = list(asked)
        for clause in extract.include:
            with self.where(*stays):
                stays.append(self.sql(clause.when, loop, env))
        for clause in extract.exclude:
            with self.where(*stays):
                stays.append(not_(self.sql(clause.when, loop, env)))
        leaves = [(not_(test), number(n)) for n, test in enumerate(stays[len(asked) :], 1)]
        unknown = or_(*map(is_null, stays))
        return stays, case([*leaves, (unknown, number(UNDECIDED))], number(ROW))


def _look_ups(nodes: Iterable[ir.Expr], field: ir.Field) -> Iterator[ir.Find]:
    """The look-ups among nodes in tables that must have a row for every key."""
    return (node for node in nodes if isinstance(node, ir.Find) and node.source in field.complete)


def _variables(node: ir.Expr) -> set[str]:
    return {inner.name for inner in ir.walk(node) if isinstance(inner, ir.Var)}


def _place(value: Value) -> list[Sql]:
    """What tells candidates apart: the key of a record, of an item that of its record, and its position."""
    return list(value.place) if isinstance(value, ItemSql) else parts_of(value)


def _values(extract: ir.Extract) -> Iterator[tuple[str, int, ir.Expr]]:
    """What a row is made of."""
    orders = (part for part in extract.row_order if isinstance(part, ir.Expr))
    parts: tuple[tuple[str, Iterable[ir.Expr]], ...] = (
        (FIELD, (part.value for part in extract.fields)),
        (AUDIT, (value for _, value in extract.audit)),
        (ZEROS, (fill.when for fill in extract.zero_fill)),
        (WARNING, (caution.when for caution in extract.warnings)),
        (ORDER, orders),
    )
    return ((about, n, node) for about, nodes in parts for n, node in enumerate(nodes))
