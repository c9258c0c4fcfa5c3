"""Values of checked specs as English noun phrases: literals with the labels of codes, dates, lists, sums."""

from __future__ import annotations

import re
from abc import abstractmethod
from dataclasses import dataclass

from compiler.backends.words_names import (
    PREPOSITIONS,
    day,
    first_sentence,
    inside,
    is_compound,
    is_plural,
    listed,
    one_line,
    plural,
    words_of,
)
from compiler.backends.words_paths import Paths, Phrase
from compiler.schema.types import BOOLEAN, Code
from compiler.semantics.checker.facts import DefinitionRef, FunctionRef, LookupRef, PropertyRef
from compiler.semantics.scope import Table
from compiler.syntax import tree

_BUILT_IN = {
    "asOf": "the day of the run",
    "schoolYearStart": "the first day of the school year (July 1)",
    "schoolYearEnd": "the last day of the school year (June 30)",
}
_CALLS = {
    "length": "the number of characters of {}",
    "lower": "{} in lower case",
    "trim": "{} without blanks at its ends",
    "joined": "the text made of {all}",
    "slice": "the part of {} that begins at character number {} and has a length of {}",
    "zeroFilled": "{} with zeros before it up to a length of {}",
    "blankFilled": "{} with blanks after it up to a length of {}",
    "picture": "{} in the form {} (each X is a character of it)",
    "rank": "the place of {} among {rest} (any other comes last)",
    "text": "{} written as a text",
    "wholeNumber": "the whole number that is written in {}",
    "number": "the number that is written in {}",
    "dateText": "{} written in the form {}",
    "round": "{} rounded (decimal places: {})",
    "earlierOf": "the earlier of {} and {}",
    "laterOf": "the later of {} and {}",
}
_SIGNS = {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}


