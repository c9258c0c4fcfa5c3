"""``rulewright explain``"""

from __future__ import annotations

import re
from pathlib import Path

import rich_click as click

from compiler.cli.faults import Stop
from compiler.cli.projects import find_publications, find_rules, publications_of
from compiler.cli.terminal import Terminal


@click.command("explain")
@click.argument("topic", nargs=-1, required=True)
@click.pass_obj
def command(terminal: Terminal, topic: tuple[str, ...]) -> None:
    """Show a rule, a publication, a diagnostic, a word of the language or what a resource holds.

    \b
    rulewright explain SE-5
    rulewright explain NE-SSA
    rulewright explain E301
    rulewright explain 'is one of'
    rulewright explain studentSchoolAssociation
    """
    terminal.out(_page(" ".join(topic)).rstrip())


def _page(topic: str) -> str:
    from compiler.diagnostics.codes import CODES

    if topic.upper() in CODES:
        from compiler.diagnostics.pages import page

        return page(topic.upper())
    from compiler.backends.reference import entry_page
    from compiler.semantics.operators import LANGUAGE

    entries = [entry for entry in LANGUAGE if entry.name.lower() == topic.lower()]
    entries = entries or [entry for entry in LANGUAGE if topic.lower() in map(str.lower, entry.also)]
    resource = _resource_page(topic) if not entries else None
    if resource is not None:
        return resource
    entries = entries or [entry for entry in LANGUAGE if _mentions(entry.forms, topic)]
    if entries:
        return "\n".join(entry_page(entry) for entry in entries)
    return _spec_page(topic, [entry.name for entry in LANGUAGE])


def _mentions(forms: tuple[str, ...], topic: str) -> bool:
    word = rf"(?<![\w]){re.escape(topic.lower())}(?![\w])"
    return any(re.search(word, form.lower()) for form in forms)


def _resource_page(topic: str) -> str | None:
    """The page of a resource, as the first state of the project that has it sees it."""
    from compiler.backends.reference import resource_page
    from compiler.driver import find_root, open_project

    root = find_root(Path.cwd())
    scopes = open_project(root).checked.scopes.values() if root is not None and topic.isidentifier() else ()
    for scope in sorted(scopes, key=lambda scope: scope.path):
        resource = scope.schemas.resource(topic)
        if resource is not None:
            return resource_page(scope, resource)
    return None


def _spec_page(topic: str, words: list[str]) -> str:
    from compiler.catalogue import markdown
    from compiler.catalogue.excerpts import Generated
    from compiler.catalogue.publications import publication_page
    from compiler.catalogue.rules import rule_page
    from compiler.diagnostics.codes import CODES
    from compiler.driver import find_root, open_project
    from compiler.suggest import nearest

    root = find_root(Path.cwd())
    ids: list[str] = []
    if root is not None:
        project = open_project(root)
        rules, published = find_rules(project, topic), find_publications(project, topic)
        pages = [markdown.rule_page(rule_page(r, project.programs[r.state], {}, Generated())) for r in rules]
        pages += [
            markdown.publication_page(publication_page(p, project.programs[p.state], {}, Generated()))
            for p in published
        ]
        if pages:
            return "\n".join(pages)
        ids = [rule.id for program in project.programs.values() for rule in program.checked.values()]
        ids += [publication.id for publication in publications_of(project)]
    close = nearest(topic, [*words, *CODES, *ids])
    advice = (
        f"Did you mean `{close}`?"
        if close
        else "Name a rule (SE-5), a publication (NE-SSA), a code (E301), a word of the language ('is one of') or a "
        "resource (student)."
    )
    where = "" if root is not None else " There is no project here, so no rule or publication is known."
    raise Stop(f"There is nothing called `{topic}`. {advice}{where}")
