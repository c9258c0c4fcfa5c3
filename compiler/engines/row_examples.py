"""Examples of extracts: what each gives in every back end, and where that is not what its author expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from compiler.backends.duckdb.extracts import ExtractQuery, extract_query
from compiler.engines.duckdb.extracting import RefusedError, in_duckdb
from compiler.engines.duckdb.together import Case, together
from compiler.engines.extraction import Extraction
from compiler.engines.filed import Filed, filed, whole_shape
from compiler.engines.folder import open_folder
from compiler.engines.python_engine import PythonEngine, disagreement
from compiler.filing.delimited import Delimited
from compiler.garbage import without_collection
from compiler.semantics import ir
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


@dataclass(slots=True, repr=False)
class Judged:
    """What an example gave. ``problems`` is empty when everything is as expected and all that took part agree.

    ``case`` and ``found`` are what was asked and what the interpreter says, unless the options are refused. ``alone``
    says why DuckDB took no part.
    """

    problems: list[str]
    case: Case | None = None
    found: Rows = field(default_factory=Rows)
    alone: str = ""


@without_collection()
def examples_judged(
    program: Program, extract: ir.Extract, examples: Sequence[CheckedRowExample], engine: PythonEngine
) -> list[Judged]:
    """Where examples give something else than expected, or a back end something else than the interpreter."""
    judged = []
    for example in examples:
        made = meaning(program, extract, example)
        if (case := made.case) is not None:
            given = {name: case.values[name] for name in example.given}
            generated = engine.rows(extract, engine.world(case.records), case.context, given)
            made.problems[:0] = disagreement(made.found, generated)
            made.alone = "its records are meant not to fit their schemas" if example.written.invalid else ""
        judged.append(made)
    compared = [(made, made.case) for made in judged if made.case is not None and not made.alone]
    answers = _in_duckdb(program, extract, [case for _, case in compared])
    for (made, _), answer in zip(compared, answers, strict=True):
        if isinstance(answer, RefusedError):
            made.alone = f"DuckDB refuses the query ({answer})"
        else:
            made.problems += _unlike(made.found, answer)
    return judged


def meaning(program: Program, extract: ir.Extract, example: CheckedRowExample) -> Judged:
    """What an example gives by the interpreter alone."""
    context = Context(example.school_year, example.as_of)
    choices = resolved(program, extract, example.given, context)
    refused = example.written.refused
    if choices.faults or refused is not None:
        return Judged(_refused(one_line(refused.text) if refused is not None else "", choices.faults))
    world = World(program.schemas, {name: map(RawRecord, bodies) for name, bodies in example.records.items()})
    found = rows_of(program, extract, world, context, choices.values)
    made = filed(program, extract, whole_shape(extract), _FORM, found.rows, context)
    problems = _differences(extract, example, made, found.left_out)
    return Judged(problems, Case(example.records, context, choices.values), found)


def _unlike(ours: Rows, theirs: Rows) -> list[str]:
    """Where the query gives something else than the interpreter."""
    sides = [[*rows.rows, *rows.left_out] for rows in (ours, theirs)]
    differing = (pair for pair in zip_longest(*sides) if pair[0] != pair[1])
    return [f"DuckDB gives {seen}, the interpreter {wanted}" for wanted, seen in islice(differing, 1)]


# -- DuckDB


def _in_duckdb(program: Program, extract: ir.Extract, cases: Sequence[Case]) -> list[Rows | RefusedError]:
    """What DuckDB says of each case, or of its query: of the first in a folder of its own, of the others together.

    When the query over all is refused, be it for what one of them holds, each has a folder of its own.
    """
    if not cases:
        return []
    query = extract_query(program, extract)
    first = in_folder(program, extract, query, cases[0])
    try:
        return [first, *together(program, extract, cases[1:])]
    except RefusedError:
        return [first, *(in_folder(program, extract, query, case) for case in cases[1:])]


def in_folder(program: Program, extract: ir.Extract, query: ExtractQuery, case: Case) -> Rows | RefusedError:
    """What a run over a folder with the records gives."""
    with TemporaryDirectory(prefix="rulewright-") as scratch:
        folder = Path(scratch)
        for name, bodies in {extract.resource: [], **case.records}.items():
            resource = program.schemas.resource(name)
            assert resource is not None
            lines = [msgspec.json.encode(body) + b"\n" for body in bodies]
            (folder / f"{resource.plural}.jsonl").write_bytes(b"".join(lines))
        try:
            opened = open_folder(folder, program.schemas)
            found = in_duckdb(Extraction(program, extract, opened, case.context, case.values, query=query))
        except RefusedError as refused:  # the interpreter works such an extract out
            return refused
    return Rows(found.rows, found.left_out)


# -- what is expected


def _refused(wanted: str, faults: tuple[str, ...]) -> list[str]:
    if not wanted:
        return [f"these options are not expected to be refused: {'; '.join(faults)}"]
    if any(wanted in fault for fault in faults):
        return []
    seen = f"but it is `{'; '.join(faults)}`" if faults else "but nothing is"
    return [f"expected the options to be refused for `{wanted}`, {seen}"]


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
