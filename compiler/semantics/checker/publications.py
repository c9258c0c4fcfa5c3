"""Publications: every part of one against the scope of its source and the schemas of its target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import Resource, Schemas, Shape
from compiler.schema.types import NOTHING, Type
from compiler.semantics.checker.candidates import CandidateChecker, CheckedCandidates, Listed
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
from compiler.semantics.checker.publishing import PublishingChecker
from compiler.semantics.checker.rules import check_file_name, named_once, state_of
from compiler.semantics.checker.subjects import Env
from compiler.semantics.checker.typed import typed, value_type
from compiler.semantics.scope import BUILT_IN_PARAMETERS, Definition, Scope
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Mapping as Written
from compiler.syntax.document import Node, Scalar, Sequence
from compiler.syntax.publications import ParameterTree, PublicationTree, SentExampleTree

INHERITED = ("record", "configuration", "cascade", "resync", "key_changes", "unlisted")
"""The blocks that a publication takes from the one that it is ``like``, unless it has them."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedParameter:
    """A parameter of a publication: its type, its value (None: missing), and the values it may have (empty: any)."""

    name: str
    type: Type
    value: Any
    choices: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedSentExample:
    """An example of a publication ready to be run: records of the source by singular name, and those of ``before``."""

    written: SentExampleTree
    records: Records
    before: Records | None
    parameters: Mapping[str, Any]
    school_year: int
    as_of: date

    @property
    def name(self) -> str:
        return self.written.name.text


@dataclass(slots=True, eq=False, repr=False)
class CheckedPublication:
    """A publication with what the checker found out; ``target`` is None when there is no such resource.

    ``written`` is the spec's own, ``whole`` has the blocks of the publication it is like as well. ``candidates`` are
    empty when a subject cannot be used; ``listed`` holds, for each entry of ``prefer``, the values in order, empty
    where a word gives the order.
    """

    written: PublicationTree
    whole: PublicationTree
    scope: Scope
    facts: Facts
    target: Resource | None
    target_schemas: Schemas
    sound: bool
    candidates: tuple[CheckedCandidates, ...] = ()
    listed: Listed = ()
    parameters: tuple[CheckedParameter, ...] = ()
    examples: tuple[CheckedSentExample, ...] = field(default=())

    @property
    def id(self) -> str:
        return self.written.id.text

    @property
    def state(self) -> str:
        """The folder below ``specs`` that the publication lies in: ids are unique within it."""
        return state_of(self.written.document)


