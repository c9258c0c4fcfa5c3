"""Rules, matched by id and revision: what has become of each part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from compiler.backends.words import plain_words
from compiler.changes.codes import code_changes
from compiler.changes.entries import Change, Entry
from compiler.changes.findings import direction
from compiler.changes.sides import Clauses, Side
from compiler.changes.terms import Term
from compiler.changes.texts import lines, lines_of, text
from compiler.changes.wording import change_of, note_changes, source_changes, wording_changes
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import natural
from compiler.syntax.document import Scalar
from compiler.syntax.specs import RuleTree
from compiler.syntax.unparser import unparse

LITTLE = 0.5
"""Two rows, or two rules, share little when less than this part of their words, or of their tests, is common."""


def rule_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The rules that changed."""
    for key in sorted(old.rules.keys() | new.rules.keys(), key=natural):
        changes = tuple(sorted(_changes(old, new, key), key=lambda change: change.rank))
        rule = new.rules.get(key) or old.rules[key]
        if changes:
            yield Entry("rule", key, rule.written.title.text, _collection(rule), _path(rule), changes)


def _collection(rule: CheckedRule) -> str:
    return rule.collection.name if rule.collection else ""


def _path(rule: CheckedRule) -> str:
    return rule.written.document.source.path


def _changes(old: Side, new: Side, key: str) -> Iterator[Change]:
    if key not in new.rules:
        yield Change("retired", "rule", (old.rules[key].written.status,), ())
    elif key not in old.rules:
        yield from _arrival(old, new, key)
    else:
        yield from compared(old, new, key, key)


def _arrival(old: Side, new: Side, key: str) -> Iterator[Change]:
    """A rule that was not there: one of a new id, or a revision of one, told as a change of the one before it."""
    rule = new.rules[key]
    earlier = [r for r in old.rules.values() if r.id == rule.id and r.revision < rule.revision]
    if not earlier:
        yield Change("added", "rule", (), (_state_of(rule), *_sentences(new, key)))
        return
    before = max(earlier, key=lambda r: r.revision)
    yield Change("revision", "revision", (f"{before.key}: {_when(before)}",), (f"{key}: {_when(rule)}",))
    yield from (change for change in compared(old, new, before.key, key) if change.part != "validity")


def compared(old: Side, new: Side, before: str, after: str) -> Iterator[Change]:
    """How a rule of one side differs from a rule of the other."""
    one, other = old.rules[before].written, new.rules[after].written
    reused = list(_reuse(old, new, before, after))
    meaning = list(_meaning(old, new, before, after))
    yield from reused or meaning
    yield from _runs(old.rules[before], new.rules[after])
    yield from _weights(old, new, before, after)
    yield from _settings(old.rules[before], new.rules[after])
    if not reused:
        yield from source_changes(one, other)
    yield from wording_changes(old, new, before, after)
    yield from note_changes(one, other)


# -- whether it runs, and when


def _runs(one: CheckedRule, other: CheckedRule) -> Iterator[Change]:
    was, is_now = one.written.status, other.written.status
    if was != is_now:
        kind = "retired" if was == "active" else "status"
        yield Change(kind, "status", (was,), (is_now,))
    yield from change_of("alias", "alias of", _ids([one.written.alias_of]), _ids([other.written.alias_of]))
    yield from change_of("revision", "validity", (_when(one),), (_when(other),))


def _when(rule: CheckedRule) -> str:
    """When a revision holds."""
    v = rule.validity
    if v.first_day is not None or v.last_day is not None:
        ends = [f"{word} {day}" for word, day in (("from", v.first_day), ("to", v.last_day)) if day is not None]
        return f"runs {' '.join(ends)}"
    years = [f"{word} {year}" for word, year in (("from", v.first_year), ("to", v.last_year)) if year is not None]
    return f"school years {' '.join(years)}" if years else "every school year"


def _state_of(rule: CheckedRule) -> str:
    return f"{_steps(rule.written)}, {rule.written.status}" if rule.written.steps else rule.written.status


# -- what it says


def _meaning(old: Side, new: Side, before: str, after: str) -> Iterator[Change]:
    """Whom the rule judges and what it asks; which of it is told by the words that differ."""
    one, other = old.written.get(before), new.written.get(after)
    if one is None or other is None:
        return
    if (one.judged, one.conditions, one.missing) == (other.judged, other.conditions, other.missing):
        return
    full, other_full = old.in_full(before), new.in_full(after)
    if (one.judged, one.conditions) != (other.judged, other.conditions) and not _say_the_same(full, other_full):
        told = direction(old, new, before, after)
        words = _apart(_clauses_of(old, before), _clauses_of(new, after))
        if words[0] == words[1]:
            words = _formulas(old.rules[before].written), _formulas(new.rules[after].written)
        codes = tuple(code_changes(one, other)) if one.judged == other.judged else ()
        if one.judged != other.judged:
            yield Change("subject", "for each", *words, told)
        elif codes:
            yield Change("code set", _parts(one, other), *words, told, "; ".join(codes))
        else:
            yield Change("condition", _parts(one, other), *words, told)
    if one.missing != other.missing and (full is None or other_full is None or full.missing != other_full.missing):
        yield Change("if missing", "if missing", _missing(old, before), _missing(new, after))


