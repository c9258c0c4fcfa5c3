"""A checked rule to its page: the author's words, what was made of them, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from compiler.backends.words import plain_words
from compiler.catalogue.excerpts import (
    Generated,
    as_written,
    cell,
    decisions,
    definitions_in,
    named,
    table_link,
    text_of,
    uses_of,
)
from compiler.catalogue.model import (
    CONFLICTS,
    Basis,
    Change,
    Example,
    Formula,
    Link,
    Quoted,
    Relation,
    RulePage,
    Weight,
    page_name,
)
from compiler.semantics import ir
from compiler.semantics.checker.facts import LookupRef, SetRef
from compiler.semantics.checker.rules import CheckedRule
from compiler.semantics.examples import example_trace
from compiler.semantics.program import Program, natural
from compiler.semantics.scope import ParameterInfo
from compiler.semantics.usage import Usage, usage
from compiler.syntax import tree
from compiler.syntax.document import one_line
from compiler.syntax.layout import laid_out
from compiler.syntax.specs import ExampleTree, StepTree
from compiler.syntax.unparser import unparse

SCOPES = {
    "district": "one organization",
    "state": "all organizations",
    "history": "all organizations and earlier years",
}
SHOWN_WHOLE = ("violation", "pass", "not checked")
"""The outcomes of which a page shows one example whole."""


def rule_page(rule: CheckedRule, program: Program, texts: Mapping[str, str], code: Generated) -> RulePage:
    """The page of a rule; ``texts`` holds the spec files by path."""
    written, run = rule.written, stands_for(rule, program)
    path = written.document.source.path
    used = usage_of(run, program)
    examples = tuple(_example(example) for example in written.examples)
    return RulePage(
        key=rule.key,
        title=one_line(written.title.text),
        aliases=tuple(alias.text for alias in written.aliases),
        repeats=link_to(run) if run is not rule else None,
        status=written.status,
        holds=_holds(rule),
        weights=tuple(map(_weight, run.written.steps)),
        effect=run.written.effect,
        collection=Link("collection", rule.collection.name, rule.collection.title) if rule.collection else None,
        domain=rule.scope.title,
        scope=SCOPES[run.written.scope],
        changed=_changed(rule),
        words=plain_words(rule, program),
        formulas=tuple(_formulas(rule)),
        if_missing=tuple((key.text, outcome) for key, _, outcome in written.if_missing),
        shown=tuple(_shown(rule, program, examples)),
        examples=examples,
        uses=uses_of(used, program),
        bases=tuple(_bases(rule)),
        definitions=tuple(named(definition, program) for definition in definitions_in(rule.facts)),
        fix=text_of(written.fix),
        message=text_of(written.message),
        detail=_detail(rule),
        notes=text_of(written.notes),
        source=_quoted(rule),
        superseded=text_of(written.supersedes),
        decisions=decisions(written.decisions),
        relations=tuple(_relations(rule, program)),
        revisions=tuple(link_to(other) for other in _revisions(rule.id, program) if other is not rule),
        history=tuple(
            Change(change.on.text, one_line(change.change.text), text_of(change.why), text_of(change.by))
            for change in written.history
        ),
        path=path,
        yaml=texts.get(path, ""),
        python=code.python,
        sql=code.sql,
    )


def stands_for(rule: CheckedRule, program: Program) -> CheckedRule:
    """The rule that is run for one: the one that an alias repeats, and else the rule itself."""
    if rule.written.alias_of is None:
        return rule
    name = rule.written.alias_of.text
    rules = program.checked.values()
    named = (other for other in rules if name in (other.id, *(alias.text for alias in other.written.aliases)))
    return min(named, key=_order, default=rule)


def usage_of(rule: CheckedRule, program: Program) -> Usage:
    """What decides the outcome of a rule; nothing for one that has errors."""
    lowered = program.rules.get(rule.key)
    return usage(ir.deciding(lowered), program.definitions, program.schemas) if lowered is not None else Usage()


def _order(rule: CheckedRule) -> tuple[Any, ...]:
    return natural(rule.key)


def _revisions(name: str, program: Program) -> list[CheckedRule]:
    """The revisions of the rule of an id, in order."""
    return sorted((rule for rule in program.checked.values() if rule.id == name), key=_order)


def link_to(rule: CheckedRule) -> Link:
    """The page of a rule."""
    return Link("rule", page_name(rule.key), rule.key)


# -- what a rule is


def _holds(rule: CheckedRule) -> str:
    """When a revision holds: `school years from 2025`."""
    holds = rule.written.validity
    if holds is None:
        return ""
    ends = [f"{word} {end.text}" for word, end in (("from", holds.first), ("to", holds.last)) if end is not None]
    return " ".join([holds.by.text, *ends])


def _weight(step: StepTree) -> Weight:
    return Weight(step.severity.text, unparse(step.until) if step.until is not None else "")


def _changed(rule: CheckedRule) -> str:
    """The day of the latest change: of its history, else the day on which its document was read."""
    days = [change.on.text for change in rule.written.history]
    document = rule.scope.sources.get(rule.written.source.document.text)
    return max(days) if days else document.text("read on") if document is not None else ""


# -- what a rule says


def _formulas(rule: CheckedRule) -> Iterable[Formula]:
    written = rule.written
    if written.subject is not None:
        yield subject_of(written.subject)
    if written.when is not None:
        yield Formula("It applies when", "", laid_out(written.when))
    if written.require is not None:
        yield Formula("What must be true", "", laid_out(written.require))
    if written.conflicts is not None:
        yield Formula(CONFLICTS, "With each of these records:", laid_out(written.conflicts))
    if written.once_per:
        yield Formula("Reported once", f"One finding for each {' and '.join(written.once_per)}.", "")


def subject_of(subject: tree.Subject) -> Formula:
    """Each record the rule judges, with the names that the rule gives to it and to what belongs to it."""
    joined = "".join(f", with each {join.variable} of {unparse(join.collection)}" for join in subject.joins)
    where = laid_out(subject.condition) if subject.condition is not None else ""
    end = ", where:" if where else "."
    return Formula("Who it applies to", f"Each {subject.resource}, called {subject.variable} here{joined}{end}", where)


def _detail(rule: CheckedRule) -> str:
    detail = rule.written.detail
    parts = detail.parts if detail is not None else ()
    return "".join(part if isinstance(part, str) else f"{{{unparse(part)}}}" for part in parts)


# -- examples


def _example(example: ExampleTree) -> Example:
    circumstances = (
        ("school year", example.school_year), ("as of", example.as_of), ("scope", example.scope),
        ("cycle", example.cycle),
    )  # fmt: skip
    told = [f"{name} {node.text}" for name, node in circumstances if node is not None]
    told += [f"no file of {name.text}" for name in example.absent]
    return Example(
        name=one_line(example.name.text),
        outcome=example.outcome.text,
        severity=text_of(example.severity),
        detail=text_of(example.detail),
        missing=tuple(cause.text for cause in example.missing or ()),
        circumstances=tuple(told),
        given=as_written(example.given.span),
    )


def _shown(rule: CheckedRule, program: Program, examples: tuple[Example, ...]) -> Iterable[Example]:
    """The first example of each outcome that a page shows whole, with its trace."""
    lowered = program.rules.get(rule.key)
    if lowered is None:
        return
    checked = {id(example.written): example for example in rule.examples}
    for outcome in SHOWN_WHOLE:
        pairs = zip(rule.written.examples, examples, strict=True)
        found = next(((w, e) for w, e in pairs if e.outcome == outcome and id(w) in checked), None)
        if found is not None:
            traced = example_trace(program, lowered, checked[id(found[0])])
            detail = found[1].detail or (traced.finding.detail if traced.finding is not None else "")
            yield replace(found[1], detail=detail, when=traced.when, require=traced.require)


# -- what a rule rests on


def _bases(rule: CheckedRule) -> Iterable[Basis]:
    """The parameters, code sets and tables that a rule reads, itself or through its definitions."""
    facts = [rule.facts, *(definition.facts for definition in definitions_in(rule.facts) if definition.facts)]
    for name in sorted({name for of in facts for name in of.parameters}):
        info = rule.collection.parameters.get(name) if rule.collection else None
        if info is not None and rule.collection is not None:
            link = Link("collection", rule.collection.name, f"${name}", name.lower())
            yield Basis(link, "; ".join(_values(info)), text_of(info.written.doc))
    refs = [ref for of in facts for ref in of.refs.values()]
    for codes in sorted({ref.codes for ref in refs if isinstance(ref, SetRef)}, key=lambda codes: codes.name):
        link = Link("table", codes.table.name, codes.name, codes.name.lower())
        yield Basis(link, ", ".join(codes.codes), one_line(codes.doc))
    tables = {ref.table for ref in refs if isinstance(ref, LookupRef) and ref.table is not None}
    for table in sorted(tables, key=lambda table: table.name):
        yield Basis(table_link(table), f"{len(table.rows)} rows", one_line(table.written.title.text))


def _values(info: ParameterInfo) -> list[str]:
    """The values of a parameter by year, and by cycle where the cycles differ."""
    years: dict[int, dict[str, str]] = {}
    for (cycle, year), value in info.values.items():
        years.setdefault(year, {})[cycle] = cell(value)
    found = []
    for year, cells in years.items():
        one = len(set(cells.values())) == 1
        found += [f"{value} ({year}{'' if one else f', {cycle}'})" for cycle, value in cells.items()]
    return list(dict.fromkeys(found))


# -- where a rule comes from, and what it has to do with others


def _quoted(rule: CheckedRule) -> Quoted:
    source = rule.written.source
    document = rule.scope.sources.get(source.document.text)
    return Quoted(
        title=document.text("title") if document is not None else source.document.text,
        publisher=document.text("publisher") if document is not None else "",
        address=document.text("address") if document is not None else "",
        row=source.row.text,
        status=source.status.text,
        note=text_of(source.note),
        cells=tuple((name, one_line(cell.text)) for name, cell in source.cells.items()),
        sha256=text_of(source.sha256),
    )


def _relations(rule: CheckedRule, program: Program) -> Iterable[Relation]:
    """Other rules, and which of them a reader mends first or need not mend."""
    written = rule.written
    for words, names in (
        ("See also {}.", written.related),
        ("Can follow from {}: where the same student violates one of these, mend that first.", written.because),
        ("A student whom this rule leaves out of the count needs no mending of {}.", written.suppresses),
    ):
        known = (_revisions(name.text, program) for name in names)
        links = tuple(link_to(revisions[0]) for revisions in known if revisions)
        if links:
            yield Relation(words, links)
