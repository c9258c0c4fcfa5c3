"""Folders to scopes: what each folder declares, laid over what its parents do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from posixpath import dirname
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import JsonSchema, Schemas, stack
from compiler.schema.types import NOTHING, Record, Type
from compiler.semantics.checker.advice import of_resource
from compiler.semantics.checker.paths import resolve
from compiler.semantics.checker.tables import check_sets, check_table
from compiler.semantics.checker.typed import type_named, typed, value_type
from compiler.semantics.functions import FUNCTIONS
from compiler.semantics.scope import (
    RESERVED,
    Collection,
    Definition,
    ParameterInfo,
    Scope,
    Table,
)
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.project import SpecTrees
from compiler.syntax.specs import CollectionTree, DefinitionTree, ParameterTree, RulesetTree, SubjectMapping


@dataclass(frozen=True, slots=True)
class SchemaFolder:
    """One folder of schemas as read: documents by file name, and the kinds of abstract resources."""

    documents: Mapping[str, JsonSchema]
    kinds: Mapping[str, Mapping[str, Mapping[str, str]]]


def schema_names(trees: SpecTrees) -> set[str]:
    """The schema folders that a project's rulesets and publications name."""
    targets = (publication.target for written in trees.publications.values() for publication in written)
    sources = (ruleset.schemas for ruleset in trees.rulesets.values())
    return {name.text for names in (*sources, *targets) for name in names}


def schemas_named(names: Iterable[Scalar], library: Mapping[str, SchemaFolder], sink: Sink) -> Schemas:
    """The schemas of some folders, laid over one another; folders that are not there are reported and left out."""
    return _stacked(_schema_folders(names, library, sink), library, {})


def build_scopes(trees: SpecTrees, library: Mapping[str, SchemaFolder], sink: Sink) -> dict[str, Scope]:
    """A scope for each folder of a project."""
    scopes: dict[str, Scope] = {}
    stacked: dict[tuple[str, ...], Schemas] = {(): Schemas({})}
    for folder in trees.folders:
        parent = scopes.get(dirname(folder)) or Scope("", stacked[()])
        scope = replace(
            parent,
            path=folder,
            definitions=dict(parent.definitions),
            tables=dict(parent.tables),
            sets=dict(parent.sets),
            collections=dict(parent.collections),
            sources=dict(parent.sources),
            subjects=dict(parent.subjects),
            unread=parent.unread | trees.unread.get(folder, set()),
        )
        scopes[folder] = scope
        if folder in trees.rulesets:
            _add_ruleset(scope, trees.rulesets[folder], library, stacked, sink)
        for document in trees.sources.get(folder, ()):
            scope.sources[document.name.text] = document
        for table in trees.tables.get(folder, ()):
            check_source(table.source.get("document"), scope, sink)
            _check_descriptor(table.descriptor, scope, sink)
            _add_table(scope, check_table(table, sink), sink)
        for collection in trees.collections.get(folder, ()):
            scope.collections[collection.name.text] = _collection(collection, sink)
        if folder in trees.fills:
            scope.fills = (*scope.fills, trees.fills[folder])
        for definition in trees.definitions.get(folder, ()):
            _add_definition(scope, definition, sink)
        _check_ruleset_words(scope, trees.rulesets.get(folder), sink)
    return scopes


# -- rulesets


def _add_ruleset(
    scope: Scope,
    written: RulesetTree,
    library: Mapping[str, SchemaFolder],
    stacked: dict[tuple[str, ...], Schemas],
    sink: Sink,
) -> None:
    scope.rulesets = (*scope.rulesets, written)
    if written.title is not None:
        scope.title = written.title.text
    if written.schemas:
        scope.schema_folders = _schema_folders(written.schemas, library, sink)
        if len(scope.schema_folders) < len(written.schemas):
            scope.unread |= {"schemas"}
        scope.schemas = _stacked(scope.schema_folders, library, stacked)
    if written.collection is not None:
        scope.collection = written.collection.text
    if written.leap_birthday is not None:
        scope.leap_birthday = written.leap_birthday
    scope.lawful |= {name.text for name in written.lawful}
    scope.if_missing = (*((path.text, outcome) for path, outcome in written.if_missing), *scope.if_missing)
    for mapping in written.subjects:
        resource = scope.schemas.resource(mapping.subject.resource)
        if resource is None:
            unknown_resource(mapping.subject.resource, mapping.subject.resource_span, scope, sink)
            continue
        scope.subjects[resource.name] = {
            name: _subject_definition(scope, written, mapping, resource.name, name, body)
            for name, body in mapping.expressions.items()
        }


