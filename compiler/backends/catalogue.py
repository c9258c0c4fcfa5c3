"""The rule catalogue as Markdown: a page a rule, pages for tables and collections, an index a state.

Made from the checked specs, so that readers see the author's words. The order of a rule's page is fixed: what it is,
whom it concerns, what must be true, examples, what to do about it, the message, the source row and the decisions.
"""

from __future__ import annotations

import re

from compiler.backends import markdown as md
from compiler.backends.artifacts import Artifact
from compiler.schema.types import describe
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.program import Program
from compiler.semantics.scope import Collection, Table
from compiler.semantics.values import shown
from compiler.syntax.specs import DecisionTree, SetTree, StepTree
from compiler.syntax.unparser import unparse

ROOT = "catalogue"


def generate(program: Program, texts: dict[str, str]) -> list[Artifact]:
    """The pages of one state; ``texts`` holds the spec files by path."""
    folder = f"{ROOT}/{program.state}"
    made = [Artifact(f"{folder}/{page_name(rule)}", rule_page(rule, texts), (_path(rule),)) for rule in _rules(program)]
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
    return sorted(program.checked.values(), key=lambda rule: _natural(rule.key))


def _tables(program: Program) -> list[Table]:
    return sorted(program.tables.values(), key=lambda table: table.name)


def _natural(identifier: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split(r"([0-9]+)", identifier)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def page_name(rule: CheckedRule) -> str:
    """The file name of a rule's page: `ME-3.md`, and `ME-3-r2.md` for its second revision."""
    return f"{rule.key.replace(' ', '-')}.md"


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
            [f"[{rule.key}]({page_name(rule)})", md.text(rule.written.title.text), _severity_words(rule), _effect(rule),
             rule.written.source.status.text, rule.written.status]
            for rule in rules
        ]  # fmt: skip
        parts.append(md.table(["rule", "what it asks", "severity", "effect", "source", "status"], rows))
    links = ["[Tables](tables.md)"] if program.tables else []
    links += ["[Collections](collections.md)"] if program.collections else []
    parts.append(" - ".join(links) + "\n" if links else "")
    return "\n".join(parts)


def _severity_words(rule: CheckedRule) -> str:
    names = [step.severity.text for step in rule.written.steps]
    return ", then ".join(names) if names else "-"


def _effect(rule: CheckedRule) -> str:
    return rule.written.effect if rule.written.effect != "none" else ""


# -- rules


def rule_page(rule: CheckedRule, texts: dict[str, str]) -> str:
    """The page of a rule."""
    written = rule.written
    parts = [f"# {rule.key}: {md.text(written.title.text)}\n", _facts(rule)]
    if written.alias_of is not None:
        target = written.alias_of.text
        parts.append(f"The source repeats [{target}]({target}.md) under this id; it is not run a second time.\n")
    parts += [_clauses(rule), _missing(rule), _examples(rule), _section("How to fix it", written.fix)]
    parts += [_section("Message", written.message), _detail(rule), _source(rule)]
    parts += [_decisions(written.decisions), _section("Notes", written.notes), _related(rule)]
    path = written.document.source.path
    parts.append(f"## The spec\n\n{md.code(path)}\n\n{md.block(texts.get(path, ''), 'yaml')}")
    return "\n".join(part for part in parts if part)


def _facts(rule: CheckedRule) -> str:
    written = rule.written
    rows = [
        ["severity", "; ".join(_step(step) for step in written.steps) or "-"],
        ["effect on the count", written.effect],
        ["collection", md.text(rule.collection.title) if rule.collection else "-"],
        ["status", written.status],
        ["also known as", ", ".join(md.code(alias.text) for alias in written.aliases) or "-"],
        ["needs the records of", {"district": "one organization", "state": "all organizations",
                                  "history": "all organizations and earlier years"}[written.scope]],
    ]  # fmt: skip
    return md.table(["", ""], rows)


def _step(step: StepTree) -> str:
    until = f" until {md.code(unparse(step.until))}" if step.until is not None else ""
    return f"{step.severity.text}{until}"


