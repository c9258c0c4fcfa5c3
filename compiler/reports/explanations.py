"""Explanations of a rule for one student, as text: the outcome, what decided it, what would change it.

Each section is told by its clauses, ``yes``, ``no`` or ``?`` before the author's words, and under each the facts it
rests on, with the file and line of the record. What names the student is left out, for that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from compiler.engines.explain import Explained, Explanation
from compiler.engines.nearest import Change
from compiler.reports import traces
from compiler.reports.findings import cause_words
from compiler.reports.text import plain, plural
from compiler.schema.types import DATE, TEXT, Code
from compiler.semantics import ir
from compiler.semantics.altered import at
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.determining import Clause, Determined, Fact
from compiler.semantics.findings import Outcome
from compiler.semantics.program import Program
from compiler.semantics.steps import value_text
from compiler.semantics.tracing import MAX_MEMBERS, key_words
from compiler.semantics.values import ListValue, Record, RecordValue, Undetermined

MOST_CHANGES, MOST_CODES, _MOST_LISTED, _WIDEST = 6, 6, 3, 60
_DESCRIBES = ("description", "label", "meaning", "title", "name", "short")
"""Columns that say in words what a code means, the first that a table has."""
Meanings = Mapping[tuple[str, str], str]
"""What codes mean, by descriptor and code."""


def meanings(program: Program, school_year: int) -> dict[tuple[str, str], str]:
    """What the codes of a school year mean, as far as the tables of their descriptors say."""
    found: dict[tuple[str, str], str] = {}
    for table in program.tables.values():
        column = next((name for name in _DESCRIBES if table.columns.get(name) is TEXT), None)
        if table.descriptor is None or column is None or len(table.key) != 1:
            continue
        for (code, *_), cells in table.rows_in(school_year):
            if not str(cells.get(column) or "(").startswith("("):  # in brackets: there are no words for it
                found.setdefault((table.descriptor, str(code)), str(cells[column]))
    return found


@dataclass(frozen=True, slots=True)
class Telling:
    """What is explained: the rule, the student, and what codes mean."""

    checked: CheckedRule
    rule: ir.Rule
    student: str
    meanings: Meanings


def lines(telling: Telling, explained: Explained, *, steps: bool = False) -> Iterator[str]:
    """The whole explanation; with ``steps`` all that was asked, in the place of what decided."""
    rule = telling.rule
    yield f"{rule.id}: {plain(rule.title)}"
    if explained.reasons:
        yield f"It cannot be checked here: {cause_words(explained.reasons)}."
    if not explained.explanations:
        yield f"Student {plain(telling.student)} has no record that this rule judges (each {rule.subject_text})."
    for explanation in explained.explanations:
        yield ""
        yield from _subject(telling, explanation, is_open=not explained.reasons, steps=steps)
    violated = any(e.verdict.outcome is Outcome.VIOLATION for e in explained.explanations)
    if violated and telling.checked.written.fix is not None:
        yield ""
        yield f"How to fix it: {plain(' '.join(telling.checked.written.fix.text.split()))}"


def _subject(telling: Telling, explanation: Explanation, *, is_open: bool, steps: bool) -> Iterator[str]:
    rule, finding, outcome = telling.rule, explanation.finding, explanation.verdict.outcome
    yield f"{explanation.record.resource} {plain(key_words(finding.key.values()))}{_place(explanation.record)}"
    words = outcome.value.upper()
    if outcome is Outcome.VIOLATION:
        words += f" ({finding.severity})"
    if outcome is Outcome.NOT_CHECKED:
        words += f": {cause_words(explanation.verdict.missing)}"
    yield f"  {words}"
    if steps:
        yield from _steps(rule, explanation)
    elif is_open:
        yield from _because(telling, explanation)
    if outcome is Outcome.VIOLATION:
        yield f"  message: {plain(rule.message)}"
        if finding.detail:
            yield f"  found: {plain(finding.detail)}"
        if finding.others:
            others = "; ".join(key_words(other.values()) for other in finding.others)
            yield f"  with: {plain(others)}"
    if not steps and is_open:
        yield from _changes(telling, explanation)


def _steps(rule: ir.Rule, explanation: Explanation) -> Iterator[str]:
    if explanation.when is not None:
        yield from traces.render(explanation.when, "applies when")
    if explanation.require is not None and explanation.verdict.outcome is not Outcome.NOT_APPLICABLE:
        yield from traces.render(explanation.require, "in conflict with" if rule.conflicts else "must be true")


def _place(record: Record | None) -> str:
    return f"   ({plain(record.file)} line {record.line})" if record is not None and record.file else ""


# -- what decided


def _because(telling: Telling, explanation: Explanation) -> Iterator[str]:
    found, rule, seen = explanation.determined, telling.rule, _Seen([])
    if rule.condition is not None:
        yield from _section(telling, "It is judged, because", found.judged, seen)
    if found.when is not None:
        yield from _section(telling, _when_heading(found.when.value), found.when, seen)
    if found.require is not None:
        yield from _section(telling, _require_heading(rule, explanation), found.require, seen)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The clauses that were told, each with its grounds; who meets one of them again is pointed to it."""

    clauses: list[Clause]

    def again(self, clause: Clause) -> bool:
        if not clause.parts and not clause.facts:
            return False
        is_known = clause in self.clauses
        if not is_known:
            self.clauses.append(clause)
        return is_known


