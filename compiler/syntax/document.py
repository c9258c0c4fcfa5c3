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
_CLOSING = {"{": "}", "[": "]"}
_NO_VALUE = frozenset({"", "~", "null", "Null", "NULL"})
BLANK = "TODO"  # stands, without quotes, where a value is still to be written; the language has no such name


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

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written here, not even quotes (reported as E108, so nothing more need be said)."""
        return self.style == "" and self.text in _NO_VALUE

    @property
    def is_blank(self) -> bool:
        """Whether the mark of what is still to be written stands here (reported as E507)."""
        return self.style == "" and self.text == BLANK


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


def one_line(text: str) -> str:
    """A text with single blanks, on one line."""
    return " ".join(text.split())


def has_blanks(document: Document) -> bool:
    """Whether anything in a document is marked as still to be written."""
    return any(scalar.is_blank for scalar in scalars(document.root))


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
    in_braces: bool = False
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
        self.last: Scalar | None = None
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
                self.report("E109", event, what="too many levels of nesting", limit=MAX_DEPTH, hint="")
                raise _Stop
            self.open(event, is_mapping=isinstance(event, yaml.MappingStartEvent))
        elif isinstance(event, yaml.CollectionEndEvent):
            self.close(event)

    def node_starts(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.report("E109", event, what="too many values", limit=f"{MAX_NODES:,}")
            raise _Stop
        if event.anchor is not None:
            self.sink.report("E106", self.sign(event, "&"), what=f"&{event.anchor}")
        if event.tag is not None:
            place = self.sign(event, "!")
            self.sink.report("E107", place, tag=place.text)

    def scalar(self, event: Any) -> None:
        style = event.style or ""
        span = self.at(event.start_mark.index, max(event.end_mark.index, event.start_mark.index))
        node = self.last = Scalar(event.value, span, style) if event.tag is None else Scalar("", span)
        if self.stack and self.stack[-1].is_mapping and self.stack[-1].key is None:
            self.new_key(node)
            return
        if node.is_empty and event.tag is None and event.anchor is None:
            self.empty_value(node)
        self.add(node)

    def open(self, event: Any, *, is_mapping: bool) -> None:
        self.stack.append(_Open(event.start_mark.index, is_mapping, is_mapping and bool(event.flow_style)))

    def close(self, event: Any) -> None:
        closed, end = self.stack.pop(), event.end_mark.index
        if end > closed.start and self.source.text[end - 1 : end].isspace():
            end = closed.start + len(self.source.text[closed.start : end].rstrip())
        span = self.at(closed.start, end)
        if closed.in_braces and self.is_text_in_braces(closed):
            self.sink.report("E104", self.at(closed.start, closed.start + 1), character="{")
            self.add(Scalar(span.text, span))
        elif closed.is_mapping:
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
        if not key.text.isascii():
            check_typography(key.fragment, "a key", self.sink)

    def empty_value(self, node: Scalar) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and top.is_mapping and top.key is not None:
            if not top.in_braces:  # else it waits for the closing brace: perhaps all of it is meant as a text
                self.sink.report("E108", top.key.span, what=f"`{top.key.text}`")
        elif node.span.end > node.span.start or top is not None:
            self.sink.report("E108", node.span, what="an item of the list")

    def is_text_in_braces(self, closed: _Open) -> bool:
        """Whether braces hold one key without a colon (``{e.entryDate}``); else keys without a value are reported."""
        text = self.source.text
        without_colon = [key for key, _ in closed.entries if text[key.span.end :].lstrip()[:1] != ":"]
        if without_colon and len(closed.entries) == 1:
            return True
        for key, value in closed.entries:
            if isinstance(value, Scalar) and value.is_empty:
                comma = "a comma ends a value inside `{ }`: put text that holds commas in quotes"
                hint = comma if key in without_colon else None
                self.sink.report("E108", key.span, what=f"`{key.text}`", hint=hint)
        return False

    def scanner_error(self, error: yaml.MarkedYAMLError) -> None:
        """Word PyYAML's complaint for someone who has never heard of scanners."""
        mark = error.problem_mark or error.context_mark
        offset = min(mark.index if mark else 0, max(len(self.source.text) - 1, 0))
        began = error.context_mark.index if error.context_mark else offset
        problem = error.problem or ""
        line, _ = self.source.position(offset)
        text = self.source.line(line)
        tab = text.find("\t")
        if tab >= 0 and not text[:tab].strip():
            offset = self.source.line_starts[line - 1] + tab
            self.sink.report("E102", self.at(offset, offset + 1))
        elif "mapping values are not allowed" in problem or self.source.text[offset : offset + 2] == ": ":
            self.colon(line, offset)
        elif "escape" in problem:
            words = "a backslash inside double quotes changes the sign after it"
            hint = "put the text in single quotes, or write it below the key after `|`"
            self.sink.report("E101", self.at(offset - 1, offset + 1), problem=words, hint=hint)
        elif self.source.text[began : began + 1] in ("{", "[") and re.search("expected ','|node content", problem):
            self.unclosed(began)
        elif (quoted := self.last) is not None and quoted.style in ("'", '"') and self.ends_on(quoted, line):
            self.text_behind_quotes(quoted)
        elif _awkward_start(text) is not None:
            start = self.source.line_starts[line - 1] + (_awkward_start(text) or 0)
            character = self.source.text[start : start + 1]
            self.sink.report("E104", self.at(start, start + 1), character=character)
        elif "cannot start any token" in problem:
            self.sink.report("E104", self.at(offset, offset + 1), character=self.source.text[offset : offset + 1])
        else:
            self.unreadable(problem, offset, began)

    def colon(self, line: int, offset: int) -> None:
        """A colon where no key can be: inside a text, or behind a key in the wrong column."""
        before = self.source.line(line)[: offset - self.source.line_starts[line - 1]]
        first = ":" not in before and not before.lstrip("- ").startswith(("'", '"'))
        align = "let the key begin in the column of its neighbors; if it is text, put the whole text in quotes"
        self.sink.report("E103", self.at(offset, offset + 1), hint=align if first else None)

    def ends_on(self, quoted: Scalar, line: int) -> bool:
        return self.source.position(max(quoted.span.end - 1, 0))[0] == line

    def text_behind_quotes(self, quoted: Scalar) -> None:
        """The line goes on behind a text in quotes: it holds the quote itself, or its end was forgotten."""
        start, quote = quoted.span.start, quoted.style
        if "\n" in quoted.span.text:
            self.unclosed(start)
            return
        hint = f"it ends at the next `{quote}`: use the other quotes around the whole text, or write it after `|`"
        self.sink.report("E104", self.at(start, start + 1), character=quote, hint=hint)

    def unclosed(self, start: int) -> None:
        """A bracket or quote without its other half."""
        sign = self.source.text[start : start + 1]
        hint = f"write `{_CLOSING.get(sign, sign)}` where it ends"
        if sign in _CLOSING:
            hint += ", and a comma between any two entries"
        self.sink.report("E101", self.at(start, start + 1), problem=f"this `{sign}` is not closed", hint=hint)

    def unreadable(self, problem: str, offset: int, began: int) -> None:
        """What is left: quotes open to the end of the file, keys without a colon, uneven indentation."""
        hint: str | None = None
        if "unexpected end of stream" in problem and self.source.text[began : began + 1] in ("'", '"'):
            self.unclosed(began)
            return
        if "could not find expected ':'" in problem:
            words, offset = "a key needs a colon and a space behind it", began
            hint = "write `key: value`"
        elif "block" in problem or "expected key" in problem or "expected '-'" in problem:
            words = "this line begins in another column than its neighbors"
            hint = "let keys that belong together, and the hyphens of a list, begin in the same column"
        else:
            words = problem
        self.sink.report("E101", self.at(offset, offset + 1), problem=words, hint=hint)

    # -- helpers

    def at(self, start: int, end: int) -> Span:
        return Span(self.source, start, end)

    def sign(self, event: Any, sign: str) -> Span:
        """The anchor (``&``) or tag (``!``) in front of a value, as written."""
        start = self.source.text.index(sign, event.start_mark.index)
        end = re.compile(r"[^\s,\]}]*").match(self.source.text, start)
        return self.at(start, end.end() if end else start + 1)

    def report(self, code: str, event: Any, **words: Any) -> None:
        end = max(event.end_mark.index, event.start_mark.index + 1)
        self.sink.report(code, self.at(event.start_mark.index, end), **words)


def _awkward_start(line: str) -> int | None:
    """Where a value begins, behind ``key: `` or ``- `` of its line, if with a sign that YAML takes for its own."""
    match = re.match(r"\s*(?:- +)*(?:[^\s:'\"#][^:#]*:\s+)?", line)
    start = match.end() if match else 0
    return start if start and line[start : start + 1] in tuple("\"'>|@`%*&!{[-?,") else None


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
