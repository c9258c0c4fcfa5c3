"""The pages of the diagnostics: one Markdown file a code, with a spec that shows the mistake and one that does not.

A page is prose with three fenced blocks: ``yaml wrong`` (files that show the mistake), ``text`` (what is printed) and
``yaml right`` (the same, mended). The tests run the blocks of every page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from compiler.diagnostics.codes import CODES


@dataclass(frozen=True, slots=True)
class Example:
    """The blocks of a page; ``wrong`` and ``right`` hold file texts by path."""

    wrong: dict[str, str]
    printed: str
    right: dict[str, str]


def page(code: str) -> str:
    """The page of a code, as Markdown."""
    body = files("compiler.diagnostics").joinpath("pages", f"{code}.md").read_text(encoding="utf-8")
    return f"# {code}: {CODES[code].title}\n\n{body.strip()}\n"


def example(code: str) -> Example:
    """The example of a page, for the tests."""
    blocks = re.findall(r"^```(\w+)(?: (\w+))?\n(.*?)^```$", page(code), re.DOTALL | re.MULTILINE)
    found = {" ".join(part for part in (language, kind) if part): body for language, kind, body in blocks}
    return Example(_files(found["yaml wrong"]), found["text"], _files(found["yaml right"]))


def _files(block: str) -> dict[str, str]:
    """The files of a block: each begins with a line ``# file: path``."""
    parts = re.split(r"^# file: (\S+)\n", block, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))
