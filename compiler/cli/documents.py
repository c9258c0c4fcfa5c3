"""OpenAPI documents from files and addresses. They are not ours: size, time, depth and where they lead are limited."""

from __future__ import annotations

import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any

from compiler.cli.faults import UNREADABLE, Stop

MAX_SIZE = 100_000_000  # bytes
MAX_YAML = 10_000_000  # bytes; YAML takes some fifty times as long to read
MAX_DEPTH = 100
TIMEOUT = 30  # seconds without a byte
MAX_TIME = 300  # seconds for all of it
_PORTION = 1 << 16  # bytes
_LOCAL = ("localhost", "127.0.0.1", "::1")


def read_document(source: str) -> bytes:
    """The bytes of a document, from a file or an address."""
    content = _fetched(source) if "://" in source else _file(Path(source))
    if len(content) > MAX_SIZE:
        raise Stop(f"{source} holds more than {MAX_SIZE // 1_000_000} MB.", UNREADABLE)
    return content


def parsed(source: str, content: bytes) -> Any:
    """A document as data, from JSON or YAML."""
    import msgspec

    try:
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError:
        problem = "it is nested too deeply"
    except (ValueError, UnicodeDecodeError) as error:
        if content.lstrip()[:1] not in (b"{", b"["):
            return _yaml(source, content)
        problem = f"it is no JSON: {error}"
    raise Stop(f"{source} could not be read: {problem}.", UNREADABLE)


def _file(path: Path) -> bytes:
    if not path.is_file():
        raise Stop(f"{path} is no file.")
    with path.open("rb") as file:
        return file.read(MAX_SIZE + 1)


# -- addresses


def _is_allowed(address: str) -> bool:
    """Whether an address is one of the web, without a password, and safe from others on the way."""
    parts = urllib.parse.urlsplit(address)
    known = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    return known and bool(parts.hostname) and parts.username is None and parts.password is None


class _SameHost(urllib.request.HTTPRedirectHandler):
    """Follows an address within its host only."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urllib.parse.urlsplit(newurl).netloc != req.host or not _is_allowed(newurl):
            raise urllib.error.URLError("it leads to another host")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _fetched(address: str) -> bytes:
    try:
        if not _is_allowed(address):
            raise Stop("Name a file, or an https address without a password.")
        request = urllib.request.Request(address, headers={"Accept": "application/json", "User-Agent": "rulewright"})
        with urllib.request.build_opener(_SameHost).open(request, timeout=TIMEOUT) as answer:
            return _received(answer)
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise Stop(f"{address} could not be read: {reason}.", UNREADABLE) from error


def _received(answer: IO[bytes]) -> bytes:
    content, end = bytearray(), time.monotonic() + MAX_TIME
    while len(content) <= MAX_SIZE and (portion := answer.read(_PORTION)):
        content += portion
        if time.monotonic() > end:
            raise TimeoutError(f"it takes longer than {MAX_TIME} seconds")
    return bytes(content)


# -- YAML


def _yaml(source: str, content: bytes) -> Any:
    """Plain YAML: without aliases, by which a small file can stand for a huge one, and of limited depth."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    problem = f"it holds more than {MAX_YAML // 1_000_000} MB of YAML" if len(content) > MAX_YAML else None
    try:
        problem = problem or _yaml_problem(content, loader)
        if problem is None:
            return yaml.load(content, loader)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError, TypeError) as error:
        problem = f"it is neither JSON nor YAML: {' '.join(str(error).split())[:200]}"
    raise Stop(f"{source} could not be read: {problem}.", UNREADABLE)


def _yaml_problem(content: bytes, loader: Any) -> str | None:
    import yaml

    depth = 0
    for event in yaml.parse(content, loader):
        if isinstance(event, yaml.AliasEvent):
            return "aliases (`*name`) are not read"
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return "it is nested too deeply"
    return None
