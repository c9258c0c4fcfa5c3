"""Examples of definitions: arguments, small worlds and expected values that fit their types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from compiler.diagnostics import Sink
from compiler.schema.types import PERIOD, ListOf, Record, Row, Type, describe, is_record, is_text
from compiler.semantics.checker.examples import (
    Filler,
    Records,
    check_complete,
    day_of,
    no_error_since,
    school_year_of,
)
from compiler.semantics.checker.facts import DefinitionRef
from compiler.semantics.checker.rules import named_once
from compiler.semantics.checker.typed import WORDS, typed
from compiler.semantics.scope import BUILT_IN_PARAMETERS, Definition, Scope
from compiler.semantics.world import RawRecord, World
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Mapping, Node, Scalar, Sequence, kind_of
from compiler.syntax.specs import ValueExampleTree


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedValueExample:
    """An example of a definition ready to be run: records by singular resource name.

    ``arguments`` holds the arguments of all parameters that are no records; None is no value. ``parameters`` holds the
    values of the ``$names`` of collections.
    """

    written: ValueExampleTree
    records: Records
    arguments: dict[str, Any]
    parameters: dict[str, Any]
    school_year: int
    as_of: date

    @property
    def name(self) -> str:
        return self.written.name.text


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedDefinition:
    """A definition with its examples."""

    definition: Definition
    examples: tuple[CheckedValueExample, ...]

    @property
    def id(self) -> str:
        return self.definition.id

    @property
    def written(self) -> Any:
        return self.definition.written


def check_value_examples(definitions: Iterable[Definition], sink: Sink) -> list[CheckedDefinition]:
    """The definitions that have examples, when all of them are checked; those without a type are passed over."""
    fillers: dict[str, Filler] = {}
    found = []
    for definition in definitions:
        if definition.written.examples and definition.type is not None:
            scope = definition.scope
            filler = fillers.setdefault(scope.path, Filler(scope, sink))
            examples = tuple(_Examples(definition, definition.type, filler, sink).checked())
            found.append(CheckedDefinition(definition, examples))
    return found


class _Examples:
    def __init__(self, definition: Definition, kind: Type, filler: Filler, sink: Sink) -> None:
        self.definition = definition
        self.kind = kind
        self.filler = filler
        self.sink = sink
        self.scope = definition.scope
        self.read = _parameters_read(definition)

    def checked(self) -> Iterator[CheckedValueExample]:
        for example in named_once(self.definition.written.examples, self.sink):
            before = len(self.sink.found)
            records, _ = self.filler.world(example.given or Mapping((), example.name.span))
            year = school_year_of(example, self.scope, None, self.sink)
            as_of = day_of(example, self.scope, year, self.sink)
            arguments = self._arguments(example)
            parameters = self._parameters(example)
            if no_error_since(self.sink, before) and not example.invalid and not self.scope.lacks("examples"):
                check_complete(records, self.scope.schemas, example, self.sink)
            if no_error_since(self.sink, before):
                self._subjects(example, records)
            self._expected(example.expected, self.kind)
            if no_error_since(self.sink, before):
                yield CheckedValueExample(example, records, arguments, parameters, year, as_of)

    # -- what is given

    def _arguments(self, example: ValueExampleTree) -> dict[str, Any]:
        """The values of the parameters that are no records; reports those that are unknown, wrong or left out."""
        own = self.definition.owner is not None
        kinds = dict(self.definition.parameters[1 if own else 0 :])
        found: dict[str, Any] = {}
        before = len(self.sink.found)
        for name, node in example.arguments:
            kind = kinds.get(name.text)
            if kind is None or isinstance(kind, Record):
                fix = hint(name.text, [known for known, k in kinds.items() if not isinstance(k, Record)])
                if isinstance(kind, Record):
                    fix = f"it is a record: it is found below `given`, as the first {kind.resource} not taken yet"
                what = f"`{self.definition.name}` takes no argument `{name.text}` that is written here"
                self.sink.report("E501", name.span, what=what, fix=fix or "leave it out")
                continue
            found[name.text] = None if _is_nothing(node) else typed(node, kind, f"`{name.text}`", "E120", self.sink)
        for name_, kind in kinds.items() if no_error_since(self.sink, before) else ():
            if name_ not in found and not isinstance(kind, Record):
                what = f"the example gives no argument `{name_}`"
                fix = f"write it below `with`; `{name_}: nothing` leaves it without a value"
                self.sink.report("E501", example.name.span, what=what, fix=fix)
        return found

    def _parameters(self, example: ValueExampleTree) -> dict[str, Any]:
        """The values of the parameters of collections; reports those that are not read, wrong or left out."""
        found: dict[str, Any] = {}
        for name, node in example.parameters:
            if name.text not in self.read:
                fix = hint(name.text, self.read) or "leave it out"
                where = f"what `{self.definition.name}` reads"
                self.sink.report("E306", name.span, name=name.text, where=where, hint=fix)
                continue
            collections = self.scope.collections.values()
            kind = next(c.parameter_types[name.text] for c in collections if name.text in c.parameter_types)
            found[name.text] = typed(node, kind, f"`${name.text}`", "E120", self.sink)
        for lacking in sorted(self.read - found.keys()):
            what = f"`{self.definition.name}` reads `${lacking}`, which the example does not give"
            self.sink.report("E501", example.name.span, what=what, fix="write it below `parameters`")
        return found

    def _subjects(self, example: ValueExampleTree, records: Records) -> None:
        """Report a record that the definition is applied to and the world does not have."""
        wanted = [kind.resource for _, kind in self.definition.parameters if isinstance(kind, Record)]
        for resource in dict.fromkeys(wanted):
            taken = records.get(resource, [])[: wanted.count(resource)]
            given = len(taken)
            world = World(self.scope.schemas, {resource: map(RawRecord, taken)})
            if len(world.records(resource)) < given:
                what = f"`{self.definition.name}` is applied to a {resource} without a key of its own"
                self.sink.report("E501", example.name.span, what=what, fix="give the properties of its key")
            elif given < wanted.count(resource):
                what = f"the example gives {given or 'no'} {resource}, and `{self.definition.name}` is applied to one"
                self.sink.report("E501", example.name.span, what=what, fix="give it below `given`")

    # -- what is expected

    def _expected(self, node: Node, kind: Type) -> None:
        """Report an expected value that no value of the type can be."""
        if _is_nothing(node):
            return
        if isinstance(kind, ListOf):
            if not isinstance(node, Sequence):
                self._wrong(node, "a list")
                return
            for item in node.items:
                self._expected(item, kind.item)
        elif is_record(kind) or kind is PERIOD:
            if not isinstance(node, Mapping):
                self._wrong(node, "keys and values")
                return
            known = _names_in(kind, self.scope)
            for name, _ in node.entries:
                if name.text not in known:
                    fix = hint(name.text, known) or "correct the name"
                    what = f"{describe(kind)} has no `{name.text}`"
                    self.sink.report("E501", name.span, what=what, fix=fix)
        elif kind in WORDS or is_text(kind):
            typed(node, kind, "`expect`", "E120", self.sink)
        else:
            fix = "expect `nothing`, or give an example of a definition that uses it"
            self.sink.report("E501", node.span, what=f"{describe(kind)} cannot be written here", fix=fix)

    def _wrong(self, node: Node, wanted: str) -> None:
        self.sink.report("E113", node.span, what="`expect`", wanted=wanted, seen=kind_of(node))


def _is_nothing(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_plain and node.text == "nothing"


def _names_in(kind: Type, scope: Scope) -> list[str]:
    """The names by which parts of a record, object, row or period can be expected."""
    if isinstance(kind, Row):
        table = scope.tables[kind.table]
        return [*(name for name, _ in table.key), *table.columns]
    shape = scope.schemas.shape_of(kind)
    return list(shape.properties) if shape is not None else ["start", "end"]


def _parameters_read(definition: Definition) -> frozenset[str]:
    """The ``$names`` of collections that a definition reads, directly or not."""
    found: set[str] = set()
    seen, waiting = {definition.id}, [definition]
    while waiting:
        one = waiting.pop()
        if one.written.body is None or one.facts is None:
            continue
        nodes = tree.walk(one.written.body)
        found.update(node.name for node in nodes if isinstance(node, tree.Parameter | tree.ParameterSet))
        applied = [ref.definition for ref in one.facts.refs.values() if isinstance(ref, DefinitionRef)]
        waiting += [inner for inner in applied if inner.id not in seen]
        seen.update(inner.id for inner in applied)
    return frozenset(found - {*BUILT_IN_PARAMETERS})
