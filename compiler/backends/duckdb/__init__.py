"""Rules to SQL for DuckDB: a query a rule, to be read, and queries of many rules at once, to be run.

A query is built by *loop lifting*. A loop is a relation with a row for each time an expression is evaluated: the
subjects of the rules at first. An expression becomes a SQL expression over the columns of its loop, NULL where the IR
is undetermined, so AND and OR are Kleene's by themselves. What a single row cannot answer becomes another relation:

- a record found by its key is a left join that adds its columns to the loop;
- a list is a loop of its own, with a row a member, the columns of the loop it comes from, and two conditions, ``sure``
  and ``maybe``: whether the member surely belongs to it, and whether it perhaps does (beside them, whether there may be
  unknown others);
- a quantifier, count, sum or pick is that inner loop grouped by the rows of the outer one, joined back as a column.

No subquery is correlated, every join is an equality, and the work grows with the number of rows.

Rules are *fused* by being translated over the same first loop. Nothing is written while they are: a loop collects
columns, look-ups, inner loops and aggregates, and gives back what it has when the same is asked for again, so that what
several rules use is there once. The same is what reads the same: labels are never used twice in a query, so two values
with one text are one value, whatever names the rules, definitions and variables have. Four decisions make this pay:

- a filter drops no rows: lists that differ in their filters alone are one loop, which is grouped once for all;
- what can be told in an outer loop is told there, not once a member;
- loops are written in levels (``stages``): all aggregates of an inner loop that can be had at one level are one grouped
  relation, joined back once, so that the loop of the subjects is read a few times, not once an aggregate;
- an inner loop that needs nothing of the outer one but the key it is found by is grouped by that key without it; and
  one that is used for some rows of the outer one only (behind a ``when``, an ``and``, a filter) is made for these only.

The records of a resource are relations with typed columns (``every student``), made of tables with the columns ``body``
(JSON) and ``n`` (the order of reading), or by an engine. Values of the run are parameters such as ``$schoolYear``.

The translation is one class in layers, each a module that knows those below it: ``relations`` (loops and what is added
to them), ``scalars``, ``calculations``, ``lists``, ``aggregates``, ``picks``, then the ``query`` of a rule and the
``fusion`` of many; ``needs`` and ``stages`` write the loops out.
"""

from compiler.backends.duckdb.fusion import Made, Plan, Query, fused, sieves
from compiler.backends.duckdb.macros import macros_in, prelude
from compiler.backends.duckdb.query import Statement, statement
from compiler.backends.duckdb.relations import Columns, every, records_query, rows_of, table_query
from compiler.backends.duckdb.scripts import generate, prelude_artifact, script

__all__ = [
    "Columns",
    "Made",
    "Plan",
    "Query",
    "Statement",
    "every",
    "fused",
    "generate",
    "macros_in",
    "prelude",
    "prelude_artifact",
    "records_query",
    "rows_of",
    "script",
    "sieves",
    "statement",
    "table_query",
]