def _when_heading(value: object) -> str:
    if isinstance(value, Undetermined):
        return "Whether the rule applies is not known, because"
    return "The rule applies, because" if value is True else "The rule does not apply, because"


def _require_heading(rule: ir.Rule, explanation: Explanation) -> str:
    require = explanation.verdict.require
    if isinstance(require, Undetermined):
        return "Whether it passes is not known, because"
    if require is True:
        return "It passes, because" if rule.conflicts is None else "It is in conflict with nothing, because"
    if explanation.verdict.outcome is Outcome.NOT_CHECKED:
        return "If it applies, it is violated, because"
    return "It is violated, because" if rule.conflicts is None else "There is a conflict, because"


def _section(telling: Telling, heading: str, top: Clause, seen: _Seen) -> Iterator[str]:
    """A heading and the clauses below it; of what consists of several clauses, these say all."""
    is_several = isinstance(top.node, ir.And | ir.Or) and not _facts(telling, top)
    if is_several or top.node is None or isinstance(top.value, ListValue):
        yield f"  {heading}{_alone(top)}"
        yield from (f"    {line}" for line in _fact_lines(telling, top))
        yield from _parts(telling, top, 2, seen)
    else:
        yield f"  {heading}"
        yield from _clause(telling, top, "", 2, seen)


def _clause(telling: Telling, clause: Clause, above: str, depth: int, seen: _Seen) -> Iterator[str]:
    """A clause and what it rests on; one that rests on another one alone is told together with it."""
    indent, last = "  " * depth, clause
    while (inner := _only_part(telling, last)) is not None:
        last = inner
    head = _head(clause, above) + (f": {last.text}" if last is not clause else "")
    line = f"{indent}{answer_word(clause.value):<4}{plain(head)}"
    if last.parts and seen.again(last):
        yield f"{line}   (as above)"
        return
    yield f"{line}{_alone(last)}"
    yield from (f"{indent}      {told}" for told in _fact_lines(telling, last))
    yield from _parts(telling, last, depth + 2, seen)


def _head(clause: Clause, above: str) -> str:
    """The words of a clause; a member of a list is not told again what the line above asks of all of them."""
    if not clause.member:
        return clause.text
    return f"[{clause.member}]" if f"({clause.text})" in above else f"[{clause.member}]  {clause.text}"


def _only_part(telling: Telling, clause: Clause) -> Clause | None:
    """The one clause that another one rests on, with the same answer."""
    if len(clause.parts) != 1 or _facts(telling, clause) or clause.parts[0].member or clause.member:
        return None
    [part] = clause.parts
    return part if answer_word(part.value) == answer_word(clause.value) else None


