"""YAML text to a :class:`Document`: a tree in which every scalar is text with its place in the file.

YAML turns ``grade: 07`` into 7, ``NO`` into false, ``10:30`` into 630 and takes the last of two equal keys, all in
silence. Here nothing is typed: a scalar is the text the author wrote, and what it means is decided by the key it
stands under. What remains dangerous is reported: repeated keys, empty values, anchors, tags, tabs, text cut at
`` #``, characters pasted from a word processor in a key. The trees are made from YAML's *events*, not from composed
nodes, because only the events show anchors and aliases, and because depth and size can be limited before anything
is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compiler.diagnostics import Related, Sink
from compiler.source import Fragment, Source, Span
from compiler.syntax.scalars import value_offsets

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000

_TYPOGRAPHIC = re.compile("[\u2018\u2019\u201c\u201d\u2013\u2014\u2212\u00a0\u2007\u202f\u200b-\u200d\u2060\ufeff]")
_NO_VALUE = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A text. ``style`` is how it was quoted: ``''`` (plain), ``'``, ``"``, ``|`` or ``>``."""

    text: str
    span: Span
    style: str = ""

    @property
    def fragment(self) -> Fragment:
        """The text with the file offset of each character."""
        offsets = value_offsets(self.text, self.span.text, self.span.start, self.style)
        return Fragment(self.span.source, self.text, offsets)

    @property
    def is_plain(self) -> bool:
        return self.style == ""


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys and their values, in the order of the file; no key stands twice."""

    entries: tuple[tuple[Scalar, Node], ...]
    span: Span
    _index: dict[str, tuple[Scalar, Node]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_index", {key.text: (key, value) for key, value in self.entries})

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def get(self, name: str) -> Node | None:
        entry = self._index.get(name)
        return entry[1] if entry else None

    def key(self, name: str) -> Scalar | None:
        """The key itself, for messages that point at it."""
        entry = self._index.get(name)
        return entry[0] if entry else None


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML file: a mapping at the top."""

    source: Source
    root: Mapping


def parse_document(source: Source, sink: Sink) -> Document | None:
    """Read one YAML document; None, with diagnostics in ``sink``, when nothing usable is there."""
    if len(source.text) > MAX_BYTES:
        sink.report("E109", Span(source, 0, 1), what=f"{len(source.text):,} characters", limit=f"{MAX_BYTES:,}")
        return None
    builder = _Builder(source, sink)
    root = builder.build()
    if root is None:
        return None
    if not isinstance(root, Mapping):
        sink.report("E113", root.span, what="a spec file", wanted="keys and values", seen=kind_of(root))
        return None
    return Document(source, root)


def kind_of(node: Node) -> str:
    """What a node is, in an author's words."""
    match node:
        case Scalar():
            return "a text"
        case Sequence():
            return "a list"
        case Mapping():
            return "keys and values"


def plain_tree(node: Node) -> Any:
    """The node as texts, lists and dicts, for checking against a JSON Schema."""
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain_tree(item) for item in node.items]
        case Mapping():
            return {key.text: plain_tree(value) for key, value in node.entries}


