"""Random rules in two versions, changed in one place or two: conditions come and go, bounds, codes and numbers move.

Nothing here knows which change finds more and which less.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from compiler.driver import Project
from compiler.schema.types import DATE, DECIMAL, WHOLE, Code, Item, ListOf, Record, Type
from compiler.semantics.scope import Scope
from tests.random_rules import CODES, COLLECTIONS, DEFINITIONS, Writer
from tests.support import Sample

RULE = """\
id: RX-{number}
title: Random
source: {{document: own-rules, row: x, status: reconstructed, redacted: true, text: {{message: x}}}}
for each: |
  studentSchoolAssociation as e{where}
all years: true
when: |
  {when}
{clause}: |
  {body}
severity: Error
message: x
detail: "{{e.entryDate}}"
fix: x
examples: []
"""
# Two versions of definitions that random rules use; the first is that of `tests.random_rules`.
OTHER_DEFINITIONS = DEFINITIONS.replace(
    "where (x.primarySchool otherwise true)", "where ((x.primarySchool otherwise true) and x.entryDate is present)"
).replace("is: e.dates contains day", "is: e.dates contains day and e.entryDate is before $countDate")
OTHER_COLLECTIONS = COLLECTIONS.replace("values: {'2024': '2'}", "values: {'2024': '3'}")
OTHER_CODES = ("codes: [KG, '01', '02', '03']", "codes: [KG, '01', '03']")
GRADE = Code("GradeLevelDescriptor")

Pair = tuple[str, str]


class Changer:
    """Writes conditions in two versions."""

    def __init__(self, scope: Scope, random: Random) -> None:
        self.random = random
        self.writer = Writer(scope, random, [("e", Record("studentSchoolAssociation"))])

    def condition(self, depth: int, writer: Writer | None = None) -> Pair:
        """A condition in two versions that differ somewhere."""
        writer = writer or self.writer
        forms: list[Callable[[Writer, int], Pair]] = [
            self.codes,
            self.bound,
            self.paired,
            self.activity,
            self.parameter,
        ]
        if depth > 0:
            forms += [self.joined, self.joined, self.inside, self.negated, self.chosen, self.listed]
            forms += [self.counted, self.counted, self.recounted]
        first, second = self.random.choice(forms)(writer, depth)
        return (first, second) if self.random.random() < 0.5 else (second, first)

    def same(self, writer: Writer) -> str:
        if self.random.random() < 0.4:
            return self.random.choice(("true", "(e.entryDate is present)", "(e.schoolYearType is missing)"))
        return f"({writer.condition(1)})"

    def of_member(self, writer: Writer, kind: Type) -> tuple[str, Writer]:
        """A name for a member of a list, and a writer that mostly writes of nothing else."""
        inner = writer.inside(kind)
        name = inner.variables[-1][0]
        alone = Writer(inner.scope, self.random, inner.variables[-1:], len(inner.variables) * 7, {})
        has_values = alone.paths(lambda k: not isinstance(k, ListOf))
        return name, alone if has_values and self.random.random() < 0.7 else inner

    def paired(self, writer: Writer, _depth: int) -> Pair:
        one = self.same(writer)
        return one, one if self.random.random() < 0.5 else self.same(writer)

    def joined(self, writer: Writer, _depth: int) -> Pair:
        """One more operand."""
        word, one, other = self.random.choice((" and ", " or ")), self.same(writer), self.same(writer)
        return one, word.join(self.random.sample([one, other], 2))

    def inside(self, writer: Writer, depth: int) -> Pair:
        """The change is in one operand."""
        word, kept = self.random.choice((" and ", " or ")), self.same(writer)
        first, second = self.condition(depth - 1, writer)
        return word.join((kept, f"({first})")), word.join((f"({second})", kept))

    def negated(self, writer: Writer, depth: int) -> Pair:
        first, second = self.condition(depth - 1, writer)
        return f"not ({first})", f"not ({second})"

    def chosen(self, writer: Writer, depth: int) -> Pair:
        test, kept = self.same(writer), self.same(writer)
        first, second = self.condition(depth - 1, writer)
        return f"if {test} then ({first}) else {kept}", f"if {test} then ({second}) else {kept}"

    def codes(self, writer: Writer, _depth: int) -> Pair:
        path, word = writer.path(GRADE), self.random.choice(("is one of", "is not one of"))
        first = self.random.sample(CODES, self.random.choice((1, 2)))
        more = [*first, *self.random.sample(CODES, 1)]
        one, other = (f"[{', '.join(repr(code) for code in codes)}]" for codes in (first, more))
        return f"{path} {word} {one}", f"{path} {word} {self.random.choice((other, 'codes Elementary'))}"

    def bound(self, writer: Writer, _depth: int) -> Pair:
        kind, words, values = self.random.choice(
            (
                (DATE, ("is before", "is on or after"), ("2024-02-28", "2024-02-29", "February 28 of the school year")),
                (WHOLE, ("is at most", "is more than"), ("1", "2", "$limit")),
                (DECIMAL, ("is less than", "is at least"), ("0.5", "1.25", "1")),
            )
        )
        path, word = writer.path(kind), self.random.choice(words)
        low, high = self.random.choice(values), self.random.choice(values)
        return f"{path} {word} {low}", f"{path} {self.random.choice((word, *words))} {high}"

    def edge(self, writer: Writer, _depth: int) -> Pair:
        """A bound that is within or without."""
        kind, value = self.random.choice(((WHOLE, "2"), (WHOLE, "2024"), (DATE, "2024-02-29"), (DECIMAL, "0.5")))
        words = ("is before", "is on or before") if kind is DATE else ("is less than", "is at most")
        path = writer.path(kind)
        return f"{path} {words[0]} {value}", f"{path} {words[1]} {value}"

    def guarded(self, writer: Writer, _depth: int) -> Pair:
        """A test that is undetermined of a missing value, and one that is false then."""
        path = writer.path(DATE)
        one = f"{path} is before 2024-02-29"
        return one, f"({one}) and {path} is present" if path[0].isalpha() else one

    def activity(self, writer: Writer, _depth: int) -> Pair:
        found = writer.paths(lambda kind: kind == Record("studentSchoolAssociation")) or ["e"]
        one = f"{self.random.choice([*found, 'e'])}.activeOn($countDate)"
        return one, f"({one}) and e.entryDate is present"

    def parameter(self, writer: Writer, _depth: int) -> Pair:
        test = f"{writer.path(WHOLE)} {self.random.choice(('is at most', 'is at least'))} $limit"
        return test, test

    def counted(self, writer: Writer, depth: int) -> Pair:
        """Members of a list: how many, with which test, out of which of them."""
        text, kind = writer.listed(0, lambda k: isinstance(k, Record | Item))
        text = self.random.choice((text, "e.student.enrollments", text))
        member = Record("studentSchoolAssociation") if text == "e.student.enrollments" else kind
        name, inner = self.of_member(writer, member)
        first, second = self.condition(depth - 1, inner)
        words = ("any", "every", "no", "exactly one", "at least 2", "at most 1")
        word = self.random.choice(words)
        other = word if self.random.random() < 0.7 else self.random.choice(words)
        items = text
        if self.random.random() < 0.4:
            items = f"(all {name} in {text} where ({inner.condition(0)}))"
        return f"{word} {name} in {text} has ({first})", f"{other} {name} in {items} has ({second})"

    def recounted(self, writer: Writer, _depth: int) -> Pair:
        """The same test of another number of members."""
        text, kind = writer.listed(0, lambda k: isinstance(k, Record | Item))
        name, inner = self.of_member(writer, kind)
        words = self.random.choice((("any", "at least 2"), ("no", "at most 1"), ("exactly one", "at most 1")))
        tail = f"{name} in {text} has ({inner.condition(0)})"
        return f"{words[0]} {tail}", f"{words[1]} {tail}"

    def listed(self, writer: Writer, depth: int) -> Pair:
        """A test of all members becomes one of some."""
        text, kind = writer.listed(0, lambda k: isinstance(k, Record | Item))
        name, inner = self.of_member(writer, kind)
        body, where = inner.condition(0), inner.condition(0)
        return f"any {name} in {text} has ({body})", f"any {name} in {text} has (({body}) and ({where}))"

    def rule(self) -> Pair:
        """The keys of a rule in two versions."""
        conflicts = self.random.random() < 0.1
        when = self.condition(1) if self.random.random() < 0.5 else (self.same(self.writer),) * 2
        if conflicts:
            inner = self.writer.inside(Record("studentSchoolAssociation"))
            name = inner.variables[-1][0]
            bodies = [
                f"all {name} in e.student.studentSchoolAssociations where ({c})" for c in self.condition(1, inner)
            ]
        else:
            bodies = list(self.condition(2) if self.random.random() < 0.8 else (self.same(self.writer),) * 2)
        wheres = ["", ""]
        if self.random.random() < 0.3:
            wheres = [f" where ({test})" for test in self.condition(1)]
        clause = "conflicts with" if conflicts else "require"
        first, second = (
            RULE.replace("{where}", where).replace("{when}", w).replace("{clause}", clause).replace("{body}", body)
            for where, w, body in zip(wheres, when, bodies, strict=True)
        )
        return first, second


def changed_projects(one: Sample, other: Sample, seed: int, rules: int) -> tuple[Project, Project]:
    """Two projects with the same number of random rules, each in two versions; what they share differs too."""
    random = Random(seed)
    for sample in (one, other):
        sample.write(COLLECTIONS, "_collections.yaml").write(DEFINITIONS, "_definitions.yaml")
    scope = one.open().checked.scopes["specs/sample/enrollment"]
    for number in range(rules):
        versions = Changer(scope, random).rule()
        for sample, text in zip((one, other), versions, strict=True):
            text = text.replace("{number}", str(number)).replace("{{", "{").replace("}}", "}")
            sample.write(text, f"enrollment/RX-{number}-random.yaml")
    if seed % 2:
        other.write(OTHER_COLLECTIONS, "_collections.yaml").write(OTHER_DEFINITIONS, "_definitions.yaml")
        other.replace(*OTHER_CODES, "tables/grade-levels.yaml")
    return one.open(), other.open()
