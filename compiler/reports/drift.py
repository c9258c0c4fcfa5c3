"""What has become of quoted rows, as text, Markdown or JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from compiler.reports.text import plain, plural
from compiler.transcription.drift import STALE, Difference, Drift, Fate

_EXPLAINED = {
    Fate.NEVER: "quoted, but the document has a gap where it should stand",
    Fate.NEW: "no spec quotes it",
    Fate.NOT_ENCODED: "in the copy that was read, and no spec quotes it",
    Fate.REUSED: "the id stands before other words now",
    Fate.VANISHED: "the document does not hold it any more",
}


def text_lines(found: Sequence[Drift]) -> Iterator[str]:
    """A line for each row that is not unchanged, with what its cells say now."""
    for one in _told(found):
        yield _head(one)
        yield from (
            f"    {difference.cell}: {_marked(difference, '[-', '-]', '{+', '+}')}" for difference in one.differences
        )


def markdown_lines(found: Sequence[Drift]) -> Iterator[str]:
    """A section for each fate, a list of rows below it."""
    told = list(_told(found))
    for fate in Fate:
        rows = [one for one in told if one.fate is fate]
        if rows:
            yield from ("", f"## {fate.capitalize()}", "")
        for one in rows:
            yield f"- {_escaped(_head(one))}"
            yield from (f"  - {d.cell}: {_marked(d, '~~', '~~', '**', '**', escape=True)}" for d in one.differences)


def json_text(found: Sequence[Drift]) -> str:
    """All rows, the unchanged ones too."""
    return json.dumps([_record(one) for one in found], indent=1, ensure_ascii=False)


def summary(found: Sequence[Drift]) -> str:
    """How many rows have which fate, and which specs are stale."""
    counts = Counter(one.fate for one in found)
    parts = [f"{plural(counts[fate], 'row')} {fate}" for fate in Fate if counts[fate]]
    stale = sorted({one.spec for one in found if one.fate in STALE and one.spec})
    said = f" Stale specs: {', '.join(stale)}." if stale else ""
    return f"{', '.join(parts) or 'No row was compared'}.{said}"


def _told(found: Iterable[Drift]) -> Iterator[Drift]:
    return (one for one in found if one.fate is not Fate.UNCHANGED)


def _head(one: Drift) -> str:
    why = f" ({_EXPLAINED[one.fate]})" if one.fate in _EXPLAINED else ""
    where = ", ".join(filter(None, (one.path, one.place)))
    spec = f"{one.spec} " if one.spec else ""
    return plain(f"{one.fate}: {spec}`{one.row}`{why} {where}".rstrip())


def _marked(difference: Difference, out: str, gone: str, into: str, added: str, *, escape: bool = False) -> str:
    """The pieces of a cell, what went between ``out`` and ``gone``, what came between ``into`` and ``added``."""
    marks = {"": ("", ""), "-": (out, gone), "+": (into, added)}
    shown = ((mark, _escaped(text) if escape else text) for mark, text in difference.pieces)
    return plain(" ".join(f"{marks[mark][0]}{text}{marks[mark][1]}" for mark, text in shown))


def _escaped(text: str) -> str:
    """A text that Markdown shows as it is."""
    return "".join(f"\\{c}" if c in "\\*_[]<>~#|" else c for c in text)


def _record(one: Drift) -> dict[str, object]:
    return {
        "fate": str(one.fate),
        "row": one.row,
        "spec": one.spec,
        "file": one.path,
        "place": one.place,
        "differences": [
            {"cell": d.cell, "pieces": [{"mark": mark, "text": text} for mark, text in d.pieces]}
            for d in one.differences
        ],
    }
