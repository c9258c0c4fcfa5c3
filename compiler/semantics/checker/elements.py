"""The elements of a publication: their values against what the resource they are sent to can hold.

Paths are looked up in the schemas of the *target*, expressions in the scope of the *source*. Two things are asked of
an element: whether its value fits its place, and, of all elements together, whether a record that is sent has all
that its schema requires and the whole of its natural key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from compiler.diagnostics import Related
from compiler.schema.edfi import Path, Property, Resource, Shape
from compiler.schema.types import DECIMAL, NOTHING, TEXT, WHOLE, Code, ListOf, Type, describe, is_text
from compiler.semantics.checker.codes import check_code
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.subjects import Env
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Scalar
from compiler.syntax.publications import ElementTree, Parts


@dataclass(frozen=True, slots=True)
class _Place:
    """A path below which something is given, whether a record without it is held back, and where that is written."""

    path: Path
    blocks: bool
    span: Span


class ElementChecker:
    """Checks the elements of one publication; ``assigned`` are the properties that the API adds of its own.

    ``names`` holds, by the names that sources give to values, what each stands for.
    """

    def __init__(
        self,
        target: Resource,
        assigned: Iterable[str],
        checker: ExpressionChecker,
        env: Env,
        names: Mapping[str, tuple[tree.Expr, ...]],
    ) -> None:
        self.target = target
        self.assigned = frozenset(assigned)
        self.checker = checker
        self.sink = checker.sink
        self.env = env
        self.names = names

    def check(self, elements: tuple[ElementTree, ...], resource: Scalar) -> None:
        """Report what is wrong with the elements, each and all together; ``resource`` is where the target is named."""
        given: list[_Place] = []
        for element in elements:
            path = tuple(element.path.text.split("."))
            said = self._says_one_thing(element)
            if said and not element.in_schema:
                for expression in element.expressions:
                    self.checker.one(expression, self.env, f"the element `{element.name.text}`")
            elif said and self._is_known(path, element.path.span) and element.value is not None:
                self._value(element, path)
                self._beside(element)
                given.append(_Place(path, element.blocks, element.path.span))
        self._overlaps(tuple(element for element in elements if element.in_schema))
        self._key(given, resource.span)
        self._required(self.target, (), given, True, resource.span)

    # -- one element

    def _says_one_thing(self, element: ElementTree) -> bool:
        said = [element.value is not None, element.never_reports, element.assigned_by is not None]
        what, fix = "", ""
        if sum(said) > 1:
            what, fix = "says more than one thing", "keep one of `value`, `never reports` and `assigned by`"
        elif not any(said) and element.need == "M":
            what, fix = "is mandatory, but has no value", "add `value:`, or say `assigned by:`"
        elif not any(said):
            what, fix = "has no value", "add `value:`, `never reports: true` or `assigned by:`"
        if what:
            self.sink.report("E604", element.name.span, name=element.name.text, what=what, fix=fix)
        return not what

    def _beside(self, element: ElementTree) -> None:
        """What is said of an element beside its value."""
        if element.shown is not None:
            self.checker.scalar(element.shown, self.env, "`shown as`", (TEXT,), "a text")
        for caution in element.cautions:
            if caution.when is not None:
                self.checker.condition(caution.when, self.env, "`warn when`")
        for part in element.one_per:
            if not element.items or not all(any(name.text == part.text for name, _ in item) for item in element.items):
                what = f"keeps one object per `{part.text}`, which not every object of its list gives"
                fix = "name a part that stands in each of its objects"
                self.sink.report("E604", part.span, name=element.name.text, what=what, fix=fix)

    def _is_known(self, path: Path, span: Span) -> bool:
        """Whether a path leads to a property of the target, and not into a list; reports it when it does not."""
        if path[0] in self.assigned and len(path) == 1:
            return True
        shape: Shape | None = self.target
        for i, name in enumerate(path):
            prop = shape.properties.get(name) if shape is not None else None
            if prop is None:
                owner = ".".join((self.target.name, *path[:i]))
                known = shape.properties if shape is not None else ()
                if not self.checker.scope.lacks("schemas"):
                    self.sink.report("E301", span, owner=owner, name=name, hint=hint(name, known))
                return False
            if isinstance(prop.type, ListOf) and i < len(path) - 1:
                fix = f"give the path `{'.'.join(path[: i + 1])}` and write its objects as a list below `value`"
                self._wrong(span, ".".join(path), "a property outside lists", "in a list", fix)
                return False
            shape = prop.shape
        return True

    def _value(self, element: ElementTree, path: Path) -> None:
        prop = self.target.find(path)
        if prop is None:  # the API assigns it
            fix = "the API gives it its value: say `assigned by:`"
            self._wrong(element.path.span, element.path.text, "no value", "given one", fix)
        elif isinstance(prop.type, ListOf):
            if not element.items:
                fix = "write its objects as a list below `value`"
                self._wrong(element.path.span, element.path.text, "a list of objects", "one value", fix)
            for parts in element.items:
                self._parts(parts, prop, element.path.text, element.path.span)
        elif prop.shape is not None:
            if not element.parts:
                fix = "write each of its parts with its value below `value`, or lengthen the path"
                self._wrong(element.path.span, element.path.text, "an object of parts", "one value", fix)
            else:
                self._parts(element.parts, prop, element.path.text, element.path.span)
        elif element.parts or element.items:
            self._wrong(element.path.span, element.path.text, describe(prop.type), "an object", "write one expression")
        else:
            self._fits(element.expression, prop, element.path.text)

    def _parts(self, parts: Parts, prop: Property, path: str, span: Span) -> None:
        """The parts of an object: each is known and fits, and none that the object must have is left out."""
        assert prop.shape is not None
        given = {tuple(name.text.split(".")): (name, expression) for name, expression in parts}
        for inner, (name, expression) in given.items():
            found = prop.shape.find(inner)
            if found is None:
                known = prop.shape.properties
                self.sink.report("E301", name.span, owner=path, name=name.text, hint=hint(name.text, known))
            elif found.shape is not None or isinstance(found.type, ListOf):
                self._wrong(name.span, f"{path}.{name.text}", "a part with one value", "an object", "name its parts")
            else:
                self._fits(expression, found, f"{path}.{name.text}")
        for lacking in _lacking(prop.shape, frozenset(given)):
            what = f"`{'.'.join(lacking)}`, a part of `{path}`, is left out"
            self.sink.report("E601", span, what=what, fix="add it below `value`")

    def _fits(self, expression: tree.Expr | None, prop: Property, path: str) -> None:
        kind = self.checker.one(expression, self.env, f"the element `{path}`") if expression is not None else None
        if expression is None or kind is None:
            return
        for leaf in self._leaves(expression):
            if isinstance(leaf, tree.Text):
                self._literal(leaf, prop, path)
        if not _holds(prop.type, kind):
            self._wrong(expression.span, path, describe(prop.type), describe(kind), "")

    def _leaves(self, node: tree.Expr) -> Iterator[tree.Expr]:
        """The expressions of which one is the value."""
        match node:
            case tree.If(consequence=left, alternative=right):
                below: tuple[tree.Expr, ...] = (left, right)
            case tree.Otherwise(operands=operands):
                below = operands
            case tree.Name(name=name) if name in self.names:
                below = self.names[name]
            case _:
                yield node
                return
        for inner in below:
            yield from self._leaves(inner)

    def _literal(self, leaf: tree.Text, prop: Property, path: str) -> None:
        if isinstance(prop.type, Code):
            check_code(leaf.value, prop.type, leaf.span, self.checker.scope, (), self.sink)
        if prop.max_length is not None and len(leaf.value) > prop.max_length:
            limit = prop.max_length
            self.sink.report("E602", leaf.span, text=leaf.value, count=len(leaf.value), path=path, limit=limit)

    def _wrong(self, span: Span, path: str, wanted: str, seen: str, fix: str) -> None:
        self.sink.report("E402", span, where=f"the element `{path}`", wanted=wanted, seen=seen, hint=fix)

    # -- all together

    def _overlaps(self, elements: tuple[ElementTree, ...]) -> None:
        """Report elements of which one stands where the other does, or inside it."""
        earlier: dict[Path, Span] = {}
        for element in elements:
            path = tuple(element.path.text.split("."))
            for other, span in earlier.items():
                if other[: len(path)] == path[: len(other)]:
                    related = (Related(span, "the other is here"),)
                    self.sink.report("E605", element.path.span, path=element.path.text, related=related)
            earlier.setdefault(path, element.path.span)

    def _key(self, given: list[_Place], span: Span) -> None:
        for path in self.target.key:
            place = next((p for p in given if path[: len(p.path)] == p.path), None)
            name, dotted = self.target.name, ".".join(path)
            if place is None:
                what, fix = f"the key of {name} holds `{dotted}`, which no element gives", "add an element for it"
                self.sink.report("E606", span, what=what, fix=fix)
            elif not place.blocks:
                what, fix = f"`{dotted}` is a part of the key of {name} and may be omitted", "say `if missing: block`"
                self.sink.report("E606", place.span, what=what, fix=fix)

    def _required(self, shape: Shape, above: Path, given: list[_Place], always: bool, span: Span) -> None:
        """Report properties that an object must have and that it may lack.

        ``always`` says that the object is part of every record; else it is there when one of its properties is.
        """
        inside = [place for place in given if place.path[: len(above)] == above and len(place.path) > len(above)]
        for name, prop in shape.properties.items():
            path = (*above, name)
            mine = [place for place in inside if place.path[: len(path)] == path]
            needed = prop.required and (always or len(mine) < len(inside))
            whole = any(place.path == path for place in mine)
            if prop.shape is not None and mine and not whole:
                self._required(prop.shape, path, given, needed, mine[0].span)
            elif needed and not self._in_key(path):
                self._present(path, mine, shape, span)

    def _in_key(self, path: Path) -> bool:
        """Whether a part of the key stands at a path or below it, which is asked for as such."""
        return any(part[: len(path)] == path for part in self.target.key)

    def _present(self, path: Path, mine: list[_Place], shape: Shape, span: Span) -> None:
        dotted = ".".join(path)
        if not mine:
            what, fix = f"{shape.label} requires `{dotted}`, which no element gives", "add an element for it"
            self.sink.report("E601", span, what=what, fix=fix)
        elif not any(place.blocks for place in mine):
            what = f"{shape.label} requires `{dotted}`, which may be omitted"
            self.sink.report("E601", mine[0].span, what=what, fix="say `if missing: block`")


def _lacking(shape: Shape, given: frozenset[Path]) -> Iterator[Path]:
    """The required properties of an object, with those of required objects inside it, that are not given."""
    for name, prop in shape.properties.items():
        if prop.shape is not None and not isinstance(prop.type, ListOf):
            inside = frozenset(path[1:] for path in given if path[0] == name)
            if inside or prop.required:
                yield from ((name, *path) for path in _lacking(prop.shape, inside))
        elif prop.required and (name,) not in given:
            yield (name,)


def _holds(prop: Type, kind: Type) -> bool:
    """Whether a property can hold values of a type; a text can be a code, but one code no other."""
    if isinstance(prop, Code):
        return is_text(kind) and (not isinstance(kind, Code) or kind == prop)
    both_text = is_text(prop) and is_text(kind)
    return kind in (prop, NOTHING) or both_text or (prop is DECIMAL and kind is WHOLE)