def _alone(clause: Clause) -> str:
    return " (each by itself)" if clause.each_alone else ""


def _parts(telling: Telling, clause: Clause, depth: int, seen: _Seen) -> Iterator[str]:
    """The clauses below a clause: of many members the first, and none again that was told of a member before."""
    told, left_out = 0, 0
    for part in clause.parts:
        if part.member and not part.parts and seen.again(part):
            continue
        told += bool(part.member)
        if part.member and told > MAX_MEMBERS:
            left_out += 1
        else:
            yield from _clause(telling, part, clause.text, depth, seen)
    if left_out:
        yield f"{'  ' * depth}... and {left_out} more"


def answer_word(value: object) -> str:
    """``yes``, ``no``, or ``?`` for what is not known; a list says whether it has members."""
    if isinstance(value, ListValue):
        return "yes" if value.members else "no"
    return "yes" if value is True else "no" if value is False else "?"


def _fact_lines(telling: Telling, clause: Clause) -> list[str]:
    """Facts in columns: the words, the value, where it stands."""
    by_text: dict[str, list[Fact]] = {}
    for fact in _facts(telling, clause):
        by_text.setdefault(fact.text, []).append(fact)
    rows = [(plain(text), *told) for text, facts in by_text.items() for told in _told(facts, telling.meanings)]
    widths = [max((len(row[i]) for row in rows if len(row[i]) <= _WIDEST), default=0) for i in (0, 1)]
    return [f"{text:<{widths[0]}} = {value:<{widths[1]}}{place}".rstrip() for text, value, place in rows]


def _told(facts: list[Fact], known: Meanings) -> Iterator[tuple[str, str]]:
    """The value and place of facts with the same words; of many, how many they are and what lies at the ends."""
    if len(facts) <= _MOST_LISTED:
        yield from ((plain(fact_value(fact, known)), _place(fact.record)) for fact in facts)
        return
    values = list(dict.fromkeys(plain(fact_value(fact, known)) for fact in sorted(facts, key=_rank)))
    shown = values[0] if len(values) == 1 else f"{values[0]} ... {values[-1]}"
    lines = sorted(fact.record.line for fact in facts if fact.record is not None and fact.record.file)
    files = {fact.record.file for fact in facts if fact.record is not None and fact.record.file}
    place = f"   ({plain(files.pop())} lines {lines[0]} to {lines[-1]})" if len(files) == 1 else ""
    yield f"{len(facts)} values, {shown}", place


def _rank(fact: Fact) -> tuple[bool, Any]:
    """Facts of one property in the order of their values, what is missing first."""
    known = not isinstance(fact.value, Undetermined)
    return known, fact.value if known and isinstance(fact.value, int | Decimal | date) else str(fact.value)


def _facts(telling: Telling, clause: Clause) -> list[Fact]:
    """The facts that people need: not who the student is, and no value twice."""
    read = [fact.value for fact in clause.facts if fact.kind in ("property", "reference")]
    read = read if len(read) <= MAX_MEMBERS else []
    return [fact for fact in clause.facts if not _is_idle(fact, telling.student, read)]


def _is_idle(fact: Fact, student: str, read: list[object]) -> bool:
    """Whether a fact tells nothing that is not told already."""
    if fact.kind == "computed":
        return any(fact.value is value or fact.value == value for value in read)
    if fact.kind == "record":
        return fact.value is True and fact.record is not None and bool(read)
    if fact.kind == "reference":
        return str(fact.value) == student
    return False


def fact_value(fact: Fact, known: Meanings) -> str:
    """The value of a fact as people read it."""
    if fact.kind == "record":
        name = f"{fact.resource} {key_words(fact.key)}"
        return f"there is the {name}" if fact.value else f"there is no {name}"
    if fact.kind == "list" and isinstance(fact.value, ListValue):
        return _list_words(fact.value)
    if isinstance(fact.value, Undetermined):
        raw = at(fact.record.body, fact.place) if fact.record is not None else None
        return "missing" if raw is None or not str(raw).strip() else f"not readable ({str(raw)[:40]!r})"
    return code_words(fact.value, fact, known)


