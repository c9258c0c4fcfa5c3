"""What the specs of a folder can name: schemas, definitions, tables, code sets, collections, and shared settings.

Folders nest. A folder sees what it declares itself and everything its parents do, so ``specs/indiana/membership``
uses the definitions of ``specs/indiana``. The values here are checked: a definition knows its type (once asked), a
table its typed rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from compiler.schema.edfi import Schemas
from compiler.schema.types import Type
from compiler.source import Span
from compiler.syntax.specs import (
    CollectionTree,
    DefinitionTree,
    DocumentTree,
    FillTree,
    ParameterTree,
    RulesetTree,
    TableTree,
)

SUBJECT_PARTS = ("student", "school", "corporation")
BUILT_IN_PARAMETERS = ("asOf", "schoolYearStart", "schoolYearEnd")


@dataclass(slots=True, eq=False, repr=False)
class Definition:
    """A named expression. ``type`` and ``facts`` are set when it has been checked."""

    written: DefinitionTree
    name: str
    owner: str | None
    variable: str | None
    parameters: tuple[tuple[str, Type], ...]
    scope: Scope
    type: Type | None = None
    facts: Any = None
    state: str = "new"  # new, being checked, done

    @property
    def id(self) -> str:
        """The name by which IR and generated code call it."""
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Asked:
    """What a cell of a decision table asks of an input: to be one of some, or within limits; None asks nothing."""

    members: tuple[Any, ...] | None = None
    low: Any = None
    high: Any = None

    def holds(self, value: Any) -> bool:
        """Whether a value is as asked."""
        if self.members is not None:
            return value in self.members
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table by key: their cells, and those of the row that any other key has, if one is declared."""

    cells: Mapping[tuple[Any, ...], Mapping[str, Any]]
    key: tuple[str, ...]
    default: Mapping[str, Any] | None = None

    def row(self, key: tuple[Any, ...]) -> Mapping[str, Any] | None:
        """The cells of the row with a key; None when there is no such row."""
        found = self.cells.get(key)
        if found is not None or self.default is None:
            return found
        return {**dict(zip(self.key, key, strict=True)), **self.default}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Table:
    """A table with typed cells. ``rows`` are (key, cells) in the order of the file.

    ``inputs`` are what a look-up gives: the key, but of a decision table, whose key is the number of a row, what its
    rows decide by; ``asked`` holds what each row asks of them. ``default`` holds the cells, but for those of the key,
    of the row that a key without one has; None when it has none.
    """

    written: TableTree
    name: str
    descriptor: str | None
    namespace: str | None
    inputs: tuple[tuple[str, Type], ...]
    asked: tuple[tuple[Asked, ...], ...]
    key: tuple[tuple[str, Type], ...]
    columns: dict[str, Type]
    rows: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
    valid: tuple[str, str] | None
    absent_key: str
    default: Mapping[str, Any] | None

    @property
    def has_all(self) -> bool:
        """Whether there is a row for every key."""
        return self.default is not None or (bool(self.asked) and self.written.absent_key_at is None)

    @property
    def is_lost(self) -> bool:
        """Whether the source has lost what the rows should be."""
        return self.written.is_lost

    def rows_in(self, year: int) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        """The rows that hold in a school year."""
        for key, cells in self.rows:
            if self.valid is None or _holds(cells, self.valid, year):
                yield key, cells

    def found_in(self, year: int) -> Rows:
        """The rows that hold in a school year, to be found by key."""
        return Rows(dict(self.rows_in(year)), tuple(name for name, _ in self.key), self.default)

    def codes(self, year: int | None = None) -> list[str]:
        """The values of the first key column, of one school year or of all."""
        rows = self.rows if year is None else self.rows_in(year)
        return list(dict.fromkeys(str(key[0]) for key, _ in rows))


def _holds(cells: Mapping[str, Any], valid: tuple[str, str], year: int) -> bool:
    first, last = cells.get(valid[0]), cells.get(valid[1])
    return (first is None or first <= year) and (last is None or year <= last)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CodeSet:
    """A named set of keys of a table, or all of them."""

    name: str
    table: Table
    codes: tuple[str, ...]
    doc: str
    span: Span

    def by_validity(self) -> dict[tuple[int | None, int | None], tuple[str, ...]]:
        """The codes by the first and the last school year in which each holds; None is open."""
        if self.table.valid is None:
            return {(None, None): self.codes}
        first, last = self.table.valid
        found: dict[tuple[int | None, int | None], list[str]] = {}
        for key, cells in self.table.rows:
            if key[0] in self.codes:
                found.setdefault((cells.get(first), cells.get(last)), []).append(key[0])
        return {years: tuple(codes) for years, codes in found.items()}


@dataclass(slots=True, eq=False, repr=False)
class ParameterInfo:
    """A parameter of a collection: its type and its typed values by (cycle, school year)."""

    written: ParameterTree
    name: str
    type: Type
    values: dict[tuple[str, int], Any]


@dataclass(slots=True, eq=False, repr=False)
class Collection:
    """A collection: the school years and cycles it can be run for, and its parameters."""

    written: CollectionTree
    name: str
    title: str
    years: tuple[int, ...]
    cycles: tuple[str, ...]
    default_cycle: str
    parameters: dict[str, ParameterInfo]

    @property
    def parameter_types(self) -> dict[str, Type]:
        """The types of the parameters by name."""
        return {name: info.type for name, info in self.parameters.items()}


@dataclass(slots=True, eq=False, repr=False)
class Scope:
    """All that the specs of one folder can name; built by ``checker.folders``."""

    path: str
    schemas: Schemas
    schema_folders: tuple[str, ...] = ()
    unread: frozenset[str] = frozenset()  # kinds of files, here or above, that could not be read (or `schemas`)
    title: str = ""
    rulesets: tuple[RulesetTree, ...] = ()
    definitions: dict[tuple[str | None, str], Definition] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    sets: dict[str, CodeSet] = field(default_factory=dict)
    collections: dict[str, Collection] = field(default_factory=dict)
    collection: str | None = None
    sources: dict[str, DocumentTree] = field(default_factory=dict)
    fills: tuple[FillTree, ...] = ()
    lawful: frozenset[str] = frozenset()
    leap_birthday: str = "March 1"
    subjects: dict[str, dict[str, Definition]] = field(default_factory=dict)
    if_missing: tuple[tuple[str, str], ...] = ()

    def lacks(self, *kinds: str) -> bool:
        """Whether files of a kind could not be read, so that an unknown name they may declare is no news."""
        return not self.unread.isdisjoint(kinds)

    def code_tables(self, descriptor: str) -> list[Table]:
        """The tables that hold codes of a descriptor."""
        return [table for table in self.tables.values() if table.descriptor == descriptor]

    def definition(self, owner: str | None, name: str) -> Definition | None:
        return self.definitions.get((owner, name))

    def definitions_of(self, owner: str | None) -> list[str]:
        """Names of the definitions of a resource."""
        return [name for of, name in self.definitions if of == owner]


RESERVED = frozenset(
    {
        "if", "then", "else", "and", "or", "not", "is", "one", "of", "in", "has", "where", "by", "to", "for", "as",
        "on", "at", "any", "every", "no", "exactly", "present", "missing", "between", "less", "more", "than",
        "least", "most", "before", "after", "matches", "match", "starts", "start", "with", "contains", "contain",
        "overlaps", "overlap", "does", "codes", "true", "false", "nothing", "otherwise", "this", "lookup",
    }
)  # fmt: skip
"""Words of the language, which nothing can be called by."""
