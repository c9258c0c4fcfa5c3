"""Paths of checked specs as English: what a value is called, step by step.

A path is a chain of possessives (``that enrollment's school``). What only says how a value is stored is left out: the
namespace of an extension, a reference whose key is named (``schoolReference.schoolId``), and words that the owner has
said already (the diploma's ``diplomaAwardDate`` is its award date). A definition is called by its name, or by its doc
where that is a name; it is never inlined. A member of a list is called by the noun of the list: ``that enrollment``,
and ``the other enrollment`` where two have one noun.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from compiler.backends.words_names import PREPOSITIONS, first_sentence, is_plural, listed, plural, singular, words_of
from compiler.schema.types import ListOf, Record, Type
from compiler.semantics.checker.facts import BackRef, CrossRef, DefinitionRef, Facts, KindRef, PropertyRef
from compiler.semantics.scope import SUBJECT_PARTS, Definition, Scope, Table
from compiler.syntax import tree

_ENTRY = "entry"  # a member of a list that has no name
_POSSESSIVE = 34  # characters of a noun that can still take `'s`
_NO_NAME = frozenset({"that", "which", "who", "whom", "whose", "the", "a", "an", "is", "are", "and", "or"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase; ``plural`` says how a verb agrees with it."""

    text: str
    plural: bool = False


