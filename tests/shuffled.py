"""Specs written otherwise without saying anything else: laid out anew, keys and operands in another order, variables
renamed, comparisons turned round, synonyms in the place of words. Examples are left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import yaml

from compiler.diagnostics import Sink
from compiler.source import Fragment, fragment_of
from compiler.syntax import tree
from compiler.syntax.parser import parse_expression, parse_subject
from compiler.syntax.tree import Comparison
from compiler.syntax.unparser import unparse

_TURNED = {
    Comparison.IS: Comparison.IS,
    Comparison.LESS: Comparison.MORE,
    Comparison.MORE: Comparison.LESS,
    Comparison.AT_LEAST: Comparison.AT_MOST,
    Comparison.AT_MOST: Comparison.AT_LEAST,
    Comparison.BEFORE: Comparison.AFTER,
    Comparison.AFTER: Comparison.BEFORE,
    Comparison.ON_OR_BEFORE: Comparison.ON_OR_AFTER,
    Comparison.ON_OR_AFTER: Comparison.ON_OR_BEFORE,
}


class Shuffler:
    """Writes specs otherwise; the same seed gives the same texts."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    # -- files

    def project(self, source: Path, target: Path) -> None:
        """Every spec of a project, written otherwise into another folder."""
        for path in sorted((source / "specs").rglob("*.yaml")):
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(self.file(path.read_text(encoding="utf-8")), encoding="utf-8")

    def file(self, text: str) -> str:
        document = yaml.load(text, Loader=yaml.BaseLoader)
        if "id" in document and "kind" not in document:
            document = self.rule(document)
        for definition in document.get("definitions", ()):
            self.definition(definition)
        for collection in document.get("collections", {}).values():
            if "population" in collection:
                collection["population"] = self.subject(collection["population"])[0]
        if "subjects" in document:
            document["subjects"] = dict(self.mapping(*entry) for entry in document["subjects"].items())
        for codes in document.get("sets", {}).values():
            self.random.shuffle(codes["codes"])
        if "hit" not in document:  # the rows of a decision table are called by their numbers
            self.random.shuffle(document.get("rows", []))
        width = self.random.choice((40, 100, 1000))
        style = self.random.choice(("'", '"'))
        written = self.reordered(document)
        dumped = yaml.dump(written, default_style=style, width=width, sort_keys=False, allow_unicode=True)
        return f"# written otherwise\n\n{dumped}"

    def reordered(self, value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            self.random.shuffle(keys)
            kept = ("if missing", "cycles", "with", "key", "define")
            return {key: value[key] if key in kept else self.reordered(value[key]) for key in keys}
        return [self.reordered(item) for item in value] if isinstance(value, list) else value

    # -- specs

    def rule(self, rule: dict[str, Any]) -> dict[str, Any]:
        rule = {**rule, "examples": []}
        if "for each" not in rule:
            return rule
        rule["for each"], names = self.subject(rule["for each"])
        for key in ("when", "require", "conflicts with"):
            if key in rule:
                rule[key] = self.expression(rule[key], names)
        if "detail" in rule:
            rule["detail"] = re.sub(r"\{([^{}]+)\}", lambda m: f"{{{self.expression(m[1], names)}}}", rule["detail"])
        if "if missing" in rule:
            rule["if missing"] = {self.expression(path, names): said for path, said in rule["if missing"].items()}
        for key in ("because", "suppresses"):
            self.random.shuffle(rule.get(key, []))
        for name, cell in rule["source"]["text"].items():
            rule["source"]["text"][name] = cell.replace(" ", "  ")
        return rule

    def definition(self, definition: dict[str, Any]) -> None:
        names: dict[str, str] = {}
        definition.pop("examples", None)
        if "of" in definition:
            definition["of"], names = self.subject(definition["of"])
        definition["is"] = self.expression(definition["is"], names)

    def mapping(self, subject: str, parts: dict[str, str]) -> tuple[str, dict[str, str]]:
        written, names = self.subject(subject)
        return written, {name: self.expression(text, names) for name, text in parts.items()}

    def subject(self, text: str) -> tuple[str, dict[str, str]]:
        """A subject with other names for its variables, and these by the old ones."""
        parsed = _parsed(text, parse_subject)
        names = {parsed.variable: self.fresh(parsed.variable)}
        joins = []
        for join in parsed.joins:
            collection = self.changed(join.collection, names)
            names[join.variable] = self.fresh(join.variable)
            joins.append(replace(join, variable=names[join.variable], collection=collection))
        condition = self.changed(parsed.condition, names) if parsed.condition is not None else None
        changed = replace(parsed, variable=names[parsed.variable], joins=tuple(joins), condition=condition)
        return unparse(changed), names

    # -- expressions

    def fresh(self, name: str) -> str:
        return f"{name}{self.random.choice('qxyz')}{self.random.randrange(10)}"

    def expression(self, text: str, names: Mapping[str, str]) -> str:
        return unparse(self.changed(_parsed(text, parse_expression), names))

    def changed(self, node: Any, names: Mapping[str, str]) -> Any:
        """The same said otherwise; ``names`` are those of variables by what they were called."""
        match node:
            case tree.Name():
                return replace(node, name=names.get(node.name, node.name))
            case tree.Quantified() | tree.Binder():
                fresh = self.fresh(node.variable)
                inner = {**names, node.variable: fresh}
                own = "body" if isinstance(node, tree.Quantified) else "condition"
                body = getattr(node, own)
                changed = replace(
                    node,
                    variable=fresh,
                    collection=self.changed(node.collection, names),
                    **{own: self.changed(body, inner) if body is not None else None},
                )
                return self.other_words(changed)
            case tree.Count() | tree.Aggregate() | tree.MonthlySum():
                binder = self.changed(node.binder, names)
                inner = {**names, node.binder.variable: binder.variable}
                parts = {name: getattr(node, name) for name in ("value", "day") if hasattr(node, name)}
                changed = {name: self.changed(part, inner) for name, part in parts.items() if part is not None}
                return replace(node, binder=binder, **changed)
            case _ if isinstance(node, tree.Node):
                parts = {f.name: self.parts(getattr(node, f.name), names) for f in fields(node)}
                return self.other_words(replace(node, **parts))
            case _:
                return node

    def parts(self, value: Any, names: Mapping[str, str]) -> Any:
        if isinstance(value, tree.Node):
            return self.changed(value, names)
        return tuple(self.parts(item, names) for item in value) if isinstance(value, tuple) else value

    def other_words(self, node: Any) -> Any:
        """The node itself in other words, now and then."""
        chance = self.random.random() < 0.5
        match node:
            case tree.And() | tree.Or():
                operands = self.random.sample(node.operands, len(node.operands))
                return replace(node, operands=tuple(operands))
            case tree.Inline():
                return replace(node, members=tuple(self.random.sample(node.members, len(node.members))))
            case tree.Presence() if chance:
                return tree.Not(node.span, replace(node, present=not node.present))
            case tree.OneOf() if chance and not node.negated:
                return tree.Not(node.span, replace(node, negated=True))
            case tree.Compare() if chance and node.operator in _TURNED and not _is_path_only(node.right):
                return replace(node, left=node.right, right=node.left, operator=_TURNED[node.operator])
            case tree.Compare(operator=Comparison.IS_NOT) if chance:
                return tree.Not(node.span, replace(node, operator=Comparison.IS))
            case tree.Quantified(quantifier=tree.Quantifier.EVERY) if chance:
                return replace(node, quantifier=tree.Quantifier.NO, body=tree.Not(node.span, node.body))
            case tree.Quantified(quantifier=tree.Quantifier.NO) if chance:
                return tree.Not(node.span, replace(node, quantifier=tree.Quantifier.ANY))
            case _:
                return node


def _is_path_only(node: tree.Expr) -> bool:
    """Whether a side of a comparison must stay where it is: literals take their type from the other side."""
    return isinstance(node, tree.Text | tree.Nothing)


def _parsed(text: str, parse: Callable[[Fragment, Sink], Any]) -> Any:
    parsed = parse(fragment_of(text), Sink())
    assert parsed is not None, text
    return parsed
