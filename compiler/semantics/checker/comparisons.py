"""What can be compared with what: ``is``, order words, sets; and the code literals on either side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from compiler.schema.types import (
    BOOLEAN,
    DATE,
    MOMENT,
    NOTHING,
    NUMBERS,
    PERIOD,
    Code,
    Duration,
    Item,
    ListOf,
    Record,
    Row,
    Type,
    describe,
    is_text,
)
from compiler.semantics.checker.codes import check_code
from compiler.semantics.checker.facts import PropertyRef
from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.tree import Comparison

if TYPE_CHECKING:
    from compiler.semantics.checker.expressions import ExpressionChecker, Variables

_EQUALITY = (Comparison.IS, Comparison.IS_NOT)
_FOR_NUMBERS = {
    Comparison.BEFORE: Comparison.LESS,
    Comparison.AFTER: Comparison.MORE,
    Comparison.ON_OR_BEFORE: Comparison.AT_MOST,
    Comparison.ON_OR_AFTER: Comparison.AT_LEAST,
}
_FOR_DATES = {number: date for date, number in _FOR_NUMBERS.items()}


def check_comparison(checker: ExpressionChecker, node: tree.Compare, env: Variables) -> None:
    """Report sides that cannot be compared, or not with this word."""
    where = f"`{node.operator.value}`"
    left = checker.one(node.left, env, where)
    right = checker.one(node.right, env, where)
    if left is None or right is None:
        return
    if not check_pair(checker, node.left, left, node.right, right) or node.operator in _EQUALITY:
        return
    kind = right if left is NOTHING else left
    if kind in NUMBERS and node.operator in _FOR_NUMBERS:
        _wrong_word(checker, node, "numbers", _FOR_NUMBERS[node.operator])
    elif kind is DATE and node.operator in _FOR_DATES:
        _wrong_word(checker, node, "dates", _FOR_DATES[node.operator])
    elif kind not in NUMBERS and kind is not DATE:
        checker.sink.report(
            "E402", node.span, where=where, wanted="numbers or dates", seen=f"{describe(left)} and {describe(right)}",
            hint="write `is`, `is not` or `is one of`",
        )  # fmt: skip


def sign_words(types: Mapping[tree.Node, Type]) -> Iterator[tuple[tuple[str, int, int], str]]:
    """The place of each comparison of numbers or dates, and the word that says in it what a sign would say."""
    for node in types:
        if isinstance(node, tree.Compare) and node.operator not in _EQUALITY:
            kinds = types.get(node.left), types.get(node.right)
            if DATE in kinds:
                yield node.span.place, _FOR_DATES.get(node.operator, node.operator).value
            elif any(kind in NUMBERS for kind in kinds):
                yield node.span.place, node.operator.value


def _wrong_word(checker: ExpressionChecker, node: tree.Compare, kind: str, instead: Comparison) -> None:
    source, start, end = node.span.source, node.left.span.end, node.right.span.start
    between = source.text[start:end]
    words = between.strip().strip("()").strip()
    if not any(sign in words for sign in "<>"):  # `<` and `>` are for both
        place = Span(source, start + between.index(words), start + between.index(words) + len(words))
        operator = " ".join(words.split())
        checker.sink.report("E409", place, operator=operator, kind=kind, instead=instead.value)


def check_pair(
    checker: ExpressionChecker, left_node: tree.Expr, left: Type, right_node: tree.Expr, right: Type
) -> bool:
    """Whether two values can be compared for equality; reports it when not."""
    for kind, node in ((left, left_node), (right, right_node)):
        if kind is NOTHING:
            checker.sink.report(
                "E414", node.span, what="`nothing` cannot be compared", fix="write `is missing` or `is present`"
            )
            return False
        if checker.reported_reference(node, kind):
            return False
        if isinstance(kind, Item | Row | Duration) or kind in (PERIOD, MOMENT):
            checker.sink.report(
                "E414", node.span, what=f"{describe(kind)} cannot be compared", fix="compare one of its properties"
            )
            return False
    for literal, other_node, other in ((right_node, left_node, left), (left_node, right_node, right)):
        if check_literal(checker, literal, other):
            mark_uri(checker, other_node, [literal])
            return True
    if _code_as_number(checker, left_node, left, right_node, right):
        return False
    if _comparable(left, right):
        return True
    checker.sink.report(
        "E401", right_node.span, left=describe(left), right=describe(right), hint=_advice(left, right_node)
    )
    return False


def _comparable(left: Type, right: Type) -> bool:
    if isinstance(left, Code) and isinstance(right, Code):
        return left == right
    if isinstance(left, Record) or isinstance(right, Record):
        return left == right
    return left == right or (is_text(left) and is_text(right)) or (left in NUMBERS and right in NUMBERS)


def _advice(left: Type, right_node: tree.Expr) -> str:
    if left is DATE and isinstance(right_node, tree.Text):
        return f"write the date without quotes: {right_node.value}"
    if left is DATE and isinstance(right_node, tree.Arithmetic):
        return "write a date as 2024-06-01"
    if is_text(left) and isinstance(right_node, tree.Whole):
        return f"write '{right_node.value}'"
    if left in NUMBERS and isinstance(right_node, tree.Text):
        return "write the number without quotes"
    if left is BOOLEAN and isinstance(right_node, tree.Text) and right_node.value.lower() in ("true", "false"):
        return f"write `{right_node.value.lower()}` without quotes"
    if isinstance(left, Code):
        return "codes of different descriptors are never the same"
    return ""


def _code_as_number(
    checker: ExpressionChecker, left_node: tree.Expr, left: Type, right_node: tree.Expr, right: Type
) -> bool:
    """Report ``d.disabilityDescriptor is 8``."""
    for code, number in ((left, right_node), (right, left_node)):
        if isinstance(code, Code) and isinstance(number, tree.Whole):
            tables = checker.scope.code_tables(code.descriptor)
            known = [c for table in tables for c in table.codes() if c.lstrip("0") == str(number.value)]
            meant = known[0] if known else number.value
            checker.sink.report("E412", number.span, left=describe(code), number=number.value, code=meant)
            return True
    return False


def check_literal(checker: ExpressionChecker, node: tree.Expr, wanted: Type) -> bool:
    """Check a text literal that stands where a code is wanted; True when it is one."""
    if not isinstance(node, tree.Text) or not isinstance(wanted, Code):
        return False
    checker.facts.types[node] = wanted
    check_code(node.value, wanted, node.span, checker.scope, checker.years, checker.sink)
    return True


def mark_uri(checker: ExpressionChecker, operand: tree.Expr, literals: list[tree.Expr]) -> None:
    """Have a property read with its namespace when it is compared with whole URIs.

    A value that went through a definition or a choice has lost its namespace, so the property itself must be named.
    """
    whole = [node for node in literals if isinstance(node, tree.Text) and "#" in node.value and "://" in node.value]
    if not whole:
        return
    if isinstance(checker.facts.refs.get(operand), PropertyRef) and len(whole) == len(literals):
        checker.facts.uris.add(operand)
        return
    checker.sink.report(
        "E414", whole[0].span, what="a code with its namespace cannot be compared with this value",
        fix="compare the property itself, and give all codes with their namespace",
    )  # fmt: skip


def check_choices(
    checker: ExpressionChecker, operand: tree.Expr, kind: Type | None, choices: tree.Choices, env: Variables
) -> None:
    """Check the right side of ``is one of``."""
    match choices:
        case tree.Inline():
            for member in choices.members:
                member_kind = checker.one(member, env, "a list of values")
                if kind is None or member_kind is None or check_literal(checker, member, kind):
                    continue
                check_pair(checker, operand, kind, member, member_kind)
            if isinstance(kind, Code):
                mark_uri(checker, operand, list(choices.members))
            _copied_set(checker, choices, kind)
        case tree.CodeSet():
            ref = checker.code_set(choices)
            if ref is None or kind is None:
                return
            descriptor = ref.codes.table.descriptor
            if not is_text(kind) or (isinstance(kind, Code) and descriptor and kind.descriptor != descriptor):
                right = f"the codes {ref.codes.name}" + (f" of {descriptor}" if descriptor else "")
                checker.sink.report("E401", choices.span, left=describe(kind), right=right, hint="")
        case tree.ParameterSet():
            list_kind = checker.parameter_type(choices.name, choices.span)
            if list_kind is None or kind is None:
                return
            if not isinstance(list_kind, ListOf):
                checker.sink.report("E405", choices.span, where="`is one of`", seen=describe(list_kind))
            elif not _comparable(kind, list_kind.item):
                checker.sink.report("E401", choices.span, left=describe(kind), right=describe(list_kind.item), hint="")


def _copied_set(checker: ExpressionChecker, choices: tree.Inline, kind: Type | None) -> None:
    """Report a list of literals that is a named set."""
    if not isinstance(kind, Code) or not all(isinstance(member, tree.Text) for member in choices.members):
        return
    written = {member.value for member in choices.members if isinstance(member, tree.Text)}
    same = [
        codes.name
        for codes in sorted(checker.scope.sets.values(), key=lambda codes: codes.name == codes.table.name)
        if codes.table.descriptor == kind.descriptor and set(codes.codes) == written and len(written) > 1
    ]
    if same:  # a named set rather than a whole table
        checker.sink.report("W907", choices.span, name=same[0])
