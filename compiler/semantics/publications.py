"""Checked publications to IR."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from compiler.schema.edfi import Path, Resource, Schemas, Shape
from compiler.schema.types import TEXT, WHOLE, Code, ListOf, Row
from compiler.semantics import ir
from compiler.semantics.checker.candidates import CheckedCandidates
from compiler.semantics.checker.publications import CheckedPublication
from compiler.semantics.checker.typed import scalar_value
from compiler.semantics.lowering import Lowerer, constant_of
from compiler.semantics.scope import Table
from compiler.syntax import tree
from compiler.syntax.document import one_line
from compiler.syntax.publications import ClauseTree, ElementTree, MappedTree, Parts, PublicationTree
from compiler.syntax.publishing import ConfigurationTree, RecordTree, TriggerTree

StudentOf = Callable[[str, ir.Expr], ir.Expr | None]

_INT32 = (-(2**31), 2**31 - 1)
_DEFAULT = ir.Unlisted("unlisted change", held=False)


def lower_publication(checked: CheckedPublication, student_of: StudentOf) -> ir.Publication:
    """A sound publication as IR; ``student_of`` gives whose record one of a resource is."""
    whole, target = checked.whole, checked.target
    assert target is not None
    sources = tuple(_Source(checked, kind).lowered(student_of) for kind in checked.candidates)
    declared = tuple(dict.fromkeys(path for element in sources[0].elements for path in _paths(element)))
    cascade = whole.cascade.dependents if whole.cascade is not None else ()
    reach = {dependent.resource.text: dependent.reach for dependent in cascade}
    record = whole.record
    return ir.Publication(
        id=checked.id,
        title=whole.title.text,
        target=target.name,
        target_plural=target.plural,
        key=target.key,
        student_path=_path(record.student.text) if record is not None and record.student is not None else None,
        organization_path=_path(record.organization.text) if record and record.organization is not None else None,
        own=_own(record, checked) if record is not None else None,
        shared_with=tuple(name.text for name in whole.shared_with),
        parameters=tuple((p.name, None if p.value is None else constant_of(p.value)) for p in checked.parameters),
        sources=sources,
        behind=one_line(whole.behind.text),
        declared=declared,
        parents=_parents(target, checked.target_schemas, frozenset(declared)),
        configuration=_configuration(whole.configuration, checked),
        events=tuple(
            ir.Event(event.table.text, _texts(event.fields), frozenset(_texts(event.verbs))) for event in whole.events
        ),
        left=tuple(ir.LeftToResync(entry.table.text, _texts(entry.fields)) for entry in whole.left),
        triggers=tuple(_trigger(trigger, checked) for trigger in whole.triggers),
        unlisted=ir.Unlisted(one_line(whole.unlisted.label.text), whole.unlisted.held) if whole.unlisted else _DEFAULT,
        key_changes=tuple(
            ir.KeyChange(
                None if change.of_no_part else _path(change.part.text),
                tuple(_cause(cause.text) for cause in change.causes),
                change.leaves,
                one_line(change.remedy.text) if change.remedy is not None else "",
            )
            for change in whole.key_changes
        ),
        dependents=tuple(ir.Dependent(name, reach[name]) for name in _children_first(reach, checked.target_schemas)),
        resync=tuple(
            ir.ResyncRow(
                row.action,
                **{name.replace(" ", "_"): holds for name, holds in row.conditions.items()},
                ids=_texts(row.covers),
                reason=one_line(row.reason.text) if row.reason is not None else "",
            )
            for row in whole.resync
        ),
        not_in_schema=tuple(element.name.text for element in whole.elements if not element.in_schema),
        leap_birthday=checked.scope.leap_birthday,
    )


def _texts(scalars: Iterable[Any]) -> tuple[str, ...]:
    return tuple(scalar.text for scalar in scalars)


def _path(text: str) -> Path:
    return tuple(text.split("."))


def _cause(text: str) -> tuple[str, str]:
    table, _, name = text.partition(".")
    return table, name


# -- candidates


class _Source:
    """Lowers what concerns one source; names that stand for values are written out."""

    def __init__(self, checked: CheckedPublication, kind: CheckedCandidates) -> None:
        subject = kind.written.subject
        assert subject is not None
        self.checked = checked
        self.kind = kind
        self.subject = subject
        self.lowerer = Lowerer(checked.scope, checked.facts, subject.variable)
        self.names: dict[str, ir.Expr] = {name: self.lower(value) for name, value in kind.names.items()}

    def lower(self, node: tree.Expr) -> ir.Expr:
        """An expression that uses no names of values."""
        return self.lowerer.expression(node)

    def written_out(self, node: tree.Expr | None) -> ir.Expr:
        """An expression with the values that names stand for."""
        assert node is not None
        return put_in(self.lowerer.expression(node), self.names)

    def lowered(self, student_of: StudentOf) -> ir.Source:
        """The source with its own copy of all that the publication says."""
        whole, written, subject = self.checked.whole, self.kind.written, self.subject
        assert written.year is not None
        assert written.object_key is not None
        year = self.lower(written.year)
        include = tuple(self._clause(clause) for clause in (*written.include, *whole.include))
        exclude = tuple(self._clause(clause) for clause in whole.exclude)
        prefer = tuple(self._preferences(whole))
        mappings = tuple(self._mapping(mapping) for mapping in whole.mappings)
        self.names = {**self.names, **{mapping.name: mapping.code for mapping in mappings}}
        return ir.Source(
            resource=self.kind.resource,
            variable=subject.variable,
            joins=tuple(ir.Join(join.variable, self.lower(join.collection)) for join in subject.joins),
            condition=self.lower(subject.condition) if subject.condition else None,
            year=year,
            in_year=ir.Compare("eq", year, ir.SchoolYear()),
            student=student_of(self.kind.resource, ir.Var(subject.variable, type=self.kind.env[subject.variable])),
            object_type=written.object_type.text,
            object_key=self.lower(written.object_key),
            include=include,
            exclude=exclude,
            prefer=prefer,
            mappings=mappings,
            elements=tuple(self._element(e) for e in whole.elements if e.value is not None and e.in_schema),
        )

    def _clause(self, clause: ClauseTree) -> ir.Clause:
        return ir.Clause(self.written_out(clause.when), one_line(clause.reason.text), clause.after_sending)

    def _preferences(self, whole: PublicationTree) -> Iterable[ir.Preference]:
        for preference, listed in zip(whole.prefer, self.checked.listed, strict=True):
            constants = tuple(map(constant_of, listed))
            highest = preference.order is not None and preference.order.text in ("highest first", "latest first")
            value = self.written_out(preference.value)
            yield ir.Preference(value, constants, highest, preference.others == "first")

    def _mapping(self, mapping: MappedTree) -> ir.Mapping:
        code = self.written_out(mapping.code)
        if mapping.codes is not None:
            code = _held_by(self.checked.scope.tables[mapping.codes.text], code)
        label = one_line(mapping.label.text)
        return ir.Mapping(mapping.name.text, label, self.written_out(mapping.value), code, mapping.blocks)

    # -- elements

    def _element(self, element: ElementTree) -> ir.Element:
        path, target = _path(element.path.text), self.checked.target
        assert target is not None
        if element.expression is not None:
            contents: tuple[ir.Content, ...] = (self._content(path, element.expression, target),)
        else:
            contents = self._contents(path, element.parts, target)
        found = target.find(path)
        inside = found.shape if found is not None and element.items else None
        return ir.Element(
            name=element.name.text,
            path=path,
            contents=contents,
            items=tuple(self._contents((), parts, inside) for parts in element.items),
            blocks=element.blocks,
            sent_unfit=element.unfit is not None and element.unfit.text == "warn",
            item_key=tuple(_path(part.text) for part in element.one_per),
            shown=self.written_out(element.shown) if element.shown is not None else None,
            cautions=tuple(
                ir.Caution(self.written_out(caution.when), one_line(caution.says.text)) for caution in element.cautions
            ),
        )

    def _contents(self, above: Path, parts: Parts, shape: Shape | None) -> tuple[ir.Content, ...]:
        return tuple(
            self._content((*above, *_path(name.text)), value, shape) for name, value in parts if value is not None
        )

    def _content(self, path: Path, value: tree.Expr, shape: Shape | None) -> ir.Content:
        return ir.Content(path, self.written_out(value), _limits(shape, path))


def put_in(node: ir.Expr, values: Mapping[str, ir.Expr]) -> ir.Expr:
    """An expression in which values stand in the place of variables."""
    if not values:
        return node
    if isinstance(node, ir.Var):
        return values.get(node.name, node)
    changed: dict[str, Any] = {}
    for part in fields(node):
        held = getattr(node, part.name)
        if isinstance(held, ir.Expr):
            made: Any = put_in(held, values)
        elif isinstance(held, tuple):
            made = tuple(put_in(item, values) if isinstance(item, ir.Expr) else item for item in held)
        else:
            continue
        if made != held:
            changed[part.name] = made
    return replace(node, **changed) if changed else node


def _held_by(table: Table, code: ir.Expr) -> ir.Expr:
    """A code, if a table has a row of it in the school year; with the namespace of the table before it."""
    column, kind = table.key[0]
    row = ir.Find(table.name, (code,), looked_up=True, type=Row(table.name), span=code.span)
    held = ir.Read(row, (column,), f"{table.name}.{column}", optional=True, type=kind, span=code.span)
    if table.namespace is None:
        return replace(held, type=_code(table))
    before = ir.Const(f"{table.namespace}#", type=TEXT, span=code.span)
    return ir.Call("joined", (before, held), type=_code(table), span=code.span)


def _code(table: Table) -> Code | Any:
    return Code(table.descriptor) if table.descriptor is not None else TEXT


def _limits(shape: Shape | None, path: Path) -> ir.Limits | None:
    """What the property at a path can hold; None where its type says it all."""
    prop = shape.find(path) if shape is not None else None
    if prop is None:
        return None
    ends: list[tuple[float | None, float | None]] = [(None, None)]
    if prop.type is WHOLE:
        ends = [(prop.minimum, prop.maximum), *([_INT32] if prop.format == "int32" else [])]
    lows, highs = ([end for end in side if end is not None] for side in zip(*ends, strict=True))
    limits = ir.Limits(prop.max_length, int(max(lows)) if lows else None, int(min(highs)) if highs else None)
    return None if limits == ir.Limits() else limits


def _paths(element: ir.Element) -> tuple[Path, ...]:
    return (element.path,) if element.items else tuple(content.path for content in element.contents)


# -- the record


def _own(record: RecordTree, checked: CheckedPublication) -> ir.Own | None:
    subject = record.ours
    if subject is None or record.ours_value is None:
        return None
    resource = checked.scope.schemas.resource(subject.resource)
    assert resource is not None
    lowerer = Lowerer(checked.scope, checked.facts, subject.variable)
    return ir.Own(resource.name, subject.variable, lowerer.expression(record.ours_value))


def _parents(
    target: Resource, schemas: Schemas, declared: frozenset[Path]
) -> tuple[tuple[str, tuple[tuple[Path, Path], ...]], ...]:
    """The resources (plural) to which what is sent refers, with where the parts of their keys stand.

    A reference to several kinds of record leaves open which of them it is, and is left out.
    """
    found = []
    for reference in target.references:
        parent = schemas.resource(reference.target)
        if parent is None or not all(path in declared for path in reference.paths):
            continue
        there = dict(schemas.key_parts(parent.name))
        if all(part in there for part, _ in reference.parts):
            found.append((parent.plural, tuple((path, there[part]) for part, path in reference.parts)))
    return tuple(found)


def _children_first(plurals: Iterable[str], schemas: Schemas) -> list[str]:
    """Resources in an order in which each comes before those it refers to; else as they are written."""
    waiting = {name: _referred(schemas.resource(name)) for name in plurals}
    singular = {name: schemas.plurals[name] for name in waiting}
    ordered: list[str] = []
    while waiting:
        needed = frozenset().union(*waiting.values())
        free = next((name for name in waiting if singular[name] not in needed - waiting[name]), next(iter(waiting)))
        ordered.append(free)
        del waiting[free]
    return ordered


def _referred(shape: Shape | None) -> frozenset[str]:
    """The resources to which records refer, also inside lists."""
    found: set[str] = set()
    for prop in shape.properties.values() if shape is not None else ():
        found.update([prop.reference.target] if prop.reference is not None else [])
        if prop.shape is not None and (prop.reference is None or isinstance(prop.type, ListOf)):
            found.update(_referred(prop.shape))
    return frozenset(found)


# -- changes


def _configuration(written: ConfigurationTree | None, checked: CheckedPublication) -> ir.Configuration:
    if written is None:
        return ir.Configuration()
    lower = Lowerer(checked.scope, checked.facts).expression
    places = {element.name.text: _path(element.path.text) for element in checked.whole.elements}
    return ir.Configuration(
        valid=lower(written.valid.when) if written.valid is not None and written.valid.when is not None else None,
        on=lower(written.on.when) if written.on is not None and written.on.when is not None else None,
        even_when_off=tuple(
            ir.EvenWhenOff(
                change.table.text,
                _texts(change.fields),
                tuple(places[name.text] for name in change.elements),
                one_line(change.reason.text),
            )
            for change in written.even_when_off
        ),
    )


def _trigger(written: TriggerTree, checked: CheckedPublication) -> ir.Trigger:
    table = checked.scope.schemas.resource(written.table.text)
    assert table is not None
    to = tuple(
        (name.text, constant_of(scalar_value(value.text, table.properties[name.text].type)))
        for name, value in written.to
    )
    return ir.Trigger(
        ids=_texts(written.covers),
        verb=written.verb.text,
        changes=frozenset(_texts(written.changes)),
        table=table.name,
        fields=_texts(written.fields),
        to=to,
        reason=one_line(written.reason.text),
    )
