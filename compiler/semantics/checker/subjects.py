"""Subjects: which records `for each` and `population` name, and what they call them."""

from __future__ import annotations

from compiler.schema.types import Item, Record, Type, describe
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.folders import unknown_resource
from compiler.syntax import tree

Env = dict[str, Type]


def check_subject(subject: tree.Subject, checker: ExpressionChecker, *, owned: bool = True) -> tuple[str, Env]:
    """The resource of a subject (empty: unknown) and its variables (none when something is wrong with them).

    ``owned`` asks for an entry of ``subjects:``, which says whose record it is.
    """
    scope, sink = checker.scope, checker.sink
    resource = scope.schemas.resource(subject.resource)
    if resource is None:
        unknown_resource(subject.resource, subject.resource_span, scope, sink)
        return "", {}
    if owned and resource.name not in scope.subjects and not scope.lacks("ruleset"):
        sink.report("E122", subject.resource_span, resource=resource.name)
    env: Env = {subject.variable: Record(resource.name), "this": Record(resource.name)}
    for join in subject.joins:
        inner = checker.bind(join.variable, join.variable_span, join.collection, env, "`for each ... in`")
        if inner is None:
            return resource.name, {}
        kind = inner[join.variable]
        if not isinstance(kind, Record | Item):
            where, wanted = "`for each ... in`", "records or items, which have a key or a place"
            seen, fix = f"a list of {describe(kind)}", "use `any ... in` here"
            sink.report("E402", join.collection.span, where=where, wanted=wanted, seen=seen, hint=fix)
            return resource.name, {}
        env = dict(inner)
    if subject.condition is not None:
        checker.condition(subject.condition, env, "`where (...)`")
    return resource.name, env