def _clauses(rule: CheckedRule) -> str:
    written = rule.written
    parts = []
    if written.subject is not None:
        parts.append(f"## Who it applies to\n\nEach {md.code(unparse(written.subject))}.\n")
    if written.when is not None:
        parts.append(f"It applies when:\n\n{md.block(unparse(written.when))}")
    if written.require is not None:
        parts.append(f"## What must be true\n\n{md.block(unparse(written.require))}")
    if written.conflicts is not None:
        parts.append(f"## What it must not be in conflict with\n\n{md.block(unparse(written.conflicts))}")
    if written.once_per:
        parts.append(f"Reported once per {' and '.join(written.once_per)}.\n")
    used = sorted({ref.definition.id for ref in rule.facts.refs.values() if hasattr(ref, "definition")})
    if used:
        rows = [[md.code(name), _definition(rule, name)] for name in used]
        parts.append(f"Definitions used:\n\n{md.table(['name', 'meaning'], rows)}")
    return "\n".join(parts)


def _definition(rule: CheckedRule, name: str) -> str:
    owner, _, own = name.rpartition(".")
    definition = rule.scope.definition(owner or None, own)
    assert definition is not None
    doc = md.text(definition.written.doc.text) if definition.written.doc else ""
    body = unparse(definition.written.body) if definition.written.body is not None else ""
    return f"{doc}<br>{md.code(body)}" if doc else md.code(body)


def _missing(rule: CheckedRule) -> str:
    rows = [[md.code(key.text), outcome] for key, _, outcome in rule.written.if_missing]
    return f"## When data are missing\n\n{md.table(['only this is missing', 'outcome'], rows)}" if rows else ""


def _examples(rule: CheckedRule) -> str:
    if not rule.written.examples:
        return ""
    rows = [[md.text(example.name.text), example.outcome.text] for example in rule.written.examples]
    return f"## Examples\n\n{md.table(['example', 'outcome'], rows)}"


def _section(title: str, node: object) -> str:
    value = getattr(node, "text", None)
    return f"## {title}\n\n{md.text(value)}\n" if value else ""


def _detail(rule: CheckedRule) -> str:
    detail = rule.written.detail
    return f"Detail: {md.code(' '.join(detail.span.text.split()))}\n" if detail is not None else ""


def _source(rule: CheckedRule) -> str:
    source = rule.written.source
    document = rule.scope.sources.get(source.document.text)
    title = document.entries["title"].text if document is not None else source.document.text
    rows = [[name, md.text(cell.text)] for name, cell in source.cells.items()]
    note = f"\n{md.text(source.note.text)}\n" if source.note is not None else ""
    head = f"{md.text(title)}, row {md.code(source.row.text)} ({source.status.text}).\n{note}"
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
    links = ", ".join(f"[{name.text}]({name.text}.md)" for name in rule.written.related)
    return f"## Related rules\n\n{links}\n" if links else ""


# -- tables and collections


def _tables_page(program: Program) -> str:
    parts = [f"# {md.text(_title(program))}: tables\n"]
    for table in _tables(program):
        written = table.written
        parts.append(f"## {md.text(table.name)}\n\n{md.text(written.title.text)}\n")
        if table.descriptor:
            parts.append(f"Codes of {md.code(table.descriptor)}.\n")
        names = [name for name, _ in table.key] + list(table.columns)
        rows = [[_cell(cells.get(name)) for name in names] for _, cells in table.rows]
        parts.append(md.table([md.text(name) for name in names], rows))
        sets = [_set_row(codes) for codes in written.sets]
        if sets:
            parts.append(md.table(["set", "codes", "meaning"], sets))
        decisions = _decisions(written.decisions)
        parts.append(decisions.replace("## Decisions", "### Decisions"))
    return "\n".join(part for part in parts if part)


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
        parts.append(f"{md.code(collection.name)}; cycles: {md.text(cycles)}\n")
        rows = _parameter_rows(collection)
        if rows:
            parts.append(md.table(["parameter", "type", "cycle", "school year", "value", "meaning"], rows))
        for info in collection.parameters.values():
            parts.append(_decisions(info.written.decisions).replace("## Decisions", f"### ${info.name}"))
    return "\n".join(part for part in parts if part)


def _parameter_rows(collection: Collection) -> list[list[str]]:
    return [
        [md.code(f"${name}"), describe(info.type), md.text(cycle), str(year), _cell(value),
         md.text(info.written.doc.text if info.written.doc else "")]
        for name, info in sorted(collection.parameters.items())
        for (cycle, year), value in info.values.items()
    ]  # fmt: skip
