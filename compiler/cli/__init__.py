"""The command ``rulewright``: arguments to the driver, results to text, and the exit code.

Exit codes: 0 fine, 1 findings at or above ``--fail-on``, 2 specs or command line wrong, 3 data could not be read,
4 a fault of ours. Commands are imported when they are called, so that ``--help`` stays quick.
"""

from __future__ import annotations

import importlib
import signal
import sys
from typing import Any

import rich_click as click

from compiler import __version__

_COMMANDS = {
    "check": ("compiler.cli.check", "Check specs: parse, type-check, lint. Writes nothing."),
    "build": ("compiler.cli.build", "Write validators, catalogue and reference to generated/."),
    "test": ("compiler.cli.test", "Run the examples of specs through every back end."),
    "run": ("compiler.cli.run", "Run rules over a folder of records."),
    "diff": ("compiler.cli.diff", "Say what a change of the specs means."),
    "why": ("compiler.cli.why", "Explain what a rule says about one student."),
    "plan": ("compiler.cli.plan", "Plan what publications send to the API."),
    "publish": ("compiler.cli.publish", "Take the steps of a plan."),
    "extract": ("compiler.cli.extract", "Make the file of an extract from tables."),
    "validate": ("compiler.cli.validate", "Check a file against the layout of an extract."),
    "explain": ("compiler.cli.explain", "Show a rule, a diagnostic, a word or a resource."),
    "catalogue": ("compiler.cli.catalogue", "Write the catalogue as a site, Markdown or a workbook."),
    "show": ("compiler.cli.show", "Show what the compiler makes of a rule, stage by stage."),
    "fmt": ("compiler.cli.fmt", "Bring specs into their usual form."),
    "transcribe": ("compiler.cli.transcribe", "Make drafts of rules from a published table."),
    "drift": ("compiler.cli.drift", "Say which quoted rows a newer copy of their document has changed."),
    "import-codes": ("compiler.cli.import_codes", "Make a table spec from a list of codes."),
    "new": ("compiler.cli.new", "Start a rule, a table or a project."),
    "schemas": ("compiler.cli.schemas", "Import the schemas of an API; compare two folders of schemas."),
    "cache": ("compiler.cli.cache", "Manage what is kept between runs."),
    "doctor": ("compiler.cli.doctor", "Say what was found where."),
}


class _Lazy(click.RichGroup):
    """A group whose commands are imported when they are used."""

    listing = False

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def format_help(self, ctx: click.RichContext, formatter: click.RichHelpFormatter) -> None:  # type: ignore[override]
        self.listing = True  # names and one line each are enough; nothing need be imported
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module, words = _COMMANDS[cmd_name]
        if self.listing:
            return click.RichCommand(name=cmd_name, help=words)
        command: click.Command = importlib.import_module(module).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        from compiler.suggest import nearest

        name = args[0]
        if name in _COMMANDS or name.startswith("-"):
            return super().resolve_command(ctx, args)
        close = nearest(name, _COMMANDS)
        advice = f" Did you mean `{close}`?" if close else " See `rulewright --help`."
        raise click.UsageError(f"There is no command `{name}`.{advice}", ctx)


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=False)
@click.version_option(__version__, "--version", message="rulewright %(version)s")
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours on the terminal."
)
@click.option("--debug", is_flag=True, help="Show tracebacks of our own faults.")
@click.pass_context
def rulewright(ctx: click.Context, color: str, debug: bool) -> None:
    """Rules for K-12 state reporting, written as data, compiled to validators and documentation.

    \b
    rulewright check                                check all specs
    rulewright test SE-5                            run the examples of a rule
    rulewright run --data DIR --school-year 2024    run the rules over records
    rulewright why SE-5 --data DIR --student ID     why a rule says what it says
    rulewright explain E301                         what a message means
    """
    from compiler.cli.terminal import Terminal

    ctx.obj = Terminal(color)
    ctx.meta["debug"] = debug


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line and leave with its exit code."""
    from compiler.cli.faults import flushed, guarded

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C, so that temporary records are removed
    sys.exit(flushed(guarded(rulewright, sys.argv[1:] if arguments is None else arguments)))
