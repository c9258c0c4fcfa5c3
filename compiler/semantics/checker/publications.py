"""Publications: every part of one against the scope of its source and the schemas of its target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.diagnostics import Sink
from compiler.schema.edfi import Resource, Schemas, Shape
from compiler.schema.types import BOOLEAN, DATE, NUMBERS, TEXT, WHOLE, Type, describe, is_text
from compiler.semantics.checker.elements import ElementChecker
from compiler.semantics.checker.examples import (
    Filler,
    Records,
    check_complete,
    day_of,
    no_error_since,
    school_year_of,
)
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.folders import SchemaFolder, check_source, schemas_named
from compiler.semantics.checker.rules import check_file_name, named_once, state_of
from compiler.semantics.checker.subjects import Env, check_subject
from compiler.semantics.checker.typed import typed
from compiler.semantics.scope import Definition, Scope
from compiler.suggest import hint
from compiler.syntax.document import Mapping as Written
from compiler.syntax.document import Node, Scalar, Sequence
from compiler.syntax.publications import ClauseTree, PreferenceTree, PublicationTree, SentExampleTree
from compiler.syntax.unparser import unparse

_WORDS_OF_ORDER: dict[str, tuple[tuple[Type, ...], str]] = {
    "highest first": ((*NUMBERS, TEXT), "a number or a text"),
    "lowest first": ((*NUMBERS, TEXT), "a number or a text"),
    "latest first": ((DATE,), "a date"),
    "earliest first": ((DATE,), "a date"),
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedSentExample:
    """An example of a publication ready to be run: records of the source by singular name."""

    written: SentExampleTree
    records: Records
    school_year: int
    as_of: date

    @property
    def name(self) -> str:
        return self.written.name.text


@dataclass(slots=True, eq=False, repr=False)
class CheckedPublication:
    """A publication with what the checker found out; ``target`` is None when there is no such resource.

    ``listed`` holds, for each entry of ``prefer``, the values in order, empty where a word gives the order.
    """

    written: PublicationTree
    scope: Scope
    facts: Facts
    resource: str
    target: Resource | None
    sound: bool
    listed: tuple[tuple[Any, ...], ...] = ()
    examples: tuple[CheckedSentExample, ...] = field(default=())

    @property
    def id(self) -> str:
        return self.written.id.text

    @property
    def state(self) -> str:
        """The folder below ``specs`` that the publication lies in: ids are unique within it."""
        return state_of(self.written.document)


class PublicationChecker:
    """Checks the publications of one scope; ``definition_type`` asks for the type of a definition."""

    def __init__(
        self,
        scope: Scope,
        library: Mapping[str, SchemaFolder],
        sink: Sink,
        definition_type: Callable[[Definition], Type | None],
    ) -> None:
        self.scope = scope
        self.library = library
        self.sink = sink
        self.definition_type = definition_type
        self.filler = Filler(scope, sink)

    def check(self, publication: PublicationTree) -> CheckedPublication:
        """The checked publication; what is wrong with it is reported."""
        before, facts = len(self.sink.found), Facts()
        check_file_name("publication", publication.id, publication.title, self.sink)
        check_source(publication.source, self.scope, self.sink)
        schemas = schemas_named(publication.target, self.library, self.sink)
        whole = all(name.text in self.library for name in publication.target)
        target = self._target(publication.resource, schemas) if whole else None
        checker = ExpressionChecker(
            self.scope,
            self.sink,
            facts,
            parameters={},
            parameters_of="a publication",
            years=(),
            definition_type=self.definition_type,
        )
        resource, env = (
            check_subject(publication.candidates[0].subject, checker)
            if publication.candidates[0].subject is not None
            else ("", {})
        )
        listed: tuple[tuple[Any, ...], ...] = ()
        if env and not publication.broken:
            listed = self._clauses(publication, checker, env)
            if target is not None:
                assigned = schemas.documents[target.name].get("x-edfi-serverProperties", ())
                ElementChecker(target, assigned, checker, env).check(publication.elements, publication.resource)
        right = no_error_since(self.sink, before) and not (publication.broken or facts.told_elsewhere)
        sound = bool(env) and target is not None and right
        checked = CheckedPublication(publication, self.scope, facts, resource, target, sound, listed)
        checked.examples = tuple(self._examples(publication, target))
        return checked

    def _target(self, name: Scalar, schemas: Schemas) -> Resource | None:
        target = schemas.resource(name.text) if name.text in schemas.plurals else None
        if target is None:
            what = f"the schemas under `target` have no resource `{name.text}`"
            fix = hint(name.text, schemas.plurals) or "use the plural API name of a resource"
            self.sink.report("E310", name.span, what=what, fix=fix)
        return target

    # -- population and choice

    def _clauses(
        self, publication: PublicationTree, checker: ExpressionChecker, env: Env
    ) -> tuple[tuple[Any, ...], ...]:
        """Check the conditions and the choice; the values that each entry of ``prefer`` lists."""
        clauses: tuple[tuple[str, tuple[ClauseTree, ...]], ...] = (
            ("`include`", publication.include),
            ("`exclude`", publication.exclude),
        )
        for where, written in clauses:
            for clause in written:
                if clause.when is not None:
                    checker.condition(clause.when, env, where)
        if publication.candidates[0].object_key is not None:
            checker.scalar(publication.candidates[0].object_key, env, "the key of `object`", (TEXT, WHOLE), "an id")
        if publication.candidates[0].year is not None:
            checker.scalar(publication.candidates[0].year, env, "`year`", (WHOLE,), "a school year")
        listed = tuple(self._preference(preference, checker, env) for preference in publication.prefer)
        self._decides(publication)
        return listed

    def _preference(self, preference: PreferenceTree, checker: ExpressionChecker, env: Env) -> tuple[Any, ...]:
        if preference.value is None:
            return ()
        where = "`prefer`"
        if preference.order is not None:
            wanted, words = _WORDS_OF_ORDER.get(preference.order.text, ((), ""))
            if wanted:
                checker.scalar(preference.value, env, f"`{preference.order.text}`", wanted, words)
            return ()
        kind = checker.one(preference.value, env, where)
        if kind is None:
            return ()
        if not is_text(kind) and kind not in (*NUMBERS, DATE, BOOLEAN):
            self.sink.report("E402", preference.value.span, where=where, wanted="a value", seen=describe(kind), hint="")
            return ()
        return tuple(typed(value, kind, "`order`", "E120", self.sink) for value in preference.listed)

    def _decides(self, publication: PublicationTree) -> None:
        """Report a choice that does not end with the key of the object, by which no two candidates agree."""
        key, last = publication.candidates[0].object_key, publication.prefer[-1] if publication.prefer else None
        if key is None or last is None or last.value is None:
            return
        if last.order is None or unparse(last.value) != unparse(key):
            self.sink.report("E603", last.value.span, key=unparse(key))

    # -- examples

    def _examples(self, publication: PublicationTree, target: Resource | None) -> Iterator[CheckedSentExample]:
        for example in named_once(publication.examples, self.sink):
            before = len(self.sink.found)
            records, _ = self.filler.world(example.given)
            year = school_year_of(example, self.scope, None, self.sink)
            as_of = day_of(example, self.scope, year, self.sink)
            if no_error_since(self.sink, before) and not example.invalid and not self.scope.lacks("examples"):
                check_complete(records, self.scope.schemas, example, self.sink)
            for body in example.sent if target is not None else ():
                self._sent(body, target)
            if no_error_since(self.sink, before):
                yield CheckedSentExample(example, records, year, as_of)

    def _sent(self, body: Written, shape_: Shape | None) -> None:
        """Report properties of an expected record that the target does not have."""
        for name, value in body.entries:
            prop = shape_.properties.get(name.text) if shape_ is not None else None
            if prop is None:
                what = f"{shape_.label if shape_ is not None else 'a value'} has no property `{name.text}`"
                fix = hint(name.text, shape_.properties if shape_ is not None else ())
                self.sink.report("E501", name.span, what=what, fix=fix)
                continue
            for inner in _objects(value):
                self._sent(inner, prop.shape)


def _objects(value: Node) -> tuple[Written, ...]:
    """The objects that a value is or holds."""
    held = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item for item in held if isinstance(item, Written))
