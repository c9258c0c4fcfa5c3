"""What a publication comes to in a school year: its wants, now and before, and its configuration."""

from __future__ import annotations

from collections.abc import Callable

from compiler.planning.model import Wants
from compiler.semantics import ir
from compiler.semantics.outcomes import Context
from compiler.semantics.program import Program
from compiler.semantics.values import shown
from compiler.semantics.wanted import NO_PARAMETERS, Parameters, Wanted, configured, own_organizations, want
from compiler.semantics.world import World

Want = Callable[[Program, ir.Publication, World, Context, Parameters], Wanted]


def own(publication: ir.Publication, parameters: Parameters) -> Parameters:
    """Of the parameters that are given, those that a publication has."""
    known = dict(publication.parameters)
    return {name: value for name, value in parameters.items() if name in known}


def wants_of(
    program: Program,
    publication: ir.Publication,
    after: World,
    before: World | None,
    context: Context,
    parameters: Parameters = NO_PARAMETERS,
    *,
    evaluate: Want = want,
) -> Wants:
    """What a publication wants of a world, and wanted of an earlier one; ``evaluate`` says what is wanted of each."""
    said = configured(program, publication, after, context, parameters)
    organizations = own_organizations(program, publication, after, context, parameters)
    return Wants(
        publication,
        evaluate(program, publication, after, context, parameters),
        evaluate(program, publication, before, context, parameters) if before is not None else None,
        said.valid,
        said.on,
        frozenset(map(shown, organizations)) if publication.own is not None else None,
    )