def _say_the_same(one: Clauses | None, other: Clauses | None) -> bool:
    return one is not None and other is not None and (one.judged, one.conditions) == (other.judged, other.conditions)


_CLAUSES = {"where": "where", "when": "when", "require": "require", "years": "all years"}


def _parts(one: Clauses, other: Clauses) -> str:
    """Which clauses differ."""
    return ", ".join(key for name, key in _CLAUSES.items() if getattr(one, name) != getattr(other, name))


Words = tuple[tuple[str, ...], ...]


def _apart(words: Words, others: Words) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The lines of the clauses that differ; of all, when the words do not tell what does."""
    every = list(zip(words, others, strict=False))
    pairs = [pair for pair in every if pair[0] != pair[1]] or every
    one, other = (tuple(chain.from_iterable(pair[side] for pair in pairs)) for side in (0, 1))
    return one, other


def _clauses_of(side: Side, key: str) -> Words:
    """Whom a rule judges, when it applies and what it asks in plain words, each as lines."""
    words = plain_words(side.rules[key], side.program)
    if words is None:
        return ()
    return tuple(tuple(lines_of(c)) if c is not None else () for c in (words.who, words.when, words.require))


def _formulas(rule: RuleTree) -> tuple[str, ...]:
    """What the author wrote, where words do not tell two rules apart."""
    clauses = {"for each": rule.subject, "when": rule.when, "require": rule.require, "conflicts with": rule.conflicts}
    return tuple(f"{name}: {unparse(clause)}" for name, clause in clauses.items() if clause is not None)


def _sentences(side: Side, key: str) -> tuple[str, ...]:
    """A rule in plain words, a line for each sentence or bullet."""
    return tuple(chain.from_iterable(_clauses_of(side, key)))


def _missing(side: Side, key: str) -> tuple[str, ...]:
    words = plain_words(side.rules[key], side.program)
    own = len([path for _, path, _ in side.rules[key].written.if_missing if path is not None])
    return words.if_missing[:own] if words is not None else ()


# -- an id used again


def _reuse(old: Side, new: Side, before: str, after: str) -> Iterator[Change]:
    """Whether an id names another rule now.

    It does when the spec says so (`supersedes`), or when the quoted rows share little of their words, and the rules
    little of what they test.
    """
    one, other = old.rules[before].written, new.rules[after].written
    said = text(other.supersedes)
    because = ""
    if said and said != text(one.supersedes):
        because = f"`supersedes` says so: {said}"
    elif old.written.get(before) and new.written.get(after):
        rows = _words_of(one), _words_of(other)
        tests = _tests(old.written[before]), _tests(new.written[after])
        if _share(*rows) < LITTLE and _share(*tests) < LITTLE:
            because = f"the quoted rows share {_counted(*rows)} words, the rules {_counted(*tests)} tests"
    if because:
        was, now = ((rule.title.text, *_sentences(s, k)) for rule, s, k in ((one, old, before), (other, new, after)))
        yield Change("reused id", "rule", was, now, direction(old, new, before, after), because)


def _words_of(rule: RuleTree) -> set[str]:
    """The words of the quoted row that say what it asks."""
    cells = [cell.text for name, cell in rule.source.cells.items() if name in ("logic", "message")]
    return set(re.findall(r"\w+", " ".join(cells).lower()))


def _tests(clauses: Clauses) -> set[Term]:
    """What a rule is made of: its records, and the tests under `and` and `or`."""
    waiting, found = [clauses.where, clauses.when, clauses.require], {("record", clauses.resource)}
    while waiting:
        term = waiting.pop()
        if term[0] in ("and", "or"):
            waiting.extend(term[1:])
        elif term[0] != "const":
            found.add(term)
    return found


def _share(one: set[Any], other: set[Any]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def _counted(one: set[Any], other: set[Any]) -> str:
    return f"{len(one & other)} of {len(one | other)}"


# -- what a violation weighs


def _weights(old: Side, new: Side, before: str, after: str) -> Iterator[Change]:
    one, other = old.rules[before].written, new.rules[after].written
    was, now = old.written.get(before), new.written.get(after)
    if (was.steps if was else None) != (now.steps if now else None):
        yield from change_of("severity", "severity", lines(_steps(one)), lines(_steps(other)))
    yield from change_of("effect", "effect", (one.effect,), (other.effect,))


def _steps(rule: RuleTree) -> str:
    """`Warning until December 1 of the school year, then Error`."""
    return ", then ".join(
        f"{step.severity.text} until {unparse(step.until)}" if step.until is not None else step.severity.text
        for step in rule.steps
    )


def _settings(one: CheckedRule, other: CheckedRule) -> Iterator[Change]:
    was, now = one.written, other.written
    yield from change_of("scope", "scope", (was.scope,), (now.scope,))
    yield from change_of("once per", "once per", _listed(was.once_per), _listed(now.once_per))
    yield from change_of("because", "because", _ids(was.because), _ids(now.because))
    yield from change_of("suppresses", "suppresses", _ids(was.suppresses), _ids(now.suppresses))
    yield from change_of("collection", "collection", lines(_collection(one)), lines(_collection(other)))


def _ids(names: Iterable[Scalar | None]) -> tuple[str, ...]:
    return _listed(name.text for name in names if name is not None)


def _listed(names: Iterable[str]) -> tuple[str, ...]:
    return lines(", ".join(sorted(set(names), key=natural)))
