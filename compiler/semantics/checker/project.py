"""A whole project: scopes, definitions, rules, all checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from compiler.diagnostics import Level, Related, Sink
from compiler.schema.types import PERIOD, TEXT, WHOLE, Type, describe, is_text
from compiler.semantics.checker.comparisons import sign_words
from compiler.semantics.checker.definitions import CheckedDefinition, check_value_examples
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.extracts import CheckedExtract, ExtractChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.folders import SchemaFolder, build_scopes
from compiler.semantics.checker.guides import CheckedGuide, GuideChecker
from compiler.semantics.checker.populations import CheckedPopulation, check_populations
from compiler.semantics.checker.publications import CheckedPublication, PublicationChecker
from compiler.semantics.checker.revisions import check_references
from compiler.semantics.checker.rules import CheckedRule, RuleChecker
from compiler.semantics.scope import Definition, Scope
from compiler.syntax.project import SpecTrees
from compiler.syntax.publications import PublicationTree


@dataclass(slots=True)
class CheckedProject:
    """All specs of a project with what the checker found out."""

    trees: SpecTrees
    scopes: dict[str, Scope] = field(default_factory=dict)
    examined: list[CheckedDefinition] = field(default_factory=list)
    rules: list[CheckedRule] = field(default_factory=list)
    populations: list[CheckedPopulation] = field(default_factory=list)
    publications: list[CheckedPublication] = field(default_factory=list)
    extracts: list[CheckedExtract] = field(default_factory=list)
    guides: list[CheckedGuide] = field(default_factory=list)

    @property
    def definitions(self) -> list[Definition]:
        """Every definition once, in the order of the files."""
        found = {id(d): d for scope in self.scopes.values() for d in scope.definitions.values()}
        return list(found.values())

    @property
    def subject_definitions(self) -> list[tuple[Definition, str]]:
        """The entries under ``subjects:``, each once, with their names."""
        found = {
            id(definition): (definition, name)
            for scope in self.scopes.values()
            for entries in scope.subjects.values()
            for name, definition in entries.items()
        }
        return list(found.values())

    def sign_words(self) -> dict[tuple[str, int, int], str]:
        """By the place of each comparison of numbers or dates: the word that says what a sign would say."""
        definitions = [*self.definitions, *(definition for definition, _ in self.subject_definitions)]
        specs = (self.rules, self.publications, self.extracts, self.guides)
        facts = [spec.facts for specs_of_kind in specs for spec in specs_of_kind]
        facts += [d.facts for d in definitions if d.facts is not None]
        return {place: word for found in facts for place, word in sign_words(found.types)}

    def unread(self, state: str) -> frozenset[str]:
        """The kinds of files of a state, or above it, that could not be read."""
        above = ("specs", f"specs/{state}")
        folders = [f for f in self.trees.unread if f in above or f.startswith(f"specs/{state}/")]
        return frozenset().union(*(self.trees.unread[folder] for folder in folders))


def check_project(trees: SpecTrees, library: Mapping[str, SchemaFolder], sink: Sink) -> CheckedProject:
    """Check everything; the result holds what is sound, the sink what is not."""
    project = CheckedProject(trees, build_scopes(trees, library, sink))
    definitions = DefinitionChecker(sink)
    for definition in project.definitions:
        definitions.type_of(definition)
    _check_subjects(project, definitions, sink)
    project.examined = check_value_examples(project.definitions, sink)
    for folder in trees.folders:
        checker = RuleChecker(project.scopes[folder], sink, definitions.type_of)
        project.rules.extend(checker.check(rule) for rule in trees.rules.get(folder, ()))
        if folder in trees.publications:
            others = _by_id(trees, folder)
            publications = PublicationChecker(project.scopes[folder], library, sink, definitions.type_of, others)
            project.publications.extend(publications.check(written) for written in trees.publications[folder])
        extracts = ExtractChecker(project.scopes[folder], sink, definitions.type_of)
        project.extracts.extend(extracts.check(written) for written in trees.extracts.get(folder, ()))
    for folder, guides in sorted(trees.guides.items()):
        known = _rule_ids(project, folder)
        guide_checker = GuideChecker(project.scopes[folder], sink, definitions.type_of, known)
        project.guides.extend(guide_checker.check(written) for written in guides)
    _check_ids((*project.publications, *project.extracts, *project.guides), sink)
    project.populations = check_populations(project.scopes, definitions.type_of, sink)
    check_references(project.rules, project.unread, sink)
    return project


def _by_id(trees: SpecTrees, folder: str) -> dict[str, PublicationTree]:
    """The publications of the state to which a folder belongs."""
    state = folder.split("/")[:2]
    found: dict[str, PublicationTree] = {}
    for other, written in trees.publications.items():
        for publication in written if other.split("/")[:2] == state else ():
            found.setdefault(publication.id.text, publication)
    return found


def _rule_ids(project: CheckedProject, folder: str) -> frozenset[str] | None:
    """The ids of the rules of the state to which a folder belongs; None when some could not be read."""
    state = folder.split("/")[1] if "/" in folder else ""
    known = frozenset(rule.id for rule in project.rules if rule.state == state)
    return None if "rule" in project.unread(state) else known


def _check_ids(specs: Iterable[CheckedPublication | CheckedExtract | CheckedGuide], sink: Sink) -> None:
    """Report publications, extracts and guides of one state that have one id."""
    earlier: dict[tuple[str, str], CheckedPublication | CheckedExtract | CheckedGuide] = {}
    for spec in specs:
        first = earlier.setdefault((spec.state, spec.id), spec)
        if first is not spec:
            related = (Related(first.written.id.span, "declared here"),)
            sink.report("E119", spec.written.id.span, what="the id", name=spec.id, related=related)


_SUBJECT_TYPES: dict[str, tuple[tuple[Type, ...], str]] = {
    "student": ((TEXT, WHOLE), "an id"),
    "school": ((TEXT, WHOLE), "an id"),
    "corporation": ((TEXT, WHOLE), "an id"),
    "grade": ((TEXT,), "a grade level"),
    "school year": ((WHOLE,), "a school year"),
    "dates": ((PERIOD,), "a period"),
}


def _check_subjects(project: CheckedProject, definitions: DefinitionChecker, sink: Sink) -> None:
    for definition, name in project.subject_definitions:
        kind = definitions.type_of(definition)
        wanted, words = _SUBJECT_TYPES.get(name, ((kind,), ""))  # an unknown key was reported
        body = definition.written.body
        fits = kind in wanted or (kind is not None and is_text(kind) and TEXT in wanted)
        if kind is not None and not fits and body is not None:
            sink.report("E402", body.span, where=f"`{name}`", wanted=words, seen=describe(kind), hint="")


class DefinitionChecker:
    """Gives the types of definitions, checking each when it is first asked for."""

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self.open: list[Definition] = []

    def type_of(self, definition: Definition) -> Type | None:
        """The type of a definition; None when it has none (reported once)."""
        if definition.state == "being checked":
            self._circle(definition)
            return None
        if definition.state == "new":
            self._check(definition)
        return definition.type

    def _check(self, definition: Definition) -> None:
        body = definition.written.body
        definition.facts = Facts()
        if body is None:
            definition.state = "done"
            return
        definition.state = "being checked"
        self.open.append(definition)
        before = len(self.sink.found)
        parameters: dict[str, Type] = {}
        years: set[int] = set()
        for collection in definition.scope.collections.values():
            years.update(collection.years)
            for name, kind in collection.parameter_types.items():
                parameters.setdefault(name, kind)
        checker = ExpressionChecker(
            definition.scope,
            self.sink,
            definition.facts,
            parameters=parameters,
            parameters_of="any collection of this folder",
            years=tuple(sorted(years)),
            definition_type=self.type_of,
        )
        found = checker.value(body, dict(definition.parameters))
        wrong = any(diagnostic.level is Level.ERROR for diagnostic in self.sink.found[before:])
        definition.type = None if wrong or definition.facts.told_elsewhere else found
        self.open.pop()
        definition.state = "done"

    def _circle(self, definition: Definition) -> None:
        names = [d.id for d in self.open[self.open.index(definition) :]] + [definition.id]
        self.sink.report("E308", definition.written.name.span, name=definition.name, path=" -> ".join(names))
