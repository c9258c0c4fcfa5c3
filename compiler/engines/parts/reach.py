"""What can be evaluated one part of the students at a time, as schemas and IR tell.

The records of some resources are a student's: their natural key holds the key of a student. These are kept *apart*,
each student's in one part. All others (schools, calendars, most look-ups) are *common*: every part has them all. An
expression is *within a student* when it takes no step to records kept apart but from a record, or with the key, of the
student in question; then it has the same value in the student's part as over all records.

What expressions stand for is followed through the IR in three kinds: a record of the student (or a list of them), the
student's key, anything else. A step that cannot be shown to stay within a student counts as leaving it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from compiler.engines.evaluation import Task
from compiler.engines.owners import PARTS, owner_definition
from compiler.engines.structure import kinds_of, references_crossed, resources_used
from compiler.schema.edfi import Schemas
from compiler.schema.types import TEXT, Record, Row
from compiler.semantics import ir
from compiler.semantics.checker.paths import key_paths
from compiler.semantics.program import Program
from compiler.semantics.usage import Usage
from compiler.semantics.values import Path
from compiler.semantics.world import key_type

STUDENT = "student"
Apart = Mapping[str, Path]
"""Where the records of each resource that is kept apart hold the key of their student, which is part of their own."""


class Kind(Enum):
    """What a value is to the student in question: a record (or records) of theirs, their key, anything else."""

    RECORD = "record"
    KEY = "key"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reach:
    """What is evaluated in parts: rules and populations, over records kept ``apart``; all others need the whole."""

    apart: Apart
    rules: list[ir.Rule]
    populations: list[ir.Population]


def reach(task: Task) -> Reach | None:
    """What of a task is within students; None when already its structure findings are not."""
    schemas = task.program.schemas
    names = task.resources
    apart = _of_students(schemas, {*names, *resources_used(task.used)})  # some may have no file
    walk = _walk(task, apart)
    looked_up = {name: path for name, path in walk.looked_up().items() if not _is_referred_to(name, task)}
    apart = {**apart, **looked_up}
    walk = _walk(task, apart)
    if not all(_references_stay(name, task, apart) and walk.owners_stay(name) for name in names):
        return None
    rules = [rule for rule in task.rules if walk.stays(rule) and _groups_by_student(rule, walk)]
    populations = [p for p in task.populations if walk.stays(p) and walk.student_of(p) is Kind.KEY]
    return Reach(apart, rules, populations)


def _walk(task: Task, apart: Apart) -> Walk:
    return Walk(task.program, apart, task.resources, [*task.rules, *task.populations])


def apart_for(program: Program, nodes: Iterable[ir.Expr], variable: str, used: Usage) -> Apart:
    """The resources of which expressions over a student reach only the student's records; none when one goes further.

    ``variable`` is the student; ``used`` is what the expressions use.
    """
    apart = _of_students(program.schemas, resources_used(used))
    walk = Walk(program, apart, sorted(resources_used(used)), [])
    return apart if all(walk.stays_with(node, {variable: Kind.RECORD}) for node in nodes) else {}


def _of_students(schemas: Schemas, names: Iterable[str]) -> Apart:
    student = schemas.resource(STUDENT)
    if student is None or len(student.key) != 1 or key_type(student, student.key[0]) is not TEXT:
        return {}
    found = {}
    for name in names:
        resource = schemas.resource(name)
        assert resource is not None
        reference = resource.reference_to(frozenset({STUDENT}))
        [path] = student.key if name == STUDENT else reference.paths if reference is not None else [()]
        if path in resource.key and key_type(resource, path) is TEXT:
            found[name] = path
    return found


def _groups_by_student(rule: ir.Rule, walk: Walk) -> bool:
    """Whether findings that are told together are of one student."""
    return not rule.once_per or (STUDENT in rule.once_per and walk.student_of(rule) is Kind.KEY)


def _is_referred_to(name: str, task: Task) -> bool:
    schemas = task.program.schemas
    resources = (schemas.resource(other) for other in task.resources)
    return any(
        kind.name == name
        for resource in resources
        if resource is not None
        for reference in resource.references
        for kind in kinds_of(reference, schemas)
    )


def _references_stay(name: str, task: Task, apart: Apart) -> bool:
    """Whether what the checked references of a resource lead to is common, or of the student whose record refers."""
    schemas = task.program.schemas
    resource = schemas.resource(name)
    assert resource is not None
    for reference in references_crossed(resource, task.used, task.options.structure):
        kinds = kinds_of(reference, schemas)
        kept_apart = [kind for kind in kinds if kind.name in apart]
        if kept_apart and not all(kind.name in task.resources for kind in kinds):
            return False  # what may refer to absent kinds is asked of all records
        for kind in kept_apart:
            held = dict(zip(kind.key, key_paths(schemas, reference, kind.name), strict=True))
            if name not in apart or held[apart[kind.name]] != apart[name]:
                return False
    return True


class Walk:
    """Follows expressions of a program, where resources are kept apart."""

    def __init__(
        self, program: Program, apart: Apart, resources: list[str], parts: list[ir.Rule | ir.Population]
    ) -> None:
        self.program = program
        self.schemas = program.schemas
        self.apart = apart
        self.resources = resources
        self.parts = parts
        self._applied: dict[tuple[str, tuple[Kind, ...]], tuple[Kind, bool]] = {}
        self._is_within = True
        self._found_by: dict[str, set[Path]] = {}
        self._reached_otherwise = {part.resource for part in self.parts}

    # -- questions

    def stays(self, part: ir.Rule | ir.Population) -> bool:
        """Whether all of a rule or population is about records kept apart, and within their student."""
        if part.resource not in self.apart:
            return False
        env, self._is_within = self._variables(part), True
        for node in ir.expressions(part):
            self.kind(node, env)
        return self._is_within

    def stays_with(self, node: ir.Expr, env: Mapping[str, Kind]) -> bool:
        """Whether an expression is within the student."""
        self._is_within = True
        self.kind(node, env)
        return self._is_within

    def student_of(self, part: ir.Rule | ir.Population) -> Kind:
        """What a rule or population calls the student of a subject."""
        return self.kind(part.student, self._variables(part)) if part.student is not None else Kind.OTHER

    def owners_stay(self, name: str) -> bool:
        """Whether the student, organization and school of a record are found within its student."""
        self._is_within = True
        for part in PARTS:
            definition = owner_definition(self.program, name, part)
            if definition is not None:
                self.kind(definition.body, {definition.parameters[0][0]: self._record(name)})
        return self._is_within

    def looked_up(self) -> Apart:
        """The common resources of which records are only ever found by the key of the student in question."""
        for part in self.parts:
            env = self._variables(part)
            for node in ir.expressions(part):
                self.kind(node, env)
        found = {}
        for name, paths in self._found_by.items():
            resource = self.schemas.resource(name)
            assert resource is not None
            texts = sorted(path for path in paths if key_type(resource, path) is TEXT)
            if texts and name in self.resources and name not in self._reached_otherwise | set(self.apart):
                found[name] = texts[0]
        return found

    def _variables(self, part: ir.Rule | ir.Population) -> dict[str, Kind]:
        env = {part.variable: self._record(part.resource)}
        for join in part.joins:
            env[join.variable] = self.kind(join.items, env)
        return env

    def _record(self, resource: str) -> Kind:
        return Kind.RECORD if resource in self.apart else Kind.OTHER

    # -- expressions

    def kind(self, node: ir.Expr, env: Mapping[str, Kind]) -> Kind:
        """What an expression is to the student, looking at all below it."""
        match node:
            case ir.Var(name=name):
                return env[name]
            case ir.Read(base=base, path=path):
                own = self.kind(base, env) is Kind.RECORD and isinstance(base.type, Record)
                is_key = own and node.type is TEXT and self.apart.get(_resource(base)) == path
                return Kind.KEY if is_key else Kind.OTHER
            case ir.Find(source=source, keys=keys):
                return self._find(node, source, [self.kind(key, env) for key in keys])
            case ir.Referring(base=base, resource=resource, paths=paths):
                return self._referring(_resource(base), self.kind(base, env), resource, paths)
            case ir.Filter(variable=variable, items=items, condition=condition):
                members = self.kind(items, env)
                self.kind(condition, {**env, variable: members})
                return members
            case ir.Each(variable=variable, items=items, body=body):
                return self.kind(body, {**env, variable: self.kind(items, env)})
            case (
                ir.AtLeast(variable=variable, items=items, body=body)
                | ir.CountDifferent(variable=variable, items=items, body=body)
                | ir.Total(variable=variable, items=items, body=body)
                | ir.Extreme(variable=variable, items=items, body=body)
            ):
                self.kind(body, {**env, variable: self.kind(items, env)})
                return Kind.OTHER
            case ir.MonthlyExtreme(variable=variable, items=items, body=body, day=day):
                inner = {**env, variable: self.kind(items, env)}
                self.kind(body, inner)
                self.kind(day, inner)
                return Kind.OTHER
            case ir.Neighbour(items=items, of=of):
                self.kind(of, env)
                return self.kind(items, env)
            case ir.Pick(items=items) | ir.Only(items=items):
                return self.kind(items, env)
            case ir.If(condition=condition, consequence=consequence, alternative=alternative):
                self.kind(condition, env)
                return self._either([consequence, alternative], env)
            case ir.First(operands=operands):
                return self._either(operands, env)
            case ir.Apply(name=name, arguments=arguments):
                return self._apply(name, tuple(self.kind(argument, env) for argument in arguments))
            case _:
                for child in ir.children(node):
                    self.kind(child, env)
                return Kind.OTHER

    def _either(self, nodes: Iterable[ir.Expr], env: Mapping[str, Kind]) -> Kind:
        kinds = {self.kind(node, env) for node in nodes}
        return kinds.pop() if len(kinds) == 1 else Kind.OTHER

    def _find(self, node: ir.Expr, source: str, keys: list[Kind]) -> Kind:
        if isinstance(node.type, Row):
            return Kind.OTHER
        resource = self.schemas.resource(source)
        assert resource is not None
        by_student = {path for path, kind in zip(resource.key, keys, strict=True) if kind is Kind.KEY}
        self._found_by[source] = self._found_by.get(source, by_student) & by_student
        if source not in self.apart:
            return Kind.OTHER
        return self._step(self.apart[source] in by_student)

    def _referring(self, base: str, kind: Kind, resource: str, paths: tuple[Path, ...]) -> Kind:
        self._reached_otherwise.add(resource)
        if resource not in self.apart:
            return Kind.OTHER
        shape = self.schemas.resource(base)
        assert shape is not None
        held = dict(zip(shape.key, paths, strict=True))
        own = kind is Kind.RECORD and base in self.apart
        return self._step(own and held[self.apart[base]] == self.apart[resource])

    def _step(self, is_within: bool) -> Kind:
        self._is_within &= is_within
        return Kind.RECORD if is_within else Kind.OTHER

    def _apply(self, name: str, arguments: tuple[Kind, ...]) -> Kind:
        if (name, arguments) not in self._applied:
            definition, before = self.program.definitions[name], self._is_within
            self._is_within = True
            env = {parameter: kind for (parameter, _), kind in zip(definition.parameters, arguments, strict=True)}
            kind = self.kind(definition.body, env)
            self._applied[name, arguments] = kind, self._is_within
            self._is_within = before
        kind, is_within = self._applied[name, arguments]
        self._is_within &= is_within
        return kind


def _resource(node: ir.Expr) -> str:
    return node.type.resource if isinstance(node.type, Record) else ""
