"""What a catalogue says: plain texts and links, in the order in which every edition shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.backends.words import Clause, Words
from compiler.catalogue.flowchart import Chart
from compiler.semantics.steps import Step

STATUSES = {
    "faithful": "the rule says what the row says",
    "interpreted": "the row gives only a message, or needed a reading",
    "reconstructed": "the row is damaged, and the rule was rebuilt from its neighbors",
    "unknown": "the source has lost it",
}
"""How far a source says what a spec says, in words."""
PUBLICATION_STATUSES = {
    "faithful": "the document says what the spec says",
    "interpreted": "the document needed a reading; the readings are told below",
    "reconstructed": "the document is damaged, and the spec was rebuilt from what is left of it",
}
CONFLICTS = "What it conflicts with"
SHORT = 15
"""How many steps a trace may have that is shown unfolded."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the same state: its ``kind`` (rule, publication, extract, guide, table, collection, resource,
    definitions), its name, the words.
    """

    kind: str
    name: str
    words: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Weight:
    """A severity and until when it holds (empty: from then on)."""

    severity: str
    until: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A part of a rule in the author's words; ``code`` keeps its line breaks."""

    title: str
    intro: str
    code: str


@dataclass(frozen=True, slots=True)
class Example:
    """One example: its outcome as expected by the author and proved by ``rulewright test``.

    ``given`` is its world as the author wrote it; ``when`` and ``require`` the trace, for the examples that are shown
    whole, else None.
    """

    name: str
    outcome: str
    severity: str
    detail: str
    missing: tuple[str, ...]
    circumstances: tuple[str, ...]
    given: str
    when: Step | None = None
    require: Step | None = None

    @property
    def is_short(self) -> bool:
        """Whether its trace can be read at a glance."""
        return sum(_steps(step) for step in (self.when, self.require) if step is not None) <= SHORT


@dataclass(frozen=True, slots=True)
class Use:
    """A property that a rule reads: of which resource, its path, its type in words, the table of its codes."""

    resource: Link
    path: str
    type: str
    codes: Link | None


@dataclass(frozen=True, slots=True)
class Basis:
    """A parameter, code set or table that a rule rests on: what it holds, and what that means."""

    link: Link
    holds: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Named:
    """A definition: its name, what its author says it means, what it says in plain words, and its text."""

    link: Link
    meaning: str
    words: Clause | None
    code: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A question that a source leaves open, the reading taken, the others; ``answered`` by the publisher, or empty."""

    question: str
    chosen: str
    alternatives: tuple[str, ...]
    why: str
    answered: str


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a rule: the day, what, what for, by whom (the last two may be empty)."""

    on: str
    change: str
    why: str
    by: str


