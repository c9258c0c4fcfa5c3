"""The engine that runs the generated Python: the same modules that ``build`` writes, loaded from memory."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from itertools import count as counting
from itertools import islice, zip_longest
from types import ModuleType
from typing import Any

from compiler.backends.python import function_names, generate, runtime_artifacts
from compiler.garbage import without_collection
from compiler.schema.types import Record
from compiler.semantics import ir
from compiler.semantics.defined import Call
from compiler.semantics.extract_rows import LeftOut, Row, Rows
from compiler.semantics.findings import Finding, Outcome
from compiler.semantics.outcomes import Context, RuleResult
from compiler.semantics.program import Program
from compiler.semantics.values import Undetermined
from compiler.semantics.wanted import NO_PARAMETERS, Parameters, Payload, Sender, Subject, Unsent, Wanted, Why

_numbers = counting(1)


class PythonEngine:
    """Generated evaluators of one program, importable below a package of their own for this process.

    ``asked`` are definitions whose values are asked for.
    """

    def __init__(self, program: Program, asked: Collection[str] = ()) -> None:
        self.package = f"_rulewright_generated_{next(_numbers)}"
        texts = {rule.written.document.source.path: "" for rule in program.checked.values()}
        texts |= {publication.written.document.source.path: "" for publication in program.published.values()}
        texts |= {extract.written.document.source.path: "" for extract in program.filed.values()}
        artifacts = [*runtime_artifacts(), *generate(program, texts, asked)]
        modules = {
            ".".join([self.package, *artifact.path.removesuffix(".py").split("/")]).removesuffix(".__init__"): artifact
            for artifact in artifacts
        }
        self._finder = _MemoryFinder({name: (artifact.path, artifact.text) for name, artifact in modules.items()})
        self._functions = function_names(program) if asked else {}
        state = next(a.path.split("/")[1] for a in artifacts if a.path.endswith("/state.py"))
        sys.meta_path.append(self._finder)
        try:
            self.state = __import__(f"{self.package}.python.{state}", fromlist=["world"])
        finally:
            sys.meta_path.remove(self._finder)

    def evaluate(
        self, rules: Iterable[ir.Rule], records: Mapping[str, Sequence[Mapping[str, Any]]], context: Context
    ) -> Iterator[RuleResult]:
        """The results of rules over records by singular resource name."""
        world = self.world(records)
        for rule in rules:
            yield self.result(rule, world, context)

    def world(self, records: Mapping[str, Iterable[Any]]) -> Any:
        """The records as the evaluators take them: bodies by resource, or bodies by key."""
        return self.state.world(records)

    def result(self, rule: ir.Rule, world: Any, context: Context, records: Iterable[Any] | None = None) -> RuleResult:
        """The result of a rule over a world, or over some of the records in it, given in the order of their keys."""
        told = {
            "schoolYear": context.school_year,
            "asOf": context.as_of,
            "scope": context.scope,
            "cycle": context.cycle,
        }
        results = self.state.RULES[rule.key].RULE.results(world, told, records)
        counts = {Outcome(outcome): count for outcome, count in results.counts.items()}
        return RuleResult(rule, [_finding(found) for found in results.findings], counts)

    def want(
        self, publication: ir.Publication, world: Any, context: Context, parameters: Parameters = NO_PARAMETERS
    ) -> Wanted:
        """What a publication wants of a world (of :meth:`world`)."""
        told = {"schoolYear": context.school_year, "asOf": context.as_of}
        with without_collection():
            found = self.state.PUBLICATIONS[publication.id].want(world, told, parameters)
            return Wanted(
                {key: _payload(payload) for key, payload in found.records.items()},
                [_unsent(unsent) for unsent in found.unsent],
            )

    def rows(self, extract: ir.Extract, world: Any, context: Context, chosen: Mapping[str, Any]) -> Rows:
        """The rows of an extract over a world (of :meth:`world`); ``chosen`` holds the options that are given."""
        told = {"schoolYear": context.school_year, "asOf": context.as_of}
        given = {name: None if isinstance(value, Undetermined) else value for name, value in chosen.items()}
        found = self.state.EXTRACTS[extract.id].rows(world, told, given)
        return Rows([_row(row) for row in found.rows], [_left_out(left_out) for left_out in found.left_out])

    def value(self, call: Call) -> Any:
        """The plain value of a definition that is asked for."""
        runtime = sys.modules[f"{self.package}.python.runtime"]
        told = {"schoolYear": call.context.school_year, "asOf": call.context.as_of}
        state, world = self.state.STATE, self.world(call.records)
        run = state.run_of(("an example",), call.parameters, call.leap_birthday, world, told)
        arguments = [
            next(record for record in world.records(kind.resource) if record.body is argument)
            if isinstance(kind, Record)
            else runtime.lacking(name)
            if argument is None
            else argument
            for (name, kind), argument in zip(call.definition.parameters, call.arguments, strict=True)
        ]
        function = getattr(self.state.definitions, self._functions[call.definition.name])
        return _plain(function(*arguments, run), runtime)


def _plain(value: Any, runtime: ModuleType) -> Any:
    """A value of generated Python as a plain one (of ``compiler.semantics.defined``)."""
    if isinstance(value, runtime.Members):
        return None if value.doubt is not None else [_plain(member, runtime) for member in value.sure]
    if isinstance(value, runtime.Missing) or (isinstance(value, runtime.Item) and not value.present):
        return None
    if isinstance(value, runtime.Item):
        return dict(value.body)
    if isinstance(value, runtime.Row):
        return dict(value.contents)
    return {"start": value.start, "end": value.end} if isinstance(value, runtime.Period) else value


def disagreement(interpreted: Wanted | Rows, generated: Wanted | Rows) -> list[str]:
    """Where generated Python gives something else than the interpreter, a fault of ours; empty when nowhere."""
    differing = (pair for pair in zip_longest(*map(_told, (interpreted, generated))) if pair[0] != pair[1])
    return [f"the generated Python gives {theirs}, the interpreter {ours}" for ours, theirs in islice(differing, 1)]


def _told(found: Wanted | Rows) -> list[Any]:
    if isinstance(found, Rows):
        return [*found.rows, *found.left_out]
    return [*found.records.values(), *found.unsent]


def _row(found: Any) -> Row:
    fields = {name: getattr(found, name) for name in Row.__slots__}
    return Row(**{**fields, "sender": _sender(found.sender)})


def _left_out(found: Any) -> LeftOut:
    return LeftOut(_sender(found.sender), found.places, Why(found.why), found.reason, found.missing)


def _payload(found: Any) -> Payload:
    sender, subject = _sender(found.sender), Subject(*found.subject)
    return Payload(found.key, sender, found.body, subject, found.warnings, found.shown)


def _unsent(found: Any) -> Unsent:
    return Unsent(
        sender=_sender(found.sender),
        why=Why(found.why),
        reason=found.reason,
        subject=Subject(*found.subject),
        missing=found.missing,
        after_sending=found.after_sending,
        winner=_sender(found.winner) if found.winner is not None else None,
        key=found.key,
    )


def _sender(found: Any) -> Sender:
    return Sender(found.type, found.key, found.student)


def _finding(found: Any) -> Finding:
    fields = {name: getattr(found, name) for name in Finding.__slots__}
    return Finding(**{**fields, "outcome": Outcome(found.outcome)})


class _MemoryFinder(MetaPathFinder, Loader):
    """Imports modules from texts; ``modules`` maps full names to (path, text)."""

    def __init__(self, modules: Mapping[str, tuple[str, str]]) -> None:
        self.modules = modules

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name not in self.modules:
            return None
        is_package = self.modules[name][0].endswith("__init__.py")
        return spec_from_loader(name, self, is_package=is_package)

    def exec_module(self, module: ModuleType) -> None:
        path, text = self.modules[module.__name__]
        exec(compile(text, f"<generated {path}>", "exec"), module.__dict__)
