"""Texts as YAML values that our reader and every other reader take for the same text."""

from __future__ import annotations

from compiler.syntax.document import BLANK

_WIDEST = 10**9  # characters: nothing is folded


def yaml_text(text: str) -> str:
    """A text as a scalar on one line, in quotes where it needs them."""
    import yaml

    if text == BLANK or "#" in text or not text.isascii() or text.strip() != text:
        return yaml.dump(text, default_style="'" if text.isprintable() else '"', width=_WIDEST, allow_unicode=True).strip()
    dumped: str = yaml.safe_dump(text, width=_WIDEST, allow_unicode=True)
    return dumped.removesuffix("...\n").strip()
