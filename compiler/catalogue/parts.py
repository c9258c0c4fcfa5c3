"""Parts that pages of publications, extracts and guides have alike: conditions, values, sections, examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.backends.words import Speaking
from compiler.backends.words_publications import Speech
from compiler.backends.words_rows import Section
from compiler.catalogue.excerpts import as_written, text_of
from compiler.catalogue.model import Condition, Held, Listing, Quoted, SentExample
from compiler.semantics.checker.facts import DefinitionRef, Facts
from compiler.semantics.scope import Scope
from compiler.syntax import tree
from compiler.syntax.document import Document, Mapping, Node, Scalar, one_line
from compiler.syntax.extracts import RowClauseTree
from compiler.syntax.layout import laid_out
from compiler.syntax.publications import ClauseTree
from compiler.syntax.settled import Settled, mappings_at
from compiler.syntax.specs import DecisionTree, items_of, mapping_at


def source_text(scope: Scope, name: Scalar, key: str) -> str:
    """What ``_sources.yaml`` says of the document of a spec."""
    document = scope.sources.get(name.text)
    return document.text(key) if document is not None else ""


def quoted(scope: Scope, name: Scalar, spec: Document) -> Quoted:
    """The source of a spec: a document as a whole, of which no row is quoted."""
    source = mapping_at(spec.root, "source")
    return Quoted(
        title=source_text(scope, name, "title") or name.text,
        publisher=source_text(scope, name, "publisher"),
        address=source_text(scope, name, "address"),
        row="",
        status=text_of(source.get("status")),
        note=text_of(source.get("note")) or source_text(scope, name, "note"),
        cells=(),
        sha256=source_text(scope, name, "sha256"),
    )


def ids_in(node: Node) -> Iterator[str]:
    """The ids of the source that anything in a spec covers, each once, in the order of the file."""
    found: dict[str, None] = {}
    waiting: list[Node] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mapping):
            found.update({i.text: None for i in items_of(part.get("covers")) if isinstance(i, Scalar)})
            waiting.extend(value for key, value in reversed(part.entries) if key.text != "examples")
        elif not isinstance(part, Scalar):
            waiting.extend(reversed(part.items))
    yield from found


def condition(clause: ClauseTree | RowClauseTree, speech: Speech | None, effect: str = "") -> Condition:
    """A condition of a population; ``effect`` as in :class:`Condition`."""
    return Condition(
        words=speech.condition(clause.when) if speech is not None and clause.when is not None else None,
        code=laid_out(clause.when) if clause.when is not None else "",
        reason=one_line(clause.reason.text),
        effect=effect,
        notes=text_of(clause.notes),
        ids=tuple(covered.text for covered in clause.covers),
    )


def held(part: str, value: tree.Expr, speech: Speaking | None) -> Held:
    """What a part holds."""
    return Held(part, speech.value(value) if speech is not None else None, laid_out(value))


def listing(section: Section) -> Listing:
    """A section as a table of texts."""
    rows = tuple((*row.texts, row.notes, ", ".join(row.ids)) for row in section.rows)
    intro = (*([f"As of {section.like}."] if section.like else []), *section.intro, section.notes)
    return Listing(section.title, tuple(filter(None, intro)), section.ids, (*section.heads, "Notes", "Ids"), rows)


def definitions_named(expressions: Iterable[tree.Expr], facts: Facts) -> Iterator[str]:
    """The ids of the definitions that expressions name themselves."""
    nodes = (node for expression in expressions for node in tree.walk(expression))
    refs = (facts.refs.get(node) for node in nodes)
    yield from dict.fromkeys(ref.definition.id for ref in refs if isinstance(ref, DefinitionRef))


def questions(part: Settled, written: tuple[DecisionTree, ...]) -> Iterator[int]:
    """The places of the decisions about a part among all of a spec."""
    asked = {decision.question.span.start for decision in part.decisions}
    for place, decision in enumerate(written, start=1):
        if decision.question.span.start in asked:
            yield place


_TOLD = ("school year", "as of", "resync")
_LEFT_OUT = ("name", "covers", "invalid", *_TOLD)


def examples(spec: Mapping) -> Iterator[SentExample]:
    """The examples of a spec or definition, their worlds and what is expected of them as they are written."""
    for example in mappings_at(spec, "examples"):
        yield SentExample(
            name=text_of(example.get("name")),
            circumstances=tuple(f"{key} {text_of(example.get(key))}" for key in _TOLD if key in example),
            parts=tuple(
                (key.text, as_written(value.span)) for key, value in example.entries if key.text not in _LEFT_OUT
            ),
            ids=tuple(covered.text for covered in items_of(example.get("covers")) if isinstance(covered, Scalar)),
        )