class PublicationChecker:
    """Checks the publications of one scope; ``definition_type`` asks for the type of a definition.

    ``others`` are all publications of the state by id.
    """

    def __init__(
        self,
        scope: Scope,
        library: Mapping[str, SchemaFolder],
        sink: Sink,
        definition_type: Callable[[Definition], Type | None],
        others: Mapping[str, PublicationTree],
    ) -> None:
        self.scope = scope
        self.library = library
        self.sink = sink
        self.definition_type = definition_type
        self.others = others
        self.filler = Filler(scope, sink)

    def check(self, publication: PublicationTree) -> CheckedPublication:
        """The checked publication; what is wrong with it is reported."""
        before, facts = len(self.sink.found), Facts()
        check_file_name("publication", publication.id, publication.title, self.sink)
        check_source(publication.source, self.scope, self.sink)
        schemas = schemas_named(publication.target, self.library, self.sink)
        whole_target = all(name.text in self.library for name in publication.target)
        target = self._target(publication.resource, schemas) if whole_target else None
        self._sharing(publication)
        whole = self._with_inherited(publication)
        parameters = tuple(self._parameters(publication))
        checker = ExpressionChecker(
            self.scope,
            self.sink,
            facts,
            parameters={parameter.name: parameter.type for parameter in parameters},
            parameters_of="this publication",
            years=(),
            definition_type=self.definition_type,
        )
        candidates = CandidateChecker(publication, checker)
        kinds = candidates.subjects()
        listed: Listed = ()
        if kinds and not publication.broken:
            listed = self._contents(whole, target, schemas, candidates, checker)
        right = no_error_since(self.sink, before) and not (publication.broken or facts.told_elsewhere)
        sound = bool(kinds) and target is not None and right
        checked = CheckedPublication(publication, whole, self.scope, facts, target, schemas, sound, kinds, listed)
        checked.parameters = parameters
        checked.examples = tuple(self._examples(checked))
        return checked

    def _contents(
        self,
        whole: PublicationTree,
        target: Resource | None,
        schemas: Schemas,
        candidates: CandidateChecker,
        checker: ExpressionChecker,
    ) -> Listed:
        """Check the candidates, what is sent of them, and when; the values that each entry of ``prefer`` lists."""
        if whole.many and whole.document.root.key("for each") is not None:
            place = whole.document.root.key("for each")
            assert place is not None
            fix = "keep `sources`, or `for each` with `object` and `year`"
            self.sink.report("E506", place.span, what="`for each` and `sources` both name the candidates", fix=fix)
        env: Env = candidates.shared()
        listed = candidates.check(env)
        with_codes = {**env, **candidates.mapped(env)}
        candidates.free_of_sources(shared_expressions(whole), with_codes)
        if target is not None:
            assigned = schemas.documents[target.name].get("x-edfi-serverProperties", ())
            names: dict[str, tuple[tree.Expr, ...]] = {}
            for kind in candidates.kinds:
                for name, value in kind.names.items():
                    names[name] = (*names.get(name, ()), value)
            ElementChecker(target, assigned, checker, with_codes, names).check(whole.elements, whole.resource)
            PublishingChecker(target, schemas, checker).check(whole)
        return listed

    def _target(self, name: Scalar, schemas: Schemas) -> Resource | None:
        target = schemas.resource(name.text) if name.text in schemas.plurals else None
        if target is None:
            what = f"the schemas under `target` have no resource `{name.text}`"
            fix = hint(name.text, schemas.plurals) or "use the plural API name of a resource"
            self.sink.report("E310", name.span, what=what, fix=fix)
        return target

    # -- other publications of the resource

    def _sharing(self, publication: PublicationTree) -> None:
        """Report publications of one resource that do not name each other, and those named that are of another."""
        mine = publication.id.text
        for name in publication.shared_with:
            other = self._other(name, publication)
            if other is not None and mine not in {back.text for back in other.shared_with}:
                related = (Related(other.id.span, "the other is here"),)
                what = f"`{name.text}` does not name `{mine}` under `shared with`"
                self.sink.report("E608", name.span, what=what, fix="name each in the other", related=related)
        named = {name.text for name in publication.shared_with}
        for other in self.others.values():
            same = other.resource.text == publication.resource.text
            if same and other.id.text != mine and other.id.text not in named and mine not in _names(other.shared_with):
                what = f"`{mine}` and `{other.id.text}` both write {publication.resource.text}"
                related = (Related(other.id.span, "the other is here"),)
                fix = "name each in the other, under `shared with`"
                self.sink.report("E608", publication.resource.span, what=what, fix=fix, related=related)

    def _other(self, name: Scalar, publication: PublicationTree) -> PublicationTree | None:
        """Another publication of the same resource, by its id."""
        other = self.others.get(name.text)
        known = [i for i, p in self.others.items() if i != publication.id.text and _same_resource(p, publication)]
        what = ""
        if other is None:
            what = f"there is no publication `{name.text}` in this state"
        elif other.id.text == publication.id.text:
            what = f"`{name.text}` is this publication itself"
        elif not _same_resource(other, publication):
            what = f"`{name.text}` writes {other.resource.text}, not {publication.resource.text}"
        if what:
            self.sink.report("E608", name.span, what=what, fix=hint(name.text, known) or "correct the id")
        return None if what else other

    def _with_inherited(self, publication: PublicationTree) -> PublicationTree:
        """A publication with the blocks of the one that it is like."""
        other = self._other(publication.like, publication) if publication.like is not None else None
        if other is None or publication.like is None:
            return publication
        if other.like is not None:
            what = f"`{other.id.text}` is itself like `{other.like.text}`"
            self.sink.report("E608", publication.like.span, what=what, fix=f"write `like: {other.like.text}`")
        taken = {name: getattr(other, name) for name in INHERITED if not getattr(publication, name)}
        return replace(publication, **taken)

    # -- parameters

    def _parameters(self, publication: PublicationTree) -> Iterator[CheckedParameter]:
        seen: set[str] = set()
        for parameter in publication.parameters:
            name = parameter.name
            if name.text in BUILT_IN_PARAMETERS:
                self.sink.report("E309", name.span, name=name.text, why="every run has a parameter of this name")
            elif name.text in seen:
                self.sink.report("E119", name.span, what="the parameter", name=name.text)
            else:
                yield self._parameter(parameter)
            seen.add(name.text)

    def _parameter(self, written: ParameterTree) -> CheckedParameter:
        kind, what = value_type(written.type.text, NOTHING), f"`{written.name.text}`"
        if kind is NOTHING:  # a word that is no type, which its shape has reported
            return CheckedParameter(written.name.text, kind, None, ())
        choices = tuple(typed(choice, kind, what, "E120", self.sink) for choice in written.one_of)
        value = typed(written.value, kind, what, "E120", self.sink) if written.value is not None else None
        if value is not None and choices and value not in choices:
            _not_a_choice(written.value, written.name.text, written.one_of, self.sink)
        return CheckedParameter(written.name.text, kind, value, choices)

    def _given_parameters(self, example: SentExampleTree, checked: CheckedPublication) -> dict[str, Any]:
        """The values of parameters in an example; None for those that it takes away."""
        known = {parameter.name: parameter for parameter in checked.parameters}
        found: dict[str, Any] = {}
        for name, node in example.parameters:
            parameter = known.get(name.text)
            if parameter is None:
                fix = hint(name.text, known)
                self.sink.report("E306", name.span, name=name.text, where="this publication", hint=fix)
                continue
            absent = isinstance(node, Scalar) and node.is_plain and node.text == "nothing"
            value = None if absent else typed(node, parameter.type, f"`{name.text}`", "E120", self.sink)
            if value is not None and parameter.choices and value not in parameter.choices:
                written = next(p for p in checked.written.parameters if p.name.text == name.text)
                _not_a_choice(node, name.text, written.one_of, self.sink)
            found[name.text] = value
        return found

    # -- examples

    def _examples(self, checked: CheckedPublication) -> Iterator[CheckedSentExample]:
        for example in named_once(checked.written.examples, self.sink):
            before = len(self.sink.found)
            self._form(example)
            records, _ = self.filler.world(example.given)
            earlier = self.filler.world(example.before)[0] if example.before is not None else None
            year = school_year_of(example, self.scope, None, self.sink)
            as_of = day_of(example, self.scope, year, self.sink)
            parameters = self._given_parameters(example, checked)
            if no_error_since(self.sink, before) and not example.invalid and not self.scope.lacks("examples"):
                for world in (records, earlier or {}):
                    check_complete(world, self.scope.schemas, example, self.sink)
            self._bodies(example, checked)
            if no_error_since(self.sink, before):
                yield CheckedSentExample(example, records, earlier, parameters, year, as_of)

    def _form(self, example: SentExampleTree) -> None:
        """Report an example that says what only plans have, and expects none."""
        of_plan = (example.before, example.mapped, example.lost, example.foreign, example.resync, example.on_purpose)
        if example.steps is None and (any(of_plan) or example.resync_needed or example.withheld):
            fix = "expect `steps`, which may be an empty list"
            self.sink.report("E506", example.name.span, what="the example is of a plan, but expects no steps", fix=fix)

    def _bodies(self, example: SentExampleTree, checked: CheckedPublication) -> None:
        """Report properties of expected records that the target does not have."""
        of_steps = tuple((step.resource, step.body) for step in example.steps or () if step.body is not None)
        own = (*example.sent, *example.lost, *example.foreign)
        for resource, body in (*((None, body) for body in own), *of_steps):
            shape = checked.target if resource is None else checked.target_schemas.resource(resource.text)
            if shape is not None:
                self._sent(body, shape)

    def _sent(self, body: Written, shape_: Shape | None) -> None:
        for name, value in body.entries:
            prop = shape_.properties.get(name.text) if shape_ is not None else None
            if prop is None:
                what = f"{shape_.label if shape_ is not None else 'a value'} has no property `{name.text}`"
                fix = hint(name.text, shape_.properties if shape_ is not None else ())
                self.sink.report("E501", name.span, what=what, fix=fix)
                continue
            for inner in _objects(value):
                self._sent(inner, prop.shape)


