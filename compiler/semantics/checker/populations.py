"""The populations of collections: whose students get a disposition.

``population: studentProgramAssociation as p where (...)`` in ``_collections.yaml`` names records in the way ``for
each`` does; a student who has one at an organization belongs to the collection there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compiler.diagnostics import Level, Sink
from compiler.schema.types import Type
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.subjects import check_subject
from compiler.semantics.scope import Collection, Definition, Scope
from compiler.syntax import tree


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedPopulation:
    """A population with what the checker found out."""

    collection: Collection
    scope: Scope
    subject: tree.Subject
    resource: str
    facts: Facts
    sound: bool


def check_populations(
    scopes: Mapping[str, Scope], definition_type: Callable[[Definition], Type | None], sink: Sink
) -> list[CheckedPopulation]:
    """The populations of all collections, each once, in the scope of the folder that declares it."""
    declared: dict[int, tuple[Collection, Scope]] = {}
    for _, scope in sorted(scopes.items()):
        for collection in scope.collections.values():
            declared.setdefault(id(collection), (collection, scope))
    found = (_check(collection, scope, definition_type, sink) for collection, scope in declared.values())
    return [population for population in found if population is not None]


def _check(
    collection: Collection, scope: Scope, definition_type: Callable[[Definition], Type | None], sink: Sink
) -> CheckedPopulation | None:
    subject = collection.written.population
    if subject is None:
        return None
    before, facts = len(sink.found), Facts()
    checker = ExpressionChecker(
        scope,
        sink,
        facts,
        parameters=collection.parameter_types,
        parameters_of=f"the collection `{collection.name}`",
        years=collection.years,
        definition_type=definition_type,
    )
    resource, env = check_subject(subject, checker)
    wrong = any(diagnostic.level is Level.ERROR for diagnostic in sink.found[before:])
    sound = bool(env) and not wrong and not facts.told_elsewhere
    return CheckedPopulation(collection, scope, subject, resource, facts, sound)
