"""The body of one candidate of a publication: its elements, what keeps it from being sent, what is said of it.

A value of the source that is mapped to no code is told by the label that people know it by, not by the table in which
its code is missing. A value that a property cannot hold keeps the record back, unless its element sends it all the
same; so does an element that the record cannot be without.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from compiler.semantics import ir
from compiler.semantics.interpreter import Environment, Interpreter, is_given
from compiler.semantics.outcomes import plain_value
from compiler.semantics.values import Undetermined, dig, jsonable, shown

Body = dict[str, Any]
Causes = frozenset[str]


@dataclass(slots=True)
class Filled:
    """A body, as far as it could be filled.

    ``faults`` say why it cannot be sent, none when it can; ``missing`` are the causes behind those. ``warnings`` are
    for whoever sends it; ``shown`` has the form in which people know the value of an element, by its name.
    """

    body: Body = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    shown: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Unmapped:
    """A mapping whose value is given and has no code: what is said of it, and why there is no code."""

    words: str
    blocks: bool
    causes: Causes


class Filler:
    """Fills the bodies of the candidates of one source."""

    def __init__(self, source: ir.Source) -> None:
        self.source = source
        self.uses = [
            [mapping.name for mapping in source.mappings if _is_read(mapping.code, element)]
            for element in source.elements
        ]

    def fill(self, interpreter: Interpreter, env: Environment) -> Filled:
        """What is sent of a candidate."""
        filled = Filled()
        unmapped = self._unmapped(interpreter, env)
        without: list[str] = []
        unfit: list[str] = []
        left_out: dict[str, list[str]] = {name: [] for name in unmapped}
        for element, used in zip(self.source.elements, self.uses, strict=True):
            written = _Element(interpreter, element, env)
            written.put(filled.body)
            here = [name for name in used if name in unmapped]
            told = frozenset().union(*(unmapped[name].causes for name in here))
            if written.missing:
                for name in here:
                    left_out[name].append(element.name if not written.present else f"one of {element.name}")
            if element.blocks and not written.present:
                filled.missing |= written.missing
                filled.faults += [unmapped[name].words for name in here if not unmapped[name].blocks]
                if not written.missing <= told:
                    without.append(f"{element.name} ({are_missing(written.missing - told)})")
            (filled.warnings if element.sent_unfit else unfit).extend(written.unfit)
            filled.warnings += written.repeated
            self._say(interpreter, element, written, env, filled)
        for name, found in unmapped.items():
            if found.blocks:
                filled.faults.append(found.words)
                filled.missing |= found.causes
            else:
                lost = f", so {' and '.join(left_out[name])} is left out" if left_out[name] else ""
                filled.warnings.append(f"{found.words}{lost}")
        filled.faults = list(dict.fromkeys(filled.faults))
        if without:
            filled.faults.append(f"it cannot be sent without {' and '.join(without)}")
        filled.faults += unfit
        return filled

    def _unmapped(self, interpreter: Interpreter, env: Environment) -> dict[str, _Unmapped]:
        found = {}
        for mapping in self.source.mappings:
            value = interpreter.value(mapping.value, env)
            if is_given(value):
                code = interpreter.value(mapping.code, env)
                if isinstance(code, Undetermined):
                    words = f"{mapping.label} `{shown(plain_value(value))}` is not mapped"
                    found[mapping.name] = _Unmapped(words, mapping.blocks, code.causes)
        return found

    @staticmethod
    def _say(
        interpreter: Interpreter, element: ir.Element, written: _Element, env: Environment, filled: Filled
    ) -> None:
        """Note the form of an element that people know, and its cautions."""
        if element.shown is not None and written.present:
            form = interpreter.value(element.shown, env)
            if not isinstance(form, Undetermined):
                filled.shown.append((element.name, shown(form)))
        filled.warnings += [
            caution.says for caution in element.cautions if interpreter.value(caution.when, env) is True
        ]


class _Element:
    """An element of one candidate: its values by path, or its items; what was missing; what does not fit.

    ``present`` tells whether the record holds it: all of its contents, or an item of its list.
    """

    def __init__(self, interpreter: Interpreter, element: ir.Element, env: Environment) -> None:
        self.element = element
        self.unfit: list[str] = []
        self.repeated: list[str] = []
        self.missing: Causes = frozenset()
        self.values: list[tuple[ir.Path, Any]] = []
        self.items: list[Body] = []
        if element.items:
            for contents in element.items:
                self._item(contents, *_values(interpreter, contents, env))
        else:
            self._contents(*_values(interpreter, element.contents, env))
        self.present = bool(self.values or self.items)

    def put(self, body: Body) -> None:
        for path, value in self.values:
            _put(body, path, value)
        if self.items:
            _put(body, self.element.path, self.items)

    def _contents(self, found: list[tuple[ir.Path, Any]], missing: Causes) -> None:
        self.missing = missing
        if not missing:
            self.values = found
            alone = len(found) == 1
            for (path, value), content in zip(found, self.element.contents, strict=True):
                self._test(self.element.name if alone else ".".join(path), value, content.limits)

    def _item(self, contents: tuple[ir.Content, ...], found: list[tuple[ir.Path, Any]], missing: Causes) -> None:
        """Take an item into the list, unless something of it is missing or it is there already."""
        self.missing |= missing
        if missing:
            return
        item: Body = {}
        for path, value in found:
            _put(item, path, value)
        key = [dig(item, path) for path in self.element.item_key]
        if key and any(key == [dig(other, path) for path in self.element.item_key] for other in self.items):
            told = ", ".join(shown(part) for part in key)
            self.repeated.append(f"{self.element.name} `{told}` is there more than once: the first is sent")
            return
        self.items.append(item)
        for (path, value), content in zip(found, contents, strict=True):
            self._test(".".join((*self.element.path, *path)), value, content.limits)

    def _test(self, name: str, value: Any, limits: ir.Limits | None) -> None:
        problem = misfit(value, limits) if limits is not None else ""
        if problem:
            self.unfit.append(f"{name} `{shown(value)}` {problem}")


def misfit(value: Any, limits: ir.Limits) -> str:
    """How a value is beyond what its property holds; empty when it fits."""
    if isinstance(value, str):
        most = limits.max_length
        return f"is longer than {most} characters" if most is not None and len(value) > most else ""
    if limits.lowest is not None and value < limits.lowest:
        return f"is less than {limits.lowest}, the least that fits"
    if limits.highest is not None and value > limits.highest:
        return f"is more than {limits.highest}, the most that fits"
    return ""


def are_missing(missing: Iterable[str]) -> str:
    """``a and b are missing``"""
    names = sorted(missing)
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} missing"


def key_values(interpreter: Interpreter, source: ir.Source, key: tuple[ir.Path, ...], env: Environment) -> Any:
    """The parts of the natural key that a candidate would have; None when one is missing."""
    body: Body = {}
    for element in source.elements:
        if any(content.path in key for content in element.contents):
            _Element(interpreter, element, env).put(body)
    return key_of(body, key)


def key_of(body: Body, key: tuple[ir.Path, ...]) -> tuple[Any, ...] | None:
    """The parts of the natural key as they stand in a body; None when one is missing."""
    parts = tuple(dig(body, path) for path in key)
    return None if any(part is None for part in parts) else parts


def _is_read(code: ir.Expr, element: ir.Element) -> bool:
    """Whether an element sends what a mapping gives."""
    contents = (content for part in (element.contents, *element.items) for content in part)
    return any(node == code for content in contents for node in ir.walk(content.value))


def _values(
    interpreter: Interpreter, contents: tuple[ir.Content, ...], env: Environment
) -> tuple[list[tuple[ir.Path, Any]], Causes]:
    """The values of contents as a record holds them, and what is missing of any."""
    found: list[tuple[ir.Path, Any]] = []
    missing: set[str] = set()
    for content in contents:
        value = interpreter.value(content.value, env)
        if isinstance(value, Undetermined):
            missing.update(value.causes)
        else:
            found.append((content.path, sent(value)))
    return found, frozenset(missing)


def sent(value: Any) -> Any:
    """A scalar as a record holds it: decimals stay exact, without idle zeros."""
    return Decimal(shown(value)) if isinstance(value, Decimal) else jsonable(value)


def _put(body: Body, path: ir.Path, value: Any) -> None:
    for name in path[:-1]:
        body = body.setdefault(name, {})
    body[path[-1]] = value
