"""Templates to pages.

A page is made by a template below a ``templates`` folder, in the frame ``frame.html`` of this package. ``depth`` is how
many folders a page lies below the root of its site: addresses are relative, so that a site works from a shared drive.

What a template prints is escaped, and characters that nobody sees (controls, those that turn the direction of writing,
halves of pairs) stand as their codes: ``[U+202E]``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from unicodedata import category

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_HERE = Path(__file__).parent
_PIECES = 500  # how many short pieces of a template are given as one


class Pages:
    """The pages of one site, made by the templates of a folder and those of this package, with filters of its own."""

    def __init__(self, templates: Path, filters: Mapping[str, Callable[..., Any]] = MappingProxyType({})) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([templates, _HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            finalize=_printed,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.filters.update(number=_number, plural=_plural, **filters)

    def page(self, template: str, depth: int, values: Mapping[str, Any]) -> str:
        """The text of a page that lies ``depth`` folders below the root."""
        return self._environment.get_template(template).render(root="../" * depth, **values)

    def pieces(self, template: str, depth: int, values: Mapping[str, Any]) -> Iterator[str]:
        """The same piece by piece, for a page that is longer than is to be held: what it lists may be an iterator."""
        stream = self._environment.get_template(template).stream(root="../" * depth, **values)
        stream.enable_buffering(_PIECES)
        yield from stream


def assets(*names: str) -> dict[str, str]:
    """The style and the scripts of these names, by their path below the root of a site."""
    return {f"assets/{name}": (_HERE / "assets" / name).read_text(encoding="utf-8") for name in names}


def visible(text: str) -> str:
    """A text in which every character that nobody sees, but for line ends and blanks, stands as its code."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" or category(c) == "Zs" else _code(c) for c in text)


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _printed(value: Any) -> Any:
    """What stands on a page for a value; markup has been made of such values."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: int) -> str:
    return f"{value:,}"


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
