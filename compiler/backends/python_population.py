"""What generated publications and extracts share: candidates, and why a population leaves one out.

This file is copied beside the generated modules, as ``runtime`` is, and needs the standard library only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from compiler.backends.python_runtime import Missing, joined, plain, shown

NOT_INCLUDED, UNDECIDED, EXCLUDED = "not included", "cannot be decided", "excluded"

Subject = tuple[Any, ...]
"""The variables of a candidate, and the run."""


@dataclass(frozen=True)
class Clause:
    """A condition of the population, and what is said of a candidate that it leaves out."""

    when: Callable[..., Any]
    reason: str
    after_sending: str = ""


@dataclass(slots=True)
class Sender:
    """The object that a candidate stands for: its type, its key as text, and the student's id (or none)."""

    type: str
    key: str
    student: str = ""

    def __str__(self) -> str:
        return f"{self.type} {self.key}"


@dataclass(slots=True)
class Barred:
    """Why a population leaves a candidate out: ``missing`` is what was not there, where that is why; ``after_sending``
    says of an exclusion what becomes of an earlier record.
    """

    why: str
    reason: str
    missing: tuple[str, ...] = ()
    after_sending: str = ""


@dataclass(frozen=True)
class Population:
    """Whom a source lets in, as functions of (variables of the subject..., run).

    ``doubts`` gives what a candidate rests on: whether it is of the year, and its condition.
    """

    type: str
    object_key: Callable[..., Any]
    student: Callable[..., Any] | None
    doubts: Callable[..., tuple[Any, ...]]
    include: tuple[Clause, ...]
    exclude: tuple[Clause, ...]

    def sender(self, subject: Subject) -> Sender:
        """The object that a candidate stands for."""
        student = self.student(*subject) if self.student is not None else ""
        return Sender(self.type, _text(self.object_key(*subject)), _text(student))

    def bars(self, subject: Subject) -> Barred | None:
        """Why a candidate is left out; None when it is not."""
        missing = joined(self.doubts(*subject))
        for clause in self.include:
            holds = clause.when(*subject)
            if holds is False:
                return Barred(NOT_INCLUDED, clause.reason, (), clause.after_sending)
            if holds is not True:
                missing = joined((missing, holds))
        for clause in self.exclude:
            holds = clause.when(*subject)
            if holds is True:
                return Barred(EXCLUDED, clause.reason, (), clause.after_sending)
            if holds is not False:
                missing = joined((missing, holds))
        if missing is None:
            return None
        causes = tuple(sorted(missing.causes))
        return Barred(UNDECIDED, f"{UNDECIDED}: {are_missing(causes)}", causes)


def places_of(subject: Subject) -> tuple[tuple[Any, ...], ...]:
    """The keys of what the variables of a candidate stand for."""
    return tuple([() if part.__class__ is Missing else part.place for part in subject[:-1]])


def are_missing(missing: Iterable[str]) -> str:
    """``a and b are missing``"""
    names = sorted(missing)
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} missing"


def _text(value: Any) -> str:
    if value.__class__ is str or value.__class__ is int:
        return str(value)
    return "" if value.__class__ is Missing else shown(plain(value))
