"""The query of an extract over many worlds at once, such as the records of its examples.

It is the translation of the query of one world. Records belong together when they are of one world as well, and the
values that a run is given stand beside the records that candidates begin with, so that each world has its own. What
the text of the query costs, to be translated and planned, is paid once for all worlds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from compiler.backends.duckdb.extracts import ExtractQuery, Extracts
from compiler.backends.duckdb.fusion import Made
from compiler.backends.duckdb.loops import Arms, Column, Entries, Loop, Records
from compiler.backends.duckdb.query import written
from compiler.backends.duckdb.relations import every, records_query, rows_of, table_query
from compiler.backends.sql_tree import Sql, all_columns, column, eq, from_query, from_table, label_of, left_join, select
from compiler.semantics import ir
from compiler.semantics.program import Program

WORLD, GIVEN = "the world", "what is given"
"""The column of a record's world, and the relation of what each world is given; no property has such a name."""
_YEAR = ("schoolYear", "BIGINT")


@dataclass(frozen=True, slots=True)
class TogetherQuery:
    """A query over tables of bodies with a column of worlds, and over ``GIVEN``, whose columns have these SQL types.

    All relations of ``setup`` are to be made before, in their order; the query is given nothing.
    """

    query: ExtractQuery
    given: dict[str, str]
    setup: tuple[Made, ...]


def together_query(program: Program, extract: ir.Extract) -> TogetherQuery:
    """The query that gives all candidates of an extract in all worlds, each with its world."""
    parts = _Together(program, (extract,))
    query = parts.query(extract)
    return TogetherQuery(query, parts.values, (*parts.records(query, extract), *query.setup))


def given_name(name: str) -> str:
    """The column of a value that a world is given."""
    return f"given {name}"


@dataclass
class _Together(Extracts):
    """``values``: what a world is given, with the SQL type of each."""

    values: dict[str, str] = field(default_factory=dict)

    def loop(self, name: str, outer: Loop | None, source: Records | Entries | Arms, own: int, level: int) -> Loop:
        made = super().loop(name, outer, source, own, level)
        if outer is None:
            made.columns[WORLD] = Column(column("r", WORLD), None, level, 0)
        return made

    def apart(self) -> Sequence[tuple[str, Sql]]:
        return [(WORLD, label_of(WORLD))]

    def value_of_run(self, name: str, kind: str) -> Sql:
        label, first = given_name(name), self.loops[0]
        self.values[name] = kind
        first.columns[label] = Column(column("r", label), None, first.level, 0)
        return label_of(label)

    def told(self, extract: ir.Extract) -> tuple[Loop, list[tuple[str, int, Sql]]]:
        loop, told = super().told(extract)
        return loop, [*told, (WORLD, 0, label_of(WORLD))]

    def made(self, table: str) -> Made:
        if not self.program.tables[table].valid:
            return super().made(table)
        self.values |= [_YEAR]
        rows = table_query(self.program.tables[table], column("w", given_name(_YEAR[0])))
        query = select(column("w", WORLD), all_columns("r"), source=from_table(GIVEN, "w"))
        query.join(from_query(rows, "r"), join_type="cross", copy=False)
        return Made(rows_of(table), written(query, pretty=False), ())

    def records(self, query: ExtractQuery, extract: ir.Extract) -> Iterator[Made]:
        """The records of each resource; of the candidates' with what their world is given."""
        for name, columns in query.resources.items():
            records = records_query(self.resource(name), columns, (WORLD,))
            if name == extract.resource:
                given = [column("w", given_name(value)) for value in self.values]
                of_world = left_join(GIVEN, "w", eq(column("r", WORLD), column("w", WORLD)))
                records = select(all_columns("r"), *given, source=from_query(records, "r"))
                records.append("joins", of_world)
            yield Made(every(name), written(records, pretty=False), ())
