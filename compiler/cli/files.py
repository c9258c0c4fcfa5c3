"""Files of results: closed to others, and written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from compiler.cli.faults import Stop
from compiler.driver import CATALOGUE, PUBLISHED, RUN, listed, made_by, published, remove
from compiler.web import HOME


class Written:
    """A folder that results are written to; ``names`` are the files so far, by their paths in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: list[str] = []

    def binary(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        """A file that a function writes."""
        keep(self.root / name, write)
        self.names.append(name)

    def text(self, name: str, texts: Iterable[str]) -> None:
        """A file of texts."""
        keep_texts(self.root / name, texts)
        self.names.append(name)

    def instead(self, files: Iterable[tuple[str, str]]) -> None:
        """Write files of texts one by one, and remove those that were written this way before and are no more.

        The first page is taken away before and comes last: a folder that has one is whole. What has been written stands
        in ``files.json``, even if it could not be finished; all other files are somebody's own.
        """
        before = listed(self.root / PUBLISHED)
        written: dict[str, None] = {}
        first: list[str] = []
        (self.root / HOME).unlink(missing_ok=True)
        try:
            for name, text in files:
                if name == HOME:
                    first.append(text)
                    continue
                self.text(name, [text])
                written[name] = None
            remove(self.root, (name for name in before if name not in written and name != HOME))
            before = []
            if first:
                self.text(HOME, first)
                written[HOME] = None
        finally:
            keep_texts(self.root / PUBLISHED, [published(RUN, {*before, *written})])

    def older(self) -> list[str]:
        """Files beside those that were written, of the same kinds, which must be of an earlier run."""
        written = set(self.names)
        kinds = {(Path(name).parent, Path(name).suffix) for name in written}
        beside = (path for parent, suffix in kinds for path in (self.root / parent).glob(f"*{suffix}"))
        return sorted({path.relative_to(self.root).as_posix() for path in beside} - written)


def must_take_results(root: Path, form: str) -> None:
    """Stop where results cannot be written, or would lie among files of something else."""
    if root.exists() and not root.is_dir():
        raise Stop(f"{root} is a file; `-o` takes a folder.")
    maker = made_by(root)
    if maker == CATALOGUE:
        raise Stop(f"{root} holds what `{maker}` wrote; name another folder for results.")
    if form == "html" and not maker and (root / HOME).exists():
        raise Stop(f"{root} holds a page {HOME} that no run wrote; name another folder.")


def keep_texts(path: Path, texts: Iterable[str]) -> None:
    """Write a file of texts in UTF-8 that only its owner may read."""
    keep(path, lambda file: file.writelines(text.encode("utf-8", errors="backslashreplace") for text in texts))


def keep(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file that only its owner may read; a file that cannot be written ends the command."""
    try:
        _replace(path, write)
    except OSError as error:
        raise Stop(f"{path} could not be written: {error.strerror or error}") from error


def _replace(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    for folder in reversed([folder for folder in path.parents if not folder.exists()]):
        folder.mkdir(mode=0o700, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w+b") as file:
            write(file)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
