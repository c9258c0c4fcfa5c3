"""Expression text to AST, through ``grammar.lark``.

:func:`parse_expression` and :func:`parse_subject` take a :class:`~compiler.source.Fragment` and give the tree, or
None with a diagnostic. A builder makes our nodes from Lark's; what the grammar cannot say (a date that is no day,
``08`` where a number is meant) is checked as a node is made. Wrong text is worded in :mod:`compiler.syntax.slips`.

The grammar is compiled without ``strict`` here, because proving the absence of conflicts takes half a second; the
tests prove it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Sink
from compiler.source import Fragment, Span
from compiler.syntax import tree
from compiler.syntax.document import BLANK, check_typography

if TYPE_CHECKING:
    from lark import Lark, ParseTree, Token

MAX_LENGTH = 4_000
MAX_DEPTH = 60
MAX_COUNT = 9_999_999  # of days in a duration, of members of a list
MAX_PLACES = (26, 12)  # of a decimal, before and behind the point


def parse_expression(fragment: Fragment, sink: Sink) -> tree.Expr | None:
    """The expression written in a fragment, or None when it cannot be read."""
    node = _parse(fragment, "expression", sink)
    return node if isinstance(node, tree.Expr) else None


def parse_subject(fragment: Fragment, sink: Sink) -> tree.Subject | None:
    """The subject of a ``for each``, or None when it cannot be read."""
    node = _parse(fragment, "subject", sink)
    return node if isinstance(node, tree.Subject) else None


def _parse(fragment: Fragment, start: str, sink: Sink) -> object:
    from lark import UnexpectedInput

    from compiler.syntax import slips

    if not fragment.text.strip():
        sink.report("E208", fragment.whole, what="nothing", limit="an expression")
        return None
    if len(fragment.text) > MAX_LENGTH:
        sink.report("E208", fragment.whole, what=f"{len(fragment.text):,} characters", limit=f"at most {MAX_LENGTH:,}")
        return None
    if not check_typography(fragment, "an expression", sink):
        return None
    builder = _Builder(fragment, sink)
    try:
        parsed = _lark().parse(fragment.text, start=start)
    except UnexpectedInput as error:
        slips.report(error, fragment, sink)
        return None
    node = _built(parsed, builder)
    if _depth(node) > MAX_DEPTH:
        sink.report("E208", fragment.whole, what=f"more than {MAX_DEPTH} levels", limit=f"at most {MAX_DEPTH} levels")
        return None
    return None if builder.failed else node


def _depth(root: tree.Node) -> int:
    """How deep a tree goes, without recursion (it may be very deep)."""
    deepest, stack = 0, [(root, 1)]
    while stack:
        node, depth = stack.pop()
        deepest = max(deepest, depth)
        stack.extend((child, depth + 1) for child in tree.children(node))
    return deepest


def keep_tables_in(path: str) -> None:
    """Keep the parser's tables in a file, which saves building them at every start (call before the first parse)."""
    global _tables
    _tables = path


_tables = ""


@lru_cache(maxsize=1)
def _lark() -> Lark:
    from importlib.resources import files

    from lark import Lark

    grammar = files("compiler.syntax").joinpath("grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        start=["expression", "subject"],
        propagate_positions=True,
        maybe_placeholders=False,
        cache=_tables or False,
    )


def _built(parsed: ParseTree, builder: _Builder) -> Any:
    """Our node for a Lark tree, made from the leaves up without recursion (a tree may be very deep)."""
    from lark import Tree

    made: dict[int, Any] = {}
    for part in parsed.iter_subtrees():
        children = [made[id(child)] if isinstance(child, Tree) else child for child in part.children]
        for token in children:
            if token == BLANK:
                builder.fail("E507", builder.token_span(token), what="a part of this")
        made[id(part)] = getattr(builder, part.data)(part.meta, children)
    return made[id(parsed)]


_COMPARISONS = {
    "less than": tree.Comparison.LESS,
    "more than": tree.Comparison.MORE,
    "at least": tree.Comparison.AT_LEAST,
    "at most": tree.Comparison.AT_MOST,
    "before": tree.Comparison.BEFORE,
    "after": tree.Comparison.AFTER,
    "on or before": tree.Comparison.ON_OR_BEFORE,
    "on or after": tree.Comparison.ON_OR_AFTER,
    "<": tree.Comparison.LESS,
    ">": tree.Comparison.MORE,
    ">=": tree.Comparison.AT_LEAST,
    "<=": tree.Comparison.AT_MOST,
}

