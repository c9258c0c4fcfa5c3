"""The reference manual: the language, the keys of spec files, the diagnostics; each printed from its one table."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from compiler.backends.artifacts import Artifact
from compiler.diagnostics.codes import CODES
from compiler.diagnostics.pages import page
from compiler.schema.edfi import Resource
from compiler.schema.types import Record, describe
from compiler.semantics.checker.facts import BackRef, CrossRef, DefinitionRef, PropertyRef, Ref
from compiler.semantics.checker.paths import names_behind, resolve
from compiler.semantics.operators import EXAMPLE_WORLD, LANGUAGE, Entry
from compiler.semantics.scope import Scope
from compiler.semantics.values import shown
from compiler.syntax.shapes import KINDS, shape
from compiler.web import markdown as md


def generate() -> list[Artifact]:
    """All pages of the reference."""
    pages = [Artifact(f"reference/diagnostics/{code}.md", page(code)) for code in CODES]
    return [
        Artifact("reference/language.md", language()),
        Artifact("reference/keys.md", keys()),
        Artifact("reference/diagnostics/index.md", diagnostics()),
        *pages,
    ]


def language() -> str:
    """The language, form by form."""
    parts = [
        "# The expression language\n",
        "Every form with what it means, what it takes and gives, what it makes of missing values, and an example. "
        "In the examples `s` is a student born on 2014-12-01, `e` and `f` are the student's first and second "
        "enrollment, `m` is a responsibility record; the school year is 2024 (2023-24). `(missing)` is an undetermined "
        "value: a rule whose condition comes to it is *not checked*.\n",
    ]
    groups = list(dict.fromkeys(entry.group for entry in LANGUAGE))
    parts.append(", ".join(f"[{group}](#{group.lower()})" for group in groups) + "\n")
    for group, entries in groupby(LANGUAGE, key=lambda entry: entry.group):
        parts.append(f"## {group}\n")
        parts.extend(entry_page(entry) for entry in entries)
    columns = ["entryDate", "exitWithdrawDate", "fullTimeEquivalency", "primarySchool"]
    rows = [
        [_example_value(enrollment.get(column)) for column in columns]
        for enrollment in EXAMPLE_WORLD["studentSchoolAssociations"]
    ]
    parts.append("## The enrollments of the examples\n")
    parts.append(md.table(columns, rows))
    return "\n".join(parts)


def _example_value(value: object) -> str:
    return "(missing)" if value is None else md.code(shown(value))


def entry_page(entry: Entry) -> str:
    """One form of the language."""
    forms = "\n".join(f"- {md.code(form)}" for form in entry.forms)
    return (
        f"### {md.text(entry.name)}\n\n{forms}\n\n{entry.meaning}\n\n"
        f"- takes: {entry.takes}\n- gives: {entry.gives}\n- missing values: {entry.missing}\n"
        f"- example: {md.code(entry.example)} gives {md.code(entry.value)}\n"
    )


def resource_page(scope: Scope, resource: Resource) -> str:
    """What can stand behind a record of a resource, with its types."""
    of = Record(resource.name)
    parts = [f"# {md.text(resource.name)}\n", "What can stand behind the point of such a record, and what it gives.\n"]
    groups: dict[str, list[list[str]]] = {}
    for name in names_behind(scope, of):
        found = resolve(scope, of, name, None)
        if found is None or (isinstance(found[0], PropertyRef) and found[0].property.reference is not None):
            continue
        ref, kind = found
        key = " (key)" if (name,) in resource.key else ""
        group, words = _GROUPS[type(ref)], f"{describe(kind) if kind is not None else ''}{key}"
        if isinstance(ref, DefinitionRef):
            given, doc = ref.definition.type, ref.definition.written.doc
            arguments = ", ".join(parameter for parameter, _ in ref.definition.parameters[1:])
            name = f"{name}({arguments})" if arguments else name
            words = ". ".join([*([describe(given)] if given else []), *([md.text(doc.text)] if doc else [])])
        groups.setdefault(group, []).append([md.code(name), words])
    for group, rows in groups.items():
        parts.append(f"## {group}\n\n{md.table(['name', 'what it gives'], sorted(rows))}")
    return "\n".join(parts)


_GROUPS: dict[type[Ref], str] = {
    PropertyRef: "Properties",
    CrossRef: "Records it refers to",
    BackRef: "Records that refer to it",
    DefinitionRef: "Definitions",
}


def keys() -> str:
    """The keys of every kind of spec file."""
    parts = ["# The keys of spec files\n", "Every value is text; what a text must be is said with its key.\n"]
    for kind in KINDS:
        schema = shape(kind)
        parts.append(f"## {kind}\n\n{schema['description']}\n")
        rows: list[list[str]] = []
        _rows(schema, schema["definitions"], "", rows, ())
        parts.append(md.table(["key", "needed", "meaning"], rows))
    return "\n".join(parts)


def _rows(node: Any, definitions: Any, above: str, rows: list[list[str]], seen: tuple[str, ...]) -> None:
    node, seen = _followed(node, definitions, seen)
    required = node.get("required", ())
    for name, inner in node.get("properties", {}).items():
        _row(f"{above}{name}", inner, name in required, definitions, rows, seen)
    extra = node.get("additionalProperties")
    if isinstance(extra, dict):
        _rows(extra, definitions, f"{above}*name*.", rows, seen)


def _row(path: str, node: Any, needed: bool, definitions: Any, rows: list[list[str]], seen: tuple[str, ...]) -> None:
    full, inner_seen = _followed(node, definitions, seen)
    words = str(node.get("description") or full.get("description", ""))
    if "enum" in full and "`" not in words:
        words += " One of: " + ", ".join(md.code(str(value)) for value in full["enum"]) + "."
    rows.append([path if "*name*" in path else md.code(path), "yes" if needed else "", words.replace("|", "\\|")])
    if inner_seen != seen and inner_seen[-1] in seen:
        return
    _rows(full, definitions, f"{path}.", rows, inner_seen)
    if "items" in full and "properties" not in full:
        _rows(full["items"], definitions, f"{path}[].", rows, inner_seen)
    if isinstance(full.get("else"), dict):
        _rows(full["else"], definitions, f"{path}.", rows, inner_seen)


def _followed(node: Any, definitions: Any, seen: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
    """A node with its reference followed, and the names of the definitions entered so far."""
    if "$ref" not in node:
        return node, seen
    name = node["$ref"].rsplit("/", 1)[-1]
    return {**definitions[name], **{k: v for k, v in node.items() if k != "$ref"}}, (*seen, name)


def diagnostics() -> str:
    """The list of all diagnostics."""
    rows = [[f"[{code}]({code}.md)", entry.level, md.text(entry.title)] for code, entry in CODES.items()]
    return "# Diagnostics\n\n" + md.table(["code", "level", "what it is about"], rows)
