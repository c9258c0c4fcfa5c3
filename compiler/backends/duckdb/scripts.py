"""The SQL files of a state: a file a rule, readable by itself, beside one file of macros that all of them use."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

from compiler.backends.artifacts import Artifact, header, one_line, sha256
from compiler.backends.duckdb.macros import prelude
from compiler.backends.duckdb.query import Statement, statement
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.usage import reachable

ROOT = "sql/duckdb"
PRELUDE = f"{ROOT}/prelude.sql"


def prelude_artifact() -> Artifact:
    """The macros, to be run once per connection."""
    return Artifact(PRELUDE, prelude())


def generate(program: Program, texts: Mapping[str, str]) -> list[Artifact]:
    """The files of one state; ``texts`` holds the spec files by path, for the hashes in the headers."""
    return [
        Artifact(f"{ROOT}/{program.state}/{_file_name(rule)}", script(program, rule, texts), _sources(program, rule))
        for rule in program.rules.values()
    ]


def _file_name(rule: ir.Rule) -> str:
    """`ME-3.sql`, and `ME-3-r2.sql` for the second revision."""
    return f"{rule.key.replace(' ', '-')}.sql"


def script(program: Program, rule: ir.Rule, texts: Mapping[str, str]) -> str:
    """The file of a rule: where it comes from, what it says, what it reads and gives, and the query."""
    source = program.checked[rule.key].written.document.source.path
    made = statement(program, rule)
    lines = [header(source, sha256(texts[source])), *_says(rule), *_reads(program, rule, made)]
    return "".join(f"-- {line}".rstrip() + "\n" for line in lines) + f"{made.text};\n"


def _says(rule: ir.Rule) -> Iterator[str]:
    required = "conflicts with" if rule.conflicts is not None else "require"
    yield from ("", *_wrapped(f"{rule.key}: {rule.title}"), *_wrapped(rule.message))
    for key, text in (("for each", rule.subject_text), ("when", rule.when_text), (required, rule.require_text)):
        if text:
            yield from _wrapped(f"{key}: {text}")


def _reads(program: Program, rule: ir.Rule, made: Statement) -> Iterator[str]:
    schemas = program.schemas
    tables = [resource.plural for name in made.resources if (resource := schemas.resource(name)) is not None]
    values = ", ".join(f"${name}" for name in made.parameters)
    decides = "; `if missing` may decide otherwise where it says not checked" if rule.if_missing else ""
    yield ""
    yield from _wrapped(
        f"Reads {', '.join(tables)}: tables of records with columns body (JSON) and n (BIGINT, their order)."
    )
    yield from _wrapped(f"Given {values}." if values else "Given no values.")
    yield from _wrapped(f"Gives the key of each subject with its outcome{decides}.")
    yield "Its macros are in ../prelude.sql, to be run once per connection before."


def _wrapped(text: str) -> Iterable[str]:
    """A text as lines of a comment; no sign in it can end the comment."""
    return textwrap.wrap(one_line(text), 117, subsequent_indent="  ", break_on_hyphens=False)


def _sources(program: Program, rule: ir.Rule) -> tuple[str, ...]:
    """The spec files that a query follows from: the rule, the definitions and the tables it uses."""
    found = {program.checked[rule.key].written.document.source.path}
    names = set[str]()
    for node in reachable(ir.deciding(rule), program.definitions):
        if isinstance(node, ir.Apply) and (span := program.definitions[node.name].body.span) is not None:
            found.add(span.source.path)
        if isinstance(node, ir.Member | ir.Find):
            names.add(node.name if isinstance(node, ir.Member) else node.source)
    for table in program.tables.values():
        if table.name in names or any(s.name.text in names for s in table.written.sets):
            found.add(table.written.document.source.path)
    return tuple(sorted(found))
