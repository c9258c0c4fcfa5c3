"""The loops of a query and what they are made of: records by their keys, rows of tables, members of lists.

What is the same for all rules, the records of a resource with typed columns and the rows of a table, has names with a
blank in front of which a word stands (``every student``), so that no relation of a rule can have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TypeVar

from sqlglot import exp

from compiler.backends.duckdb.loops import (
    Arms,
    Column,
    Entries,
    Group,
    Key,
    Lookup,
    Loop,
    Records,
    RecordSql,
    RowSql,
    free_name,
    labels,
)
from compiler.backends.duckdb.reading import Path, blank, column_name, constant, list_type, read_json
from compiler.backends.sql_tree import (
    FALSE,
    TRUE,
    Sql,
    all_of,
    and_,
    binary,
    cast,
    column,
    eq,
    fn,
    from_query,
    from_table,
    label_of,
    named,
    not_false,
    not_null,
    number,
    owned,
    parameter,
    select,
)
from compiler.schema.edfi import Resource
from compiler.schema.types import TEXT, Code, ListOf, Record, Type
from compiler.semantics import ir
from compiler.semantics.program import Program
from compiler.semantics.scope import Table
from compiler.semantics.usage import reachable
from compiler.semantics.world import key_type

Columns = list[tuple[str, Path, Type]]


@dataclass
class Relations:
    """The loops of one query over rules that share their subjects, in the order in which they were made."""

    program: Program
    rules: tuple[ir.Rule | ir.Extract, ...]
    loops: list[Loop] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    sources: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)
    guards: tuple[Sql, ...] = ()
    _columns: dict[str, Columns] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> list[ir.Expr]:
        """All that is worked out: what decides on subjects and outcomes, or makes rows, with the definitions used."""
        tops = (ir.written_by(r) if isinstance(r, ir.Extract) else ir.deciding(r) for r in self.rules)
        return list(reachable(chain.from_iterable(tops), self.program.definitions))

    def shared(self) -> dict[str, exp.Query]:
        """The relations that are not the rules' own, by their names."""
        made = {rows_of(name): table_query(self.program.tables[name]) for name in self.tables}
        for name in sorted(self.sources):
            made[every(name)] = records_query(self.resource(name), self.columns(name))
        return made

    def label(self, name: str) -> str:
        """A label for columns that is still free."""
        return free_name(name, self.taken)

    # -- loops

    def loop(self, name: str, outer: Loop | None, source: Records | Entries | Arms, own: int, level: int) -> Loop:
        """A new loop whose rows are told apart by so many columns."""
        depth = len(outer.ids) if outer is not None else 0
        made = Loop(name, outer, source, tuple(f"#{depth + 1 + n}" for n in range(own)), level)
        self.loops.append(made)
        return made

    def members(self, loop: Loop, resource: str, keys: Sequence[tuple[str, Sql]]) -> tuple[Loop, RecordSql]:
        """The loop of the records of a resource whose columns hold values of a loop; the record of each row."""

        def made() -> tuple[Loop, RecordSql]:
            own = [Key(name, value, self.label(f"{resource} by {name}")) for name, value in (*self.apart(), *keys)]
            level, _ = loop.place_of([value for _, value in keys])
            inner = self.loop(resource, loop, Records(every(resource), tuple(own)), 1, level)
            for key in own:
                inner.columns[key.label] = Column(column("r", key.column), None, level, 0)
            return inner, self.record(inner, resource, resource)

        members, record = once(loop, ("members", resource, *map(_text, keys)), made)
        self.used(members)
        return members, record

    def record(self, loop: Loop, resource: str, name: str) -> RecordSql:
        """The record that stands in each row of a loop of records."""
        self.sources[resource] = None
        label, keys = self.label(name), range(len(self.resource(resource).key))
        own = {loop.own[0]: "n", **{f"{label}.key{i}": f"key{i}" for i in keys}}
        own |= {f"{label}.{name}": name for name, _, _ in self.columns(resource)}
        loop.columns |= {name: Column(column("r", found), None, loop.level, 0) for name, found in own.items()}
        return RecordSql(resource, tuple(label_of(f"{label}.key{i}") for i in keys), label, True)

    def entries(self, loop: Loop, name: str, entries: Sql, *, objects: bool) -> tuple[Loop, Sql, Sql]:
        """The loop of the entries of a list, with the entry and its place (from 0)."""

        def made() -> tuple[Loop, Sql, Sql]:
            level, _ = loop.place_of([entries])
            inner = self.loop(name, loop, Entries(entries, objects), 1, level)
            entry, at = self.label(f"item of {name}"), self.label(f"place of {name}")
            found = {inner.own[0]: column("u", "at"), entry: column("u", "item")}
            found[at] = binary(exp.Sub, column("u", "at"), number(1))
            inner.columns |= {label: Column(value, None, level, 0) for label, value in found.items()}
            return inner, label_of(entry), label_of(at)

        members, entry, place = once(loop, ("entries", objects, _text(entries)), made)
        self.used(members)
        return members, entry, place

    def used(self, inner: Loop) -> None:
        """Note for which rows of the outer loop an inner loop is used, as far as they are known when it is made."""
        assert inner.outer is not None
        outer, known = inner.outer, set().union(*(around.columns for around in inner.outer.around))
        early = (g for g in self.guards if labels(g) <= known and outer.place_of([g])[0] <= inner.level)
        inner.wanted.append(tuple(early))

    @contextmanager
    def where(self, *conditions: Sql) -> Iterator[None]:
        """While this lasts, what is translated matters only where conditions are not false."""
        before = self.guards
        self.guards = (*before, *(not_false(condition) for condition in conditions if condition != TRUE))
        try:
            yield
        finally:
            self.guards = before

    # -- columns

    def computed(self, loop: Loop, name: str, value: Sql) -> Sql:
        """A value as a column, so that it is computed once; of the outermost loop that can tell it."""
        home = loop.home([value])

        def made() -> Sql:
            label = self.label(name)
            home.columns[label] = Column(value, None, *home.place_of([value]))
            return label_of(label)

        return once(home, ("value", _text(value)), made)

    def plain(self, value: Sql, loop: Loop) -> Sql:
        """A value that may be written several times: a column, or a constant or parameter."""
        core = value.this if isinstance(value, exp.Cast) else value
        atom = isinstance(core, exp.Column | exp.Literal | exp.Placeholder | exp.Boolean | exp.Null)
        return value if atom else self.computed(loop, "value", value)

    def grouped(self, inner: Loop, outer: Loop, name: str, value: Sql, within: Sql | None = None) -> Sql:
        """An aggregate over the rows of an inner loop, as a column of the outer one; NULL where there is no row."""
        inside = _text(within) if within is not None else ""

        def made() -> Sql:
            label = self.label(name)
            used = labels(value) | (labels(within) if within is not None else set())
            level = max(map(inner.level_of, used), default=inner.level)
            group = inner.groups.setdefault((outer, level, inside), Group(inner, outer, level, within))
            group.values[label] = value
            outer.columns[label] = Column(column("g", label), group, level + 1, 0)
            return label_of(label)

        return once(outer, ("aggregate", inner, _text(value), inside), made)

    def looked_up(self, loop: Loop, relation: str, name: str, keys: Sequence[Key], found: Iterable[str]) -> str:
        """The label under which the columns of a row, found by its key, stand in a loop."""
        values = [key.value for key in keys]
        home = loop.home(values)

        def made() -> str:
            label, lookup = self.label(name), Lookup(relation, tuple(keys))
            level, step = home.place_of(values)
            for part in found:
                home.columns[f"{label}.{part}"] = Column(column("r", part), lookup, level, step)
            return label

        return once(home, ("row", relation, *map(_text, values)), made)

    # -- what a query is given

    def apart(self) -> Sequence[tuple[str, Sql]]:
        """What records must share, beside keys, to belong together: columns of their relations, and their values."""
        return ()

    def value_of_run(self, name: str, kind: str) -> Sql:
        """A value, of this SQL type, that is given when the query is run."""
        return cast(parameter(name), kind)

    def given_list(self, node: ir.Expr) -> Sql | None:
        """The list that an expression is when it is given to the query."""
        if isinstance(node, ir.Parameter) and isinstance(node.type, ListOf):
            return self.value_of_run(node.name, list_type(node.type.item))
        return None

    # -- resources and tables

    def resource(self, name: str) -> Resource:
        resource = self.program.schemas.resource(name)
        assert resource is not None
        return resource

    def columns(self, name: str) -> Columns:
        if name not in self._columns:
            self._columns[name] = columns_of(self.nodes, name, self.program)
        return self._columns[name]

    def joined_record(self, base: RecordSql, loop: Loop) -> str:
        """The label under which the columns of a record stand in the loop; joins them when they do not yet."""
        if base.bound:
            return base.label
        self.sources[base.resource] = None
        keys = [Key(*part) for part in (*self.apart(), *((f"key{i}", key) for i, key in enumerate(base.keys)))]
        names = [*(name for name, _, _ in self.columns(base.resource)), "n"]
        return self.looked_up(loop, every(base.resource), base.label, keys, names)

    def joined_row(self, base: RowSql, loop: Loop) -> str:
        """The label under which the cells of a table's row stand in the loop."""
        self.tables[base.table] = None
        table = self.program.tables[base.table]
        own = [(part, key) for (part, _), key in zip(table.key, base.keys, strict=True)]
        keys = [Key(*part) for part in (*(self.apart() if table.valid else ()), *own)]
        names = [*(part for part, _ in table.key), *table.columns]
        return self.looked_up(loop, rows_of(base.table), base.table, keys, names)