def _list_words(found: ListValue) -> str:
    """How many members a list has; of records the keys of the first."""
    count, records = len(found.members), [m.value for m in found.members if isinstance(m.value, RecordValue)]
    if not count:
        return "none"
    if not records:
        return plural(count, "entry", "entries")
    keys = "; ".join(key_words(record.key) for record in records[:_MOST_LISTED])
    return f"{plural(count, 'record')} ({keys}{'; ...' if count > _MOST_LISTED else ''})"


def code_words(value: object, fact: Fact, known: Meanings) -> str:
    """A value; a code with what it means."""
    text = value_text(value)
    meaning = known.get((fact.type.descriptor, text)) if isinstance(fact.type, Code) else None
    return f"{text} ({meaning})" if meaning is not None and meaning != text else text


# -- what would change it


def needed(found: Determined) -> list[Fact]:
    """The facts that are missing where an outcome could not be told."""
    tops = [top for top in (found.when, found.require) if top is not None]
    missing = (fact for top in tops for fact in _missing(top))
    return list(dict.fromkeys(missing))


def _missing(clause: Clause) -> Iterator[Fact]:
    if isinstance(clause.value, Undetermined) or (isinstance(clause.value, ListValue) and clause.value.doubts):
        for fact in clause.facts:
            is_blank = isinstance(fact.value, Undetermined) and fact.kind in ("property", "reference")
            if is_blank or (fact.kind == "record" and not fact.value):
                yield fact
        for part in clause.parts:
            yield from _missing(part)


def _changes(telling: Telling, explanation: Explanation) -> Iterator[str]:
    outcome, nearest = explanation.verdict.outcome, explanation.nearest
    if outcome is Outcome.NOT_CHECKED:
        facts = needed(explanation.determined)
        if facts:
            yield "  To be checked, it needs"
            yield from (f"    {_need(fact)}" for fact in facts[:MAX_MEMBERS])
    if outcome not in (Outcome.VIOLATION, Outcome.NOT_CHECKED):
        return
    if nearest.passing:
        yield "  It would pass, if"
        yield from _change_lines(telling, nearest.passing)
    elif outcome is Outcome.VIOLATION:
        tried = " (not every value could be tried)" if nearest.is_cut else ""
        yield f"  No single value was found that would let it pass{tried}."
    if nearest.sparing:
        yield "  The rule would not apply, if"
        yield from _change_lines(telling, nearest.sparing)


def _need(fact: Fact) -> str:
    if fact.kind == "record":
        return f"the {fact.resource} {plain(key_words(fact.key))}"
    return f"{plain(fact.text)}{_place(fact.record)}"


def _change_lines(telling: Telling, changes: Iterable[Change]) -> Iterator[str]:
    told = Counter(
        (f"{change.fact.text} were {change_words(change, telling.meanings)}", _place(change.fact.record))
        for change in changes
    )
    for (words, place), count in list(told.items())[:MOST_CHANGES]:
        yield f"    {plain(words)}{f', in any of {count} places' if count > 1 else ''}{place}"
    if len(told) > MOST_CHANGES:
        yield f"    ... or {plural(len(told) - MOST_CHANGES, 'other change')}"


def change_words(change: Change, known: Meanings) -> str:
    """What a property would have to be."""
    fact = change.fact
    if change.removed:
        return "missing"
    if change.given:
        return "given"
    if change.values:
        words = [code_words(value, fact, known) for value in change.values]
        more = len(words) - MOST_CODES
        if more > 0:
            return f"{', '.join(words[:MOST_CODES])} or one of {more} more"
        return f"{', '.join(words[:-1])} or {words[-1]}" if len(words) > 1 else words[0]
    below, above = ("earlier", "later") if fact.type is DATE else ("less", "more")
    if change.first is None:
        return f"{value_text(change.last)} or {below}"
    if change.last is None:
        return f"{value_text(change.first)} or {above}"
    return f"from {value_text(change.first)} to {value_text(change.last)}"
