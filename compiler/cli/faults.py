"""What ends a command other than its result: wrong use, unreadable data, faults of ours."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import click

FINE, FOUND, WRONG, UNREADABLE, OUR_FAULT = 0, 1, 2, 3, 4
INTERRUPTED = 130  # what shells give for Ctrl-C; none of the codes above fits


class Stop(click.ClickException):
    """Ends a command with a message for the user and an exit code."""

    def __init__(self, message: str, code: int = WRONG) -> None:
        super().__init__(message)
        self.code = code


def advised(message: str, advice: str) -> str:
    """A message and, when there is any, its advice as a sentence of its own."""
    return f"{message} {advice[:1].upper()}{advice[1:]}".rstrip()


def sentence(text: str) -> str:
    """A text with a capital at its beginning and a point at its end."""
    return f"{text[:1].upper()}{text[1:]}{'' if text[-1:] in '.?!' else '.'}"


def guarded(command: click.Command, arguments: list[str]) -> int:
    """Run a command; give its exit code whatever happens."""
    try:
        result: Any = command.main(args=arguments, prog_name="rulewright", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return INTERRUPTED
    except Stop as stop:
        click.echo(stop.format_message(), err=True)
        return stop.code
    except click.UsageError as error:
        error.show()
        return WRONG
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        return error.exit_code
    except SystemExit as stop:
        return _left(stop)
    except OSError as error:
        if error.filename is None:
            return _our_fault(error, arguments)
        click.echo(f"{error.filename} could not be read or written: {error.strerror}", err=True)
        return WRONG
    except Exception as error:
        return _our_fault(error, arguments)
    return result if isinstance(result, int) else FINE


def _left(stop: SystemExit) -> int:
    """Click leaves by itself with 2 after help that nobody asked for, with 1 when nobody reads the output any more."""
    if stop.code != FOUND:
        return WRONG
    _silence()
    return FINE


def flushed(code: int) -> int:
    """The exit code once all output is out; nobody reading it is no fault."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return FINE
    return code


def _silence() -> None:
    """What is still to be flushed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _our_fault(error: Exception, arguments: list[str]) -> int:
    """Say so, and keep the traceback in a file (it holds lines of our code, never spec text or records)."""
    if "--debug" in arguments:
        traceback.print_exc()
        return OUR_FAULT
    frames = "".join(traceback.format_tb(error.__traceback__))
    handle, name = tempfile.mkstemp(prefix="rulewright-fault-", suffix=".txt")
    with os.fdopen(handle, "w") as file:
        file.write(f"{type(error).__name__}\n{frames}")
    click.echo(f"This is a fault of rulewright, not yours ({type(error).__name__}).", err=True)
    click.echo(f"The report lies in {Path(name)}; `--debug` shows it here.", err=True)
    return OUR_FAULT
