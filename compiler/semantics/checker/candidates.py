"""The candidates of a publication: which records they are, who of them is sent, and which comes first.

Each source names records and may give names to values of them (``define``). What stands below the sources is checked
once: it may use the variables that every source has with one type, and those names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from compiler.schema.edfi import Schemas
from compiler.schema.types import BOOLEAN, DATE, NUMBERS, TEXT, WHOLE, Code, Record, Type, describe, is_text, join
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.subjects import Env, check_subject
from compiler.semantics.checker.typed import typed
from compiler.semantics.scope import RESERVED, Table
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.publications import CandidatesTree, ClauseTree, MappedTree, PreferenceTree, PublicationTree
from compiler.syntax.unparser import unparse

_WORDS_OF_ORDER: dict[str, tuple[tuple[Type, ...], str]] = {
    "highest first": ((*NUMBERS, TEXT), "a number or a text"),
    "lowest first": ((*NUMBERS, TEXT), "a number or a text"),
    "latest first": ((DATE,), "a date"),
    "earliest first": ((DATE,), "a date"),
}

Listed = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedCandidates:
    """Candidates of one kind: the resource of their subject (singular), and the types of its variables."""

    written: CandidatesTree
    resource: str
    env: Env

    @property
    def names(self) -> dict[str, tree.Expr]:
        """The values that have names."""
        return {name.text: value for name, value in self.written.define if value is not None}


class CandidateChecker:
    """Checks the sources of one publication and all that decides about their records."""

    def __init__(self, publication: PublicationTree, checker: ExpressionChecker) -> None:
        self.publication = publication
        self.checker = checker
        self.sink = checker.sink
        self.kinds: tuple[CheckedCandidates, ...] = ()

    def subjects(self) -> tuple[CheckedCandidates, ...]:
        """The kinds of candidates; none when a subject cannot be used, which is reported."""
        for written in self.publication.candidates:
            resource, env = check_subject(written.subject, self.checker) if written.subject is not None else ("", {})
            self.kinds += (CheckedCandidates(written, resource, env),)
        if not all(kind.env for kind in self.kinds):
            self.kinds = ()
        return self.kinds

    def shared(self) -> Env:
        """What all expressions below the sources may use: common variables, and names that every source gives."""
        first, *others = self.kinds
        common = {n: kind for n, kind in first.env.items() if all(other.env.get(n) == kind for other in others)}
        return {**common, **self._defined()}

    def check(self, env: Env) -> Listed:
        """Check what decides about candidates; the values that each entry of ``prefer`` lists."""
        for kind in self.kinds:
            own = {**kind.env, **{name: env[name] for name in kind.names if name in env}}
            self._clauses(kind.written.include, own, "`include`")
            if kind.written.object_key is not None:
                wanted = (TEXT, WHOLE)
                self.checker.scalar(kind.written.object_key, kind.env, "the key of `object`", wanted, "an id")
            if kind.written.year is not None:
                self.checker.scalar(kind.written.year, kind.env, "`year`", (WHOLE,), "a school year")
        self._clauses(self.publication.include, env, "`include`")
        self._clauses(self.publication.exclude, env, "`exclude`")
        listed = tuple(self._preference(preference, env) for preference in self.publication.prefer)
        self._tells_apart(listed)
        return listed

    def free_of_sources(self, expressions: Iterable[tree.Expr], env: Env) -> None:
        """Report variables inside shared expressions that a source calls its records by."""
        taken = frozenset(name for kind in self.kinds for name in kind.env) - env.keys()
        for expression in expressions:
            for node in tree.walk(expression):
                if isinstance(node, tree.Quantified | tree.Binder) and node.variable in taken:
                    why = "a source calls its records by it"
                    self.sink.report("E309", node.variable_span, name=node.variable, why=why)

    # -- names of values

    def _defined(self) -> Env:
        """The types of the names that every source gives."""
        found: dict[str, list[tuple[Span, Type | None]]] = {}
        for kind in self.kinds:
            for name, value in kind.written.define:
                if self._is_taken(name.text, name.span):
                    continue
                of = self.checker.one(value, kind.env, f"`{name.text}`") if value is not None else None
                found.setdefault(name.text, []).append((name.span, of))
        env: Env = {}
        for defined, given in found.items():
            types = [of for _, of in given]
            joined = reduce(_joined, types) if len(given) == len(self.kinds) else None
            if len(given) < len(self.kinds):
                fix = "give it in each of them"
                self.sink.report("E609", given[0][0], what=f"`{defined}` is not given by every source", fix=fix)
            elif None not in types and joined is None:
                kinds = " and ".join(dict.fromkeys(describe(of) for of in types if of is not None))
                what = f"`{defined}` is {kinds} in the sources"
                self.sink.report("E609", given[-1][0], what=what, fix="give it values of one type")
            if joined is None:
                self.checker.faulty.add(defined)
            else:
                env[defined] = joined
        return env

    def _is_taken(self, name: str, span: Span) -> bool:
        """Whether a name stands for something else already; reports it when it does."""
        why = "it is a word of the language" if name in RESERVED else ""
        if any(name in kind.env for kind in self.kinds):
            why = "a source calls its records by it"
        if why:
            self.sink.report("E309", span, name=name, why=why)
        return bool(why)

    # -- population and choice

    def _clauses(self, clauses: tuple[ClauseTree, ...], env: Env, where: str) -> None:
        for clause in clauses:
            if clause.when is not None:
                self.checker.condition(clause.when, env, where)

    def _preference(self, preference: PreferenceTree, env: Env) -> tuple[Any, ...]:
        if preference.value is None:
            return ()
        where = "`prefer`"
        if preference.order is not None:
            wanted, words = _WORDS_OF_ORDER.get(preference.order.text, ((), ""))
            if wanted:
                self.checker.scalar(preference.value, env, f"`{preference.order.text}`", wanted, words)
            return ()
        kind = self.checker.one(preference.value, env, where)
        if kind is None:
            return ()
        if not is_text(kind) and kind not in (*NUMBERS, DATE, BOOLEAN):
            self.sink.report("E402", preference.value.span, where=where, wanted="a value", seen=describe(kind), hint="")
            return ()
        return tuple(typed(value, kind, "`order`", "E120", self.sink) for value in preference.listed)

    def _tells_apart(self, listed: Listed) -> None:
        """Report a choice in which two candidates may agree: of one source, or of two."""
        prefer = self.publication.prefer
        if self.checker.faulty or any(preference.value is None for preference in prefer):
            return
        place = prefer[-1].value.span if prefer and prefer[-1].value is not None else self.publication.behind.span
        for kind in self.kinds:
            compared = {
                _written_out(p.value, kind.names) for p in prefer if p.order is not None and p.value is not None
            }
            lacking = [part for part in identity_of(kind.env, self.checker.scope.schemas) if part not in compared]
            if lacking:
                without_key = next((part for part in lacking if part in kind.env), None)
                fix = f"`{without_key}` has no key that could be compared: name records in `for each`"
                listed_parts = " and ".join(f"`{part}`" for part in lacking)
                self.sink.report("E603", place, hint=fix if without_key else f"compare {listed_parts} too")
                return
        if len(self.kinds) > 1 and not any(self._differs(p, codes) for p, codes in zip(prefer, listed, strict=True)):
            fix = "give each source another text under `define`, and compare it"
            self.sink.report("E603", place, hint=fix)

    def _differs(self, preference: PreferenceTree, listed: tuple[Any, ...]) -> bool:
        """Whether a value that is compared is another text in each source."""
        name = preference.value
        values = [kind.names.get(name.name) if isinstance(name, tree.Name) else None for kind in self.kinds]
        texts = {value.value for value in values if isinstance(value, tree.Text)}
        return len(texts) == len(self.kinds) and (preference.order is not None or len(texts - set(listed)) < 2)

    # -- mappings

    def mapped(self, env: Env) -> Env:
        """Check the mappings; the types of their names."""
        found: Env = {}
        spans: dict[str, Span] = {}
        for mapping in self.publication.mappings:
            name = mapping.name
            if name.text in spans:
                self.sink.report("E119", name.span, what="the mapping", name=name.text)
            elif any(name.text in kind.env for kind in self.kinds):
                self.sink.report("E309", name.span, name=name.text, why="a source calls its records by it")
            spans.setdefault(name.text, name.span)
            kind = self._mapped(mapping, env)
            if kind is None:
                self.checker.faulty.add(name.text)
            else:
                found.setdefault(name.text, kind)
        return found

    def _mapped(self, mapping: MappedTree, env: Env) -> Type | None:
        """The type of what is sent for a value."""
        where = f"`{mapping.name.text}`"
        if mapping.value is not None:
            kind = self.checker.one(mapping.value, env, where)
            if kind is not None and not is_text(kind) and kind not in (*NUMBERS, DATE, BOOLEAN):
                span, seen = mapping.value.span, describe(kind)
                self.sink.report("E402", span, where=where, wanted="a value", seen=seen, hint="")
        sent = self.checker.scalar(mapping.code, env, where, (TEXT,), "a text") if mapping.code is not None else None
        if mapping.codes is None:
            return sent
        table = self.checker.scope.tables.get(mapping.codes.text)
        if table is None:
            if not self.checker.scope.lacks("table"):
                fix = hint(mapping.codes.text, self.checker.scope.tables)
                self.sink.report("E305", mapping.codes.span, what="table", name=mapping.codes.text, hint=fix)
            return None
        if not _holds_codes(table):
            self.sink.report("E610", mapping.codes.span, name=table.name)
            return None
        return Code(table.descriptor) if table.descriptor is not None else TEXT


def _joined(left: Type | None, right: Type | None) -> Type | None:
    return join(left, right) if left is not None and right is not None else None


def _holds_codes(table: Table) -> bool:
    """Whether the key of a table is one code."""
    return len(table.key) == 1 and not table.asked and is_text(table.key[0][1])


def identity_of(env: Env, schemas: Schemas) -> Iterator[str]:
    """What tells one candidate from the others, as it is written: the natural keys of all its records."""
    for variable, of in env.items():
        if variable == "this":
            continue
        resource = schemas.resource(of.resource) if isinstance(of, Record) else None
        if resource is None or not resource.key:
            yield variable  # an item of a list has nothing that tells it apart
        else:
            yield from (".".join((variable, *path)) for path in resource.key)


def _written_out(node: tree.Expr | None, names: Mapping[str, tree.Expr]) -> str:
    """A compared value as it is written, of a name what it stands for."""
    if node is None:
        return ""
    return unparse(names.get(node.name, node) if isinstance(node, tree.Name) else node)