Found = TypeVar("Found")


def once(loop: Loop, what: tuple[object, ...], make: Callable[[], Found]) -> Found:
    """What a loop was given before, or what is made now."""
    if what not in loop.known:
        loop.known[what] = make()
    found: Found = loop.known[what]
    return found


def _text(value: Sql | tuple[str, Sql]) -> str:
    """What tells values apart: their text, letter by letter."""
    return value.sql(dialect="duckdb") if isinstance(value, exp.Expr) else f"{value[0]} {_text(value[1])}"


def every(resource: str) -> str:
    """The relation of the records of a resource."""
    return f"every {resource}"


def rows_of(table: str) -> str:
    """The relation of the rows of a table."""
    return f"row of {table}"


def records_query(resource: Resource, columns: Columns, apart: Sequence[str] = ()) -> exp.Query:
    """The records of a resource with typed keys and columns; of those with one key the first.

    Records that differ in what the columns ``apart`` of their table hold have nothing to do with each other.
    """
    body = column("raw", "body")
    keys = [named(read_json(body, path, key_type(resource, path)), f"key{i}") for i, path in enumerate(resource.key)]
    read = [named(read_json(body, path, kind), label) for label, path, kind in columns]
    whose = [column("raw", name) for name in ("n", *apart)]
    typed = select(*whose, *keys, *read, source=from_table(resource.plural, "raw"))
    key_columns = [column("typed", name) for name in (*apart, *(f"key{i}" for i in range(len(keys))))]
    first = exp.Window(
        this=fn("row_number"), partition_by=list(map(owned, key_columns)),
        order=exp.Order(expressions=[column("typed", "n")]),
    )  # fmt: skip
    query = select(exp.Star(), source=from_query(typed, "typed"), where=all_of(map(not_null, key_columns)))
    query.set("qualify", exp.Qualify(this=eq(first, number(1))))
    return query


