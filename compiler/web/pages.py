"""Templates to pages.

A page is made by a template below a ``templates`` folder, in the frame ``frame.html`` of this package. ``depth`` is how
many folders a page lies below the root of its site: addresses are relative, so that a site works from a shared drive.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent
MEDIA = {".css": "text/css", ".js": "text/javascript"}


class Pages:
    """The pages of one site, made by the templates of a folder and those of this package."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader([templates, _HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self._environment.filters.update(number=_number, plural=_plural)

    def page(self, template: str, depth: int, values: Mapping[str, Any]) -> str:
        """The text of a page that lies ``depth`` folders below the root."""
        return self._environment.get_template(template).render(root="../" * depth, **values)


def assets(*names: str) -> dict[str, str]:
    """The style and the scripts of these names, by their path below the root of a site."""
    return {f"assets/{name}": (_HERE / "assets" / name).read_text(encoding="utf-8") for name in names}


def _number(value: int) -> str:
    return f"{value:,}"


def _plural(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"
