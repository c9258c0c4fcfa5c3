"""Extracts: every part of one against the scope of its folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.diagnostics import Sink
from compiler.schema.types import BOOLEAN, DATE, DECIMAL, NOTHING, NUMBERS, TEXT, WHOLE, ListOf, Type, describe, is_text
from compiler.semantics.checker.candidates import identity_of
from compiler.semantics.checker.examples import (
    Filler,
    Records,
    check_complete,
    day_of,
    no_error_since,
    school_year_of,
)
from compiler.semantics.checker.expressions import ExpressionChecker, assignable
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.fields import CheckedField, FieldChecker, field_numbers
from compiler.semantics.checker.folders import check_source
from compiler.semantics.checker.rules import check_file_name, named_once, state_of
from compiler.semantics.checker.subjects import Env, check_subject
from compiler.semantics.checker.typed import quoted_code, typed
from compiler.semantics.scope import BUILT_IN_PARAMETERS, RESERVED, Definition, Scope
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Node, Scalar, Sequence
from compiler.syntax.extracts import ExtractTree, OptionTree, RowExampleTree
from compiler.syntax.unparser import unparse

OPTION_TYPES: dict[str, Type] = {"text": TEXT, "whole": WHOLE, "number": DECIMAL, "boolean": BOOLEAN, "date": DATE}
_ORDERED = (*NUMBERS, TEXT, DATE, BOOLEAN)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedOption:
    """An option: the type of one of its values, and all that may be chosen (empty: any)."""

    written: OptionTree
    type: Type
    choices: tuple[Any, ...]

    @property
    def name(self) -> str:
        return self.written.name.text

    @property
    def held(self) -> Type:
        """The type of what expressions read."""
        return ListOf(self.type) if self.written.many else self.type


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedRowExample:
    """An example of an extract ready to be run: records by singular name, and what is chosen, as texts by name."""

    written: RowExampleTree
    records: Records
    given: Mapping[str, tuple[str, ...]]
    school_year: int
    as_of: date

    @property
    def name(self) -> str:
        return self.written.name.text


@dataclass(slots=True, eq=False, repr=False)
class CheckedExtract:
    """An extract with what the checker found out: ``resource`` (singular) and ``env`` are those of its subject.

    ``forms`` are the fields that have another form in a layout, by the name of the layout.
    """

    written: ExtractTree
    scope: Scope
    facts: Facts
    sound: bool
    resource: str
    env: Env
    options: tuple[CheckedOption, ...]
    fields: tuple[CheckedField, ...]
    forms: Mapping[str, tuple[CheckedField, ...]]
    examples: tuple[CheckedRowExample, ...] = field(default=())

    @property
    def id(self) -> str:
        return self.written.id.text

    @property
    def state(self) -> str:
        """The folder below ``specs`` that the extract lies in: ids are unique within it."""
        return state_of(self.written.document)


class ExtractChecker:
    """Checks the extracts of one scope; ``definition_type`` asks for the type of a definition."""

    def __init__(self, scope: Scope, sink: Sink, definition_type: Callable[[Definition], Type | None]) -> None:
        self.scope = scope
        self.sink = sink
        self.definition_type = definition_type
        self.filler = Filler(scope, sink)

    def check(self, extract: ExtractTree) -> CheckedExtract:
        """The checked extract; what is wrong with it is reported."""
        before, facts = len(self.sink.found), Facts()
        check_file_name("extract", extract.id, extract.title, self.sink)
        check_source(extract.source, self.scope, self.sink)
        chosen: dict[str, Type] = {}
        checker = self._expressions(facts, chosen, "this extract")
        options = tuple(self._options(extract, checker, chosen))
        fields = FieldChecker(extract, self.sink)
        checked_fields = fields.check()
        resource, env = check_subject(extract.subject, checker) if extract.subject is not None else ("", {})
        if env and not extract.broken:
            self._contents(extract, fields, checker, env, self._expressions(facts, {}, "a check"))
        fields.layouts()
        self._tables(extract)
        right = no_error_since(self.sink, before) and not (extract.broken or facts.told_elsewhere)
        checked = CheckedExtract(
            extract, self.scope, facts, bool(env) and right, resource, env, options, checked_fields, fields.forms
        )
        checked.examples = tuple(self._examples(checked))
        return checked

    def _expressions(self, facts: Facts, parameters: Mapping[str, Type], whose: str) -> ExpressionChecker:
        return ExpressionChecker(
            self.scope,
            self.sink,
            facts,
            parameters=parameters,
            parameters_of=whose,
            years=(),
            definition_type=self.definition_type,
        )

    def _contents(
        self, extract: ExtractTree, fields: FieldChecker, checker: ExpressionChecker, env: Env, texts: ExpressionChecker
    ) -> None:
        """Check what is said of a candidate; ``texts`` checks what is said of the printed texts of its row."""
        if extract.object_key is not None:
            checker.scalar(extract.object_key, env, "the key of `object`", (TEXT, WHOLE), "an id")
        if extract.year is not None:
            checker.scalar(extract.year, env, "`year`", (WHOLE,), "a school year")
        subject, env = env, self._defined(extract, checker, env)
        for where, clauses in (("`include`", extract.include), ("`exclude`", extract.exclude)):
            for clause in clauses:
                self._condition(clause.when, env, where, checker)
        fields.values(checker, env)
        for fill in extract.zero_fill:
            self._condition(fill.when, env, "`zero fill`", checker)
            fields.named(fill.fields)
        self._row_order(extract, fields, checker, env, subject)
        for part in named_once(extract.audit, self.sink, "the value of the audit"):
            if part.value is not None:
                checker.scalar(part.value, env, f"`{part.name.text}`", (*_ORDERED, NOTHING), "a value")
        for warning in extract.warnings:
            self._condition(warning.when, env, "`warn when`", checker)
        printed: Env = dict.fromkeys(field_numbers(fields.fields), TEXT)
        for check in named_once(extract.checks, self.sink, "the check"):
            if check.when is not None and not fields.unknown_in(check.when, {}):
                texts.condition(check.when, printed, f"the check `{check.name.text}`")

    def _condition(self, node: tree.Expr | None, env: Env, where: str, checker: ExpressionChecker) -> None:
        if node is not None:
            checker.condition(node, env, where)

    def _defined(self, extract: ExtractTree, checker: ExpressionChecker, env: Env) -> Env:
        """The variables of a candidate with the names of its values; each value may use the names before it."""
        found = dict(env)
        for name, value in extract.define:
            why = "it is a word of the language" if name.text in RESERVED else ""
            why = "the extract calls its records by it" if name.text in env else why
            kind = checker.one(value, found, f"`{name.text}`") if value is not None else None
            if why:
                self.sink.report("E309", name.span, name=name.text, why=why)
            elif kind is None:
                checker.faulty.add(name.text)
            else:
                found[name.text] = kind
        return found

    def _tables(self, extract: ExtractTree) -> None:
        for point in extract.extension_points:
            if point.table.text not in self.scope.tables and not self.scope.lacks("table"):
                fix = hint(point.table.text, self.scope.tables)
                self.sink.report("E305", point.table.span, what="table", name=point.table.text, hint=fix)

    # -- the order of rows

    def _row_order(
        self, extract: ExtractTree, fields: FieldChecker, checker: ExpressionChecker, env: Env, subject: Env
    ) -> None:
        """Check what rows are ordered by, and whether it leaves two rows of a subject without an order."""
        compared: set[str] = set()
        numbers = field_numbers(fields.fields)
        for part in extract.row_order:
            if part is None or fields.unknown_in(part, env):
                continue
            if isinstance(part, tree.Name) and part.name in numbers:
                continue
            printed = next((n for n in tree.walk(part) if isinstance(n, tree.Name) and n.name in numbers), None)
            if printed is not None:
                fix = f"write `{printed.name}` alone, or a value of the candidate"
                what = "a printed text stands for itself in the order of rows"
                self.sink.report("E672", part.span, what=what, fix=fix)
                continue
            kind = checker.one(part, env, "`row order`")
            if kind is not None and kind not in _ORDERED and not is_text(kind):
                seen = describe(kind)
                self.sink.report("E402", part.span, where="`row order`", wanted="a value", seen=seen, hint="")
            compared.add(unparse(part))
        if checker.faulty or any(part is None for part in extract.row_order):
            return
        lacking = [part for part in identity_of(subject, checker.scope.schemas) if part not in compared]
        if lacking:
            without_key = next((part for part in lacking if part in subject), None)
            fix = f"add {' and '.join(f'`{part}`' for part in lacking)} at its end"
            if without_key is not None:
                fix = f"`{without_key}` has no key that could be compared: name records in `for each`"
            what = "two rows may agree in all that they are ordered by"
            self.sink.report("E672", extract.row_order_at.span, what=what, fix=fix)

    # -- options

    def _options(
        self, extract: ExtractTree, checker: ExpressionChecker, chosen: dict[str, Type]
    ) -> Iterator[CheckedOption]:
        """The options in their order; ``chosen`` gets the type of each when those before it are known."""
        later = {option.name.text for option in extract.options} - {*BUILT_IN_PARAMETERS}
        for option in extract.options:
            name = option.name
            if option.default is not None and not self._is_early(option.default, name.text, later, chosen):
                checked = self._option(option, None, checker)
            else:
                checked = self._option(option, option.default, checker)
            if name.text in BUILT_IN_PARAMETERS:
                self.sink.report("E309", name.span, name=name.text, why="every run has a parameter of this name")
            elif name.text in chosen:
                self.sink.report("E119", name.span, what="the option", name=name.text)
            else:
                chosen[name.text] = checked.held
                yield checked
        for option in extract.options:
            if option.check is not None:
                checker.condition(option.check, {}, f"the check of `{option.name.text}`")

    def _option(self, option: OptionTree, default: tree.Expr | None, checker: ExpressionChecker) -> CheckedOption:
        kind, what = OPTION_TYPES.get(option.type.text, NOTHING), f"`{option.name.text}`"
        known = kind is not NOTHING  # a word that is no type was reported by the shape
        choices = tuple(typed(one, kind, what, "E120", self.sink) for one in option.one_of) if known else ()
        checked = CheckedOption(option, kind, choices)
        if option.required and option.default is not None:
            fix = "keep one of them"
            what = f"`{option.name.text}` is required, and has a default"
            self.sink.report("E506", option.name.span, what=what, fix=fix)
        if default is not None and known:
            self._default(checked, default, checker)
        return checked

    def _default(self, option: CheckedOption, default: tree.Expr, checker: ExpressionChecker) -> None:
        """Check that a default is of the type, and may be chosen."""
        kind = checker.value(default, {})
        fits = kind is None or kind is NOTHING or assignable(kind, option.held)
        if option.written.many and kind is not None and not isinstance(kind, ListOf):
            fits = assignable(kind, option.type)
        if not fits and kind is not None:
            where, wanted = f"the default of `{option.name}`", describe(option.held)
            self.sink.report("E402", default.span, where=where, wanted=wanted, seen=describe(kind), hint="")
        literal = getattr(default, "value", None)
        if fits and isinstance(default, _LITERALS) and option.choices and literal not in option.choices:
            listed = ", ".join(f"`{one.text}`" for one in option.written.one_of)
            self.sink.report("E677", default.span, name=option.name, listed=listed)

    def _is_early(self, default: tree.Expr, name: str, later: set[str], chosen: Mapping[str, Type]) -> bool:
        """Whether a default reads no option that is chosen after it; reports those that it reads."""
        early = True
        for node in tree.walk(default):
            if isinstance(node, tree.Parameter | tree.ParameterSet) and node.name in later - chosen.keys():
                early = False
                what = f"`${node.name}` is chosen after `${name}`" if node.name != name else f"`${name}` reads itself"
                fix = "read options that stand before it" if node.name == name else f"put `{node.name}` before it"
                self.sink.report("E675", node.span, what=what, fix=fix)
        return early

    # -- examples

    def _examples(self, checked: CheckedExtract) -> Iterator[CheckedRowExample]:
        for example in named_once(checked.written.examples, self.sink):
            before = len(self.sink.found)
            records, _ = self.filler.world(example.given)
            year = school_year_of(example, self.scope, None, self.sink)
            as_of = day_of(example, self.scope, year, self.sink)
            given = self._given(example, checked)
            if no_error_since(self.sink, before) and not example.invalid and not self.scope.lacks("examples"):
                check_complete(records, self.scope.schemas, example, self.sink)
            self._expected(example, checked)
            if no_error_since(self.sink, before):
                yield CheckedRowExample(example, records, given, year, as_of)

    def _given(self, example: RowExampleTree, checked: CheckedExtract) -> dict[str, tuple[str, ...]]:
        """What is chosen in an example, by the names of options."""
        known = {option.name: option for option in checked.options}
        found: dict[str, tuple[str, ...]] = {}
        for name, node in example.options:
            option = known.get(name.text)
            if option is None:
                fix = hint(name.text, known)
                self.sink.report("E306", name.span, name=name.text, where="this extract", hint=fix)
                continue
            texts = _texts(node)
            if example.refused is None and option.type is not NOTHING:
                for part in texts if option.written.many or isinstance(node, Scalar) else (node,):
                    typed(part, option.type, f"`{name.text}`", "E120", self.sink)
            found[name.text] = tuple(part.text for part in texts)
        return found

    def _expected(self, example: RowExampleTree, checked: CheckedExtract) -> None:
        """Report fields and values of the audit that are expected and not there."""
        printed, beside = field_numbers(checked.fields), {part.name.text for part in checked.written.audit}
        for known, expected, noun in ((printed, example.rows, "field"), (beside, example.audit or (), "audit value")):
            for row in expected:
                for name, value in row.entries:
                    if noun == "field" and isinstance(value, Scalar):
                        quoted_code(value, self.sink)
                    if name.text not in known:
                        what, fix = f"there is no {noun} `{name.text}`", hint(name.text, known) or "correct the name"
                        self.sink.report("E501", name.span, what=what, fix=fix)
        if example.audit is not None and len(example.audit) != len(example.rows):
            what = f"the example expects {len(example.rows)} rows, and the audit of {len(example.audit)}"
            self.sink.report("E501", example.name.span, what=what, fix="give an entry for each row; `{}` says nothing")


_LITERALS = (tree.Text, tree.Whole, tree.DecimalNumber, tree.Date, tree.Boolean)


def _texts(node: Node) -> tuple[Scalar, ...]:
    """The texts that are chosen: one, or those of a list."""
    parts = node.items if isinstance(node, Sequence) else (node,)
    return tuple(part for part in parts if isinstance(part, Scalar))
