"""Diagnostics as people read them: the place, what is wrong, the line with a caret, what to do."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.diagnostics import Diagnostic, Level
from compiler.reports.text import plain, plural
from compiler.source import Span


def render(diagnostic: Diagnostic) -> str:
    """One diagnostic as lines of text::

    error[E301] specs/x/EN-1-exit.yaml:6:30: studentSchoolAssociation has no `entryDat`
      6 | require: e.exitWithdrawDate is on or after e.entryDat
        |                                              ^^^^^^^^ did you mean `entryDate`?  (rulewright explain E301)
    """
    head = f"{diagnostic.level}[{diagnostic.code}] {plain(str(diagnostic.span))}: {plain(diagnostic.message)}"
    more = f"(rulewright explain {diagnostic.code})"
    advice = f"{plain(diagnostic.hint)}  {more}" if diagnostic.hint else more
    lines = [head, *_excerpt(diagnostic.span, advice)]
    for related in diagnostic.related:
        lines.append(f"  {plain(str(related.span))}: {related.label}")
        lines.extend(_excerpt(related.span, ""))
    return "\n".join(lines)


def _excerpt(span: Span, advice: str) -> list[str]:
    number = str(span.line)
    text = span.source.line(span.line)
    before = text[: span.column - 1]
    marked = text[span.column - 1 : span.column - 1 + max(span.end - span.start, 1)].rstrip() or " "
    gap = " " * len(number)
    caret = " " * len(plain(before)) + "^" * len(plain(marked))
    return [f"  {number} | {plain(text)}", f"  {gap} | {caret} {advice}".rstrip()]


def summary(diagnostics: Iterable[Diagnostic], checked: str) -> str:
    """The last line: ``18 rules and 12 tables: 1 error, 2 warnings``."""
    found = list(diagnostics)
    counts = {level: sum(1 for d in found if d.level is level) for level in Level}
    parts = [plural(counts[Level.ERROR], "error"), plural(counts[Level.WARNING], "warning")]
    if counts[Level.NOTE]:
        parts.append(f"{plural(counts[Level.NOTE], 'note')} (show with --notes)")
    return f"{checked}: {', '.join(parts)}"
