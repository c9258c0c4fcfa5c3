"""What nothing can beat: DuckDB reading just the columns that rules use, from Parquet and from JSON lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from compiler.engines.run import Options, chosen_rules
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.usage import usage
from tests.benchmarks.state import COLUMNS, Columns, json_read

Steps = tuple[str, ...]


def json_files(folder: Path, name: str) -> list[Path]:
    """The files of JSON lines of a resource."""
    return sorted((folder / name).glob("*.jsonl")) if (folder / name).is_dir() else [folder / f"{name}.jsonl"]


def used_columns(program: Program, options: Options) -> dict[str, Columns]:
    """The columns that the chosen rules read, by file; of a structure only the members that are read."""
    nodes = (node for rule in chosen_rules(program, options) for node in ir.expressions(rule))
    paths: dict[str, set[Steps]] = {}
    for name, path in usage(nodes, program.definitions, program.schemas).reads:
        resource = program.schemas.resource(name)
        assert resource is not None
        file = f"{resource.folder}/{resource.plural}" if resource.folder else resource.plural
        paths.setdefault(file, set(resource.key)).add(path)
    return {file: _narrowed(COLUMNS[file], of_file) for file, of_file in sorted(paths.items()) if file in COLUMNS}


def _narrowed(columns: Columns, paths: Iterable[Steps]) -> Columns:
    inner: dict[str, set[Steps]] = {}
    for first, *rest in paths:
        inner.setdefault(first, set()).add(tuple(rest))
    return {name: _within(kind, inner[name]) for name, kind in columns.items() if name in inner}


def _within(kind: Any, paths: set[Steps]) -> Any:
    deeper = {path for path in paths if path}
    if not deeper:
        return kind
    return [_narrowed(kind[0], deeper)] if isinstance(kind, list) else _narrowed(kind, deeper)


def _aggregates(columns: Columns, above: str = "") -> Iterator[str]:
    """An aggregate over each column, so that it is read to the last value."""
    for name, kind in columns.items():
        place = f'{above}"{name}"'
        if isinstance(kind, dict):
            yield from _aggregates(kind, f"{place}.")
        elif isinstance(kind, list):
            yield f"sum(len({place}))"
        else:
            yield f"max({place})"


def scan(folder: Path, used: dict[str, Columns], form: str) -> None:
    """Read the used columns of all files; ``form`` is parquet or jsonl."""
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET threads = 2")
        for name, columns in used.items():
            source = f"'{folder / name}.parquet'" if form == "parquet" else json_read(folder, name, columns)
            connection.execute(f"SELECT count(*), {', '.join(_aggregates(columns))} FROM {source}").fetchall()
