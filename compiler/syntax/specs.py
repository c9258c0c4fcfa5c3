"""Documents of known shape to spec trees: typed records whose expressions are parsed.

Nothing is looked up here: names stand as written, to be resolved by ``compiler.semantics``. Every scalar keeps its
place, so later phases can point at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from compiler.diagnostics import Sink
from compiler.source import Fragment, Span
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, Sequence, cut_comment, has_blanks
from compiler.syntax.parser import parse_expression, parse_subject

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Template:
    """A text with expressions in braces: pieces of text and expressions, in order."""

    parts: tuple[str | tree.Expr, ...]
    span: Span


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SourceTree:
    """The quoted row of a source document; ``cells`` by name (type, logic, message, notes)."""

    document: Scalar
    row: Scalar
    status: Scalar
    sha256: Scalar | None
    redacted: bool
    cells: dict[str, Scalar]
    note: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DecisionTree:
    """A question the source leaves open."""

    question: Scalar
    chosen: Scalar
    alternatives: tuple[Scalar, ...]
    why: Scalar | None
    answered: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ChangeTree:
    """One change of a rule: the day (``2024-06-01``), what, what for, by whom."""

    on: Scalar
    change: Scalar
    why: Scalar | None
    by: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class StepTree:
    """One step of a severity: until when (None: from then on), and which."""

    until: tree.Expr | None
    severity: Scalar


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ExampleTree:
    """One example of a rule, as written."""

    name: Scalar
    given: Mapping
    outcome: Scalar
    severity: Scalar | None
    detail: Scalar | None
    missing: tuple[Scalar, ...] | None
    others: Scalar | None
    school_year: Scalar | None
    as_of: Scalar | None
    scope: Scalar | None
    cycle: Scalar | None
    absent: tuple[Scalar, ...]
    invalid: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ValidityTree:
    """When a revision holds: school years, or days of the run (``by`` is the key); a missing end is open."""

    by: Scalar
    first: Scalar | None
    last: Scalar | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RuleTree:
    """A rule as written; None where a key is left out or its expression could not be read."""

    document: Document
    id: Scalar
    title: Scalar
    aliases: tuple[Scalar, ...]
    status: str
    alias_of: Scalar | None
    revision: Scalar | None
    validity: ValidityTree | None
    supersedes: Scalar | None
    source: SourceTree
    collection: Scalar | None
    subject: tree.Subject | None
    all_years: bool
    scope: str
    when: tree.Expr | None
    require: tree.Expr | None
    conflicts: tree.Expr | None
    once_per: tuple[str, ...]
    if_missing: tuple[tuple[Scalar, tree.Expr | None, str], ...]
    steps: tuple[StepTree, ...]
    effect: str
    message: Scalar | None
    detail: Template | None
    fix: Scalar | None
    decisions: tuple[DecisionTree, ...]
    because: tuple[Scalar, ...]
    suppresses: tuple[Scalar, ...]
    related: tuple[Scalar, ...]
    notes: Scalar | None
    history: tuple[ChangeTree, ...]
    examples: tuple[ExampleTree, ...]
    broken: bool  # an expression did not parse, so what follows from it is not worth reporting
    unfinished: bool  # a part of it is marked as still to be written


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SetTree:
    """A named set of a table's keys."""

    name: Scalar
    doc: Scalar | None
    codes: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class TableTree:
    """A table as written."""

    document: Document
    name: Scalar
    title: Scalar
    descriptor: Scalar | None
    namespace: Scalar | None
    source: dict[str, Scalar]
    key: tuple[tuple[Scalar, Scalar], ...]
    columns: tuple[tuple[Scalar, Scalar], ...]
    valid: tuple[Scalar, Scalar] | None
    absent_key: str
    absent_key_at: Span | None
    default: Mapping | None
    hit: str
    count: Scalar | None
    rows: tuple[Mapping, ...]
    sets: tuple[SetTree, ...]
    decisions: tuple[DecisionTree, ...]
    notes: Scalar | None

    @property
    def is_lost(self) -> bool:
        """Whether the source has lost what the rows should be."""
        status = self.source.get("status")
        return status is not None and status.text == "unknown"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ValueExampleTree:
    """An example of a definition: arguments, a small world, and the value that is expected."""

    name: Scalar
    arguments: tuple[tuple[Scalar, Node], ...]
    given: Mapping | None
    parameters: tuple[tuple[Scalar, Node], ...]
    school_year: Scalar | None
    as_of: Scalar | None
    invalid: bool
    expected: Node


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DefinitionTree:
    """A definition as written; ``entry`` is all of it in the document, None for an entry under ``subjects``."""

    document: Document
    of: tree.Subject | None
    has_owner: bool
    name: Scalar
    parameters: tuple[tuple[Scalar, Scalar], ...]
    body: tree.Expr | None
    doc: Scalar | None
    entry: Mapping | None = None
    examples: tuple[ValueExampleTree, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class SubjectMapping:
    """How a record of a resource is laid to a student, a school, an organisation and a school year."""

    subject: tree.Subject
    expressions: dict[str, tree.Expr]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class RulesetTree:
    """What a folder's specs share, as written."""

    document: Document
    title: Scalar | None
    schemas: tuple[Scalar, ...]
    collection: Scalar | None
    leap_birthday: str | None
    lawful: tuple[Scalar, ...]
    if_missing: tuple[tuple[Scalar, str], ...]
    subjects: tuple[SubjectMapping, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class ParameterTree:
    """A parameter as written: ``values`` are (cycle or None, school year, value)."""

    name: Scalar
    type: Scalar
    doc: Scalar | None
    source: Scalar | None
    values: tuple[tuple[Scalar | None, Scalar, Node], ...]
    decisions: tuple[DecisionTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CollectionTree:
    """A collection as written; ``cycles`` are (name, whether it is the default), ``cycle_titles`` titles by name."""

    document: Document
    name: Scalar
    title: Scalar
    years: tuple[Scalar, ...]
    cycles: tuple[tuple[Scalar, bool], ...]
    cycle_titles: dict[str, Scalar]
    population: tree.Subject | None
    parameters: tuple[ParameterTree, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DocumentTree:
    """A source document as written; ``without_rules`` pairs its parts that state no rule with the reason."""

    name: Scalar
    entries: dict[str, Scalar]
    without_rules: tuple[tuple[Scalar, Scalar], ...]
    remarks: tuple[Scalar, ...]

    def text(self, name: str) -> str:
        """An entry as one line; empty where there is none."""
        entry = self.entries.get(name)
        return " ".join(entry.text.split()) if entry is not None else ""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FillTree:
    """What fills the worlds of examples."""

    document: Document
    school_year: Scalar | None
    as_of: Scalar | None
    defaults: dict[str, Mapping]
    world: dict[str, Node]


# -- readers


def read_rule(document: Document, sink: Sink) -> RuleTree:
    """The rule in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    severity = root.get("severity")
    return RuleTree(
        document=document,
        id=scalar_at(root, "id"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        aliases=list_at(root, "aliases"),
        status=word_at(root, "status", "active"),
        alias_of=optional_at(root, "alias of"),
        revision=optional_at(root, "revision"),
        validity=_validity(root),
        supersedes=reader.prose(root, "supersedes"),
        source=reader.source(mapping_at(root, "source")),
        collection=optional_at(root, "collection"),
        subject=reader.subject(root.get("for each")),
        all_years=word_at(root, "all years", "false") == "true",
        scope=word_at(root, "scope", "district"),
        when=reader.expression(root.get("when")),
        require=reader.expression(root.get("require")),
        conflicts=reader.expression(root.get("conflicts with")),
        once_per=tuple(item.text for item in list_at(root, "once per")),
        if_missing=tuple(
            (key, reader.expression(key), value.text)
            for key, value in entries_of(root.get("if missing"))
            if isinstance(value, Scalar)
        ),
        steps=reader.steps(severity),
        effect=word_at(root, "effect", "none"),
        message=reader.prose(root, "message"),
        detail=reader.template(root.get("detail")),
        fix=reader.prose(root, "fix"),
        decisions=reader.decisions(root.get("decision")),
        because=list_at(root, "because"),
        suppresses=list_at(root, "suppresses"),
        related=list_at(root, "related"),
        notes=reader.prose(root, "notes"),
        history=tuple(reader.change(item) for item in items_of(root.get("history"))),
        examples=tuple(reader.example(item) for item in items_of(root.get("examples")) if isinstance(item, Mapping)),
        broken=reader.broken,
        unfinished=has_blanks(document),
    )


def _validity(root: Mapping) -> ValidityTree | None:
    for name in ("school years", "effective"):
        by, ends = root.key(name), root.get(name)
        if by is not None and isinstance(ends, Mapping):
            return ValidityTree(by, optional_at(ends, "from"), optional_at(ends, "to"))
    return None


def read_table(document: Document, sink: Sink) -> TableTree:
    """The table in a document that has the shape of one."""
    root, reader = document.root, Reader(sink)
    valid, absent = root.get("valid"), root.get("absent key")
    source = root.get("source")
    default = absent.get("default") if isinstance(absent, Mapping) else None
    return TableTree(
        document=document,
        name=scalar_at(root, "name"),
        title=reader.prose(root, "title") or scalar_at(root, "title"),
        descriptor=optional_at(root, "descriptor"),
        namespace=optional_at(root, "namespace"),
        source={key.text: value for key, value in entries_of(source) if isinstance(value, Scalar)},
        key=_pairs(root, "key"),
        columns=_pairs(root, "columns"),
        valid=(scalar_at(valid, "from"), scalar_at(valid, "to")) if isinstance(valid, Mapping) else None,
        absent_key=word_at(root, "absent key", "missing"),
        absent_key_at=absent.span if absent is not None else None,
        default=default if isinstance(default, Mapping) else None,
        hit=word_at(root, "hit", ""),
        count=optional_at(root, "count"),
        rows=tuple(item for item in items_of(root.get("rows")) if isinstance(item, Mapping)),
        sets=tuple(
            SetTree(key, reader.prose(value, "doc"), list_at(value, "codes"))
            for key, value in entries_of(root.get("sets"))
            if isinstance(value, Mapping)
        ),
        decisions=reader.decisions(root.get("decision")),
        notes=reader.prose(root, "notes"),
    )


def read_definitions(document: Document, sink: Sink) -> list[DefinitionTree]:
    """The definitions of a document that has the shape of ``_definitions.yaml``."""
    reader = Reader(sink)
    return [
        DefinitionTree(
            document=document,
            of=reader.subject(item.get("of")),
            has_owner="of" in item,
            name=scalar_at(item, "name"),
            parameters=_pairs(item, "with"),
            body=reader.expression(item.get("is")),
            doc=reader.prose(item, "doc"),
            entry=item,
            examples=tuple(
                reader.value_example(example)
                for example in items_of(item.get("examples"))
                if isinstance(example, Mapping)
            ),
        )
        for item in items_of(document.root.get("definitions"))
        if isinstance(item, Mapping)
    ]


def read_ruleset(document: Document, sink: Sink) -> RulesetTree:
    """The ruleset in a document that has the shape of ``_ruleset.yaml``."""
    root, reader = document.root, Reader(sink)
    subjects = []
    for key, value in entries_of(root.get("subjects")):
        subject = reader.subject(key)
        if subject is None or not isinstance(value, Mapping):
            continue
        read = {name.text: reader.expression(node) for name, node in value.entries}
        subjects.append(SubjectMapping(subject, {name: e for name, e in read.items() if e is not None}))
    return RulesetTree(
        document=document,
        title=reader.prose(root, "title"),
        schemas=list_at(root, "schemas"),
        collection=_written(root, "collection"),
        leap_birthday=word_at(root, "leap birthday", "") or None,
        lawful=list_at(root, "absence is lawful"),
        if_missing=tuple(
            (key, value.text) for key, value in entries_of(root.get("if missing")) if isinstance(value, Scalar)
        ),
        subjects=tuple(subjects),
    )


def read_collections(document: Document, sink: Sink) -> list[CollectionTree]:
    """The collections of a document that has the shape of ``_collections.yaml``."""
    reader = Reader(sink)
    return [
        CollectionTree(
            document=document,
            name=key,
            title=reader.prose(value, "title") or scalar_at(value, "title"),
            years=list_at(value, "school years"),
            cycles=tuple(
                (cycle, isinstance(body, Mapping) and "default" in body)
                for cycle, body in entries_of(value.get("cycles"))
            ),
            cycle_titles={
                cycle.text: title
                for cycle, body in entries_of(value.get("cycles"))
                if (title := optional_at(body, "title")) is not None
            },
            population=reader.subject(value.get("population")),
            parameters=tuple(
                reader.parameter(name, body)
                for name, body in entries_of(value.get("parameters"))
                if isinstance(body, Mapping)
            ),
        )
        for key, value in entries_of(document.root.get("collections"))
        if isinstance(value, Mapping)
    ]


def read_sources(document: Document, sink: Sink) -> list[DocumentTree]:
    """The source documents listed in a document that has the shape of ``_sources.yaml``."""
    reader = Reader(sink)
    found = []
    for key, value in entries_of(document.root.get("sources")):
        if isinstance(value, Mapping):
            reader.prose(value, "title")
            entries = {name.text: node for name, node in value.entries if isinstance(node, Scalar)}
            parts = tuple((scalar_at(p, "domain"), scalar_at(p, "why")) for p in items_of(value.get("without rules")))
            found.append(DocumentTree(key, entries, parts, list_at(value, "remarks")))
    return found


def read_examples(document: Document, sink: Sink) -> FillTree:
    """The defaults in a document that has the shape of ``_examples.yaml``."""
    root = document.root
    del sink  # nothing in this file is parsed further
    return FillTree(
        document=document,
        school_year=optional_at(root, "school year"),
        as_of=optional_at(root, "as of"),
        defaults={key.text: value for key, value in entries_of(root.get("defaults")) if isinstance(value, Mapping)},
        world={key.text: value for key, value in entries_of(root.get("world"))},
    )


class Reader:
    """Reads the scalars that hold more than a word; remembers whether an expression could not be parsed."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.broken = False

    def expression(self, node: Node | None) -> tree.Expr | None:
        return self._parsed(node, parse_expression)

    def subject(self, node: Node | None) -> tree.Subject | None:
        return self._parsed(node, parse_subject)

    def _parsed(self, node: Node | None, parse: Callable[[Fragment, Sink], _T | None]) -> _T | None:
        if not isinstance(node, Scalar) or node.is_blank or self._empty(node):
            return None
        self.uncut(node)
        parsed = parse(node.fragment, self.sink)
        self.broken = self.broken or parsed is None
        return parsed

    def _empty(self, node: Scalar) -> bool:
        """Whether a value was left out, which was reported."""
        self.broken = self.broken or node.is_empty
        return node.is_empty

    def uncut(self, node: Scalar) -> None:
        comment = cut_comment(node)
        if comment is not None and not node.is_empty:
            self.sink.report("E110", comment)

    def prose(self, mapping: Node, name: str) -> Scalar | None:
        node = mapping.get(name) if isinstance(mapping, Mapping) else None
        if not isinstance(node, Scalar):
            return None
        self.uncut(node)
        return node

    def template(self, node: Node | None) -> Template | None:
        if not isinstance(node, Scalar) or node.is_blank or self._empty(node):
            return None
        self.uncut(node)
        fragment = node.fragment
        parts: list[str | tree.Expr] = []
        for text, start, end in _pieces(fragment, self.sink):
            if start < 0:
                if parts and isinstance(parts[-1], str):
                    text = f"{parts.pop()}{text}"
                parts.append(text)
                continue
            if not fragment.text[start:end].strip():
                self.sink.report("E208", fragment.span(start - 1, end + 1), what="nothing", limit="an expression")
                self.broken = True
                continue
            parsed = parse_expression(fragment.part(start, end), self.sink)
            self.broken = self.broken or parsed is None
            if parsed is not None:
                parts.append(parsed)
        return Template(tuple(parts), node.span)

    def source(self, node: Mapping) -> SourceTree:
        text = node.get("text")
        cells = {key.text: value for key, value in entries_of(text) if isinstance(value, Scalar)}
        for cell in cells.values():
            self.uncut(cell)
        return SourceTree(
            document=scalar_at(node, "document"),
            row=scalar_at(node, "row"),
            status=scalar_at(node, "status"),
            sha256=optional_at(node, "sha256"),
            redacted=word_at(node, "redacted", "false") == "true",
            cells=cells,
            note=self.prose(node, "note"),
        )

    def decisions(self, node: Node | None) -> tuple[DecisionTree, ...]:
        items = [node] if isinstance(node, Mapping) else items_of(node)
        return tuple(
            DecisionTree(
                question=self.prose(item, "question") or scalar_at(item, "question"),
                chosen=self.prose(item, "chosen") or scalar_at(item, "chosen"),
                alternatives=list_at(item, "alternatives"),
                why=self.prose(item, "why"),
                answered=self.prose(item, "answered"),
            )
            for item in items
            if isinstance(item, Mapping)
        )

    def change(self, node: Node) -> ChangeTree:
        return ChangeTree(
            on=scalar_at(node, "on"),
            change=self.prose(node, "change") or scalar_at(node, "change"),
            why=self.prose(node, "why"),
            by=self.prose(node, "by"),
        )

    def steps(self, node: Node | None) -> tuple[StepTree, ...]:
        if isinstance(node, Scalar):
            return (StepTree(None, node),)
        steps = node.get("steps") if isinstance(node, Mapping) else None
        return tuple(
            StepTree(self.expression(item.get("until")), scalar_at(item, "is"))
            for item in items_of(steps)
            if isinstance(item, Mapping)
        )

    def example(self, node: Mapping) -> ExampleTree:
        expect = node.get("expect")
        expected = expect if isinstance(expect, Mapping) else None
        missing = expected.get("missing") if expected else None
        return ExampleTree(
            name=self.prose(node, "name") or scalar_at(node, "name"),
            given=mapping_at(node, "given"),
            outcome=expect if isinstance(expect, Scalar) else scalar_at(expected or node, "outcome"),
            severity=optional_at(expected, "severity"),
            detail=optional_at(expected, "detail"),
            missing=tuple(item for item in items_of(missing) if isinstance(item, Scalar)) if missing else None,
            others=optional_at(expected, "others"),
            school_year=optional_at(node, "school year"),
            as_of=optional_at(node, "as of"),
            scope=optional_at(node, "scope"),
            cycle=optional_at(node, "cycle"),
            absent=list_at(node, "absent"),
            invalid=word_at(node, "invalid", "false") == "true",
        )

    def value_example(self, node: Mapping) -> ValueExampleTree:
        given, expected = node.get("given"), node.get("expect")
        assert expected is not None
        return ValueExampleTree(
            name=self.prose(node, "name") or scalar_at(node, "name"),
            arguments=entries_of(node.get("with")),
            given=given if isinstance(given, Mapping) else None,
            parameters=entries_of(node.get("parameters")),
            school_year=optional_at(node, "school year"),
            as_of=optional_at(node, "as of"),
            invalid=word_at(node, "invalid", "false") == "true",
            expected=expected,
        )

    def parameter(self, name: Scalar, node: Mapping) -> ParameterTree:
        values: list[tuple[Scalar | None, Scalar, Node]] = [
            (None, year, value) for year, value in entries_of(node.get("values"))
        ]
        for cycle, by_year in entries_of(node.get("by cycle")):
            values.extend((cycle, year, value) for year, value in entries_of(by_year))
        return ParameterTree(
            name=name,
            type=scalar_at(node, "type"),
            doc=self.prose(node, "doc"),
            source=self.prose(node, "source"),
            values=tuple(values),
            decisions=self.decisions(node.get("decision")),
        )


# A doubled brace; a placeholder, in which quoted text may hold braces; one with quotes that do not close; a lone brace.
_PIECE = re.compile(r"""\{\{|\}\}|\{(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|[^{}'"])*\}|\{[^{}]*\}|[{}]""")


def _pieces(fragment: Fragment, sink: Sink) -> Iterator[tuple[str, int, int]]:
    """Text pieces ``(text, -1, -1)`` and placeholders ``("", start, end)`` of a template; ``{{`` is a brace."""
    text, at = fragment.text, 0
    for match in _PIECE.finditer(text):
        if match.start() > at:
            yield text[at : match.start()], -1, -1
        at = match.end()
        if match.group() in ("{{", "}}"):
            yield match.group()[0], -1, -1
        elif match.group() in ("{", "}"):
            sink.report("E215", fragment.span(match.start(), match.end()), what=f"a `{match.group()}` stands alone")
        else:
            yield "", match.start() + 1, match.end() - 1
    if at < len(text):
        yield text[at:], -1, -1


# -- access to nodes of known shape


def scalar_at(mapping: Node, name: str) -> Scalar:
    node = mapping.get(name) if isinstance(mapping, Mapping) else None
    assert isinstance(node, Scalar), name
    return node


def mapping_at(mapping: Mapping, name: str) -> Mapping:
    node = mapping.get(name)
    assert isinstance(node, Mapping), name
    return node


def optional_at(mapping: Node | None, name: str) -> Scalar | None:
    node = mapping.get(name) if isinstance(mapping, Mapping) else None
    return node if isinstance(node, Scalar) else None


def _written(mapping: Mapping, name: str) -> Scalar | None:
    """A value that is not marked as still to be written."""
    node = optional_at(mapping, name)
    return None if node is None or node.is_blank else node


def word_at(mapping: Mapping, name: str, default: str) -> str:
    node = optional_at(mapping, name)
    return node.text if node is not None else default


def one_line(scalar: Scalar) -> str:
    """A text of several lines as one."""
    return " ".join(scalar.text.split())


def items_of(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else ()


def list_at(mapping: Mapping, name: str) -> tuple[Scalar, ...]:
    return tuple(item for item in items_of(mapping.get(name)) if isinstance(item, Scalar))


def entries_of(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    return node.entries if isinstance(node, Mapping) else ()


def _pairs(mapping: Mapping, name: str) -> tuple[tuple[Scalar, Scalar], ...]:
    return tuple((key, value) for key, value in entries_of(mapping.get(name)) if isinstance(value, Scalar))
