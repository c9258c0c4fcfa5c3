"""The catalogue as Markdown: a page a rule, publication, extract and guide; one each for tables, collections,
resources, sources, decisions; an index.

This is the edition that is checked in, so that a change of a rule shows in review as readers will see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from compiler.backends.artifacts import Artifact
from compiler.backends.words import Clause, Words
from compiler.catalogue import markdown_extracts, markdown_guides, markdown_publications
from compiler.catalogue.markdown_parts import SpecPage, examples
from compiler.catalogue.model import (
    STATUSES,
    Book,
    CollectionPage,
    Decision,
    Example,
    ExtractPage,
    GuidePage,
    Link,
    PublicationPage,
    RulePage,
    SentExample,
    TablePage,
    Weight,
    page_name,
    title_of,
)
from compiler.semantics.steps import outline
from compiler.web import markdown as md

ROOT = "catalogue"
_PAGES = {
    "rule": "{name}.md",
    "publication": "{name}.md",
    "extract": "{name}.md",
    "guide": "{name}.md",
    "table": "tables.md#{anchor}",
    "collection": "collections.md",
    "resource": "resources.md#{anchor}",
    "definitions": "definitions.md",
}


def pages(book: Book) -> list[Artifact]:
    """The pages of one state."""
    folder = f"{ROOT}/{book.state}"
    paths = {rule.key: rule.path for rule in book.rules}
    made = []
    for rule in book.rules:
        repeated = paths.get(rule.repeats.words, rule.path) if rule.repeats else rule.path
        sources = tuple(dict.fromkeys((rule.path, repeated)))
        made.append(Artifact(f"{folder}/{page_name(rule.key)}.md", rule_page(rule), sources))
    made += [Artifact(f"{folder}/{page.id}.md", publication_page(page), (page.path,)) for page in book.publications]
    made += [Artifact(f"{folder}/{page.id}.md", extract_page(page), (page.path,)) for page in book.extracts]
    made += [Artifact(f"{folder}/{page.id}.md", guide_page(page), (page.path,)) for page in book.guides]
    others: list[tuple[str, Callable[[Book], str], Sequence[object]]] = [
        ("tables", _tables, book.tables), ("collections", _collections, book.collections),
        ("resources", _resources, book.resources), ("definitions", _definitions, book.definitions),
        ("sources", _sources, book.documents), ("decisions", _decisions_page, book.questions()),
    ]  # fmt: skip
    present = [(name, make) for name, make, content in others if content]
    tables = tuple(table.path for table in book.tables)
    made += [Artifact(f"{folder}/{name}.md", make(book), tables if name == "tables" else ()) for name, make in present]
    made.append(Artifact(f"{folder}/index.md", _index(book, [name for name, _ in present])))
    return made


def index(books: Sequence[Book]) -> Artifact:
    """The page that lists the states."""
    rows = [
        [
            f"[{md.text(b.title)}]({b.state}/index.md)",
            str(b.rule_count),
            *(str(len(pages)) for pages in (b.publications, b.extracts, b.tables)),
        ]
        for b in books
    ]
    head = ["folder", "rules", "publications", "extracts", "tables"]
    return Artifact(f"{ROOT}/index.md", f"# {title_of(books)}\n\n" + md.table(head, rows))


def _index(book: Book, names: Iterable[str]) -> str:
    kind = next((kind for kind in ("rules", "publications") if getattr(book, kind)), "extracts")
    parts = [f"# {md.text(book.title)}: {kind}\n"]
    if book.publications:
        listed = [[_link(page.link), md.text(page.title), md.code(page.resource), page.source.status]
                  for page in book.publications]  # fmt: skip
        parts.append("## Publications\n")
        parts.append(md.table(["publication", "what it sends", "resource", "source"], listed))
    if book.extracts:
        listed = [[_link(page.link), md.text(page.title), page.resource, page.source.status] for page in book.extracts]
        parts.append("## Extracts\n")
        parts.append(md.table(["extract", "what the file holds", "made of", "source"], listed))
    if book.guides:
        rows = [
            [_link(page.link), md.text(page.title), md.text(page.symptom), page.source.status] for page in book.guides
        ]
        parts += ["## Guides\n", md.table(["guide", "what it looks into", "when", "source"], rows)]
    for title, rules in book.by_collection():
        rows = [
            [_link(rule.link), md.text(rule.title), ", then ".join(weight.severity for weight in rule.weights),
             _effect(rule), rule.source.status, _status(rule)]
            for rule in rules
        ]  # fmt: skip
        parts.append(f"## {md.text(title)}\n")
        parts.append(md.table(["rule", "what it asks", "severity", "effect", "source", "status"], rows))
    used = {rule.source.status for rule in book.rules}
    meant = [f"{md.code(status)}: {words}" for status, words in STATUSES.items() if status in used]
    parts.append(f"Source: {'; '.join(meant)}.\n" if meant else "")
    links = [f"[{name.capitalize()}]({name}.md)" for name in names]
    parts.append(" - ".join(links) + "\n" if links else "")
    return "\n".join(parts)


def _effect(rule: RulePage) -> str:
    return rule.effect if rule.effect != "none" else ""


def _status(rule: RulePage) -> str:
    return md.text(f"{rule.status}, {rule.holds}" if rule.holds else rule.status)


def _link(link: Link, *, code: bool = False) -> str:
    words = md.code(link.words) if code else md.text(link.words)
    return f"[{words}]({_PAGES[link.kind].format(name=link.name, anchor=link.name.lower())})"


def _links(links: Iterable[Link], *, code: bool = False) -> str:
    return ", ".join(_link(link, code=code) for link in links)


# -- rules, publications, extracts and guides


def publication_page(page: PublicationPage) -> str:
    """The page of a publication."""
    return _whole([*markdown_publications.publication_page(page, _code_link)], page)


def extract_page(page: ExtractPage) -> str:
    """The page of an extract."""
    return _whole([*markdown_extracts.extract_page(page, _code_link)], page)


def guide_page(page: GuidePage) -> str:
    """The page of a guide."""
    return _whole([*markdown_guides.guide_page(page, _code_link)], page)


def _whole(parts: list[str], page: SpecPage) -> str:
    """The parts of a page with what stands at its end."""
    parts += [_decisions(page.decisions), *examples(page), f"## Source\n\n{md.text(page.source.title)}.\n"]
    parts += [f"{md.text(page.source.note)}\n" if page.source.note else ""]
    parts += [f"## The spec\n\n{md.code(page.path)}\n"]
    if page.yaml:
        parts.append(_folded("Its text", md.block(page.yaml, "yaml")))
    return "\n".join(part for part in parts if part)


def _code_link(link: Link) -> str:
    return _link(link, code=True)


def rule_page(rule: RulePage) -> str:
    """The page of a rule."""
    parts = [f"# {rule.key}: {md.text(rule.title)}\n", _facts(rule)]
    if rule.repeats is not None:
        parts.append(f"The source repeats {_link(rule.repeats)} under this id; it is not run a second time.\n")
    parts += [_words(rule.words) if rule.words else "", _formulas(rule), _missing(rule), _examples(rule), _uses(rule)]
    parts += [_bases(rule), _named(rule), _section("How to fix it", rule.fix), _message(rule)]
    parts += [_section("Notes", rule.notes), _source(rule), _section("What the id meant before", rule.superseded)]
    parts += [_decisions(rule.decisions), _related(rule), _history(rule), f"## The spec\n\n{md.code(rule.path)}\n"]
    if rule.yaml:
        parts.append(_folded("Its text", md.block(rule.yaml, "yaml")))
    return "\n".join(part for part in parts if part)


def _folded(title: str, text: str) -> str:
    return f"<details>\n<summary>{title}</summary>\n\n{text}\n</details>\n"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{md.text(text)}\n" if text else ""


def _facts(rule: RulePage) -> str:
    rows = [
        ["severity", "; ".join(map(_weight, rule.weights))],
        ["effect on the count", rule.effect],
        ["collection", _link(rule.collection) if rule.collection else "-"],
        ["status", _status(rule)],
        ["source", f"{rule.source.status}: {STATUSES[rule.source.status]}"],
        ["also known as", ", ".join(map(md.code, rule.aliases))],
        ["needs the records of", rule.scope],
    ]
    return md.table(["", ""], [row for row in rows if row[1]])


def _weight(weight: Weight) -> str:
    return f"{weight.severity} until {md.code(weight.until)}" if weight.until else weight.severity


def _words(words: Words) -> str:
    clauses = [clause for clause in (words.who, words.when, words.require) if clause is not None]
    lines = [line for clause in clauses for line in (*_clause(clause), "")]
    return "\n".join(["## In plain words", "", *lines, *(f"{md.text(text)}\n" for text in words.if_missing)])


def _clause(clause: Clause, depth: int = 0) -> Iterable[str]:
    yield f"{'  ' * (depth - 1)}- {md.text(clause.text)}" if depth else md.text(clause.text)
    if clause.parts and not depth:
        yield ""
    for part in clause.parts:
        yield from _clause(part, depth + 1)


def _formulas(rule: RulePage) -> str:
    parts = []
    for formula in rule.formulas:
        intro = f"{md.text(formula.intro)}\n" if formula.intro else ""
        parts.append("\n".join([f"### {formula.title}", "", *([intro] if intro else [])]))
        if formula.code:
            parts.append(md.block(formula.code))
    return "## In the words of the spec\n\n" + "\n".join(parts) if parts else ""


def _missing(rule: RulePage) -> str:
    rows = [[md.code(path), outcome] for path, outcome in rule.if_missing]
    return f"## When data are missing\n\n{md.table(['only this is missing', 'outcome'], rows)}" if rows else ""


def _examples(rule: RulePage) -> str:
    rows = [
        [md.text(example.name), md.text("; ".join(example.circumstances)), _outcome(example), md.text(example.detail)]
        for example in rule.examples
    ]
    if not rows:
        return ""
    head = ["example", "run with", "outcome", "detail"]
    kept = [i for i, _ in enumerate(head) if any(row[i] for row in rows)]
    listed = md.table([head[i] for i in kept], [[row[i] for i in kept] for row in rows])
    return "## Examples\n\n" + "\n".join(
        [*(_shown(example, rule) for example in rule.shown), "### All examples\n", listed]
    )


def _outcome(example: Example) -> str:
    missing = f": {', '.join(map(md.code, example.missing))}" if example.missing else ""
    severity = f" ({example.severity})" if example.severity else ""
    return f"{example.outcome}{severity}{missing}"


def _shown(example: Example, rule: RulePage) -> str:
    """An example whole: its records and its trace."""
    told = f"\nWith {md.text(', '.join(example.circumstances))}.\n" if example.circumstances else ""
    steps = [("applies when", example.when), (rule.asks, example.require)]
    outlines = (outline(step, f"{label}  {step.text}") for label, step in steps if step is not None)
    lines = [f"{'    ' * depth}{line}" for outlined in outlines for depth, line in outlined]
    trace = md.block("\n".join(lines)) if lines else ""
    found = f"Found: {md.text(example.detail)}\n" if example.detail and example.outcome == "violation" else ""
    head = f"### {example.outcome.capitalize()}: {md.text(example.name)}\n"
    return "\n".join(part for part in (head, told, md.block(example.given, "yaml"), trace, found) if part)


def _uses(rule: RulePage) -> str:
    rows = [
        [_link(use.resource, code=True), md.code(use.path), use.type, _link(use.codes, code=True) if use.codes else ""]
        for use in rule.uses
    ]
    return f"## Fields\n\n{md.table(['resource', 'property', 'holds', 'codes'], rows)}" if rows else ""


def _bases(rule: RulePage) -> str:
    rows = [[_link(basis.link, code=True), md.text(basis.holds), md.text(basis.meaning)] for basis in rule.bases]
    return f"## Parameters and tables\n\n{md.table(['name', 'value', 'meaning'], rows)}" if rows else ""


def _named(rule: RulePage) -> str:
    rows = [[_link(d.link, code=True), md.text(d.meaning), md.code(d.code) if d.code else ""] for d in rule.definitions]
    return f"## Definitions\n\n{md.table(['name', 'meaning', 'text'], rows)}" if rows else ""


def _message(rule: RulePage) -> str:
    shown = f"\nWith the values of the record: {md.code(rule.detail)}\n" if rule.detail else ""
    return f"## Message\n\n{md.text(rule.message)}\n{shown}" if rule.message else ""


def _source(rule: RulePage) -> str:
    source = rule.source
    note = f"\n{md.text(source.note)}\n" if source.note else ""
    rows = [[name, md.text(text)] for name, text in source.cells]
    return f"## Source\n\n{md.text(source.title)}, row {md.code(source.row)}.\n{note}\n" + md.table(
        ["cell", "text"], rows
    )


def _decisions(decisions: Sequence[Decision], level: str = "##") -> str:
    return f"{level} Decisions\n\n{_listed(decisions)}" if decisions else ""


def _listed(decisions: Sequence[Decision]) -> str:
    parts = []
    for decision in decisions:
        lines = [f"**{md.text(decision.question)}** {md.text(decision.chosen)}", ""]
        if decision.alternatives:
            lines.append("- other readings: " + "; ".join(map(md.text, decision.alternatives)))
        if decision.why:
            lines.append(f"- why: {md.text(decision.why)}")
        if decision.answered:
            lines.append(f"- answered: {md.text(decision.answered)}")
        parts.append("\n".join(lines).rstrip() + "\n")
    return "\n".join(parts)


def _related(rule: RulePage) -> str:
    parts = [relation.words.format(_links(relation.rules)) for relation in rule.relations]
    if rule.revisions:
        parts.append(f"Other revisions: {_links(rule.revisions)}.")
    return "## Related rules\n\n" + "\n\n".join(parts) + "\n" if parts else ""


def _history(rule: RulePage) -> str:
    rows = [[c.on, md.text(c.change), md.text(c.why), md.text(c.by)] for c in rule.history]
    return f"## History\n\n{md.table(['day', 'change', 'why', 'by'], rows)}" if rows else ""


# -- tables and collections


def _tables(book: Book) -> str:
    return "\n".join([f"# {md.text(book.title)}: tables\n", *(part for table in book.tables for part in _table(table))])


def _table(table: TablePage) -> Iterable[str]:
    yield f"## {md.text(table.name)}\n\n{md.text(table.title)}\n"
    if table.about:
        yield " ".join(map(md.text, table.about)) + "\n"
    yield md.table(list(map(md.text, table.columns)), [[md.text(cell) for cell in row] for row in table.rows])
    if table.sets:
        rows = [
            [md.code(name), ", ".join(map(md.code, codes.split(", "))), md.text(doc)] for name, codes, doc in table.sets
        ]
        yield md.table(["set", "codes", "meaning"], rows)
    if table.readers:
        yield f"Read by {_links(table.readers)}.\n"
    if table.decisions:
        yield _decisions(table.decisions, "###")


def _collections(book: Book) -> str:
    parts = [f"# {md.text(book.title)}: collections\n"]
    return "\n".join([*parts, *(part for page in book.collections for part in _collection(page))])


def _collection(page: CollectionPage) -> Iterable[str]:
    yield f"## {md.text(page.title)}\n"
    cycles = ", ".join(f"{name} (default)" if is_default else name for name, _, is_default in page.cycles)
    years = ", ".join(map(str, page.years))
    yield f"{md.code(page.name)}; school years: {years}; cycles: {md.text(cycles)}.\n"
    if page.population is not None:
        yield f"Who belongs to it: {md.text(page.population.intro)}\n"
        yield md.block(page.population.code) if page.population.code else ""
    if page.parameters:
        rows = [
            [md.code(f"${p.name}"), p.type, md.text(cycle), str(year), md.text(value), md.text(p.meaning)]
            for p in page.parameters
            for cycle, year, value in p.values
        ]
        yield md.table(["parameter", "type", "cycle", "school year", "value", "meaning"], rows)
    for parameter in page.parameters:
        if parameter.decisions:
            yield f"### The value of {md.code(f'${parameter.name}')}\n"
            yield _listed(parameter.decisions)


# -- resources, definitions, sources, decisions


def _resources(book: Book) -> str:
    parts = [f"# {md.text(book.title)}: what is read\n"]
    for page in book.resources:
        parts.append(f"## {page.name}\n")
        judged = f" Rules that judge these records: {_links(page.judged_by)}." if page.judged_by else ""
        parts.append(f"Natural key: {', '.join(map(md.code, page.key))}.{judged}\n")
        rows = [
            [md.code(read.path), read.type, _link(read.codes, code=True) if read.codes else "", _links(read.readers)]
            for read in page.reads
        ]
        parts.append(md.table(["property", "holds", "codes", "read by"], rows))
    return "\n".join(parts)


def _in_line(example: SentExample, name: str) -> str:
    """A part of an example on one line; its world is for pages that fold it."""
    text = dict(example.parts).get(name, "")
    return md.code(" ".join(text.split())) if text else ""


def _definitions(book: Book) -> str:
    parts = [f"# {md.text(book.title)}: definitions\n"]
    for named, readers, told in book.definitions:
        parts.append(f"## {md.text(named.link.words)}\n")
        parts.append(f"{md.text(named.meaning)}\n" if named.meaning else "")
        parts.append("\n".join(_clause(named.words)) + "\n" if named.words else "")
        parts.append(md.block(named.code) if named.code else "")
        parts.append(f"Used by {_links(readers)}.\n" if readers else "Used by none.\n")
        rows = [[md.text(one.name), _in_line(one, "with"), _in_line(one, "expect")] for one in told]
        parts.append(md.table(["example", "with", "gives"], rows) if rows else "")
    return "\n".join(part for part in parts if part)


def _sources(book: Book) -> str:
    parts = [f"# {md.text(book.title)}: sources\n"]
    for document in book.documents:
        parts.append(f"## {md.text(document.title)}\n")
        parts.append(md.table(["", ""], [[words, md.text(text)] for words, text in document.facts]))
        parts.append(f"{md.text(document.note)}\n" if document.note else "")
        with_rules = [domain for domain in document.domains if not domain.why]
        without = [domain for domain in document.domains if domain.why]
        if with_rules:
            parts.append(md.table(["part", "rules"], [[md.text(d.title), str(d.rules)] for d in with_rules]))
        if without:
            parts.append("### Parts without rules\n")
            parts.append(md.table(["part", "why"], [[md.text(d.title), md.text(d.why)] for d in without]))
        parts.append(f"Publications: {_links(document.publications)}.\n" if document.publications else "")
        parts.append(f"Extracts: {_links(document.extracts)}.\n" if document.extracts else "")
        parts.append(f"Guides: {_links(document.guides)}.\n" if document.guides else "")
        parts += [f"> {md.text(remark)}\n" for remark in document.remarks]
    return "\n".join(part for part in parts if part)


def _decisions_page(book: Book) -> str:
    found = book.questions()
    answered = sum(1 for question in found if question.decision.answered)
    parts = [
        f"# {md.text(book.title)}: decisions\n",
        f"Open: {len(found) - answered} questions that the sources leave, each with the reading taken. "
        f"Answered by the publisher: {answered}.\n",
    ]
    for about, group in groupby(found, key=lambda question: question.about):
        parts.append(f"## {_link(about)}\n")
        parts.append(_listed([question.decision for question in group]))
    return "\n".join(parts)
