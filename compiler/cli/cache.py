"""``rulewright cache``"""

from __future__ import annotations

import rich_click as click

from compiler import cache
from compiler.cli.terminal import Terminal
from compiler.reports.text import plural


@click.group("cache")
def command() -> None:
    """Manage what is kept between runs."""


@command.command("clear")
@click.pass_obj
def clear(terminal: Terminal) -> None:
    """Remove everything that is kept."""
    terminal.say(f"{plural(cache.clear(), 'file')} removed from {cache.folder()}.")