def scalars(node: Node) -> Iterator[Scalar]:
    """Every value (not key) under a node."""
    match node:
        case Scalar():
            yield node
        case Sequence():
            for item in node.items:
                yield from scalars(item)
        case Mapping():
            for _, value in node.entries:
                yield from scalars(value)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen yet."""

    start: int
    is_mapping: bool
    key: Scalar | None = None
    entries: list[tuple[Scalar, Node]] = field(default_factory=list)
    items: list[Node] = field(default_factory=list)


class _Stop(Exception):  # noqa: N818 - control flow inside this module, never seen outside
    """The rest of the file cannot be read; what is wrong has been reported."""


class _Builder:
    """Turns the events of one file into nodes, reporting traps on the way."""

    def __init__(self, source: Source, sink: Sink) -> None:
        self.source = source
        self.sink = sink
        self.stack: list[_Open] = []
        self.root: Node | None = None
        self.nodes = 0

    def build(self) -> Node | None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        documents = 0
        try:
            for event in yaml.parse(self.source.text, Loader=loader):
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        self.report("E116", event, what="a second document (`---`)")
                        raise _Stop
                self.take(event)
        except _Stop:
            return None
        except yaml.MarkedYAMLError as error:
            self.scanner_error(error)
            return None
        except yaml.reader.ReaderError as error:
            place = error.position
            self.sink.report("E115", self.at(place, place + 1), where="the file", what=_named(chr(error.character)))
            return None
        if self.root is None:
            self.sink.report("E116", self.at(0, 1), what="nothing")
        return self.root

    # -- events

    def take(self, event: Any) -> None:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            self.report("E106", event, what=f"*{event.anchor}")
            raise _Stop
        if isinstance(event, yaml.NodeEvent):
            self.node_starts(event)
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            if len(self.stack) >= MAX_DEPTH:
                self.report("E109", event, what=f"{MAX_DEPTH} levels of nesting", limit=f"{MAX_DEPTH}")
                raise _Stop
            self.open(event, is_mapping=isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close(event)

    def node_starts(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.report("E109", event, what=f"{MAX_NODES:,} values", limit=f"{MAX_NODES:,}")
            raise _Stop
        if event.anchor is not None:
            self.report("E106", event, what=f"&{event.anchor}")
        if event.tag is not None:
            self.report("E107", event, tag=event.tag)

    def scalar(self, event: Any) -> None:
        style = event.style or ""
        span = self.at(event.start_mark.index, max(event.end_mark.index, event.start_mark.index))
        node = Scalar(event.value, span, style)
        if self.stack and self.stack[-1].is_mapping and self.stack[-1].key is None:
            self.new_key(node)
            return
        if style == "" and node.text in _NO_VALUE:
            self.empty_value(node)
        self.add(node)

    def open(self, event: Any, *, is_mapping: bool) -> None:
        self.stack.append(_Open(event.start_mark.index, is_mapping))

    def close(self, event: Any) -> None:
        closed, end = self.stack.pop(), event.end_mark.index
        if end > closed.start and self.source.text[end - 1 : end].isspace():
            end = closed.start + len(self.source.text[closed.start : end].rstrip())
        span = self.at(closed.start, end)
        if closed.is_mapping:
            self.add(Mapping(tuple(closed.entries), span))
        else:
            self.add(Sequence(tuple(closed.items), span))

    def add(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        if not top.is_mapping:
            top.items.append(node)
            return
        if top.key is None:
            self.sink.report("E113", node.span, what="a key", wanted="a text", seen=kind_of(node))
            raise _Stop
        if not any(key.text == top.key.text for key, _ in top.entries):
            top.entries.append((top.key, node))
        top.key = None

    # -- traps

    def new_key(self, key: Scalar) -> None:
        top = self.stack[-1]
        top.key = key
        for earlier, _ in top.entries:
            if earlier.text == key.text:
                related = (Related(earlier.span, "first written here"),)
                self.sink.report("E105", key.span, key=key.text, related=related)
        if key.text == "<<":
            self.sink.report("E106", key.span, what="<<")
        check_typography(key.fragment, "a key", self.sink)

    def empty_value(self, node: Scalar) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.is_mapping and top.key is not None:
            self.sink.report("E108", top.key.span, key=top.key.text)
        elif node.span.end > node.span.start or top is not None:
            self.sink.report("E108", node.span, key="an item of the list")

    def scanner_error(self, error: yaml.MarkedYAMLError) -> None:
        """Word PyYAML's complaint for someone who has never heard of scanners."""
        mark = error.problem_mark or error.context_mark
        offset = min(mark.index if mark else 0, max(len(self.source.text) - 1, 0))
        problem = error.problem or ""
        line, _ = self.source.position(offset)
        text = self.source.line(line)
        tab = text.find("\t")
        if tab >= 0 and not text[:tab].strip():
            offset = self.source.line_starts[line - 1] + tab
            self.sink.report("E102", self.at(offset, offset + 1))
        elif "mapping values are not allowed" in problem:
            self.sink.report("E103", self.at(offset, offset + 1))
        elif "cannot start any token" in problem or "did not find expected" in problem:
            offset = self._awkward_start(line, offset)
            self.sink.report("E104", self.at(offset, offset + 1), character=self.source.text[offset : offset + 1])
        else:
            self.sink.report("E101", self.at(offset, offset + 1), problem=problem)

    def _awkward_start(self, line: int, offset: int) -> int:
        """Where the value begins that made YAML stumble: behind ``key: `` or ``- `` of the line, if it is odd."""
        match = re.match(r"\s*(?:- +)*(?:[^\s:'\"#][^:#]*:\s+)?", self.source.line(line))
        start = self.source.line_starts[line - 1] + (match.end() if match else 0)
        return start if self.source.text[start : start + 1] in tuple("\"'>|@`%*&!{[") else offset

    # -- helpers

    def at(self, start: int, end: int) -> Span:
        return Span(self.source, start, end)

    def report(self, code: str, event: Any, **words: Any) -> None:
        end = max(event.end_mark.index, event.start_mark.index + 1)
        self.sink.report(code, self.at(event.start_mark.index, end), **words)


def check_typography(fragment: Fragment, where: str, sink: Sink) -> bool:
    """Report a character that a word processor puts in place of a plain one; True when there is none."""
    match = _TYPOGRAPHIC.search(fragment.text)
    if match is None:
        return True
    sink.report("E115", fragment.span(match.start(), match.end()), where=where, what=_named(match.group()))
    return False


def cut_comment(node: Scalar) -> Span | None:
    """The comment that follows a plain text on its line, which the author may have meant as part of the text."""
    if node.style != "":
        return None
    source = node.span.source
    line, _ = source.position(max(node.span.end - 1, node.span.start))
    end = source.line_starts[line] if line < len(source.line_starts) else len(source.text)
    rest = source.text[node.span.end : end].rstrip()
    stripped = rest.lstrip()
    if not stripped.startswith("#"):
        return None
    start = node.span.end + len(rest) - len(stripped)
    return Span(source, start, node.span.end + len(rest))


_NAMES = (
    ("\u2018\u2019\u201c\u201d", "a curly quote"),
    ("\u2013\u2014\u2212", "a dash that is no hyphen"),
    ("\u00a0\u2007\u202f", "a no-break space"),
    ("\ufeff", "a byte order mark"),
)


def _named(character: str) -> str:
    name = next((name for characters, name in _NAMES if character in characters), "an invisible character")
    return f"{name} (U+{ord(character):04X})"
