"""The rule catalogue as Markdown: a page a rule, pages for tables and collections, an index a state.

Made from the checked specs, so that readers see the author's words. The order of a rule's page is fixed: what it is,
whom it concerns, what must be true, what a district is told and does about it, examples, the source row, the decisions,
and what the rule rests on: definitions, parameters and tables.
"""

from __future__ import annotations

from collections.abc import Mapping

from compiler.backends import markdown as md
from compiler.backends.artifacts import Artifact
from compiler.schema.types import describe
from compiler.semantics.checker.facts import DefinitionRef, Facts, LookupRef, SetRef
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program, natural
from compiler.semantics.scope import Collection, Definition, ParameterInfo, Table
from compiler.semantics.values import shown
from compiler.syntax import tree
from compiler.syntax.layout import laid_out
from compiler.syntax.specs import DecisionTree, ExampleTree, SetTree, StepTree
from compiler.syntax.unparser import unparse

ROOT = "catalogue"

STATUSES = {
    "faithful": "the rule says what the row says",
    "interpreted": "the row gives only a message, or needed a reading",
    "reconstructed": "the row is damaged, and the rule was rebuilt from its neighbors",
    "unknown": "the source has lost it",
}
"""How far a source says what a spec says, in words."""


def generate(program: Program, texts: dict[str, str]) -> list[Artifact]:
    """The pages of one state; ``texts`` holds the spec files by path."""
    folder = f"{ROOT}/{program.state}"
    made = []
    for rule in _rules(program):
        sources = tuple(dict.fromkeys((_path(rule), _path(stands_for(rule, program)))))
        made.append(Artifact(f"{folder}/{page_name(rule)}", rule_page(rule, program, texts), sources))
    if program.tables:
        sources = tuple(table.written.document.source.path for table in _tables(program))
        made.append(Artifact(f"{folder}/tables.md", _tables_page(program), sources))
    if program.collections:
        made.append(Artifact(f"{folder}/collections.md", _collections_page(program)))
    made.append(Artifact(f"{folder}/index.md", _state_index(program)))
    return made


def index(programs: list[Program]) -> list[Artifact]:
    """The page that lists the states."""
    rows = [[f"[{md.text(_title(p))}]({p.state}/index.md)", str(len(p.checked)), str(len(p.tables))] for p in programs]
    text = "# Rule catalogue\n\n" + md.table(["folder", "rules", "tables"], rows)
    return [Artifact(f"{ROOT}/index.md", text)]


def _rules(program: Program) -> list[CheckedRule]:
    return sorted(program.checked.values(), key=lambda rule: natural(rule.key))


def _tables(program: Program) -> list[Table]:
    return sorted(program.tables.values(), key=lambda table: table.name)


def page_name(rule: CheckedRule) -> str:
    """The file name of a rule's page: `ME-3.md`, and `ME-3-r2.md` for its second revision."""
    return f"{rule.key.replace(' ', '-')}.md"


def stands_for(rule: CheckedRule, program: Program) -> CheckedRule:
    """The rule that is run for one: the one that an alias repeats, and else the rule itself."""
    if rule.written.alias_of is None:
        return rule
    name = rule.written.alias_of.text
    named = (other for other in _rules(program) if name in (other.id, *(alias.text for alias in other.written.aliases)))
    return next(named, rule)


def _path(rule: CheckedRule) -> str:
    return rule.written.document.source.path


def _title(program: Program) -> str:
    for rule in program.checked.values():
        title = rule.scope.rulesets[0].title if rule.scope.rulesets else None
        if title is not None:
            return title.text
    return program.state


# -- index


def _state_index(program: Program) -> str:
    parts = [f"# {md.text(_title(program))}: rules\n"]
    by_collection: dict[str, list[CheckedRule]] = {}
    for rule in _rules(program):
        by_collection.setdefault(rule.collection.name if rule.collection else "", []).append(rule)
    for name, rules in sorted(by_collection.items()):
        collection = program.collections.get(name)
        parts.append(f"## {md.text(collection.title if collection else 'Other rules')}\n")
        rows = [
            [f"[{rule.key}]({page_name(rule)})", md.text(rule.written.title.text), _severity_words(run), _effect(run),
             rule.written.source.status.text, _status(rule)]
            for rule, run in ((rule, stands_for(rule, program)) for rule in rules)
        ]  # fmt: skip
        parts.append(md.table(["rule", "what it asks", "severity", "effect", "source", "status"], rows))
    used = {rule.written.source.status.text for rule in _rules(program)}
    meant = [f"{md.code(status)}: {words}" for status, words in STATUSES.items() if status in used]
    parts.append(f"Source: {'; '.join(meant)}.\n" if meant else "")
    links = ["[Tables](tables.md)"] if program.tables else []
    links += ["[Collections](collections.md)"] if program.collections else []
    parts.append(" - ".join(links) + "\n" if links else "")
    return "\n".join(parts)