@dataclass(slots=True, eq=False, repr=False)
class Values(Paths):
    """Speaks of the values of one spec."""

    @abstractmethod
    def line(self, node: tree.Expr, *, denied: bool = False) -> str:
        """A condition as a clause on one line; with ``denied`` its opposite."""

    def noun(self, node: tree.Expr) -> Phrase:
        """A value as a noun phrase."""
        match node:
            case tree.Text():
                return Phrase(self._text(node))
            case tree.Whole():
                return Phrase(str(node.value))
            case tree.DecimalNumber():
                return Phrase(f"{node.value:f}")
            case tree.Date():
                return Phrase(day(node.year, node.month, node.day))
            case tree.Boolean():
                return Phrase("yes" if node.value else "no")
            case tree.Nothing():
                return Phrase("nothing")
            case tree.Duration():
                return Phrase(f"{node.count} {node.unit}{'' if node.count == 1 else 's'}")
            case tree.SchoolYear():
                return Phrase("the school year")
            case tree.MonthDay():
                return Phrase(f"{tree.MONTHS[node.month - 1]} {node.day} of the school year")
            case tree.Parameter():
                return Phrase(self.parameter(node.name))
            case tree.Name():
                return Phrase(self.called.get(node.name, "the record"))
            case tree.Get():
                return self.path_words(node)
            case tree.Call():
                return self._call(node)
            case tree.If() if self.facts.types[node] is not BOOLEAN:
                then, other = self.noun(node.consequence), self.noun(node.alternative)
                return Phrase(f"({then.text} if {self.line(node.condition)}, otherwise {other.text})", then.plural)
            case tree.Otherwise() if self.facts.types[node] is not BOOLEAN:
                return self._otherwise(node)
            case tree.Count() | tree.Aggregate():
                return Phrase(self._aggregate(node))
            case tree.MonthlySum():
                return Phrase(self._monthly_sum(node))
            case tree.All():
                return Phrase(self._those(node.binder), plural=True)
            case tree.The():
                return Phrase(f"the only one of {self._members(node.binder)}")
            case tree.Pick():
                order = self._order(node.pick.value, node.order)
                return Phrase(f"the one of {self._members(node.binder)} with the {order}")
            case tree.Neighbour():
                which = "the one just before" if node.previous else "the one just after"
                by = listed([words_of(path[-1]) for path in node.order], "then")
                return Phrase(f"{which} {self.noun(node.of).text}, by {by}, of {self._members(node.binder)}")
            case tree.Arithmetic():
                return Phrase(self._arithmetic(node))
            case tree.Shifted():
                side = "before" if node.before else "after"
                return Phrase(f"{self.noun(node.duration).text} {side} {self.noun(node.anchor).text}")
            case tree.Age():
                return self._age(node)
            case tree.Elapsed():
                start, end = self.noun(node.start).text, self.noun(node.end).text
                return Phrase(f"the number of completed {node.unit}s from {start} to {end}")
            case tree.Period():
                return Phrase(self._period(node), plural=True)
            case tree.Not() | tree.And() | tree.Or() | tree.If() | tree.Otherwise() | tree.Presence():
                return self._whether(node)
            case tree.Compare() | tree.Between() | tree.OneOf() | tree.Matches() | tree.StartsWith():
                return self._whether(node)
            case tree.Contains() | tree.Overlaps() | tree.Quantified():
                return self._whether(node)
            case _:
                raise AssertionError(node)

    def _whether(self, node: tree.Expr) -> Phrase:
        """A condition where a value is asked for."""
        text = self.line(node)
        return Phrase(f"whether ({text})" if is_compound(text) else f"whether {text}")

    def _text(self, node: tree.Text) -> str:
        kind = self.facts.types.get(node)
        if not isinstance(kind, Code):
            return '"' + re.sub(r"[^\S ]", " ", node.value) + '"'
        namespace, _, bare = node.value.rpartition("#")
        notes = [self.label(kind.descriptor, bare, namespace), f"in {namespace}" if namespace else ""]
        said = ", ".join(filter(None, notes))
        return f"{bare} ({said})" if said else bare

    def label(self, descriptor: str, code: str, namespace: str = "") -> str:
        """The label that the table of a descriptor gives a code; empty where it says nothing more than the code."""
        for _, table in sorted(self.tables.items()):
            if table.descriptor == descriptor and namespace in ("", table.namespace):
                found = [str(cells.get("label") or "") for key, cells in table.rows if key[0] == code]
                if found and found[-1].casefold() != code.casefold():
                    return "" if found[-1].startswith("(") else one_line(found[-1]).replace("(", "- ").replace(")", "")
        return ""

    def parameter(self, name: str) -> str:
        if name in _BUILT_IN or f"${name}" in self.called:
            return _BUILT_IN.get(name) or self.called[f"${name}"]
        words = words_of(name)
        if words.rpartition(" ")[2] not in PREPOSITIONS:
            return f"the {words}"
        docs = (
            collection.parameters[name].written.doc
            for _, collection in sorted(self.scope.collections.items())
            if name in collection.parameters
        )
        doc = next((doc for doc in docs if doc is not None), None)
        return inside(first_sentence(doc.text)) if doc is not None else f'the parameter "{words}"'

    def _call(self, node: tree.Call) -> Phrase:
        match self.facts.refs[node]:
            case FunctionRef(name) if name in _CALLS:
                said = [self.noun(argument).text for argument in node.arguments]
                return Phrase(_CALLS[name].format(*said, all=listed(said), rest=listed(said[1:])))
            case LookupRef(table, resource):
                keys = listed([self.noun(argument).text for argument in node.arguments[1:]])
                if table is None:
                    return Phrase(f"the {words_of(resource)} record for {keys}")
                others = " (or its line for all others)" if table.default is not None else ""
                return Phrase(f"the line of the table {self.title(table)} for {keys}{others}")
            case DefinitionRef(definition) if definition.type is not BOOLEAN:
                name = words_of(definition.name)
                return Phrase(f"the {self.with_arguments(name, node.arguments, 'of')}", is_plural(name))
            case _:
                return self._whether(node)

    def title(self, table: Table) -> str:
        """The title of a table, in quotes."""
        return f'"{one_line(table.written.title.text)}"'

    def _otherwise(self, node: tree.Otherwise) -> Phrase:
        first, *others = node.operands
        said = self.noun(first)
        rest = ", and when that is missing too ".join(self.noun(other).text for other in others)
        return Phrase(f"{said.text} (when missing: {rest})", said.plural)

    def _arithmetic(self, node: tree.Arithmetic) -> str:
        if isinstance(node.right, tree.Duration):
            side = "before" if node.operator == "-" else "after"
            return f"{self.noun(node.right).text} {side} {self.noun(node.left).text}"
        left, right = self.noun(node.left).text, self.noun(node.right).text
        if isinstance(node.left, tree.Arithmetic) and node.operator in "*/" and node.left.operator in "+-":
            left = f"({left})"
        if isinstance(node.right, tree.Arithmetic):
            right = f"({right})"
        return f"{left} {_SIGNS[node.operator]} {right}"

    def _age(self, node: tree.Age) -> Phrase:
        on = self.noun(node.on).text
        birth = node.birth
        if isinstance(birth, tree.Get) and birth.name == "birthDate":
            return Phrase(f"{self.of(self.before(birth), 'age', many=False).text} on {on}")
        return Phrase(f"the age on {on} of someone born on {self.noun(birth).text}")

    def _period(self, node: tree.Period) -> str:
        start, end = self.noun(node.start).text, self.noun(node.end).text
        if isinstance(node.end, tree.Nothing):
            return f"the days from {start} on"
        ref = self.facts.refs.get(node.end)
        is_open = f"; without end when there is no {self.step_of(node.end)}" if isinstance(ref, PropertyRef) else ""
        return f"the days from {start} to {end} (both included{is_open})"

    def _members(self, binder: tree.Binder) -> str:
        """A list, perhaps only those of its members that satisfy a condition."""
        text = self.noun(binder.collection).text
        if binder.condition is None:
            return text
        return f"{text} for which {self.bind(binder.variable, binder.collection).line(binder.condition)}"

    def _those(self, binder: tree.Binder) -> str:
        return f"those of {self._members(binder)}" if binder.condition is not None else self._members(binder)

    def _aggregate(self, node: tree.Count | tree.Aggregate) -> str:
        binder, value = node.binder, node.value
        members = self._those(binder)
        if isinstance(node, tree.Count):
            if value is None:
                return f"the number of {members}"
            word = "number of different"
            step = self._own_step(value, binder.variable)
            if step:
                return f"the {word} {plural(step)} among {members}"
        else:
            word = node.aggregation.value
            step = self._own_step(value, binder.variable) if value is not None else ""
            if step:
                return (
                    f"the sum of the {plural(step)} of {members}"
                    if word == "sum"
                    else f"the {word} {step} of {members}"
                )
        assert value is not None
        inner = self.bind(binder.variable, binder.collection)
        joint = " of" if isinstance(node, tree.Aggregate) and word == "sum" else ""
        kind = "values" if isinstance(node, tree.Count) else "value"
        lead = f"the {word}{joint}" if joint else f"the {word} {kind} of"
        return f"{lead} {inner.noun(value).text} over {members}"

    def _monthly_sum(self, node: tree.MonthlySum) -> str:
        binder, word = node.binder, "highest" if node.highest else "lowest"
        inner = self.bind(binder.variable, binder.collection)
        step, day = self._own_step(node.value, binder.variable), self._own_step(node.day, binder.variable)
        value = f"the {plural(step)}" if step else inner.noun(node.value).text
        by = f"their {day}" if day else inner.noun(node.day).text
        return f"the {word} sum in one calendar month (by {by}) of {value} over {self._those(binder)}"

    def _own_step(self, value: tree.Expr, variable: str) -> str:
        """The one step of a path that starts at a member."""
        if not isinstance(value, tree.Get):
            return ""
        root, steps = self.path(value)
        return self.step_of(steps[0]) if len(steps) == 1 and is_variable(root, variable) else ""

    def _order(self, word: str, order: tuple[tuple[str, ...], ...]) -> str:
        return " and, of equals, the ".join(f"{word} {words_of(path[-1])}" for path in order)


def is_variable(node: tree.Expr, variable: str) -> bool:
    return isinstance(node, tree.Name) and node.name == variable