def table_query(table: Table, year: Sql | None = None) -> exp.Query:
    """A table of the specs as rows of constants; of one without rows, whose source has lost them, the columns.

    Of a dated table these are the rows of a school year, which is given when the query is run.
    """
    kinds = {**dict(table.key), **table.columns}
    if not table.rows:
        return select(*(named(blank(kind), part) for part, kind in kinds.items()), where=FALSE)
    rows = [[constant(cells.get(part), kind) for part, kind in kinds.items()] for _, cells in table.rows]
    values = exp.Values(expressions=[exp.Tuple(expressions=row) for row in rows])
    names = [exp.to_identifier(part, quoted=True) for part in kinds]
    values.set("alias", exp.TableAlias(this=exp.to_identifier("cells", quoted=True), columns=names))
    valid: Sql | None = None
    if table.valid:
        first, last = (column("cells", part) for part in table.valid)
        year = year if year is not None else parameter("schoolYear")
        valid = and_(not_false(binary(exp.LTE, first, year)), not_false(binary(exp.GTE, last, year)))
    return select(exp.Star(), source=values, where=valid)


def columns_of(nodes: Iterable[ir.Expr], name: str, program: Program) -> Columns:
    """The properties of a resource that expressions read, as columns: name, path and type (lists are of JSON)."""
    found: dict[str, tuple[Path, Type]] = {}
    for node in nodes:
        if isinstance(node, ir.Read) and node.base.type == Record(name):
            kind = TEXT if node.uri and isinstance(node.type, Code) else node.type
            found[column_name(node.path, node.uri)] = (node.path, kind)
        if isinstance(node, ir.Items) and node.base.type == Record(name):
            found[column_name(node.path, False)] = (node.path, node.type)
        if isinstance(node, ir.Referring) and node.resource == name:
            assert isinstance(node.base.type, Record)
            base = program.schemas.resource(node.base.type.resource)
            assert base is not None
            for path, own in zip(node.paths, base.key, strict=True):
                found[column_name(path, True)] = (path, key_type(base, own))
        if isinstance(node, ir.Pick | ir.Neighbour) and node.items.type == ListOf(Record(name)):
            found.update({column_name(key.path, False): (key.path, key.type) for key in node.order})
    return [(label, *found[label]) for label in sorted(found)]
