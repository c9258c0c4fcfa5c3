"""Rules: every part of a rule against its scope."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from posixpath import basename
from typing import Protocol, TypeVar

from compiler.diagnostics import Related, Sink
from compiler.schema.types import DATE, Item, ListOf, Record, Row, Type, describe
from compiler.semantics.checker.examples import CheckedExample, Filler, check_example
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.folders import check_source, unknown_collection
from compiler.semantics.checker.revisions import ALWAYS, Validity, check_validity
from compiler.semantics.checker.subjects import Env, check_subject
from compiler.semantics.rows import row_hash
from compiler.semantics.scope import SUBJECT_PARTS, Collection, Definition, Scope
from compiler.source import Span
from compiler.syntax import tree
from compiler.syntax.document import Document, Scalar, scalars
from compiler.syntax.shapes import is_misspelt, shape
from compiler.syntax.specs import RuleTree


@dataclass(slots=True, eq=False, repr=False)
class CheckedRule:
    """A rule with what the checker found out. ``env`` holds the variables of its subject."""

    written: RuleTree
    scope: Scope
    facts: Facts
    collection: Collection | None
    resource: str
    env: Env
    sound: bool
    examples: tuple[CheckedExample, ...] = ()
    notes: list[str] = field(default_factory=list)
    validity: Validity = ALWAYS

    @property
    def id(self) -> str:
        return self.written.id.text

    @property
    def revision(self) -> int:
        """The number of the revision; the first one need not say it."""
        return int(self.written.revision.text) if self.written.revision is not None else 1

    @property
    def key(self) -> str:
        """The id with the number of the revision: `ME-3`, `ME-3 r2`. Unique in a state."""
        return self.id if self.revision == 1 else f"{self.id} r{self.revision}"

    @property
    def state(self) -> str:
        """The folder below ``specs`` that the rule lies in: ids are unique within it."""
        return state_of(self.written.document)

    @property
    def runs(self) -> bool:
        """Whether runs evaluate it: it is active and no alias."""
        return self.written.status == "active" and self.written.alias_of is None


class RuleChecker:
    """Checks the rules of one scope; ``definition_type`` asks for the type of a definition."""

    def __init__(self, scope: Scope, sink: Sink, definition_type: Callable[[Definition], Type | None]) -> None:
        self.scope = scope
        self.sink = sink
        self.definition_type = definition_type
        self.filler = Filler(scope, sink)

    def check(self, rule: RuleTree) -> CheckedRule:
        """The checked rule; what is wrong with it is reported."""
        check_file_name("rule", rule.id, rule.title, self.sink)
        self._source(rule)
        self._exclusive_keys(rule)
        collection = self._collection(rule)
        facts = Facts()
        before = len(self.sink.found)
        checker = self._expressions(facts, collection)
        resource, env = self._subject(rule, checker)
        if env and not rule.broken:
            self._clauses(rule, checker, env)
        sound = (
            bool(env)
            and not rule.broken
            and not rule.unfinished
            and not facts.told_elsewhere
            and not any(diagnostic.code.startswith("E") for diagnostic in self.sink.found[before:])
        )
        checked = CheckedRule(rule, self.scope, facts, collection, resource, env, sound)
        checked.validity = check_validity(rule, self.sink)
        checked.examples = tuple(self._examples(rule, collection, resource))
        return checked

    def _expressions(self, facts: Facts, collection: Collection | None) -> ExpressionChecker:
        parameters = collection.parameter_types if collection else {}
        of = f"the collection `{collection.name}`" if collection else "a rule without a collection"
        return ExpressionChecker(
            self.scope,
            self.sink,
            facts,
            parameters=parameters,
            parameters_of=of,
            years=collection.years if collection else (),
            definition_type=self.definition_type,
        )

    # -- source

    def _source(self, rule: RuleTree) -> None:
        source = rule.source
        check_source(source.document, self.scope, self.sink)
        if source.redacted:
            return
        cells = {name: cell.text for name, cell in source.cells.items()}
        found = row_hash(source.row.text, cells)
        if source.sha256 is None:
            fix = f"compare its words with the source once more, then add `sha256: {found}`"
            self.sink.report("E504", source.row.span, what="has no sha256", fix=fix)
        elif found != source.sha256.text and re.fullmatch("[0-9a-f]{64}", source.sha256.text):
            fix = f"restore the row's words, or set sha256 to {found} if the source has changed"
            self.sink.report("E504", source.sha256.span, what="does not give the recorded sha256", fix=fix)

    def _exclusive_keys(self, rule: RuleTree) -> None:
        root, report = rule.document.root, self.sink.report
        known = shape("rule")["properties"]
        written = [key.text for key, _ in root.entries]
        if rule.alias_of is not None:
            for name in ("when", "require", "conflicts with", "for each", "severity"):
                key = root.key(name)
                if key is not None:
                    fix = "an alias is another rule under a second id: remove the key"
                    report("E506", key.span, what=f"`alias of` and `{name}` exclude each other", fix=fix)
            return
        for name in ("for each", "severity", "message", "fix"):
            if name not in root and not is_misspelt(name, written, known):
                meaning = known[name]["description"]
                report("E112", rule.id.span, key=name, where="a rule that is no alias", meaning=meaning)
        both = root.key("conflicts with")
        if "require" in root and both is not None:
            fix = "a rule has one of them"
            report("E506", both.span, what="`require` and `conflicts with` exclude each other", fix=fix)
        if "require" not in root and both is None and not is_misspelt("require", written, known):
            meaning = "what must be true (or `conflicts with`, for records that must not be there together)"
            report("E112", rule.id.span, key="require", where="a rule", meaning=meaning)

    def _collection(self, rule: RuleTree) -> Collection | None:
        name = rule.collection.text if rule.collection else self.scope.collection
        if name is None:
            if rule.alias_of is None and not self.scope.lacks("ruleset"):
                meaning = "the collection of `_collections.yaml` the rule belongs to; set it here or in `_ruleset.yaml`"
                self.sink.report("E112", rule.id.span, key="collection", where="a rule", meaning=meaning)
            return None
        found = self.scope.collections.get(name)
        if found is None and rule.collection is not None:
            unknown_collection(rule.collection, self.scope, self.sink)
        return found

    # -- subject and clauses

    def _subject(self, rule: RuleTree, checker: ExpressionChecker) -> tuple[str, Env]:
        subject = rule.subject
        if subject is None:
            return "", {}
        resource, env = check_subject(subject, checker)
        self._once_per(rule, resource)
        return resource, env

    def _once_per(self, rule: RuleTree, resource: str) -> None:
        mapping = self.scope.subjects.get(resource)
        node = rule.document.root.get("once per")
        if mapping is None or node is None:
            return
        for item in scalars(node):
            name = item.text
            if name in SUBJECT_PARTS and name not in mapping:
                advice = f"add `{name}:` to the entry of {resource} under `subjects:`"
                self.sink.report("E114", item.span, value=name, key="once per", hint=advice)

    def _clauses(self, rule: RuleTree, checker: ExpressionChecker, env: Env) -> None:
        if rule.when is not None:
            checker.condition(rule.when, env, "`when`")
        if rule.require is not None:
            checker.condition(rule.require, env, "`require`")
        if rule.conflicts is not None:
            kind = checker.many(rule.conflicts, env, "`conflicts with`")
            if kind is not None and not isinstance(kind.item, Record):
                seen = f"a list of {describe(kind.item)}"
                self.sink.report(
                    "E402", rule.conflicts.span, where="`conflicts with`", wanted="records", seen=seen, hint=""
                )
        self._severity(rule, checker)
        for part in rule.detail.parts if rule.detail else ():
            if isinstance(part, tree.Expr):
                self._placeholder(part, checker, env)
        for _, path, _ in rule.if_missing:
            if path is not None:
                self._missing_path(path, checker, env)

    def _severity(self, rule: RuleTree, checker: ExpressionChecker) -> None:
        for i, step in enumerate(rule.steps):
            last = i == len(rule.steps) - 1
            if step.until is not None:
                checker.scalar(step.until, {}, "`until`", (DATE,), "a date")
            if last and step.until is not None:
                fix = "leave out `until` of the last step: it holds from then on"
                self.sink.report("E505", step.until.span, what="the last step says until when it holds", fix=fix)
            elif not last and step.until is None and not rule.unfinished:
                fix = "say `until:` for every step but the last"
                self.sink.report("E505", step.severity.span, what="this step never ends, but others follow", fix=fix)
        days = [step.until for step in rule.steps if isinstance(step.until, tree.MonthDay)]
        for earlier, later in pairwise(days):
            if _place_in_year(later) <= _place_in_year(earlier):
                fix = "put the steps in the order of the school year (July to June)"
                self.sink.report("E505", later.span, what="this step ends before the one above it", fix=fix)

    def _placeholder(self, part: tree.Expr, checker: ExpressionChecker, env: Env) -> None:
        kind = checker.value(part, env)
        item = kind.item if isinstance(kind, ListOf) else kind
        if isinstance(item, Record | Item | Row):
            fix = "name one of its properties"
            self.sink.report("E402", part.span, where="a placeholder", wanted="a value", seen=describe(item), hint=fix)

    def _missing_path(self, path: tree.Expr, checker: ExpressionChecker, env: Env) -> None:
        checker.value(path, env)
        if not isinstance(path, tree.Get):
            wanted = "the path of a property"
            self.sink.report("E402", path.span, where="`if missing`", wanted=wanted, seen="something else", hint="")

    # -- examples

    def _examples(self, rule: RuleTree, collection: Collection | None, resource: str) -> Iterator[CheckedExample]:
        for example in named_once(rule.examples, self.sink):
            checked = check_example(example, self.filler, collection, resource, rule.scope, self.sink)
            if checked is not None:
                yield checked


def state_of(document: Document) -> str:
    """The folder below ``specs`` that a spec lies in: ids are unique within it."""
    parts = document.source.path.split("/")
    return parts[1] if len(parts) > 2 else ""


def check_file_name(kind: str, identifier: Scalar, title: Scalar, sink: Sink) -> None:
    """Report a file that is not called by the id of its spec."""
    name, file = identifier.text, basename(identifier.span.source.path)
    well_formed = re.match(shape(kind)["properties"]["id"]["pattern"], name)  # else its shape was reported
    if well_formed and not re.fullmatch(rf"{re.escape(name)}(-[a-z0-9-]+)?\.yaml", file):
        fix = f"name the file `{file_name(name, title.text)}`"
        sink.report("E118", identifier.span, what="the id", name=name, file=file, fix=fix)


class _Named(Protocol):
    @property
    def name(self) -> Scalar: ...


_Part = TypeVar("_Part", bound=_Named)


def named_once(parts: Iterable[_Part], sink: Sink, what: str = "the example") -> Iterator[_Part]:
    """Parts of a spec one by one; a name that an earlier one has is reported."""
    names: dict[str, Span] = {}
    for part in parts:
        earlier = names.setdefault(part.name.text, part.name.span)
        if earlier is not part.name.span:
            related = (Related(earlier, "the first is here"),)
            sink.report("E119", part.name.span, what=what, name=part.name.text, related=related)
        yield part


def _place_in_year(day: tree.MonthDay) -> tuple[int, int]:
    """The order of days in a school year, which begins in July."""
    return (day.month - 7) % 12, day.day


def file_name(identifier: str, title: str) -> str:
    """The name of a rule's file: its id and the first words of its title, without accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", title.lower()) if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9]+", bare)
    return "-".join([identifier, *words[:5]]) + ".yaml"
