"""Rules to SQL for DuckDB, one query a rule: the readable form, and the oracle for anything faster.

The query is built by *loop lifting*. A loop is a relation with a row for each time an expression is evaluated: the
subjects of the rule at first. An expression becomes a SQL expression over the columns of its loop, NULL where the IR
is undetermined, so AND and OR are Kleene's by themselves. What a single row cannot answer becomes another relation:

- a record found by its key is a left join that adds its columns to the loop;
- a list is a loop of its own, with a row a member, the columns of the loop it comes from, and a condition ``sure``
  that says whether the member surely belongs to it (beside it, whether there may be unknown others);
- a quantifier, count, sum or pick is that inner loop grouped by the rows of the outer one, joined back as a column.

No subquery is correlated, every join is an equality, and the work grows with the number of rows. Definitions are put
in where they are used. The query reads one table a resource, with the columns ``body`` (JSON) and ``n`` (the order of
reading), and gives key and outcome of each subject; values of the run are parameters such as ``$schoolYear``.

The translation is one class in layers, each a module that knows those below it: ``relations`` (the relations of a
query), ``scalars``, ``calculations``, ``lists``, ``aggregates``, ``picks``, and on top the ``query`` of a rule.
"""

from compiler.backends.duckdb.macros import macros_in, prelude
from compiler.backends.duckdb.query import Sieves, Statement, sieves, statement
from compiler.backends.duckdb.scripts import generate, prelude_artifact, script

__all__ = [
    "Sieves",
    "Statement",
    "generate",
    "macros_in",
    "prelude",
    "prelude_artifact",
    "script",
    "sieves",
    "statement",
]