@dataclass(frozen=True, slots=True)
class Relation:
    """What other rules have to do with one: words with ``{}`` where the rules are named."""

    words: str
    rules: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Quoted:
    """The source row as it was read: cells by name, the hash of the row, what is to be said about it."""

    title: str
    publisher: str
    address: str
    row: str
    status: str
    note: str
    cells: tuple[tuple[str, str], ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule. ``weights``, ``effect`` and ``scope`` are those of the rule that is run for it (``repeats``)."""

    key: str
    title: str
    aliases: tuple[str, ...]
    repeats: Link | None
    status: str
    holds: str
    weights: tuple[Weight, ...]
    effect: str
    collection: Link | None
    domain: str
    scope: str
    changed: str
    words: Words | None
    formulas: tuple[Formula, ...]
    if_missing: tuple[tuple[str, str], ...]
    shown: tuple[Example, ...]
    examples: tuple[Example, ...]
    uses: tuple[Use, ...]
    bases: tuple[Basis, ...]
    definitions: tuple[Named, ...]
    fix: str
    message: str
    detail: str
    notes: str
    source: Quoted
    superseded: str
    decisions: tuple[Decision, ...]
    relations: tuple[Relation, ...]
    revisions: tuple[Link, ...]
    history: tuple[Change, ...]
    path: str
    yaml: str
    python: str
    sql: tuple[tuple[str, str], ...]

    @property
    def link(self) -> Link:
        return Link("rule", page_name(self.key), self.key)

    @property
    def asks(self) -> str:
        """What its second clause is called in a trace."""
        conflicts = any(formula.title == CONFLICTS for formula in self.formulas)
        return "in conflict with" if conflicts else "must be true"

    @property
    def severities(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(weight.severity for weight in self.weights))


@dataclass(frozen=True, slots=True)
class Listing:
    """A section of a publication or extract that is texts (settling ``ids``) and a table.

    Columns in which nothing stands are left out.
    """

    title: str
    intro: tuple[str, ...]
    ids: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def anchor(self) -> str:
        return self.title.lower().replace(" ", "-")

    @property
    def columns(self) -> list[int]:
        """The places of the columns in which something stands."""
        return [place for place, _ in enumerate(self.heads) if any(row[place] for row in self.rows)]

    @property
    def shown_heads(self) -> list[str]:
        return [self.heads[place] for place in self.columns]

    @property
    def shown_rows(self) -> list[list[str]]:
        return [[row[place] for place in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a population: in words and as written, what a record is told for which it decides.

    ``effect`` says what becomes of a record that was sent before; empty for a condition that all must fulfil.
    """

    words: Clause | None
    code: str
    reason: str
    effect: str
    notes: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What an element or field, or a part of one, holds: in words and as written; ``part`` is empty for the whole."""

    part: str
    words: Clause | None
    code: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """One kind of records that are taken (``title``): who they are, and what only they must fulfil.

    ``defines`` are names for values that the kinds have in common.
    """

    title: str
    who: Clause | None
    code: str
    defines: tuple[Held, ...]
    include: tuple[Condition, ...]
    notes: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ElementEntry:
    """An element of what is sent: as the source calls it (``name``, ``need``), where it stands, what it holds.

    ``remarks`` say what becomes of a record without it, of values that do not fit, and what else is to be known;
    ``definitions`` are those that no element before it names, ``questions`` the places, in the decisions of the page,
    of those about the element.
    """

    name: str
    need: str
    path: str
    type: str
    codes: Link | None
    state: str
    held: tuple[Held, ...]
    remarks: tuple[str, ...]
    gui: str
    database: str
    notes: str
    definitions: tuple[Named, ...]
    questions: tuple[int, ...]
    ids: tuple[str, ...]

    @property
    def anchor(self) -> str:
        return f"element-{self.name.lower()}"


@dataclass(frozen=True, slots=True)
class Descriptor:
    """The codes that an element can hold, as a table of the state lists them."""

    table: Link
    title: str
    elements: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SentExample:
    """An example of a definition, publication or extract: its worlds and what is expected, as the author wrote them."""

    name: str
    circumstances: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicationPage:
    """A publication: when its records are sent, changed and deleted, what they hold, and what that rests on.

    ``listings`` are its sections between the population and the elements, in the order in which vendors tell them;
    ``ids`` those of its source, each once.
    """

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    resource: str
    ids: tuple[str, ...]
    notes: str
    candidates: tuple[Candidates, ...]
    include: tuple[Condition, ...]
    exclude: tuple[Condition, ...]
    listings: tuple[Listing, ...]
    elements: tuple[ElementEntry, ...]
    descriptors: tuple[Descriptor, ...]
    uses: tuple[Use, ...]
    definitions: tuple[Named, ...]
    decisions: tuple[Decision, ...]
    examples: tuple[SentExample, ...]
    source: Quoted
    changed: str
    path: str
    yaml: str
    python: str

    @property
    def link(self) -> Link:
        return Link("publication", self.id, self.id)

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The sections of the page, as title and anchor."""
        ends = (
            ("Object data elements", "elements", self.elements), ("Types and descriptors", "descriptors",
            self.descriptors), ("What it reads", "reads", self.uses), ("Definitions", "definitions", self.definitions),
            ("Decisions", "decisions", self.decisions), ("Examples", "examples", self.examples),
        )  # fmt: skip
        return [
            ("Which records are sent", "population"),
            *((listing.title, listing.anchor) for listing in self.listings),
            *((title, anchor) for title, anchor, content in ends if content),
        ]


@dataclass(frozen=True, slots=True)
class Told:
    """Words of a source for the reader alone; ``ids`` are the statements that they restate."""

    text: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldEntry:
    """A field of a row: how its text looks (``form``), where it stands, what it holds, what is printed without a value.

    ``positions`` are by layout, first and last character from 1 (empty: the layout is without it); ``remarks``,
    ``definitions`` and ``questions`` as of an element.
    """

    number: int
    name: str
    form: str
    positions: tuple[tuple[str, str], ...]
    held: tuple[Held, ...]
    missing: str
    allowed: tuple[str, ...]
    remarks: tuple[str, ...]
    gui: str
    database: str
    notes: str
    definitions: tuple[Named, ...]
    questions: tuple[int, ...]
    ids: tuple[str, ...]

    @property
    def anchor(self) -> str:
        return f"field-{self.number}"

    @property
    def places(self) -> list[str]:
        """Where the field stands, said once where all layouts agree."""
        found = dict.fromkeys(place for _, place in self.positions)
        if len(found) == 1:
            return list(found)
        return [f"{place} in {layout}" if place else f"not in {layout}" for layout, place in self.positions]


@dataclass(frozen=True, slots=True)
class LayoutEntry:
    """A form of the file: of which school years, how many characters a line has, and where each field stands.

    ``positions`` have the texts of ``POSITIONS``. ``changes`` say what is other than in the layout before it, as
    ``CHANGES`` has it.
    """

    name: str
    years: tuple[str, ...]
    width: int
    positions: tuple[tuple[str, ...], ...]
    before: str
    changes: tuple[tuple[str, ...], ...]
    notes: str
    ids: tuple[str, ...]

    @property
    def anchor(self) -> str:
        return f"layout-{self.name.lower().replace(' ', '-')}"

    @property
    def is_new(self) -> bool:
        """Whether its positions are known, and not those of the layout before it."""
        return bool(self.positions) and bool(self.changes or not self.before)


POSITIONS = ("Number", "Field", "Type", "Width", "From", "To", "Picture")
CHANGES = ("Field", "What", "Before", "After")


@dataclass(frozen=True, slots=True)
class Calculation:
    """A definition that an extract uses, with the numbers of the fields that rest on it."""

    named: Named
    fields: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rested:
    """A table that an extract rests on; of a lost one the source does not say what it should hold."""

    link: Link
    title: str
    rows: int
    is_lost: bool


@dataclass(frozen=True, slots=True)
class ExtractPage:
    """An extract: what its file is for, who has a row, what may be chosen, what stands where, and what that rests on.

    ``listings`` are its sections between the population and the layout; ``ids`` those of its source, each once.
    """

    id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    notes: str
    purpose: Told | None
    rights: Told | None
    candidates: tuple[Candidates, ...]
    include: tuple[Condition, ...]
    exclude: tuple[Condition, ...]
    listings: tuple[Listing, ...]
    fields: tuple[FieldEntry, ...]
    layouts: tuple[LayoutEntry, ...]
    calculations: tuple[Calculation, ...]
    tables: tuple[Rested, ...]
    uses: tuple[Use, ...]
    decisions: tuple[Decision, ...]
    examples: tuple[SentExample, ...]
    source: Quoted
    changed: str
    path: str
    yaml: str
    python: str

    @property
    def link(self) -> Link:
        return Link("extract", self.id, self.id)

    @property
    def resource(self) -> str:
        """What its rows are made of."""
        return dict(self.facts).get("Made of", "")

    @property
    def contents(self) -> list[tuple[str, str]]:
        """The sections of the page, as title and anchor."""
        ends = (
            ("Calculations", "calculations", self.calculations), ("Tables", "tables", self.tables),
            ("What it reads", "reads", self.uses), ("Decisions", "decisions", self.decisions),
            ("Examples", "examples", self.examples),
        )  # fmt: skip
        return [
            ("Report logic", "population"),
            *((listing.title, listing.anchor) for listing in self.listings),
            ("Layout", "layout"),
            ("Positions", "positions"),
            *((title, anchor) for title, anchor, content in ends if content),
        ]


@dataclass(frozen=True, slots=True)
class GuideBranch:
    """Where an answer leads: to the question or end of this name, which stands at ``anchor`` of the page."""

    answer: str
    anchor: str
    name: str
    is_end: bool
    is_doubtful: bool


@dataclass(frozen=True, slots=True)
class GuideQuestion:
    """A question of a guide: who answers it, what the data answer, what is shown beside it, and where answers lead."""

    name: str
    ask: str
    by: str
    evidence: Held | None
    shown: tuple[str, ...]
    branches: tuple[GuideBranch, ...]
    notes: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuideEnd:
    """Where a walk ends: who acts, what is to be done, and the rules that speak of it."""

    name: str
    owner: str
    steps: tuple[str, ...]
    rules: tuple[Link, ...]
    notes: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuideNotice:
    """What is told whatever the answers are, and when."""

    says: str
    owner: str
    when: Held | None
    rules: tuple[Link, ...]
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuidePage:
    """A guide: a chart of its questions, the same in words (in the order of the chart), its ends and notices."""

    id: str
    title: str
    symptom: str
    facts: tuple[tuple[str, str], ...]
    how: str
    ids: tuple[str, ...]
    notes: str
    chart: Chart
    questions: tuple[GuideQuestion, ...]
    ends: tuple[GuideEnd, ...]
    notices: tuple[GuideNotice, ...]
    uses: tuple[Use, ...]
    definitions: tuple[Named, ...]
    decisions: tuple[Decision, ...]
    examples: tuple[SentExample, ...]
    source: Quoted
    changed: str
    path: str
    yaml: str

    @property
    def link(self) -> Link:
        return Link("guide", self.id, self.id)

    def number(self, name: str) -> int:
        """The number of a question on the page; 0 for one that is not there."""
        return next((place for place, question in enumerate(self.questions, start=1) if question.name == name), 0)


@dataclass(frozen=True, slots=True)
class TablePage:
    """A table: what it holds, row by row (cells as texts, lists joined), its named sets, and who reads it."""

    name: str
    title: str
    about: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sets: tuple[tuple[str, str, str], ...]
    decisions: tuple[Decision, ...]
    readers: tuple[Link, ...]
    path: str

    @property
    def link(self) -> Link:
        return Link("table", self.name, self.name)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a collection: values by (cycle, school year) in order."""

    name: str
    type: str
    meaning: str
    source: str
    values: tuple[tuple[str, int, str], ...]
    decisions: tuple[Decision, ...]

    @property
    def by_year(self) -> list[tuple[int, str, str]]:
        """The values as rows: school year, cycle, value."""
        return [(year, cycle, value) for cycle, year, value in self.values]


@dataclass(frozen=True, slots=True)
class CollectionPage:
    """A collection: who belongs to it, its school years, cycles (the default one first named) and parameters."""

    name: str
    title: str
    population: Formula | None
    years: tuple[int, ...]
    cycles: tuple[tuple[str, str, bool], ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Link, ...]

    @property
    def link(self) -> Link:
        return Link("collection", self.name, self.title)


@dataclass(frozen=True, slots=True)
class Read:
    """A property of a resource and what reads it."""

    path: str
    type: str
    codes: Link | None
    readers: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """A resource that is read: its key, its properties with their readers, and the rules that judge its records."""

    name: str
    plural: str
    key: tuple[str, ...]
    reads: tuple[Read, ...]
    judged_by: tuple[Link, ...]

    @property
    def link(self) -> Link:
        return Link("resource", self.name, self.name)


@dataclass(frozen=True, slots=True)
class Domain:
    """A part of a source document: its title, how many rules the catalogue has of it, or why there is none."""

    title: str
    rules: int
    why: str

    @property
    def counted(self) -> tuple[str, int]:
        return self.title, self.rules

    @property
    def reasoned(self) -> tuple[str, str]:
        return self.title, self.why


@dataclass(frozen=True, slots=True)
class Document:
    """A source document: what it is, its parts with and without rules, and all other specs made from it."""

    title: str
    facts: tuple[tuple[str, str], ...]
    note: str
    domains: tuple[Domain, ...]
    publications: tuple[Link, ...]
    extracts: tuple[Link, ...]
    guides: tuple[Link, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A decision with what it is about."""

    about: Link
    decision: Decision


@dataclass(frozen=True, slots=True)
class Book:
    """The catalogue of one state."""

    state: str
    title: str
    rules: tuple[RulePage, ...]
    publications: tuple[PublicationPage, ...]
    extracts: tuple[ExtractPage, ...]
    guides: tuple[GuidePage, ...]
    tables: tuple[TablePage, ...]
    collections: tuple[CollectionPage, ...]
    resources: tuple[ResourcePage, ...]
    definitions: tuple[tuple[Named, tuple[Link, ...], tuple[SentExample, ...]], ...]
    documents: tuple[Document, ...]

    @property
    def counts(self) -> list[str]:
        """How many specs there are of each kind of which there are any."""
        numbers = (
            (self.rule_count, "rule"), (len(self.publications), "publication"), (len(self.extracts), "extract"),
            (len(self.guides), "guide"), (len(self.tables), "table"), (len(self.collections), "collection"),
        )  # fmt: skip
        return [f"{number:,} {kind}{'' if number == 1 else 's'}" for number, kind in numbers if number]

    @property
    def rule_count(self) -> int:
        """How many rules there are, whatever their revisions."""
        return len({rule.key.partition(" ")[0] for rule in self.rules})

    @property
    def years(self) -> list[int]:
        """The school years for which any of its collections can be run."""
        return sorted({year for collection in self.collections for year in collection.years})

    def questions(self) -> list[Question]:
        """Every decision, with what it is about: each kind of specs in turn, then tables, then parameters."""
        found = [Question(rule.link, decision) for rule in self.rules for decision in rule.decisions]
        found += [Question(page.link, decision) for page in self.publications for decision in page.decisions]
        found += [Question(page.link, decision) for page in self.extracts for decision in page.decisions]
        found += [Question(page.link, decision) for page in self.guides for decision in page.decisions]
        found += [Question(table.link, decision) for table in self.tables for decision in table.decisions]
        for collection in self.collections:
            for parameter in collection.parameters:
                link = Link("collection", collection.name, f"${parameter.name}", parameter.name.lower())
                found += [Question(link, decision) for decision in parameter.decisions]
        return found

    def by_collection(self) -> list[tuple[str, list[RulePage]]]:
        """The rules under the title of their collection, in the order of its name."""
        groups: dict[tuple[str, str], list[RulePage]] = {}
        for rule in self.rules:
            key = (rule.collection.name, rule.collection.words) if rule.collection else ("", "Other rules")
            groups.setdefault(key, []).append(rule)
        return [(title, rules) for (_, title), rules in sorted(groups.items())]


def _steps(step: Step) -> int:
    return 1 + sum(map(_steps, step.parts))


def title_of(books: Sequence[Book]) -> str:
    """What a catalogue of states is called."""
    kinds = ("rules", "publications", "extracts", "guides")
    found = [kind for kind in kinds if any(getattr(book, kind) for book in books)]
    return f"Catalogue of {said(found)}" if found else "Catalogue"


def page_name(key: str) -> str:
    """The name of a rule's page, which never changes: `ME-3`, and `ME-3-r2` for its second revision."""
    return key.replace(" ", "-")


def said(items: Sequence[str]) -> str:
    """Texts as one, with an `and` before the last."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if items[1:] else list(items))
