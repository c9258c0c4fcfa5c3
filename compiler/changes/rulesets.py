"""Rulesets, which hold for all rules of a folder, and the schemas that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from compiler.changes.definitions import says_the_same
from compiler.changes.entries import Change, Entry
from compiler.changes.reach import Reach, Reached, entry_of, names_of
from compiler.changes.sides import Read, Side
from compiler.changes.texts import text
from compiler.changes.wording import change_of
from compiler.semantics.scope import Definition, Scope
from compiler.syntax.unparser import unparse


def ruleset_entries(old: Side, new: Side, reach: Reach) -> Iterator[Entry]:
    """The rulesets that changed."""
    for name in names_of(old.scopes, new.scopes):
        one, other = old.scopes.get(name), new.scopes.get(name)
        if one is None or other is None:
            continue  # its specs are told one by one
        changes = [*_ruleset_changes(one, other, _above(old, name), _above(new, name))]
        path = f"{other.path}/_ruleset.yaml"
        reaches = partial(_within_folder, new, f"{other.path}/", changes, reach)
        yield from entry_of("ruleset", name or new.program.state, "", path, changes, reaches=reaches)


def _within_folder(new: Side, folder: str, changes: list[Change], reach: Reach) -> Reached:
    """The rules of a folder that mean something else by its ruleset and not by their own text."""
    resources = {change.part.split(", ")[1] for change in changes if change.part.startswith("subjects, ")}
    is_narrow = all(change.part.startswith("subjects, ") for change in changes)

    def reads(read: Read) -> bool:
        return read[0] == "resource" and (not is_narrow or read[1] in resources)

    paths = {key: rule.written.document.source.path for key, rule in new.rules.items()}
    return tuple((key, told) for key, told in reach(reads) if told and paths[key].startswith(folder))


def _above(side: Side, name: str) -> Scope | None:
    """The folder above one."""
    scope = side.scopes[name]
    parent = scope.path.rpartition("/")[0]
    return next((s for s in side.scopes.values() if s.path == parent), None)


def _ruleset_changes(one: Scope, other: Scope, above: Scope | None, new_above: Scope | None) -> Iterator[Change]:
    """What a folder sets itself; what it has from the folder above is told there."""

    def own(get: Callable[[Scope], Any]) -> Iterator[tuple[Any, Any]]:
        was, now = get(one), get(other)
        if was != now and not (
            above is not None and new_above is not None and was == get(above) and now == get(new_above)
        ):
            yield was, now

    for was, now in own(lambda s: s.schema_folders):
        yield Change("ruleset", "schemas", was, now)
    for was, now in own(lambda s: s.leap_birthday):
        yield Change("ruleset", "leap birthday", (was,), (now,))
    for was, now in own(lambda s: s.lawful):
        gone = set(was) ^ set(now)
        if not (above is not None and new_above is not None and gone <= set(above.lawful) ^ set(new_above.lawful)):
            yield Change("ruleset", "absence is lawful", tuple(sorted(was)), tuple(sorted(now)))
    mine, others = _own_missing(one, above), _own_missing(other, new_above)
    yield from change_of("ruleset", "if missing", mine, others)
    yield from _subject_changes(one, other, above, new_above)
    yield from change_of("notes", "title", _own_title(one), _own_title(other))


def _own_title(scope: Scope) -> tuple[str, ...]:
    return tuple(text(r.title) for r in scope.rulesets[-1:] if r.document.source.path.startswith(f"{scope.path}/_"))


def _own_missing(scope: Scope, above: Scope | None) -> tuple[str, ...]:
    """What the folder itself says of missing values; its entries come before those of the folder above."""
    inherited = len(above.if_missing) if above is not None else 0
    own = scope.if_missing[: len(scope.if_missing) - inherited]
    told = [f"{path}: {outcome}" for path, outcome in own]
    return tuple(sorted(told) if len({outcome for _, outcome in own}) == 1 else told)


def _subject_changes(one: Scope, other: Scope, above: Scope | None, new_above: Scope | None) -> Iterator[Change]:
    """How records are laid to students, schools and years."""
    for resource in names_of(one.subjects, other.subjects):
        parts, others = one.subjects.get(resource, {}), other.subjects.get(resource, {})
        inherited = [scope.subjects.get(resource) for scope in (above, new_above) if scope is not None]
        if inherited == [parts, others]:
            continue
        for name in names_of(parts, others):
            was, now = parts.get(name), others.get(name)
            if was is None or now is None or not says_the_same(was, now):
                before, after = (_expression(d) for d in (was, now))
                yield Change("ruleset", f"subjects, {resource}, {name}", before, after)


def _expression(definition: Definition | None) -> tuple[str, ...]:
    body = definition.written.body if definition is not None else None
    return (unparse(body),) if body is not None else ()


def schema_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The schemas that changed, with the rules that need such records."""
    documents, others = old.program.schemas.documents, new.program.schemas.documents
    rules = names_of(new.program.rules, {})
    for name in names_of(documents, others):
        if documents.get(name) != others.get(name):
            kind = "schema" if name in documents and name in others else "added" if name in others else "retired"
            needing = [key for key in rules if name in new.program.rules[key].needs]
            yield Entry("schema", name, "", "", "", (Change(kind, "schema"),), tuple((key, "") for key in needing))