_COMPLEMENTS = {
    tree.Comparison.LESS: tree.Comparison.AT_LEAST,
    tree.Comparison.MORE: tree.Comparison.AT_MOST,
    tree.Comparison.AT_LEAST: tree.Comparison.LESS,
    tree.Comparison.AT_MOST: tree.Comparison.MORE,
    tree.Comparison.BEFORE: tree.Comparison.ON_OR_AFTER,
    tree.Comparison.AFTER: tree.Comparison.ON_OR_BEFORE,
    tree.Comparison.ON_OR_BEFORE: tree.Comparison.AFTER,
    tree.Comparison.ON_OR_AFTER: tree.Comparison.BEFORE,
}

_Items = list[Any]  # what Lark hands over: tokens and the nodes made so far


def _binary(make: Callable[[Span, Any, Any], tree.Expr]) -> Callable[[_Builder, Any, _Items], tree.Expr]:
    """A method for a rule with two operands."""

    def build(self: _Builder, meta: Any, items: _Items) -> tree.Expr:
        return make(self.span(meta), items[0], items[1])

    return build


class _Builder:
    """A method for each rule and alias of the grammar: Lark calls it with the rule's place and its parts."""

    def __init__(self, fragment: Fragment, sink: Sink) -> None:
        self.fragment = fragment
        self.sink = sink
        self.failed = False

    # -- places

    def span(self, meta: Any) -> Span:
        return self.fragment.span(meta.start_pos, meta.end_pos)

    def token_span(self, token: Token) -> Span:
        return self.fragment.span(token.start_pos or 0, token.end_pos or 0)

    def fail(self, code: str, span: Span, **words: Any) -> None:
        self.sink.report(code, span, **words)
        self.failed = True

    # -- the top

    def expression(self, meta: Any, items: _Items) -> tree.Expr:
        return items[0] if len(items) == 1 else tree.Otherwise(self.span(meta), tuple(items))

    def parenthesised(self, _meta: Any, items: _Items) -> tree.Expr:
        node: tree.Expr = items[0]
        return node

    def subject(self, meta: Any, items: _Items) -> tree.Subject:
        resource, variable, *rest = items
        joins = tuple(item for item in rest if isinstance(item, tree.Join))
        conditions = [item for item in rest if isinstance(item, tree.Expr)]
        return tree.Subject(
            self.span(meta),
            str(resource),
            self.token_span(resource),
            str(variable),
            self.token_span(variable),
            joins,
            conditions[0] if conditions else None,
        )

    def join(self, meta: Any, items: _Items) -> tree.Join:
        return tree.Join(self.span(meta), str(items[0]), self.token_span(items[0]), items[1])

    # -- logic

    def or_(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Or(self.span(meta), tuple(items))

    def and_(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.And(self.span(meta), tuple(items))

    def not_(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Not(self.span(meta), items[0])

    def if_else(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.If(self.span(meta), *items)

    # -- relations

    def present(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Presence(self.span(meta), items[0], True)

    def missing(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Presence(self.span(meta), items[0], False)

    def is_(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Compare(self.span(meta), items[0], tree.Comparison.IS, items[1])

    def is_not(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Compare(self.span(meta), items[0], tree.Comparison.IS_NOT, items[1])

    def comparison(self, _meta: Any, items: _Items) -> tree.Comparison:
        return _COMPARISONS[" ".join(items)]

    def compare(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Compare(self.span(meta), items[0], items[1], items[2])

    def compare_not(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Compare(self.span(meta), items[0], _COMPLEMENTS[items[1]], items[2])

    def compare_symbol(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Compare(self.span(meta), items[0], _COMPARISONS[str(items[1])], items[2])

    def one_of(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.OneOf(self.span(meta), items[0], items[1], False)

    def not_one_of(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.OneOf(self.span(meta), items[0], items[1], True)

    def between(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Between(self.span(meta), items[0], items[1], items[2], False)

    def not_between(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Between(self.span(meta), items[0], items[1], items[2], True)

    def matches(self, meta: Any, items: _Items, negated: bool = False) -> tree.Expr:
        return tree.Matches(self.span(meta), items[0], self._text(items[1]), negated)

    def not_matches(self, meta: Any, items: _Items) -> tree.Expr:
        return self.matches(meta, items, True)

    starts_with = _binary(lambda span, a, b: tree.StartsWith(span, a, b, False))
    not_starts_with = _binary(lambda span, a, b: tree.StartsWith(span, a, b, True))
    contains = _binary(lambda span, a, b: tree.Contains(span, a, b, False))
    not_contains = _binary(lambda span, a, b: tree.Contains(span, a, b, True))
    overlaps = _binary(lambda span, a, b: tree.Overlaps(span, a, b, False))
    not_overlaps = _binary(lambda span, a, b: tree.Overlaps(span, a, b, True))

    def quantifier(self, _meta: Any, items: _Items) -> tuple[tree.Quantifier, int | None]:
        words = [str(item) for item in items]
        if words[-1].isdigit():
            return tree.Quantifier(" ".join(words[:-1])), self._counted(items[-1])
        return tree.Quantifier(" ".join(words)), None

    def quantified(self, meta: Any, items: _Items) -> tree.Expr:
        (quantifier, count), variable, collection, body = items
        place = self.token_span(variable)
        return tree.Quantified(self.span(meta), quantifier, count, str(variable), place, collection, body)

    # -- sets

    def inline(self, meta: Any, items: _Items) -> tree.Choices:
        return tree.Inline(self.span(meta), tuple(items))

    def code_set(self, meta: Any, items: _Items) -> tree.Choices:
        return tree.CodeSet(self.span(meta), str(items[0]), self.token_span(items[0]))

    def parameter_set(self, meta: Any, items: _Items) -> tree.Choices:
        return tree.ParameterSet(self.span(meta), str(items[0])[1:])

    # -- arithmetic

    add = _binary(lambda span, a, b: tree.Arithmetic(span, a, "+", b))
    subtract = _binary(lambda span, a, b: tree.Arithmetic(span, a, "-", b))
    multiply = _binary(lambda span, a, b: tree.Arithmetic(span, a, "*", b))
    divide = _binary(lambda span, a, b: tree.Arithmetic(span, a, "/", b))

    # -- values

    def name(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Name(self.span(meta), str(items[0]))

    def parameter(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Parameter(self.span(meta), str(items[0])[1:])

    def text(self, _meta: Any, items: _Items) -> tree.Expr:
        return self._text(items[0])

    def _text(self, token: Token) -> tree.Text:
        return tree.Text(self.token_span(token), _unquoted(str(token)))

    def date(self, meta: Any, items: _Items) -> tree.Expr:
        year, month, day = (int(part) for part in str(items[0]).split("-"))
        try:
            date(year, month, day)
        except ValueError:
            self.fail("E210", self.span(meta), text=items[0])
        return tree.Date(self.span(meta), year, month, day)

    def decimal(self, meta: Any, items: _Items) -> tree.Expr:
        before, behind = (len(part) for part in str(items[0]).split("."))
        if before > MAX_PLACES[0] or behind > MAX_PLACES[1]:
            limit = f"at most {MAX_PLACES[0]} digits before and {MAX_PLACES[1]} behind the point"
            self.fail("E208", self.span(meta), what="a number this long", limit=limit)
        return tree.DecimalNumber(self.span(meta), Decimal(str(items[0])))

    def whole(self, meta: Any, items: _Items) -> tree.Expr:
        written = str(items[0])
        if len(written) > 1 and written.startswith("0"):
            self.fail("E214", self.span(meta), text=written)
        elif int(written) >= 2**63:
            self.fail("E208", self.span(meta), what="a number this large", limit="numbers of 64 bits")
        return tree.Whole(self.span(meta), int(written))

    def true(self, meta: Any, _items: _Items) -> tree.Expr:
        return tree.Boolean(self.span(meta), True)

    def false(self, meta: Any, _items: _Items) -> tree.Expr:
        return tree.Boolean(self.span(meta), False)

    def nothing(self, meta: Any, _items: _Items) -> tree.Expr:
        return tree.Nothing(self.span(meta))

    def unit(self, _meta: Any, items: _Items) -> str:
        return str(items[0]).rstrip("s")

    def duration(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Duration(self.span(meta), self._counted(items[0]), items[1])

    def _counted(self, token: Token) -> int:
        if int(token) > MAX_COUNT:
            self.fail("E208", self.token_span(token), what="a number this large", limit=f"at most {MAX_COUNT:,}")
        return int(token)

    before = _binary(lambda span, a, b: tree.Shifted(span, a, True, b))
    after = _binary(lambda span, a, b: tree.Shifted(span, a, False, b))

    def month_day(self, meta: Any, items: _Items) -> tree.Expr:
        month, day = tree.MONTHS.index(str(items[0])) + 1, int(items[1])
        try:
            date(2001, month, day)  # a common year: February 29 is not a day of every school year
        except (ValueError, OverflowError):
            self.fail("E210", self.span(meta), text=f"{items[0]} {items[1]}")
        return tree.MonthDay(self.span(meta), month, day)

    def school_year(self, meta: Any, _items: _Items) -> tree.Expr:
        return tree.SchoolYear(self.span(meta))

    def age(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Age(self.span(meta), items[1], items[2])

    def elapsed(self, meta: Any, items: _Items) -> tree.Expr:
        unit = str(items[0]).split()[0].rstrip("s")
        return tree.Elapsed(self.span(meta), unit, items[1], items[2])

    def period(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Period(self.span(meta), items[1], items[2])

    # -- collections

    def binder(self, meta: Any, items: _Items) -> tree.Binder:
        variable, collection, *condition = items
        return tree.Binder(
            self.span(meta), str(variable), self.token_span(variable), collection, condition[0] if condition else None
        )

    def count(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Count(self.span(meta), items[1])

    def count_different(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Count(self.span(meta), items[2], items[1])

    def aggregate(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Aggregate(self.span(meta), tree.Aggregation(str(items[0]).split()[0]), items[1], items[2])

    def monthly_sum(self, meta: Any, items: _Items) -> tree.Expr:
        word, value, binder, day = items
        return tree.MonthlySum(self.span(meta), str(word).startswith("highest"), value, binder, day)

    def all_(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.All(self.span(meta), items[1])

    def the(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.The(self.span(meta), items[1])

    def field(self, meta: Any, items: _Items) -> tuple[tuple[str, ...], Span]:
        return tuple(str(item) for item in items), self.span(meta)

    def order(self, _meta: Any, items: _Items) -> list[tuple[tuple[str, ...], Span]]:
        return [item for item in items if isinstance(item, tuple)]

    def pick(self, meta: Any, items: _Items) -> tree.Expr:
        pick, variable, collection, order, *condition = items
        binder = self._binder(variable, collection, condition)
        paths, places = tuple(path for path, _ in order), tuple(place for _, place in order)
        return tree.Pick(self.span(meta), tree.Aggregation(str(pick)), binder, paths, places)

    def neighbour(self, meta: Any, items: _Items) -> tree.Expr:
        which, variable, collection, order, of, *condition = items
        binder = self._binder(variable, collection, condition)
        paths, places = tuple(path for path, _ in order), tuple(place for _, place in order)
        return tree.Neighbour(self.span(meta), str(which) == "previous", binder, paths, places, of)

    def _binder(self, variable: Token, collection: tree.Expr, condition: list[tree.Expr]) -> tree.Binder:
        place = Span(self.fragment.source, self.token_span(variable).start, collection.span.end)
        return tree.Binder(
            place, str(variable), self.token_span(variable), collection, condition[0] if condition else None
        )

    # -- paths

    def get(self, meta: Any, items: _Items) -> tree.Expr:
        return tree.Get(self.span(meta), items[0], str(items[1]), self.token_span(items[1]))

    def get_call(self, meta: Any, items: _Items) -> tree.Expr:
        base, name, *arguments = items
        return tree.Get(self.span(meta), base, str(name), self.token_span(name), tuple(arguments))

    def call(self, meta: Any, items: _Items) -> tree.Expr:
        name, *arguments = items
        return tree.Call(self.span(meta), str(name), self.token_span(name), tuple(arguments))


def _unquoted(literal: str) -> str:
    """The text between the quotes. A backslash escapes a quote or a backslash; elsewhere (``\\d``) it stays."""
    quote, body = literal[0], literal[1:-1]
    return re.sub(rf"\\([\\{quote}])", r"\1", body)