@dataclass(slots=True, eq=False, repr=False)
class Paths(ABC):
    """Speaks of the paths of one spec.

    ``called`` says how each variable is called (the subject also as ``this``; empty: it need not be said), ``nouns``
    what it is; ``years`` are the school years that the spec can be run for, ``explained`` the nodes beside which the
    doc of a definition is quoted.
    """

    scope: Scope
    facts: Facts
    tables: Mapping[str, Table]
    years: tuple[int, ...]
    explained: frozenset[tree.Node] = frozenset()
    called: dict[str, str] = field(default_factory=dict)
    nouns: dict[str, str] = field(default_factory=dict)

    @abstractmethod
    def noun(self, node: tree.Expr) -> Phrase:
        """A value as a noun phrase."""

    def bind(self, variable: str, collection: tree.Expr) -> Self:
        """A speaker inside a binder, where a variable stands for a member of a list."""
        name, noun = self.fresh(collection, "that")
        return replace(self, called={**self.called, variable: name}, nouns={**self.nouns, variable: noun})

    def fresh(self, collection: tree.Expr, lead: str) -> tuple[str, str]:
        """How a member of a list is called where nothing else is called so, and the noun for it."""
        noun = self.member(collection)
        short = noun if noun.count(" ") < 2 else noun.rpartition(" ")[2]
        taken = set(self.called.values())
        kinds = {kind for kind in self.nouns.values() if kind.rpartition(" ")[2] == short.rpartition(" ")[2]}
        is_clear = kinds <= {noun} and (noun in kinds or f"the {short}" not in taken)
        word = short if is_clear else noun
        free = not {f"that {word}", f"the {word}"} & taken
        others = (f"the other {word}", *(f"{word} {number}" for number in range(3, 1000)))
        return (f"{lead} {word}" if free else next(name for name in others if name not in taken)), noun

    def member(self, collection: tree.Expr) -> str:
        """What one member of a list is called."""
        match collection:
            case tree.Get():
                return singular(self.step_of(collection))
            case tree.All():
                return self.member(collection.binder.collection)
            case tree.If():
                return self.member(collection.consequence)
            case tree.Otherwise():
                return self.member(collection.operands[0])
            case _:
                return _ENTRY

    def path(self, node: tree.Expr) -> tuple[tree.Expr, list[tree.Get]]:
        """Where a path starts, and its steps without those that say nothing of their own."""
        steps: list[tree.Get] = []
        while isinstance(node, tree.Get) and not isinstance(self.facts.refs.get(node), KindRef):
            if not (steps and (self._is_hull(node) or self._repeats(node, steps[-1]))):
                steps.append(node)
            node = node.base
        return node, steps[::-1]

    def _is_hull(self, node: tree.Get) -> bool:
        """Whether a name only says that what follows is an extension: ``_ext`` and the namespace behind it."""
        return node.name == "_ext" or (isinstance(node.base, tree.Get) and node.base.name == "_ext")

    def _repeats(self, node: tree.Get, last: tree.Get) -> bool:
        """Whether a reference says no more than the part of its key: ``schoolReference.schoolId``."""
        if not isinstance(self.facts.refs.get(last), PropertyRef):
            return False
        match self.facts.refs.get(node):
            case PropertyRef(property):
                is_key = property.reference is not None
            case CrossRef(reference):
                resource = self.scope.schemas.resource(reference.target)
                is_key = resource is not None and any(path[-1] == last.name for path in resource.key)
            case _:
                return False
        own, part = words_of(node.name), words_of(last.name)
        return is_key and (part.startswith(f"{own} ") or own.startswith(f"{part} "))

    def owner(self, node: tree.Expr) -> Phrase:
        """A value of which something is said or which owns something."""
        if not isinstance(node, tree.Get):
            return self.noun(node)
        root, steps = self.path(node)
        return self._along(root, steps, owns=True) if steps else self._of_kind(node)

    def before(self, node: tree.Get) -> Phrase:
        """The owner of what a path ends in."""
        root, steps = self.path(node)
        return self._along(root, steps[:-1], owns=True)

    def path_words(self, node: tree.Get) -> Phrase:
        """A path as a chain of possessives."""
        root, steps = self.path(node)
        return self._along(root, steps, owns=False) if steps else self._of_kind(node)

    def _of_kind(self, node: tree.Get) -> Phrase:
        """What a reference to one of several kinds of record leads to, as the kind that is named."""
        return Phrase(f"the {words_of(node.name)} that is {self.noun(node.base).text}")

    def _along(self, root: tree.Expr, steps: list[tree.Get], *, owns: bool) -> Phrase:
        """Steps from a value; there is but one student that a rule is about."""
        base, rest = self.noun(root), steps
        if steps[not owns :] and steps[0].name == SUBJECT_PARTS[0] and self._is_subject(root):
            base, rest = Phrase(f"the {self.step(steps[0])}"), steps[1:]
        for step in rest:
            base = self.of(base, self.step_of(step), many=isinstance(self.facts.types[step], ListOf))
        return base

    def _is_subject(self, node: tree.Expr) -> bool:
        return isinstance(node, tree.Name) and self.called.get(node.name) == self.called.get("this")

    def of(self, base: Phrase, step: str, *, many: bool) -> Phrase:
        """What belongs to something; ``base`` is empty where it need not be said."""
        is_many = many or is_plural(step)
        if not base.text:
            return Phrase(f"the {step}", is_many)
        simple = len(base.text) <= _POSSESSIVE and not any(f" {word} " in base.text for word in PREPOSITIONS)
        if simple and not base.plural and base.text[-1].isalnum() and not step[0].isdigit():
            return Phrase(f"{base.text}'s {step}", is_many)
        return Phrase(f"the {step} of {base.text}", is_many)

    def step_of(self, node: tree.Expr) -> str:
        """A step of a path, without the words that its owner has said already."""
        assert isinstance(node, tree.Get)
        step, owner = self.step(node), self._owner(node)
        for word in filter(None, (owner, owner.rpartition(" ")[2])):
            rest = step.removeprefix(f"{word} ")
            if rest != step and rest.split(" ")[0] not in PREPOSITIONS:
                step = rest
                break
        return step.removesuffix(f" of {owner}") if owner else step

    def _owner(self, node: tree.Get) -> str:
        """What the thing before the point is called."""
        root, steps = self.path(node)
        if len(steps) > 1:
            return singular(self.step(steps[-2]))
        kind = self.facts.types.get(root)
        if isinstance(root, tree.Name) and self.nouns.get(root.name):
            return self.nouns[root.name]
        return words_of(kind.resource) if isinstance(kind, Record) and " " not in words_of(kind.resource) else ""

    def step(self, node: tree.Get) -> str:
        """What stands behind a point, in words: the name of a property, or of a definition with its arguments."""
        ref = self.facts.refs[node]
        kind = self.facts.types[node]
        match ref:
            case DefinitionRef(definition):
                words = self._named(definition, kind.item if isinstance(kind, ListOf) else None)
                words = self.with_arguments(words, node.arguments or ())
            case BackRef(resource):
                words = plural(words_of(resource))
            case _:
                words = words_of(node.name)
        return plural(words) if isinstance(kind, ListOf) else words

    def _named(self, definition: Definition, item: Type | None) -> str:
        """A definition by its name; by its doc where that is a name (`The ADM type.`); a list by what it holds."""
        words = words_of(definition.name).replace(" on ", " on the ")
        if isinstance(item, Record) and isinstance(definition.type, ListOf) and not is_plural(words):
            return self._list_of(definition, words, item.resource)
        doc = first_sentence(definition.written.doc.text) if definition.written.doc is not None else ""
        name = doc.removeprefix("The ").removesuffix(f" of {words_of(definition.owner or '')}")
        plain = name != doc and len(name.split()) <= 5 and not {*name.split()} & _NO_NAME and "," not in name
        return name if plain and name.replace(" ", "").replace("-", "").isalnum() else words

    def _list_of(self, definition: Definition, words: str, resource: str) -> str:
        """A list whose name is no plural, by what it is chosen from: ``counted`` to ``counted enrollments``."""
        nouns = {definition.variable or "": words_of(definition.owner or "")}
        inner = replace(self, scope=definition.scope, facts=definition.facts, called={}, nouns=nouns)
        item = inner.member(definition.written.body) if definition.written.body is not None else _ENTRY
        item = words_of(resource) if item == _ENTRY else item
        _, found, after = f" {item} ".partition(f" {words.rpartition(' ')[2]} ")
        return plural(f"{words} {after.strip()}".strip()) if found else plural(f"{words} {item}")

    def with_arguments(self, words: str, arguments: tuple[tree.Expr, ...], joint: str = "for") -> str:
        """A definition with what it is asked of: ``active on the count date``."""
        if not arguments:
            return words
        ends = words.rpartition(" ")[2] in PREPOSITIONS
        return f"{words} {'' if ends else f'{joint} '}{listed([self.noun(argument).text for argument in arguments])}"
