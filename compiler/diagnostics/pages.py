"""The pages of the diagnostics: one Markdown file a code, with a spec that shows the mistake and one that does not.

A page is prose with three fenced blocks: ``yaml wrong`` (the mistake), ``text`` (what is printed) and ``yaml right``
(the same, mended). Lines of a block are keys of the rule in a new project; after ``# file: name`` they are a whole
file below its ``specs/sample/``. The tests run the blocks of every page.
"""

from __future__ import annotations

from importlib.resources import files

from compiler.diagnostics.codes import CODES


def page(code: str) -> str:
    """The page of a code, as Markdown."""
    body = files("compiler.diagnostics").joinpath("pages", f"{code}.md").read_text(encoding="utf-8")
    return f"# {code}: {CODES[code].title}\n\n{body.strip()}\n"