def shared_expressions(publication: PublicationTree) -> Iterator[tree.Expr]:
    """The expressions below the sources, which all of them share."""
    clauses = (clause.when for clause in (*publication.include, *publication.exclude))
    compared = (preference.value for preference in publication.prefer)
    mapped = (part for mapping in publication.mappings for part in (mapping.value, mapping.code))
    sent = (expression for element in publication.elements for expression in element.expressions)
    for expression in (*clauses, *compared, *mapped, *sent):
        if expression is not None:
            yield expression


def _names(written: tuple[Scalar, ...]) -> frozenset[str]:
    return frozenset(name.text for name in written)


def _same_resource(one: PublicationTree, other: PublicationTree) -> bool:
    return one.resource.text == other.resource.text


def _not_a_choice(node: Node | None, name: str, choices: tuple[Scalar, ...], sink: Sink) -> None:
    assert isinstance(node, Scalar)
    known = [choice.text for choice in choices]
    advice = hint(node.text, known) or "write one of: " + ", ".join(f"`{choice}`" for choice in known)
    sink.report("E114", node.span, value=node.text, key=name, hint=advice)


def _objects(value: Node) -> tuple[Written, ...]:
    """The objects that a value is or holds."""
    held = value.items if isinstance(value, Sequence) else (value,)
    return tuple(item for item in held if isinstance(item, Written))