def _severity_words(rule: CheckedRule) -> str:
    names = [step.severity.text for step in rule.written.steps]
    return ", then ".join(names)


def _effect(rule: CheckedRule) -> str:
    return rule.written.effect if rule.written.effect != "none" else ""


def _status(rule: CheckedRule) -> str:
    """Whether a rule runs, and when a revision does: `active, school years from 2025`."""
    holds = rule.written.validity
    if holds is None:
        return rule.written.status
    ends = [f"{word} {end.text}" for word, end in (("from", holds.first), ("to", holds.last)) if end is not None]
    return md.text(" ".join([f"{rule.written.status},", holds.by.text, *ends]))


# -- rules


def rule_page(rule: CheckedRule, program: Program, texts: dict[str, str]) -> str:
    """The page of a rule; the text of its spec closes it where ``texts`` has it."""
    written, run = rule.written, stands_for(rule, program)
    parts = [f"# {rule.key}: {md.text(written.title.text)}\n", _facts(rule, run)]
    if run is not rule:
        repeated = f"[{run.key}]({page_name(run)})"
        parts.append(f"The source repeats {repeated} under this id; it is not run a second time.\n")
    parts += [_clauses(rule), _missing(rule), _message(rule), _section("How to fix it", written.fix), _examples(rule)]
    parts += [_source(rule), _section("What the id meant before", written.supersedes), _decisions(written.decisions)]
    parts += [_section("Notes", written.notes), _definitions(rule)]
    parts += [_rests_on(rule), _related(rule)]
    path = written.document.source.path
    parts.append(f"## The spec\n\n{md.code(path)}\n")
    if path in texts:
        parts.append(f"<details>\n<summary>Its text</summary>\n\n{md.block(texts[path], 'yaml')}\n</details>\n")
    return "\n".join(part for part in parts if part)


def _facts(rule: CheckedRule, run: CheckedRule) -> str:
    """What a rule is at a glance; its weight, effect and needs are those of the rule that is run for it."""
    written = rule.written
    status = written.source.status.text
    rows = [
        ["severity", "; ".join(_step(step) for step in run.written.steps)],
        ["effect on the count", run.written.effect],
        ["collection", md.text(rule.collection.title) if rule.collection else "-"],
        ["status", _status(rule)],
        ["source", f"{status}: {STATUSES[status]}"],
        ["also known as", ", ".join(md.code(alias.text) for alias in written.aliases)],
        ["needs the records of", {"district": "one organization", "state": "all organizations",
                                  "history": "all organizations and earlier years"}[run.written.scope]],
    ]  # fmt: skip
    return md.table(["", ""], [row for row in rows if row[1]])


def _step(step: StepTree) -> str:
    until = f" until {md.code(unparse(step.until))}" if step.until is not None else ""
    return f"{step.severity.text}{until}"


def _clauses(rule: CheckedRule) -> str:
    written = rule.written
    parts = []
    if written.subject is not None:
        parts.append(f"## Who it applies to\n\n{_subject(written.subject)}\n")
    if written.when is not None:
        parts.append(f"It applies when:\n\n{md.block(laid_out(written.when))}")
    if written.require is not None:
        parts.append(f"## What must be true\n\n{md.block(laid_out(written.require))}")
    if written.conflicts is not None:
        head = "## What it conflicts with\n\nThere is a conflict with each of these records:"
        parts.append(f"{head}\n\n{md.block(laid_out(written.conflicts))}")
    if written.once_per:
        parts.append(f"Reported once per {' and '.join(written.once_per)}.\n")
    return "\n".join(parts)


def _subject(subject: tree.Subject) -> str:
    """Each record the rule judges, with the names that the rule gives to it and to what belongs to it."""
    joined = "".join(f", with each {md.code(j.variable)} of {md.code(unparse(j.collection))}" for j in subject.joins)
    text = f"Each {md.code(subject.resource)}, called {md.code(subject.variable)} here{joined}"
    if subject.condition is None:
        return f"{text}."
    return f"{text}, where:\n\n{md.block(laid_out(subject.condition))}".rstrip()


def _definitions(rule: CheckedRule) -> str:
    """The definitions that a rule uses, directly or not, in the order of their names."""
    used = sorted(_definitions_of(rule), key=lambda definition: definition.id)
    rows = [[md.code(definition.id), _meaning(definition)] for definition in used]
    return f"## Definitions\n\n{md.table(['name', 'meaning'], rows)}" if rows else ""