def _subject_definition(
    scope: Scope, written: RulesetTree, mapping: SubjectMapping, resource: str, name: str, body: tree.Expr
) -> Definition:
    """An entry under ``subjects:`` as a definition, so that it is checked, lowered and generated like one."""
    words = "subject " + name
    camel = "".join(word if i == 0 else word.capitalize() for i, word in enumerate(words.split()))
    called = Scalar(camel, mapping.subject.resource_span)
    definition = DefinitionTree(written.document, mapping.subject, True, called, (), body, None)
    variable = mapping.subject.variable
    return Definition(definition, camel, resource, variable, ((variable, Record(resource)),), scope)


def _schema_folders(names: Iterable[Scalar], library: Mapping[str, SchemaFolder], sink: Sink) -> tuple[str, ...]:
    found = []
    for name in names:
        if name.text in library:
            found.append(name.text)
            continue
        fix = hint(name.text, library) or "add the folder, or correct the name"
        sink.report("E310", name.span, what=f"there is no schema folder `specs/schemas/{name.text}`", fix=fix)
    return tuple(found)


def _stacked(
    names: tuple[str, ...], library: Mapping[str, SchemaFolder], stacked: dict[tuple[str, ...], Schemas]
) -> Schemas:
    if names not in stacked:
        kinds: dict[str, Mapping[str, Mapping[str, str]]] = {}
        for name in names:
            kinds.update(library[name].kinds)
        stacked[names] = Schemas(stack([dict(library[name].documents) for name in names]), kinds)
    return stacked[names]


def _check_ruleset_words(scope: Scope, written: RulesetTree | None, sink: Sink) -> None:
    """The names in a ruleset that refer to other declarations of the folder."""
    if written is None:
        return
    if written.collection is not None and written.collection.text not in scope.collections:
        unknown_collection(written.collection, scope, sink)
    known = _property_names(scope.schemas) if written.lawful else frozenset()
    for name in written.lawful:
        if name.text not in known and not scope.lacks("schemas", "ruleset"):
            sink.report("E301", name.span, owner="the schemas", name=name.text, hint=hint(name.text, known))


def _property_names(schemas: Schemas) -> frozenset[str]:
    found: set[str] = set()
    stack_: list[Any] = list(schemas.documents.values())
    while stack_:
        node = stack_.pop()
        if isinstance(node, Mapping):
            found.update(node.get("properties", {}))
            stack_.extend(node.get("properties", {}).values())
            stack_.append(node.get("items"))
    return frozenset(found)


def unknown_resource(name: str, span: Span, scope: Scope, sink: Sink) -> None:
    """Report a resource that the schemas of a folder do not have."""
    if not scope.lacks("schemas", "ruleset"):
        sink.report("E303", span, name=name, hint=of_resource(scope, name, scope.schemas.names()))


def unknown_collection(name: Scalar, scope: Scope, sink: Sink) -> None:
    """Report a collection that no folder here or above declares."""
    if not scope.lacks("collections"):
        sink.report("E307", name.span, name=name.text, hint=hint(name.text, scope.collections))


# -- sources, tables, collections


def check_source(document: Scalar | None, scope: Scope, sink: Sink) -> None:
    """Report a source document that ``_sources.yaml`` does not list."""
    if document is not None and document.text not in scope.sources and not scope.lacks("sources"):
        sink.report("E314", document.span, name=document.text, hint=hint(document.text, scope.sources))


def _check_descriptor(name: Scalar | None, scope: Scope, sink: Sink) -> None:
    """Report a table of codes of a descriptor that no property holds: nothing would ever be looked up in it."""
    known = scope.schemas.descriptors if name is not None else frozenset()
    if name is not None and known and name.text not in known and not scope.lacks("schemas", "ruleset"):
        sink.report("E301", name.span, owner="the schemas", name=name.text, hint=hint(name.text, known))


def _add_table(scope: Scope, table: Table, sink: Sink) -> None:
    earlier = scope.tables.get(table.name)
    if earlier is not None:
        related = (Related(earlier.written.name.span, "declared here"),)
        sink.report("E119", table.written.name.span, what="the table", name=table.name, related=related)
        return
    scope.tables[table.name] = table
    for name, codes in check_sets(table, sink).items():
        if name in scope.sets:
            related = (Related(scope.sets[name].span, "declared here"),)
            sink.report("E119", codes.span, what="the code set", name=name, related=related)
            continue
        scope.sets[name] = codes


