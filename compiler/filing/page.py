"""The rows as an HTML table, for people: the same texts as in CSV, with the options that they were made with.

The page lies beside the folder ``assets`` with the style of all pages; it reads the same without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from compiler.filing.columns import Shape
from compiler.web.pages import Pages, assets


def page(title: str, shape: Shape, options: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The page, piece by piece, from the texts of its rows; ``options`` are pairs of a label and what was chosen."""
    values = {
        "title": title,
        "site": title,
        "home": "",
        "here": "",
        "menu": (),
        "layout": shape.name,
        "options": options,
        "columns": shape.columns,
        "rows": ([text.rstrip(" ") for text in texts] for texts in rows),
    }
    yield from Pages(Path(__file__).parent / "templates").pieces("table.html", 0, values)


def beside_the_page() -> dict[str, str]:
    """What lies beside the page, by path."""
    return assets("style.css")