def _meaning(definition: Definition) -> str:
    doc = md.text(definition.written.doc.text) if definition.written.doc else ""
    body = md.code(unparse(definition.written.body)) if definition.written.body is not None else ""
    return f"{doc}<br>{body}" if doc and body else doc or body


def _definitions_of(rule: CheckedRule) -> list[Definition]:
    found: dict[str, Definition] = {}
    waiting: list[Facts] = [rule.facts]
    while waiting:
        for ref in waiting.pop().refs.values():
            if isinstance(ref, DefinitionRef) and ref.definition.id not in found:
                found[ref.definition.id] = ref.definition
                waiting.extend([ref.definition.facts] if ref.definition.facts else [])
    return list(found.values())


def _rests_on(rule: CheckedRule) -> str:
    """The parameters, code sets and tables that a rule reads, itself or through its definitions."""
    facts = [rule.facts, *(definition.facts for definition in _definitions_of(rule) if definition.facts)]
    rows = []
    for name in sorted({name for of in facts for name in of.parameters}):
        info = rule.collection.parameters.get(name) if rule.collection else None
        if info is not None:
            doc = md.text(info.written.doc.text) if info.written.doc else ""
            rows.append([f"[{md.code(f'${name}')}](collections.md)", "; ".join(_values(info)), doc])
    refs = [ref for of in facts for ref in of.refs.values()]
    for codes in sorted({ref.codes for ref in refs if isinstance(ref, SetRef)}, key=lambda codes: codes.name):
        listed = ", ".join(md.code(code) for code in codes.codes)
        rows.append([f"[{md.code(codes.name)}]({_anchor(codes.table)})", listed, md.text(codes.doc)])
    tables = {ref.table for ref in refs if isinstance(ref, LookupRef) and ref.table is not None}
    for table in sorted(tables, key=lambda table: table.name):
        title = md.text(table.written.title.text)
        rows.append([f"[{md.code(table.name)}]({_anchor(table)})", f"{len(table.rows)} rows", title])
    return f"## Parameters and tables\n\n{md.table(['name', 'value', 'meaning'], rows)}" if rows else ""


def _values(info: ParameterInfo) -> list[str]:
    """The values of a parameter by year, and by cycle where the cycles differ."""
    years: dict[int, dict[str, str]] = {}
    for (cycle, year), value in info.values.items():
        years.setdefault(year, {})[cycle] = _cell(value)
    found = []
    for year, cells in years.items():
        one = len(set(cells.values())) == 1
        found += [f"{value} ({year}{'' if one else f', {md.text(cycle)}'})" for cycle, value in cells.items()]
    return list(dict.fromkeys(found))


def _anchor(table: Table) -> str:
    return f"tables.md#{table.name.lower()}"


def _missing(rule: CheckedRule) -> str:
    rows = [[md.code(key.text), outcome] for key, _, outcome in rule.written.if_missing]
    return f"## When data are missing\n\n{md.table(['only this is missing', 'outcome'], rows)}" if rows else ""


def _examples(rule: CheckedRule) -> str:
    rows = [
        [md.text(example.name.text), _outcome(example), md.text(example.detail.text) if example.detail else ""]
        for example in rule.written.examples
    ]
    if not rows:
        return ""
    if not any(row[2] for row in rows):
        return f"## Examples\n\n{md.table(['example', 'outcome'], [row[:2] for row in rows])}"
    return f"## Examples\n\n{md.table(['example', 'outcome', 'detail'], rows)}"


def _outcome(example: ExampleTree) -> str:
    missing = f": {', '.join(md.code(cause.text) for cause in example.missing)}" if example.missing else ""
    severity = f" ({example.severity.text})" if example.severity is not None else ""
    return f"{example.outcome.text}{severity}{missing}"


def _section(title: str, node: object) -> str:
    value = getattr(node, "text", None)
    return f"## {title}\n\n{md.text(value)}\n" if value else ""


def _message(rule: CheckedRule) -> str:
    message, detail = rule.written.message, rule.written.detail
    if message is None:
        return ""
    text = f"## Message\n\n{md.text(message.text)}\n"
    if detail is None:
        return text
    shown = "".join(part if isinstance(part, str) else f"{{{unparse(part)}}}" for part in detail.parts)
    return f"{text}\nWith the values of the record: {md.code(shown)}\n"


