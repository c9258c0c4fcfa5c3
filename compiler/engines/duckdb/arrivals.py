"""What DuckDB reads of a file: the cells of its records, in their order, or a copy of them from an earlier run."""

from __future__ import annotations

from pathlib import Path

import duckdb

from compiler.engines.duckdb.kept import Kept
from compiler.engines.duckdb.layout import Layout
from compiler.engines.duckdb.leaves import UnreadableFormError
from compiler.engines.duckdb.names import literal, quoted
from compiler.engines.duckdb.sources import (
    DOUBT,
    count_odd_lines,
    json_lines,
    odd_lines,
    parquet_rows,
    table_rows,
    typed_records,
)
from compiler.engines.folder import database_of, has_entries, is_lines

ATTACHED = "data"
"""The name of a database of records that the task reads."""


class Arrivals:
    """Reads files by DuckDB; ``kept`` holds copies."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, kept: Kept) -> None:
        self.connection = connection
        self.kept = kept

    def insert(self, layout: Layout, path: Path, table: str, first: int) -> int:
        """Add the records of a file to a table, with places from ``first`` on; gives how many there are.

        Raises ``duckdb.Error`` or :class:`UnreadableFormError` when DuckDB cannot read the file.
        """
        query = self._query(layout, path)
        copy = self.kept.name(path, query.replace(str(path), ""))
        if copy is not None and copy.is_file():
            try:
                return self._insert(f"read_parquet({literal(copy)})", table, first)
            except duckdb.Error:
                copy.unlink(missing_ok=True)  # it is damaged, or of a DuckDB to come
        arriving = quoted(f"arriving {layout.resource.name}")
        try:
            self._read(query, path, arriving)
            if copy is not None:
                self.kept.keep(copy, lambda part: self._write(arriving, part))
            return self._insert(arriving, table, first)
        finally:
            self.connection.execute(f"DROP TABLE IF EXISTS {arriving}")

    def _query(self, layout: Layout, path: Path) -> str:
        if is_lines(path):
            return json_lines(path, layout).sql("duckdb")
        table = database_of(path)
        if table is not None:
            rows = table_rows(ATTACHED, *table[1:])
        elif path.name.endswith(".parquet"):
            rows = parquet_rows(path)
        else:
            raise UnreadableFormError(path.name)
        described = self.connection.execute(f"FROM {rows.sql('duckdb')} LIMIT 0").description
        return typed_records(rows, layout, {name: kind for name, kind, *_ in described or ()}).sql("duckdb")

    def _read(self, query: str, path: Path, arriving: str) -> None:
        """Run the query of a file, to a table of what it gives, with places from 0 on."""
        run = self.connection.execute
        created = run(f"CREATE TABLE {arriving} AS {query}").fetchone() or (0,)
        if is_lines(path) and not has_entries(path, created[0]):
            raise UnreadableFormError(path.name)  # a file of one line that is cut off has none for DuckDB, and no fault
        if is_lines(path) and (run(count_odd_lines(path).sql("duckdb")).fetchone() or (0,))[0]:
            odd = [n for (n,) in run(odd_lines(path).sql("duckdb")).fetchall()]
            run(f"UPDATE {arriving} SET {DOUBT} = TRUE WHERE n IN (SELECT unnest(?::BIGINT[]))", [odd])

    def _write(self, relation: str, part: Path) -> None:
        try:
            self.connection.execute(f"COPY (FROM {relation} ORDER BY n) TO {literal(part)} (FORMAT parquet)")
        except duckdb.Error as error:
            raise OSError(str(error)) from error

    def _insert(self, relation: str, table: str, first: int) -> int:
        moved = f"SELECT * REPLACE (n + {first} AS n) FROM {relation}"
        inserted = self.connection.execute(f"INSERT INTO {table} BY NAME {moved}").fetchone()
        return int(inserted[0]) if inserted else 0
