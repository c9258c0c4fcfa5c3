"""``check`` with a memory: when no spec, schema or part of the compiler has changed, the last answer still holds.

Reading and hashing a hundred small files takes milliseconds; parsing and typing them, and importing what that needs,
takes most of a second. The answer is kept in the user's cache folder, keyed by a hash of everything it depends on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler import cache
from compiler.diagnostics import Diagnostic, Related, Sink
from compiler.driver import fingerprint, open_project, read_sources
from compiler.source import Source, Span


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found, and how much it looked at, in words."""

    diagnostics: list[Diagnostic]
    counts: str


def check(root: Path, *, use_cache: bool = True) -> Outcome:
    """Check a project, from memory when nothing has changed."""
    sources = read_sources(root, Sink())
    key = f"check-{fingerprint(root, sources)}.json"
    remembered = _remembered(key, sources) if use_cache else None
    if remembered is not None:
        return remembered
    project = open_project(root)
    outcome = Outcome(project.sink.sorted(), _counts(project))
    if use_cache:
        cache.write(key, json.dumps(_kept(outcome)))
    return outcome


def _counts(project: Any) -> str:
    from compiler.reports.text import plural

    programs = project.programs.values()
    rules = sum(len(program.checked) for program in programs)
    tables = sum(len(program.tables) for program in programs)
    published = sum(len(program.published) for program in programs)
    filed = sum(len(program.filed) for program in programs)
    specs = plural(rules, "rule") + (f", {plural(published, 'publication')}" if published else "")
    specs += f", {plural(filed, 'extract')}" if filed else ""
    return f"{specs} and {plural(tables, 'table')} in {plural(len(project.sources), 'file')}"


def _kept(outcome: Outcome) -> dict[str, Any]:
    return {
        "counts": outcome.counts,
        "diagnostics": [
            [d.code, *d.span.place, d.message, d.hint, [[*r.span.place, r.label] for r in d.related]]
            for d in outcome.diagnostics
        ],
    }


def _remembered(key: str, sources: list[Source]) -> Outcome | None:
    """The kept answer; None when there is none that can be read."""
    text = cache.read(key)
    try:
        return None if text is None else _restored(json.loads(text), {source.path: source for source in sources})
    except (ValueError, LookupError, TypeError):
        return None


def _restored(kept: dict[str, Any], sources: dict[str, Source]) -> Outcome:
    diagnostics = [
        Diagnostic(
            code,
            Span(sources[path], start, end),
            message,
            hint,
            tuple(Related(Span(sources[p], s, e), label) for p, s, e, label in related),
        )
        for code, path, start, end, message, hint, related in kept["diagnostics"]
    ]
    return Outcome(diagnostics, kept["counts"])
