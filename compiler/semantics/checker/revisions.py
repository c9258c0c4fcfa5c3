"""When a rule holds, and how rules name one another: revisions, aliases, causes, what an exclusion suppresses.

A changed rule is a new revision: a second file with the same id, a ``revision`` number, and ``school years`` or
``effective`` days that none of the others shares. At most one revision of an id holds in a run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Related, Sink
from compiler.schema.types import DATE, WHOLE
from compiler.semantics.checker.typed import typed
from compiler.suggest import hint
from compiler.syntax.document import Scalar
from compiler.syntax.specs import RuleTree

if TYPE_CHECKING:
    from compiler.semantics.checker.rules import CheckedRule


@dataclass(frozen=True, slots=True)
class Validity:
    """The school years and the days of a run in which a rule holds; the ends are included, None is open."""

    first_year: int | None = None
    last_year: int | None = None
    first_day: date | None = None
    last_day: date | None = None

    def holds(self, school_year: int, as_of: date) -> bool:
        """Whether the rule holds in a run."""
        return _within(school_year, self.first_year, self.last_year) and _within(as_of, self.first_day, self.last_day)

    def overlaps(self, other: Validity) -> bool:
        """Whether there can be a run in which both hold."""
        return _meet(self.first_year, self.last_year, other.first_year, other.last_year) and _meet(
            self.first_day, self.last_day, other.first_day, other.last_day
        )


ALWAYS = Validity()


def _within(value: Any, first: Any, last: Any) -> bool:
    return (first is None or first <= value) and (last is None or value <= last)


def _meet(first: Any, last: Any, other_first: Any, other_last: Any) -> bool:
    before = last is None or other_first is None or other_first <= last
    return before and (first is None or other_last is None or first <= other_last)


def check_validity(rule: RuleTree, sink: Sink) -> Validity:
    """When a rule holds; ends in the wrong order, and days that are none, are reported."""
    written, root = rule.validity, rule.document.root
    days = root.key("effective")
    if "school years" in root and days is not None:
        fix = "keep `school years` when the rule goes by the year of the data, `effective` when by the day of the run"
        sink.report("E506", days.span, what="`school years` and `effective` exclude each other", fix=fix)
    if written is None:
        if rule.revision is not None:
            meaning = "when the revision holds; or `effective:`"
            sink.report("E112", rule.revision.span, key="school years", where="a revision", meaning=meaning)
        return ALWAYS
    by_year = written.by.text == "school years"
    what = f"`{written.by.text}`"
    first, last = (
        typed(end, WHOLE if by_year else DATE, what, "E120", sink) if end is not None else None
        for end in (written.first, written.last)
    )
    if written.last is not None and first is not None and last is not None and last < first:
        fix = f"write a later one than {first}, or leave it out"
        sink.report("E120", written.last.span, what=f"{what} ends before it begins", fix=fix)
    return Validity(first, last) if by_year else Validity(None, None, first, last)


# -- rules that name one another


def check_references(rules: list[CheckedRule], unread: Callable[[str], frozenset[str]], sink: Sink) -> None:
    """The ids by which rules name one another, and that no id is given twice in a state.

    ``unread`` says what kinds of files of a state could not be read: an id may be in one of them.
    """
    _check_ids(rules, sink)
    by_id: dict[tuple[str, str], CheckedRule] = {}
    for rule in rules:
        for name in (rule.written.id, *rule.written.aliases):
            by_id.setdefault((rule.state, name.text), rule)
    for rule in rules:
        for name in _cited(rule.written):
            if (rule.state, name.text) not in by_id and "rule" not in unread(rule.state):
                ids = [i for state, i in by_id if state == rule.state]
                sink.report("E312", name.span, name=name.text, hint=hint(name.text, ids))
        if rule.written.suppresses and rule.written.effect == "none":
            key = rule.written.document.root.key("suppresses")
            assert key is not None
            what = "`suppresses` needs an effect: it is for students who are not counted"
            sink.report("E506", key.span, what=what, fix="say `effect: not counted`, or leave it out")
    for rule in rules:
        _check_causes(rule, by_id, sink)


def _cited(rule: RuleTree) -> Iterator[Scalar]:
    yield from (*rule.related, *rule.because, *rule.suppresses)
    if rule.alias_of is not None:
        yield rule.alias_of


def _check_ids(rules: list[CheckedRule], sink: Sink) -> None:
    """Every id and alias names one rule, or revisions of one that never hold together."""
    known: dict[tuple[str, str], list[tuple[Scalar, CheckedRule]]] = {}
    for rule in sorted(rules, key=lambda rule: rule.revision):
        for name in (rule.written.id, *rule.written.aliases):
            known.setdefault((rule.state, name.text), []).append((name, rule))
    for (_, text), named in known.items():
        for (first, one), (second, other) in combinations(named, 2):
            related = (Related(first.span, "the first is here"),)
            if one.key == other.key and one is not other:
                advice = (
                    "pick another id; a later revision of the rule says `revision: '2'`, and each says when it holds"
                )
                sink.report("E119", second.span, what="the id", name=text, related=related, hint=advice)
            elif one.id != other.id or one is other:
                sink.report("E119", second.span, what="the id", name=text, related=related)
            elif text == one.id and one.validity.overlaps(other.validity):
                what = f"revisions {one.revision} and {other.revision} of {one.id} can hold at the same time"
                fix = "let one end before the other begins (`school years:` or `effective:`)"
                sink.report("E506", second.span, what=what, fix=fix, related=related)


def _check_causes(rule: CheckedRule, by_id: dict[tuple[str, str], CheckedRule], sink: Sink) -> None:
    """Report a rule that, over `because`, follows from itself."""
    for name in rule.written.because:
        seen: list[str] = []
        waiting = [name.text]
        while waiting:
            cause = by_id.get((rule.state, waiting.pop()))
            if cause is None or cause.id in seen:
                continue
            seen.append(cause.id)
            if cause.id == rule.id:
                sink.report("E315", name.span, rule=rule.id, name=name.text)
                break
            waiting.extend(scalar.text for scalar in cause.written.because)
