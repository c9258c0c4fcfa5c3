"""Guides, matched by id: what is asked otherwise, where answers lead now, who acts, and what is told on the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.changes.compared import apart, changes_of, head_changes, note_changes, part_changes, spec_entries
from compiler.changes.entries import Change, Entry
from compiler.changes.guided import Guided, Leads
from compiler.changes.parts import Part
from compiler.changes.sides import Side
from compiler.changes.texts import lines, text
from compiler.changes.wording import change_of
from compiler.semantics import ir
from compiler.semantics.checker.branches import Domain, answers_to_try, taking

Renamed = Mapping[ir.Target, ir.Target]
"""The questions and ends of the old side that have another id on the new one."""
Branches = list[tuple[ir.Expr | None, ir.Target]]
"""Conditions of branches (None: all that is left), and where they lead."""


def guide_entries(old: Side, new: Side) -> Iterator[Entry]:
    """The guides that changed."""
    checked = old.program.guided, new.program.guided
    yield from spec_entries("guide", checked, (old.guided, new.guided), _summed_up, _changes)


def _summed_up(said: Guided) -> str:
    return f"{len(said.questions)} questions, {len(said.ends)} ends, {len(said.notices)} notices"


def _changes(one: Guided, other: Guided) -> Iterator[Change]:
    was, now = one.checked.written, other.checked.written
    yield from head_changes(was, now)
    yield from change_of("message", "symptom", lines(text(was.symptom)), lines(text(now.symptom)))
    yield from part_changes(one.parts, other.parts)
    yield from _walk_changes(one, other)
    yield from note_changes(was.document.root, now.document.root, deciding=("steps",))


def _walk_changes(one: Guided, other: Guided) -> Iterator[Change]:
    """What is other of the questions, of where they lead, of ends and notices."""
    questions, ends = _pairs(one.questions, other.questions), _pairs(one.ends, other.ends)
    renamed = {ir.Target(was, is_end=False): ir.Target(now, is_end=False) for now, was in questions.items()}
    renamed |= {ir.Target(was, is_end=True): ir.Target(now, is_end=True) for now, was in ends.items()}
    if _there(one.start, renamed) != other.start:
        yield Change("question", "the first of all", (one.start,), (other.start,))
    yield from _of_parts(one.questions, other.questions, questions)
    yield from _lead_changes(one.leads, other.leads, questions, renamed)
    yield from _of_parts(one.ends, other.ends, ends)
    yield from _of_parts(one.notices, other.notices, _pairs(one.notices, other.notices))


def _there(question: str, renamed: Renamed) -> str:
    """The id that a question of the old side has on the new one."""
    target = ir.Target(question, is_end=False)
    return renamed.get(target, target).name


def _pairs(old: dict[str, Part], new: dict[str, Part]) -> dict[str, str]:
    """The ids of both sides, the new before the old; one of another id is the same when it says the same."""
    pairs = {name: name for name in new if name in old}
    gone = [name for name in old if name not in new]
    for name in (name for name in new if name not in old):
        same = next((before for before in gone if old[before].says_the_same(new[name])), None)
        if same is not None:
            gone.remove(same)
            pairs[name] = same
    return pairs


def _gone(old: Iterable[str], pairs: Mapping[str, str]) -> list[str]:
    """The ids of the old side that are no longer there."""
    return [name for name in old if name not in pairs.values()]


def _of_parts(old: dict[str, Part], new: dict[str, Part], pairs: dict[str, str]) -> Iterator[Change]:
    """What came, what went, what has another id, and what says something else."""
    for name in _gone(old, pairs):
        yield Change(old[name].kind, name, old[name].lines, ())
    for name, part in new.items():
        if name not in pairs:
            yield Change(part.kind, name, (), part.lines)
        elif pairs[name] != name:
            yield Change(part.kind, name, (f"id: {pairs[name]}",), (f"id: {name}",))
        else:
            yield from changes_of(old[name], part)


# -- where answers lead


def _lead_changes(
    old: dict[str, Leads], new: dict[str, Leads], pairs: dict[str, str], renamed: Renamed
) -> Iterator[Change]:
    """The questions whose answers lead elsewhere; of one that came or went, where they lead or led."""
    for name in _gone(old, pairs):
        yield Change("branch", name, old[name].part.lines, ())
    for name, leads in new.items():
        if name not in pairs:
            yield Change("branch", name, (), leads.part.lines)
        elif not lead_alike(old[pairs[name]], leads, renamed):
            yield Change("branch", name, *apart(old[pairs[name]].part.lines, leads.part.lines))


def lead_alike(one: Leads, other: Leads, renamed: Renamed) -> bool:
    """Whether every answer leads to the same: by trying answers where these decide, else as it is written."""
    if one.part.says_the_same(other.part):
        return True
    branches = [(branch.when, renamed.get(branch.go, branch.go)) for branch in one.branches]
    others = [(branch.when, branch.go) for branch in other.branches]
    answers = answers_to_try(other.domain, [when for when, _ in (*branches, *others)])
    if answers is None or not _answered_alike(one.domain, other.domain):
        return False
    way_out = renamed.get(one.cannot_tell, one.cannot_tell) if one.cannot_tell is not None else None
    return way_out == other.cannot_tell and _targets(branches, answers) == _targets(others, answers)


def _answered_alike(one: Domain, other: Domain) -> bool:
    """Whether two questions have the same answers."""
    return (one.type, one.least, set(one.listed or ())) == (other.type, other.least, set(other.listed or ()))


def _targets(branches: Branches, answers: list[Any]) -> list[ir.Target]:
    """Where each answer leads."""
    taken = [(taking(when, answers), go) for when, go in branches]
    return [next(go for takes, go in taken if takes[place]) for place in range(len(answers))]