def _collection(written: CollectionTree, sink: Sink) -> Collection:
    years = tuple(int(year.text) for year in written.years if year.text.isdecimal())
    cycles = tuple(name.text for name, _ in written.cycles)
    defaults = [name.text for name, is_default in written.cycles if is_default]
    if len(defaults) > 1 or (not defaults and len(cycles) > 1):
        fix = "mark one of them with `default: true`"
        what = f"`{written.name.text}` has {len(defaults) or 'no'} default cycle{'s' if defaults else ''}"
        sink.report("E506", written.name.span, what=what, fix=fix)
    collection = Collection(
        written, written.name.text, written.title.text, years, cycles, (defaults or [*cycles])[0], {}
    )
    for parameter in written.parameters:
        collection.parameters[parameter.name.text] = _parameter(parameter, collection, sink)
    return collection


def _parameter(written: ParameterTree, collection: Collection, sink: Sink) -> ParameterInfo:
    kind = value_type(written.type.text, NOTHING)
    if NOTHING in (kind, getattr(kind, "item", None)):
        return ParameterInfo(written, written.name.text, NOTHING, {})
    values: dict[tuple[str, int], Any] = {}
    what = f"`${written.name.text}`"
    for cycle, year, node in written.values:
        if cycle is not None and cycle.text not in collection.cycles:
            sink.report("E114", cycle.span, value=cycle.text, key="by cycle", hint=hint(cycle.text, collection.cycles))
            continue
        if not year.text.isdecimal() or int(year.text) not in collection.years:
            listed = ", ".join(str(y) for y in collection.years)
            advice = f"the collection has {listed}"
            sink.report("E114", year.span, value=year.text, key="school years", hint=advice)
            continue
        value = typed(node, kind, what, "E120", sink)
        for name in [cycle.text] if cycle is not None else collection.cycles:
            values[name, int(year.text)] = value
    for school_year in collection.years:
        lacking = [name for name in collection.cycles if (name, school_year) not in values]
        if lacking:
            when = f"{collection.name}, {' and '.join(lacking)}, school year {school_year}"
            file = written.name.span.source.path
            sink.report("E408", written.name.span, name=written.name.text, when=when, file=file)
    return ParameterInfo(written, written.name.text, kind, values)


# -- definitions


def _add_definition(scope: Scope, written: DefinitionTree, sink: Sink) -> None:
    name = written.name
    owner = variable = None
    if written.has_owner:
        if written.of is None:
            return  # its subject could not be read, which was reported
        resource = scope.schemas.resource(written.of.resource)
        if resource is None:
            unknown_resource(written.of.resource, written.of.resource_span, scope, sink)
            return
        owner, variable = resource.name, written.of.variable
    taken = _taken(scope, owner, name.text)
    if taken:
        sink.report("E309", name.span, name=name.text, why=taken)
        return
    earlier = scope.definitions.get((owner, name.text))
    if earlier is not None:
        related = (Related(earlier.written.name.span, "declared here"),)
        sink.report("E119", name.span, what="the definition", name=name.text, related=related)
        return
    parameters = _parameters(scope, written, sink)
    if any(kind is NOTHING for _, kind in parameters):
        written = replace(written, body=None)
    if owner is not None and variable is not None:
        parameters = ((variable, Record(owner)), *parameters)
    scope.definitions[owner, name.text] = Definition(written, name.text, owner, variable, parameters, scope)


def _taken(scope: Scope, owner: str | None, name: str) -> str:
    """Why a definition cannot have a name; empty when it can."""
    if name in RESERVED:
        return "it is a word of the language"
    if owner is None:
        return "it is a function of the language" if name in FUNCTIONS else ""
    found = resolve(scope, Record(owner), name, None)
    if found is None or scope.definition(owner, name) is not None:
        return ""
    return f"{owner} has a property or path of this name"


def _parameters(scope: Scope, written: DefinitionTree, sink: Sink) -> tuple[tuple[str, Type], ...]:
    """The parameters of a definition; one of an unknown type, which is reported, is of the type ``NOTHING``."""
    found: list[tuple[str, Type]] = []
    for name, kind_name in written.parameters:
        kind = type_named(kind_name.text)
        if isinstance(kind, Record) and scope.schemas.resource(kind.resource) is None:
            known = ["text", "whole", "decimal", "date", "boolean", *scope.schemas.names()]
            if not scope.lacks("schemas", "ruleset"):
                sink.report("E303", kind_name.span, name=kind_name.text, hint=hint(kind_name.text, known))
            kind = NOTHING
        if kind is not None:
            found.append((name.text, kind))
    return tuple(found)
