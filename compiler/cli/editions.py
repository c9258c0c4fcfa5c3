"""Editions of a run that are folders of files: a name of a format to what writes it.

Each takes the summary of a run and a :class:`~compiler.cli.files.Written` folder, and gives a line about what it wrote.
Beside its files every edition has ``findings.jsonl`` and ``run.json``, so that a later run can be compared with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compiler.cli.files import Written

if TYPE_CHECKING:
    from compiler.reports.summary import Summary

ROWS, ABOUT = "findings.jsonl", "run.json"


def _xlsx(summary: Summary, folder: Written) -> str:
    from compiler.reports.text import plural
    from compiler.reports.workbooks import write_all, write_group

    folder.binary("all.xlsx", partial(write_all, summary))
    for group in summary.groups:
        folder.binary(f"corporations/{group.stem}.xlsx", partial(write_group, summary, group))
    return f"all.xlsx and {plural(len(summary.groups), 'workbook')} in corporations"


def _html(summary: Summary, folder: Written) -> str:
    from compiler.reports.pages.site import site
    from compiler.reports.text import plural

    folder.instead(site(summary))
    return f"index.html and the pages of {plural(len(summary.groups), 'corporation')}"


EDITIONS: dict[str, Callable[[Summary, Written], str]] = {"xlsx": _xlsx, "html": _html}


def write_edition(form: str, summary: Summary, listed: Iterable[Any], root: Path) -> tuple[str, list[str]]:
    """Write an edition to a folder; what was written in words, and files there that are of an earlier run."""
    from compiler.reports.findings import as_jsonl

    (root / ABOUT).unlink(missing_ok=True)  # a folder that is not finished says nothing of its run
    folder = Written(root)
    what = EDITIONS[form](summary, folder)
    older = folder.older()
    digest = hashlib.sha256()

    def rows() -> Iterable[str]:
        for text in as_jsonl(listed):
            digest.update(text.encode("utf-8", errors="backslashreplace"))
            yield text

    folder.text(ROWS, rows())
    about = {**summary.facts.told(), "findings": digest.hexdigest()}
    folder.text(ABOUT, [json.dumps(about, indent=1, ensure_ascii=False) + "\n"])
    return f"{what} written to {root}, with {ROWS}", older
