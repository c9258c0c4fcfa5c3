"""Texts as YAML values that our reader and every other reader take for the same text."""

from __future__ import annotations

import re

from compiler.syntax.document import BLANK

_WIDEST = 10**9  # characters: nothing is folded
_WORDS = re.compile(r"[A-Za-z][A-Za-z0-9]+(?:[ -][A-Za-z0-9]+)*")  # a letter alone may be read as yes or no


def yaml_text(text: str) -> str:
    """A text as a scalar on one line, in quotes where it needs them."""
    import yaml

    if text == BLANK or "#" in text or not text.isascii() or text.strip() != text:
        return _quoted(text)
    dumped: str = yaml.safe_dump(text, width=_WIDEST)
    return dumped.removesuffix("...\n").strip()


def in_braces(text: str) -> str:
    """A text as an entry of a list in brackets or of keys in braces; in quotes unless it is plain words."""
    return text if _WORDS.fullmatch(text) and yaml_text(text) == text else _quoted(text)


def _quoted(text: str) -> str:
    import yaml

    style = "'" if text.isprintable() else '"'
    return str(yaml.dump(text, default_style=style, width=_WIDEST, allow_unicode=True)).strip()