def _source(rule: CheckedRule) -> str:
    source = rule.written.source
    document = rule.scope.sources.get(source.document.text)
    title = document.entries["title"].text if document is not None else source.document.text
    rows = [[name, md.text(cell.text)] for name, cell in source.cells.items()]
    note = f"\n{md.text(source.note.text)}\n" if source.note is not None else ""
    head = f"{md.text(title)}, row {md.code(source.row.text)}.\n{note}"
    return f"## Source\n\n{head}\n" + md.table(["cell", "text"], rows)


def _decisions(decisions: tuple[DecisionTree, ...]) -> str:
    parts = []
    for decision in decisions:
        lines = [f"**{md.text(decision.question.text)}** {md.text(decision.chosen.text)}"]
        if decision.alternatives:
            lines.append("- other readings: " + "; ".join(md.text(a.text) for a in decision.alternatives))
        if decision.why is not None:
            lines.append(f"- why: {md.text(decision.why.text)}")
        parts.append("\n".join([lines[0], "", *lines[1:]]).rstrip() + "\n")
    return "## Decisions\n\n" + "\n".join(parts) if parts else ""


def _related(rule: CheckedRule) -> str:
    """Other rules, and which of them a reader mends first or need not mend."""
    written = rule.written
    named = (
        ("{}", written.related),
        ("Can follow from {}: where the same student violates one of these, mend that first.", written.because),
        ("A student whom this rule leaves out of the count needs no mending of {}.", written.suppresses),
    )
    parts = [
        words.format(", ".join(f"[{name.text}]({name.text}.md)" for name in names)) for words, names in named if names
    ]
    return "## Related rules\n\n" + "\n\n".join(parts) + "\n" if parts else ""


# -- tables and collections


def _tables_page(program: Program) -> str:
    parts = [f"# {md.text(_title(program))}: tables\n"]
    scopes = [rule.scope for rule in program.checked.values()]
    titles = {name: document.entries["title"].text for scope in scopes for name, document in scope.sources.items()}
    for table in _tables(program):
        written = table.written
        parts.append(f"## {md.text(table.name)}\n\n{md.text(written.title.text)}\n")
        parts.append(_about(table, titles))
        names = [name for name, _ in table.key] + list(table.columns)
        rows = [[_cell(cells.get(name)) for name in names] for _, cells in table.rows]
        parts.append(md.table([md.text(name) for name in names], rows))
        sets = [_set_row(codes) for codes in written.sets]
        if sets:
            parts.append(md.table(["set", "codes", "meaning"], sets))
        decisions = _decisions(written.decisions)
        parts.append(decisions.replace("## Decisions", "### Decisions"))
    return "\n".join(part for part in parts if part)


def _about(table: Table, titles: Mapping[str, str]) -> str:
    """What a table holds, where it comes from, and what a key gives that it lacks."""
    source = table.written.source
    lines = [f"Codes of {md.code(table.descriptor)}."] if table.descriptor else []
    if "document" in source:
        document = source["document"].text
        status = f" ({source['status'].text})" if "status" in source else ""
        lines.append(f"Source: {md.text(titles.get(document, document))}{status}.")
    if "note" in source:
        lines.append(md.text(source["note"].text))
    return " ".join(lines) + "\n" if lines else ""


def _set_row(codes: SetTree) -> list[str]:
    listed = ", ".join(md.code(code.text) for code in codes.codes)
    return [md.code(codes.name.text), listed, md.text(codes.doc.text if codes.doc else "")]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return ", ".join(_cell(item) for item in value) if isinstance(value, tuple) else md.text(shown(value))


def _collections_page(program: Program) -> str:
    parts = [f"# {md.text(_title(program))}: collections\n"]
    for collection in sorted(program.collections.values(), key=lambda c: c.name):
        parts.append(f"## {md.text(collection.title)}\n")
        cycles = ", ".join(f"{c} (default)" if c == collection.default_cycle else c for c in collection.cycles)
        years = ", ".join(map(str, collection.years))
        parts.append(f"{md.code(collection.name)}; school years: {years}; cycles: {md.text(cycles)}.\n")
        rows = _parameter_rows(collection)
        if rows:
            parts.append(md.table(["parameter", "type", "cycle", "school year", "value", "meaning"], rows))
        for info in collection.parameters.values():
            parts.append(
                _decisions(info.written.decisions).replace(
                    "## Decisions", f"### The value of {md.code(f'${info.name}')}"
                )
            )
    return "\n".join(part for part in parts if part)


def _parameter_rows(collection: Collection) -> list[list[str]]:
    return [
        [md.code(f"${name}"), describe(info.type), md.text(cycle), str(year), _cell(value),
         md.text(info.written.doc.text if info.written.doc else "")]
        for name, info in sorted(collection.parameters.items())
        for (cycle, year), value in info.values.items()
    ]  # fmt: skip
