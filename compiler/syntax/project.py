"""All spec files of a project to spec trees: what kind each file is, its shape, its expressions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from posixpath import basename, dirname

from compiler.diagnostics import Sink
from compiler.source import Source
from compiler.syntax.document import Document, Scalar, has_blanks, parse_document
from compiler.syntax.extracts import ExtractTree, read_extract
from compiler.syntax.publications import PublicationTree, read_publication
from compiler.syntax.shapes import FILES, OWN_FILES, check_shape
from compiler.syntax.specs import (
    CollectionTree,
    DefinitionTree,
    DocumentTree,
    FillTree,
    RulesetTree,
    RuleTree,
    TableTree,
    read_collections,
    read_definitions,
    read_examples,
    read_rule,
    read_ruleset,
    read_sources,
    read_table,
)

TABLE_FOLDER = "tables"
_KINDS_OF_FOLDERS = {TABLE_FOLDER: "table", "publications": "publication", "extracts": "extract"}


@dataclass(slots=True)
class SpecTrees:
    """The trees of a project by the folder that holds them (posix paths, relative to the project)."""

    documents: dict[str, Document] = field(default_factory=dict)
    rulesets: dict[str, RulesetTree] = field(default_factory=dict)
    definitions: dict[str, list[DefinitionTree]] = field(default_factory=dict)
    collections: dict[str, list[CollectionTree]] = field(default_factory=dict)
    sources: dict[str, list[DocumentTree]] = field(default_factory=dict)
    fills: dict[str, FillTree] = field(default_factory=dict)
    tables: dict[str, list[TableTree]] = field(default_factory=dict)
    rules: dict[str, list[RuleTree]] = field(default_factory=dict)
    publications: dict[str, list[PublicationTree]] = field(default_factory=dict)
    extracts: dict[str, list[ExtractTree]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)  # the kinds of files that could not be used as a whole

    @property
    def folders(self) -> list[str]:
        """Every folder that declares something, and the folders above them, parents first."""
        found: set[str] = set()
        shared = (self.rulesets, self.definitions, self.collections, self.sources, self.fills, self.tables)
        for by_folder in (*shared, self.rules, self.publications, self.extracts, self.unread):
            for folder in by_folder:
                while folder:
                    found.add(folder)
                    folder = dirname(folder)
        return sorted(found, key=lambda folder: (folder.count("/"), folder))


def parse_project(sources: Iterable[Source], sink: Sink) -> SpecTrees:
    """Read every file of a project; files that cannot be used are reported and left out."""
    trees = SpecTrees()
    faulty = {diagnostic.span.source.path for diagnostic in sink}
    for source in sources:
        document = parse_document(source, sink) if source.path not in faulty else None
        kind = _kind_of_path(source.path)
        if document is not None:
            trees.documents[source.path] = document
            kind = kind_of_file(document)
        folder = dirname(source.path)
        readable = document is not None and check_shape(document, kind, sink)
        if document is not None and readable:
            _add(trees, document, kind, folder, sink)
        if document is None or not readable or (kind in FILES.values() and has_blanks(document)):
            trees.unread.setdefault(_owner(folder), set()).add(kind)
    return trees


def kind_of_file(document: Document) -> str:
    """The kind of spec a file holds: by its name for shared files, by its key ``kind``, else a rule."""
    by_name = FILES.get(basename(document.source.path))
    if by_name is not None:
        return by_name
    kind = document.root.get("kind")
    return kind.text if isinstance(kind, Scalar) and kind.text in OWN_FILES else "rule"


def _kind_of_path(path: str) -> str:
    """The kind of spec that a file which cannot be read must hold."""
    return FILES.get(basename(path)) or _KINDS_OF_FOLDERS.get(basename(dirname(path)), "rule")


def _owner(folder: str) -> str:
    """The folder to which the specs in a folder belong: tables lie in one of their own."""
    return dirname(folder) if basename(folder) == TABLE_FOLDER else folder


def _add(trees: SpecTrees, document: Document, kind: str, folder: str, sink: Sink) -> None:
    match kind:
        case "ruleset":
            trees.rulesets[folder] = read_ruleset(document, sink)
        case "definitions":
            trees.definitions[folder] = read_definitions(document, sink)
        case "collections":
            trees.collections[folder] = read_collections(document, sink)
        case "sources":
            trees.sources[folder] = read_sources(document, sink)
        case "examples":
            trees.fills[folder] = read_examples(document, sink)
        case "table":
            trees.tables.setdefault(_owner(folder), []).append(read_table(document, sink))
        case "publication":
            trees.publications.setdefault(folder, []).append(read_publication(document, sink))
        case "extract":
            trees.extracts.setdefault(folder, []).append(read_extract(document, sink))
        case _:
            trees.rules.setdefault(folder, []).append(read_rule(document, sink))
