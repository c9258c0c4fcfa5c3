"""Examples of extracts: what each gives in every back end, and where that is not what its author expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from compiler.backends.duckdb.extracts import ExtractQuery, extract_query
from compiler.engines.duckdb.extracting import RefusedError, in_duckdb
from compiler.engines.extraction import Extraction
from compiler.engines.filed import Filed, filed, whole_shape
from compiler.engines.folder import open_folder
from compiler.engines.python_engine import PythonEngine, disagreement
from compiler.filing.delimited import Delimited
from compiler.semantics import ir
from compiler.semantics.checker.examples import Records
from compiler.semantics.checker.extracts import CheckedRowExample
from compiler.semantics.expected import first_difference, one_line
from compiler.semantics.extract_rows import LeftOut, Rows, rows_of
from compiler.semantics.options import resolved
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.world import RawRecord, World
from compiler.syntax.document import Mapping as Written
from compiler.syntax.document import Scalar

_FORM = Delimited(spreadsheets=False)


class RowExamples:
    """Runs the examples of one extract."""

    def __init__(self, program: Program, extract: ir.Extract, engine: PythonEngine) -> None:
        self.program = program
        self.extract = extract
        self.engine = engine

    @cached_property
    def query(self) -> ExtractQuery:
        """The query of the extract, which takes longer to make than to run over an example."""
        return extract_query(self.program, self.extract)

    def problems(self, example: CheckedRowExample) -> list[str]:
        """Where an example gives something else than expected, or a back end something else than the interpreter."""
        program, extract, context = self.program, self.extract, Context(example.school_year, example.as_of)
        choices = resolved(program, extract, example.given, context)
        refused = example.written.refused
        if choices.faults or refused is not None:
            return _refused(one_line(refused.text) if refused is not None else "", choices.faults)
        world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in example.records.items()})
        found = rows_of(program, extract, world, context, choices.values)
        given = {name: choices.values[name] for name in example.given}
        problems = disagreement(found, self.engine.rows(extract, self.engine.world(example.records), context, given))
        if not example.written.invalid:
            problems += self._in_duckdb(example.records, context, choices.values, found)
        made = filed(program, extract, whole_shape(extract), _FORM, found.rows, context)
        return problems + _differences(extract, example, made, found.left_out)

    def _in_duckdb(self, records: Records, context: Context, values: Mapping[str, Any], wanted: Rows) -> list[str]:
        """Where the query gives something else than the interpreter."""
        program, extract = self.program, self.extract
        with TemporaryDirectory(prefix="rulewright-") as scratch:
            folder = Path(scratch)
            for name, bodies in {extract.resource: [], **records}.items():
                resource = program.schemas.resource(name)
                assert resource is not None
                lines = [msgspec.json.encode(body) + b"\n" for body in bodies]
                (folder / f"{resource.plural}.jsonl").write_bytes(b"".join(lines))
            opened = open_folder(folder, program.schemas)
            try:
                found = in_duckdb(Extraction(program, extract, opened, context, values, query=self.query))
            except RefusedError:  # the interpreter works such an extract out
                return []
        sides = [[*rows.rows, *rows.left_out] for rows in (wanted, found)]
        differing = (pair for pair in zip_longest(*sides) if pair[0] != pair[1])
        return [f"DuckDB gives {theirs}, the interpreter {ours}" for ours, theirs in islice(differing, 1)]


def meaning_problems(program: Program, extract: ir.Extract, example: CheckedRowExample) -> list[str]:
    """Where an example gives something else than expected, by the interpreter alone."""
    context = Context(example.school_year, example.as_of)
    choices = resolved(program, extract, example.given, context)
    refused = example.written.refused
    if choices.faults or refused is not None:
        return _refused(one_line(refused.text) if refused is not None else "", choices.faults)
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in example.records.items()})
    found = rows_of(program, extract, world, context, choices.values)
    made = filed(program, extract, whole_shape(extract), _FORM, found.rows, context)
    return _differences(extract, example, made, found.left_out)


def _refused(wanted: str, faults: tuple[str, ...]) -> list[str]:
    if not wanted:
        return [f"these options are not expected to be refused: {'; '.join(faults)}"]
    if any(wanted in fault for fault in faults):
        return []
    seen = f"but it is `{'; '.join(faults)}`" if faults else "but nothing is"
    return [f"expected the options to be refused for `{wanted}`, {seen}"]


# -- what is expected


def _differences(
    extract: ir.Extract, example: CheckedRowExample, made: list[Filed], left_out: list[LeftOut]
) -> list[str]:
    written = example.written
    rows = [one for one in made if not one.is_withheld]
    withheld = [(one.row.sender.key, one.reason) for one in made if one.is_withheld]
    without = [(one.sender.key, one.reason) for one in left_out]
    return [
        *_rows(extract, written.rows, rows),
        *_audit(extract, written.audit, rows),
        *_reasons(written.left_out, without, "left out"),
        *_reasons(written.withheld, withheld, "withheld"),
        *_warnings(written.warnings, [said for one in rows for said in one.told]),
    ]


def _rows(extract: ir.Extract, expected: Iterable[Written], rows: list[Filed]) -> Iterator[str]:
    names = [ir.printed_name(field.number) for field in extract.fields]
    wanted = list(expected)
    if len(wanted) != len(rows):
        keys = ", ".join(str(one.row.sender) for one in rows) or "none"
        yield f"expected {len(wanted)} rows, but there are {len(rows)}: {keys}"
        return
    for number, (row, one) in enumerate(zip(wanted, rows, strict=True), 1):
        texts = dict(zip(names, one.texts, strict=True))
        for name, value in row.entries:
            text = value.text if isinstance(value, Scalar) else ""
            if texts[name.text].rstrip(" ") != text.rstrip(" "):
                yield f"expected {name.text} of row {number} `{text}`, but it is `{texts[name.text].rstrip(' ')}`"


def _audit(extract: ir.Extract, expected: tuple[Written, ...] | None, rows: list[Filed]) -> Iterator[str]:
    for number, (wanted, one) in enumerate(zip(expected or (), rows, strict=False), 1):
        values = {name: value for (name, _), value in zip(extract.audit, one.row.audit, strict=True)}
        for name, value in wanted.entries:
            differing = first_difference(value, values[name.text], name.text)
            if differing:
                text = value.text if isinstance(value, Scalar) else ""
                yield f"expected {name.text} of row {number} `{text}`, but {differing}"


def _reasons(expected: Iterable[tuple[Scalar, Scalar]], found: list[tuple[str, str]], what: str) -> Iterator[str]:
    """Where those without a row are others than expected, or for other reasons."""
    found = list(found)
    for key, words in expected:
        wanted = one_line(words.text)
        mine = next((entry for entry in found if entry[0] == key.text and wanted in entry[1]), None)
        mine = mine or next((entry for entry in found if entry[0] == key.text), None)
        if mine is None:
            yield f"expected {key.text} to be {what} ({wanted}), but it is not"
            continue
        found.remove(mine)
        if wanted not in mine[1]:
            yield f"expected {key.text} to be {what} for `{wanted}`, but the reason is `{mine[1]}`"
    for name, reason in found:
        yield f"{name} is {what}, which is not expected: {reason}"


def _warnings(expected: Iterable[Scalar], said: list[str]) -> Iterator[str]:
    for words in expected:
        wanted = one_line(words.text)
        mine = next((warning for warning in said if wanted in warning), None)
        if mine is None:
            yield f"expected a warning `{wanted}`, but there is none such"
        else:
            said.remove(mine)
    for warning in said:
        yield f"a warning is not expected: {warning}"
