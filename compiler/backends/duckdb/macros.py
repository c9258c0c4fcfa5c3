"""The macros that the queries use, and those of them that one query needs."""

from __future__ import annotations

import re
from importlib.resources import files

_MACRO = re.compile(r"^CREATE OR REPLACE MACRO (\w+)\(.*?;$", re.DOTALL | re.MULTILINE)


def prelude() -> str:
    """The macros that the queries use; to be run once per connection."""
    return files("compiler.backends.duckdb").joinpath("prelude.sql").read_text(encoding="utf-8")


def macros_in(query: str) -> str:
    """The part of the prelude that a query needs, to be read or run with it."""
    macros = {match[1]: match[0] for match in _MACRO.finditer(prelude())}
    needed, texts = set[str](), [query]
    while texts:
        called = {name.lower() for name in re.findall(r"(\w+)\(", texts.pop())}
        added = called & macros.keys() - needed
        needed |= added
        texts += [macros[name] for name in added]
    return "".join(f"{body}\n" for name, body in macros.items() if name in needed)
