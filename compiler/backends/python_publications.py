"""A publication as a module of generated Python: functions that decide about a candidate, and one that fills its body.

Each element is a line of ``fill``, in the order of the spec, below what its author wrote. What a value is mapped to,
and what several elements ask for, is worked out once, before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from compiler.backends.python_candidates import CandidateWriter, labelled, written
from compiler.backends.python_certainty import Certainty
from compiler.backends.python_code import (
    Atom,
    Code,
    Group,
    Labelled,
    call,
    identifier,
    literal,
    render,
    tuple_of,
)
from compiler.backends.python_properties import Properties
from compiler.backends.python_writer import comment, constant
from compiler.semantics import interpreter as meaning
from compiler.semantics import ir

_TAKEN = frozenset(
    {
        "filling", "fill", "rank", "doubts", "student", "object_key", "want", "world", "context", "parameters",
        "PUBLICATION", "Clause", "Element", "Limits", "Mapped", "Preference", "Publication", "Source", "NO_PARAMETERS",
    }
)  # fmt: skip


class PublicationWriter(CandidateWriter):
    """Writes the module of one publication; ``of_wanted`` are the names that it imports from ``wanted``."""

    def __init__(self, functions: Mapping[str, str], properties: Properties, certainty: Certainty) -> None:
        super().__init__(functions, properties, certainty)
        self.of_wanted = {"Publication", "Source", "NO_PARAMETERS"}
        self.constants: dict[str, str] = {}
        self.reserved |= _TAKEN

    def publication(self, publication: ir.Publication) -> str:
        """The constants, the functions and the table of a publication."""
        mapped = [self._mapped(source) for source in publication.sources]
        elements = [
            [self._element(element, source, names) for element in source.elements]
            for source, names in zip(publication.sources, mapped, strict=True)
        ]
        self.reserved |= {*self.constants.values()}
        functions: list[str] = []
        alone = len(publication.sources) == 1
        sources = [
            self._source(source, "" if alone else f"_{number}", names, constants, functions)
            for number, (source, names, constants) in enumerate(
                zip(publication.sources, mapped, elements, strict=True), 1
            )
        ]
        values = {name: None if value is None else meaning.constant(value) for name, value in publication.parameters}
        own = [Labelled(f"{literal(name).text}: ", constant(value)) for name, value in values.items()]
        fields: list[tuple[str, Code]] = [
            ("id", literal(publication.id)),
            ("title", literal(publication.title)),
            ("resource", literal(publication.target_plural)),
            ("key", _paths(publication.key)),
            ("behind", literal(publication.behind)),
            ("parameters", Group("{", tuple(own), "}")),
            ("sources", tuple_of(sources)),
            ("leap_birthday", literal(publication.leap_birthday)),
            ("properties", self.read()),
            ("state", Atom("STATE")),
        ]
        made = [f"{name} = {text}\n" for text, name in self.constants.items()]
        table = render(labelled("Publication", fields), 0)
        want = (
            "\n\ndef want(world, context, parameters=NO_PARAMETERS):\n"
            '    """What is wanted of a world: a record for each natural key, and why all else sends none."""\n'
            "    return PUBLICATION.want(world, context, parameters)\n"
        )
        return "\n" + "".join([*made, *functions]) + f"\n\nPUBLICATION = {table}\n" + want

    # -- constants

    def _constant(self, name: str, value: Code) -> Atom:
        """The name of a constant of the module; equal ones of two sources are one."""
        text = render(value, 0)
        if text not in self.constants:
            plain = re.sub(r"[^A-Za-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name)).strip("_").upper()
            base = identifier(f"N_{plain}" if not plain[:1].isalpha() else plain, self.reserved | _TAKEN)
            wanted, number = base, 1
            while wanted in self.constants.values():
                number += 1
                wanted = f"{base}_{number}"
            self.constants[text] = wanted
        return Atom(self.constants[text])

    def _mapped(self, source: ir.Source) -> dict[str, Atom]:
        """The constants of the mappings of a source."""
        found = {}
        for mapping in source.mappings:
            self.of_wanted.add("Mapped")
            made = call("Mapped", literal(mapping.label), literal(mapping.blocks))
            found[mapping.name] = self._constant(mapping.name, made)
        return found

    def _element(self, element: ir.Element, source: ir.Source, mapped: Mapping[str, Atom]) -> Atom:
        """The constant that says what holds of an element whatever its value is."""
        self.of_wanted.add("Element")
        contents = [content for part in (element.contents, *element.items) for content in part]
        limits = {content.path: content.limits for content in contents if content.limits is not None}
        read = [mapped[m.name] for m in source.mappings if any(m.code in ir.walk(c.value) for c in contents)]
        fields: list[tuple[str, Code]] = [("name", literal(element.name))]
        if element.items:
            fields.append(("list_at", _path(element.path)))
            fields.append(("items", tuple_of([_paths(content.path for content in item) for item in element.items])))
        else:
            fields.append(("paths", _paths(content.path for content in element.contents)))
        if element.blocks:
            fields.append(("blocks", Atom("True")))
        if element.sent_unfit:
            fields.append(("sent_unfit", Atom("True")))
        if limits:
            self.of_wanted.add("Limits")
            entries = [Labelled(f"{render(_path(path), 0)}: ", _limits(limit)) for path, limit in limits.items()]
            fields.append(("limits", Group("{", tuple(entries), "}")))
        if element.item_key:
            fields.append(("item_key", _paths(element.item_key)))
        if read:
            fields.append(("mapped", tuple_of(read)))
        return self._constant(element.name, labelled("Element", fields))

    # -- functions

    def _source(
        self,
        source: ir.Source,
        number: str,
        mapped: Mapping[str, Atom],
        elements: list[Atom],
        parts: list[str],
    ) -> Code:
        """Append the functions of a source to ``parts``; its table of them."""
        names = [self.name(variable) for variable in (source.variable, *(join.variable for join in source.joins))]
        parameters = ", ".join([*names, "run"])

        def function(name: str, node: ir.Expr) -> Code:
            return self.one_value(name, parameters, node, parts)

        tested = ir.enumerated(source)
        parts.append(self.subjects_of(tested.joins, tested.in_year, tested.condition, f"subjects{number}", names))
        doubts = [self.code(test) for test in (source.in_year, source.condition) if test is not None]
        fields: list[tuple[str, Code]] = [
            ("resource", literal(source.resource)),
            ("type", literal(source.object_type)),
            ("subjects", Atom(f"subjects{number}")),
            ("object_key", function(f"object_key{number}", source.object_key)),
            (
                "student",
                function(f"student{number}", source.student) if source.student is not None else Atom("None"),
            ),
            ("doubts", self.values(f"doubts{number}", parameters, doubts, parts)),
            ("include", self.clauses(f"include{number}", source.include, parameters, parts)),
            ("exclude", self.clauses(f"exclude{number}", source.exclude, parameters, parts)),
            (
                "rank",
                self.values(f"rank{number}", parameters, [self.code(each.value) for each in source.prefer], parts),
            ),
            ("prefer", tuple_of([self._preference(preference) for preference in source.prefer])),
            ("fill", Atom(f"fill{number}")),
        ]
        parts.append(self._fill(source, f"fill{number}", parameters, mapped, elements))
        return labelled("Source", fields)

    def _preference(self, preference: ir.Preference) -> Code:
        self.of_wanted.add("Preference")
        fields: list[tuple[str, Code]] = []
        if preference.listed:
            fields.append(("listed", tuple_of([constant(meaning.constant(value)) for value in preference.listed])))
        if preference.highest_first:
            fields.append(("highest_first", Atom("True")))
        if preference.others_first:
            fields.append(("others_first", Atom("True")))
        return labelled("Preference", fields)

    def _fill(
        self, source: ir.Source, name: str, parameters: str, mapped: Mapping[str, Atom], elements: list[Atom]
    ) -> str:
        """The function that fills a body, a line for each mapping and each element."""
        lines = [f"\n\ndef {name}(filling, {parameters}):\n"]
        self.named = {}
        for mapping in source.mappings:
            local = Atom(identifier(f"{mapping.name}.code", self.reserved))
            value, code = self.code(mapping.value), self.code(mapping.code)
            made = call("filling.mapped", mapped[mapping.name], value, code)
            lines.append(f"{comment(mapping.label)}    {local.text} = {render(made, 4)}\n")
            self.named[mapping.code] = local
        contents = [
            content.value
            for element in source.elements
            for part in (element.contents, *element.items)
            for content in part
        ]
        forms = [element.shown for element in source.elements if element.shown is not None]
        lines += self.shared(contents, forms, [source.variable, *(join.variable for join in source.joins)])
        for element, constant_ in zip(source.elements, elements, strict=True):
            lines += self._filled(element, constant_)
        self.named = {}
        return "".join(lines if len(lines) > 1 else [*lines, "    pass\n"])

    def _filled(self, element: ir.Element, name: Atom) -> Iterable[str]:
        """The lines that put an element in."""
        values = [self.code(content.value) for content in element.contents]
        if element.items:
            groups = [tuple_of([self.code(content.value) for content in item]) for item in element.items]
            made = call("filling.items", name, *groups)
        else:
            made = call("filling.value" if len(values) == 1 else "filling.values", name, *values)
        yield written(element.contents[0].value) if len(values) == 1 else ""
        if element.shown is None:
            yield f"    {render(made, 4)}\n"
        else:
            shown = call("filling.show", name, self.code(element.shown))
            yield f"    if {render(made, 7)}:\n        {render(shown, 8)}\n"
        for caution in element.cautions:
            told = call("filling.caution", self.code(caution.when), literal(caution.says))
            yield f"    {render(told, 4)}\n"


def _path(path: ir.Path) -> Code:
    return tuple_of([literal(name) for name in path])


def _paths(paths: Iterable[ir.Path]) -> Code:
    return tuple_of([_path(path) for path in paths])


def _limits(limits: ir.Limits) -> Code:
    parts = (("max_length", limits.max_length), ("lowest", limits.lowest), ("highest", limits.highest))
    return labelled("Limits", [(name, literal(value)) for name, value in parts if value is not None])
