"""Guides: every part of one against its scope, and the questions against one another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from compiler.diagnostics import Related, Sink
from compiler.schema.edfi import Path, Resource
from compiler.schema.types import BOOLEAN, DATE, NUMBERS, TEXT, Item, ListOf, Record, Row, Type, describe, is_text
from compiler.semantics import ir
from compiler.semantics.checker.branches import ANSWER, Domain, check_branches
from compiler.semantics.checker.examples import (
    Filler,
    Records,
    check_complete,
    day_of,
    no_error_since,
    school_year_of,
)
from compiler.semantics.checker.expressions import ExpressionChecker
from compiler.semantics.checker.facts import Facts
from compiler.semantics.checker.folders import check_source, unknown_resource
from compiler.semantics.checker.rules import check_file_name, named_once, state_of
from compiler.semantics.checker.subjects import Env, check_subject
from compiler.semantics.checker.typed import WORDS, scalar_value
from compiler.semantics.lowering import Lowerer
from compiler.semantics.scope import Definition, Scope
from compiler.source import Span
from compiler.suggest import hint
from compiler.syntax import tree
from compiler.syntax.document import Node, Scalar
from compiler.syntax.guides import (
    EndTree,
    GuideTree,
    NoticeTree,
    QuestionTree,
    TargetTree,
    WalkExampleTree,
)

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CheckedWalkExample:
    """An example of a guide ready to be run: its records by singular name, or (None) those of its pasted text."""

    written: WalkExampleTree
    records: Records | None
    absent: frozenset[str]
    answers: Mapping[str, Any]
    school_year: int
    as_of: date

    @property
    def name(self) -> str:
        return self.written.name.text


@dataclass(slots=True, eq=False, repr=False)
class CheckedGuide:
    """A guide with what the checker found out; ``domains`` holds, by question, what its answers are.

    ``payload_path`` is where records of the pasted resource hold the id of what is looked into.
    """

    written: GuideTree
    scope: Scope
    facts: Facts
    resource: str
    payload: str | None
    payload_path: Path
    domains: Mapping[str, Domain]
    sound: bool
    examples: tuple[CheckedWalkExample, ...] = field(default=())

    @property
    def id(self) -> str:
        return self.written.id.text

    @property
    def state(self) -> str:
        """The folder below ``specs`` that the guide lies in: ids are unique within it."""
        return state_of(self.written.document)


def answer_of(written: Scalar | str, domain: Domain) -> Any:
    """What a person has answered as a value; None when it is no answer to the question."""
    text = written if isinstance(written, str) else written.text
    if domain.listed is not None:
        return text if text in domain.listed else None
    if domain.type is BOOLEAN:
        return {YES: True, NO: False}.get(text)
    value = scalar_value(text, domain.type)
    return None if value is not None and domain.least is not None and value < domain.least else value


def answers_worded(domain: Domain) -> str:
    """The answers that a person may give, in words."""
    if domain.listed is not None:
        return ", ".join(f"`{answer}`" for answer in domain.listed)
    words = WORDS.get(domain.type, "a text") if domain.type is not BOOLEAN else f"`{YES}`, `{NO}`"
    return words if domain.least is None else f"{words}, at least {domain.least}"


class GuideChecker:
    """Checks the guides of one scope; ``rules`` are the ids of the state's rules, None where some are not read."""

    def __init__(
        self,
        scope: Scope,
        sink: Sink,
        definition_type: Callable[[Definition], Type | None],
        rules: frozenset[str] | None,
    ) -> None:
        self.scope = scope
        self.sink = sink
        self.definition_type = definition_type
        self.rules = rules
        self.filler = Filler(scope, sink)

    def check(self, guide: GuideTree) -> CheckedGuide:
        """The checked guide; what is wrong with it is reported."""
        before, facts = len(self.sink.found), Facts()
        check_file_name("guide", guide.id, guide.title, self.sink)
        check_source(guide.source, self.scope, self.sink)
        self._named_once(guide)
        checker = ExpressionChecker(
            self.scope,
            self.sink,
            facts,
            parameters={},
            parameters_of="a guide",
            years=(),
            definition_type=self.definition_type,
        )
        resource, env = self._subject(guide, checker)
        payload, path = self._payload(guide, resource) if resource is not None else (None, ())
        for asked in guide.asks_for.resources:
            self._resource(asked)
        self._rules(name for linked in guide.notices for name in linked.rules)
        self._rules(name for linked in guide.ends for name in linked.rules)
        domains: dict[str, Domain] = {}
        if env and not guide.broken:
            self._notices(guide, checker, env)
            domains = {q.id.text: domain for q in guide.questions if (domain := self._question(q, checker, env))}
        self._flow(guide)
        right = no_error_since(self.sink, before) and not (guide.broken or guide.unfinished or facts.told_elsewhere)
        name = resource.name if resource is not None else ""
        checked = CheckedGuide(guide, self.scope, facts, name, payload, path, domains, bool(env) and right)
        checked.examples = tuple(self._examples(checked))
        return checked

    # -- names

    def _named_once(self, guide: GuideTree) -> None:
        """Report ids that two questions, two ends or two notices have."""
        kinds: tuple[tuple[str, Iterable[QuestionTree | EndTree | NoticeTree]], ...] = (
            ("the question", guide.questions),
            ("the end", guide.ends),
            ("the notice", guide.notices),
        )
        for what, items in kinds:
            seen: dict[str, Span] = {}
            for item in items:
                first = seen.setdefault(item.id.text, item.id.span)
                if first is not item.id.span:
                    related = (Related(first, "declared here"),)
                    self.sink.report("E119", item.id.span, what=what, name=item.id.text, related=related)

    def _rules(self, names: Iterable[Scalar]) -> None:
        for name in names:
            if self.rules is not None and name.text not in self.rules:
                self.sink.report("E312", name.span, name=name.text, hint=hint(name.text, self.rules))

    def _resource(self, name: Scalar) -> Resource | None:
        if name.text not in self.scope.schemas.plurals:
            unknown_resource(name.text, name.span, self.scope, self.sink)
            return None
        return self.scope.schemas.resource(name.text)

    # -- what is looked into

    def _subject(self, guide: GuideTree, checker: ExpressionChecker) -> tuple[Resource | None, Env]:
        subject = guide.subject
        if subject is None:
            return None, {}
        name, env = check_subject(subject, checker, owned=False)
        resource = self.scope.schemas.resource(name) if env else None
        if resource is None:
            return None, {}
        what = ""
        if subject.joins or subject.condition is not None:
            what = "a guide looks into one record, which has neither joins nor a condition"
        elif len(resource.key) != 1:
            what = f"one id does not tell one {resource.name} from another"
        elif subject.variable == ANSWER:
            self.sink.report("E309", subject.span, name=ANSWER, why="branches call the answer by it")
            return None, {}
        if what:
            fix = "name a resource whose key is one id, as `student as s`"
            self.sink.report("E658", subject.span, what=what, fix=fix)
            return None, {}
        return resource, env

    def _payload(self, guide: GuideTree, subject: Resource) -> tuple[str | None, Path]:
        """The resource of the pasted records (singular), and where they hold the id of what is looked into."""
        resource = self._resource(guide.payload.resource) if guide.payload is not None else None
        if resource is None or guide.payload is None:
            return None, ()
        if resource.name == subject.name:
            return resource.name, resource.key[0]
        reference = resource.reference_to(self.scope.schemas.kinds_of(subject.name))
        if reference is None:
            what = f"{resource.plural} do not refer to a {subject.name}"
            fix = f"name a resource whose records do, or change `for each: {subject.name}`"
            self.sink.report("E658", guide.payload.resource.span, what=what, fix=fix)
            return None, ()
        return resource.name, reference.paths[0]

    # -- notices and questions

    def _notices(self, guide: GuideTree, checker: ExpressionChecker, env: Env) -> None:
        for notice in guide.notices:
            if notice.when is not None:
                checker.condition(notice.when, env, "`when`")

    def _question(self, question: QuestionTree, checker: ExpressionChecker, env: Env) -> Domain | None:
        """What the answers to a question are, when all is right with it."""
        before = len(self.sink.found)
        if not question.by_person and question.cannot_tell is None:
            self.sink.report("E657", question.id.span, question=question.id.text)
        for label, value in question.show:
            if value is not None:
                self._shown(label, checker.value(value, env), value.span)
        domain = self._domain(question, checker, env)
        if domain is None:
            return None
        conditions: list[ir.Expr | None] = []
        lowerer = Lowerer(self.scope, checker.facts)
        for branch in question.branches:
            if branch.when is None:
                conditions.append(None)
            elif checker.condition(branch.when, {ANSWER: domain.type}, "`when`") and no_error_since(self.sink, before):
                conditions.append(lowerer.expression(branch.when))
        if len(conditions) == len(question.branches):
            check_branches(question, conditions, domain, self.sink)
        return domain

    def _shown(self, label: Scalar, kind: Type | None, place: Span) -> None:
        item = kind.item if isinstance(kind, ListOf) else kind
        if isinstance(item, Record | Item | Row):
            fix = "name one of its properties"
            seen = describe(item)
            self.sink.report("E402", place, where=f"`{label.text}`", wanted="a value", seen=seen, hint=fix)

    def _domain(self, question: QuestionTree, checker: ExpressionChecker, env: Env) -> Domain | None:
        listed = tuple(dict.fromkeys(answer.text for answer in question.answers))
        place, name = question.id.span, question.id.text
        if not question.has_evidence:
            if not listed:
                fix = "add `answers:`, the texts among which the person chooses"
                self.sink.report("E659", place, what=f"a person answers `{name}`, but it has no answers", fix=fix)
                return None
            return Domain(TEXT, listed, None)
        kind = checker.one(question.evidence, env, "`evidence`") if question.evidence is not None else None
        if kind is None or question.evidence is None:
            return None
        if not is_text(kind) and kind not in (*NUMBERS, DATE, BOOLEAN):
            span, seen = question.evidence.span, describe(kind)
            self.sink.report("E402", span, where="`evidence`", wanted="a value", seen=seen, hint="")
            return None
        if listed and not is_text(kind):
            fix = f"remove `answers`: a person answers with {answers_worded(Domain(kind, None, None))}"
            self.sink.report(
                "E659", question.answers[0].span, what=f"`{name}` is answered with {describe(kind)}", fix=fix
            )
        if question.by_person and is_text(kind) and not listed:
            fix = "add `answers:`, the texts among which the person chooses"
            self.sink.report("E659", place, what=f"a person may answer `{name}`, but it has no answers", fix=fix)
        return Domain(kind, None, 0 if isinstance(question.evidence, tree.Count) else None)

    # -- the way from question to question

    def _flow(self, guide: GuideTree) -> None:
        """Report targets that are not there, circles, and what nothing leads to."""
        questions = {question.id.text: question for question in reversed(guide.questions)}
        ends = {end.id.text: end for end in guide.ends}
        unknown = [t for q in guide.questions for t in _targets(q) if t.name not in (ends if t.is_end else questions)]
        for target in unknown:
            what = f"there is no {'end' if target.is_end else 'question'} `{target.name}`"
            self.sink.report("E656", target.written.span, what=what, hint=_meant(target, questions, ends))
        if unknown:
            return
        before = len(self.sink.found)
        seen = self._seen(guide.questions[0].id.text, questions)
        if not no_error_since(self.sink, before):
            return  # a branch that leads back may be the one that should lead on
        reached = {target.name for name in seen for target in _targets(questions[name]) if target.is_end}
        left = [("question", q.id) for q in guide.questions if q.id.text not in seen]
        left += [("end", end.id) for end in guide.ends if end.id.text not in reached]
        for what, name in left:
            self.sink.report("E652", name.span, what=what, name=name.text)

    def _seen(self, start: str, questions: Mapping[str, QuestionTree]) -> set[str]:
        """The questions that lie behind one; each branch that closes a circle is reported."""
        seen = {start}
        path = [start]
        waiting = [iter(_targets(questions[start]))]
        while waiting:
            target = next(waiting[-1], None)
            if target is None:
                waiting.pop()
                path.pop()
            elif target.name in path and not target.is_end:
                circle = " -> ".join([*path[path.index(target.name) :], target.name])
                self.sink.report("E651", target.written.span, name=target.name, path=circle)
            elif target.name not in seen and not target.is_end:
                seen.add(target.name)
                path.append(target.name)
                waiting.append(iter(_targets(questions[target.name])))
        return seen

    # -- examples

    def _examples(self, checked: CheckedGuide) -> Iterator[CheckedWalkExample]:
        for example in named_once(checked.written.examples, self.sink):
            before = len(self.sink.found)
            records, absent = self._world(example, checked)
            year = school_year_of(example, self.scope, None, self.sink)
            as_of = day_of(example, self.scope, year, self.sink)
            answers = dict(self._answers(example, checked))
            self._expected(example, checked.written)
            if no_error_since(self.sink, before):
                yield CheckedWalkExample(example, records, absent, answers, year, as_of)

    def _world(self, example: WalkExampleTree, checked: CheckedGuide) -> tuple[Records | None, frozenset[str]]:
        """The records of an example; None when it has a pasted text."""
        place, written = example.name.span, checked.written
        if (example.given is None) == (example.payload is None):
            what = "an example has either records (`given`) or a pasted text (`payload`)"
            self.sink.report("E506", place, what=what, fix="keep one of them")
        elif example.payload is not None and written.payload is None:
            fix = "add `payload:` with the resource of the records, or give records"
            self.sink.report("E506", place, what="the guide takes no pasted text", fix=fix)
        if example.end is not None and example.open is not None:
            self.sink.report("E506", place, what="`end` and `open` exclude each other", fix="keep one of them")
        if example.given is None:
            return None, frozenset()
        before = len(self.sink.found)
        records, absent = self.filler.world(example.given, example.absent)
        if no_error_since(self.sink, before) and not example.invalid and not self.scope.lacks("examples"):
            check_complete(records, self.scope.schemas, example, self.sink)
        if no_error_since(self.sink, before) and checked.resource and not records.get(checked.resource):
            fix = f"give at least one {checked.resource}: the first is looked into"
            what = f"the example gives no {checked.resource}"
            self.sink.report("E501", example.given.span, what=what, fix=fix)
        return records, absent

    def _answers(self, example: WalkExampleTree, checked: CheckedGuide) -> Iterator[tuple[str, Any]]:
        questions = {question.id.text: question for question in checked.written.questions}
        for name, node in example.answers:
            question, domain = questions.get(name.text), checked.domains.get(name.text)
            if question is None:
                what = f"there is no question `{name.text}`"
                self.sink.report("E656", name.span, what=what, hint=hint(name.text, questions))
            elif not question.by_person:
                fix = "the data alone answer it: remove the answer"
                self.sink.report("E655", name.span, text=_text(node), question=name.text, hint=fix)
            elif domain is not None and isinstance(node, Scalar):
                choices = choices_of(question, domain)
                value = answer_of(node, choices)
                if value is None:
                    fix = hint(node.text, choices.listed or ()) or f"write {answers_worded(choices)}"
                    self.sink.report("E655", node.span, text=node.text, question=name.text, hint=fix)
                yield name.text, value

    def _expected(self, example: WalkExampleTree, guide: GuideTree) -> None:
        """Report ids under ``expect`` that the guide does not have."""
        questions, ends = _ids(guide.questions), _ids(guide.ends)
        notices = _ids(guide.notices)
        expected: tuple[tuple[str, Iterable[Scalar | None], list[str]], ...] = (
            ("end", (example.end,), ends),
            ("question", (example.open, *(example.path or ())), questions),
            ("notice", example.notices or (), notices),
        )
        for what, names, known in expected:
            for name in names:
                if name is not None and name.text not in known:
                    problem = f"there is no {what} `{name.text}`"
                    self.sink.report("E656", name.span, what=problem, hint=hint(name.text, known))


def choices_of(question: QuestionTree, domain: Domain) -> Domain:
    """What a person may answer to a question."""
    listed = tuple(answer.text for answer in question.answers)
    return Domain(domain.type, listed or None, domain.least)


def _targets(question: QuestionTree) -> list[TargetTree]:
    further = [question.cannot_tell] if question.cannot_tell is not None else []
    return [*(branch.go for branch in question.branches), *further]


def _meant(target: TargetTree, questions: Iterable[str], ends: Iterable[str]) -> str:
    """What an author may have meant by a target that is not there."""
    if target.is_end:
        return hint(f"end {target.name}", [f"end {name}" for name in ends])
    if target.name in ends:
        return f"write `end {target.name}` for the end of this name"
    return hint(target.name, questions)


def _ids(items: Iterable[QuestionTree | EndTree | NoticeTree]) -> list[str]:
    return [item.id.text for item in items]


def _text(node: Node) -> str:
    return node.text if isinstance(node, Scalar) else ""
