"""What an author may have meant by a name that is not known: read off the schemas, the tables and the language.

An everyday word is looked for where it would have stood had it been right: a property that was named without its
record, or of the wrong one; the record under another name; a code without quotes; a word that the language has
another way of saying (the column ``also`` of the table of the language).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from compiler.schema.types import Abstract, Record, Type
from compiler.semantics.checker.facts import CrossRef
from compiler.semantics.checker.paths import names_behind, resolve
from compiler.semantics.functions import FUNCTIONS
from compiler.semantics.operators import LANGUAGE
from compiler.semantics.scope import BUILT_IN_PARAMETERS, Scope
from compiler.suggest import choice, hint, meant, nearest

Variables = Mapping[str, Type]

MOST_NAMES = 6


def of_language(word: str) -> str:
    """How the language says what a word means; empty when it has no such thing."""
    wanted = word.lower()
    found = [entry for entry in LANGUAGE if wanted in [other.lower() for other in entry.also]]
    found = found or [entry for entry in LANGUAGE if entry.name.lower() == wanted]
    if not found:
        return ""
    forms = list(dict.fromkeys(entry.forms[0] for entry in found))
    return f"write {choice(forms)}" + (f": {_gloss(found[0].meaning)}" if len(forms) == 1 else "")


def _gloss(meaning: str) -> str:
    """The first clause of a meaning."""
    clause = re.split(r"[.,;:(]", meaning)[0].strip()
    return clause[0].lower() + clause[1:]


def of_name(scope: Scope, name: str, behind: str, env: Variables, parameters: Iterable[str]) -> str:
    """What a name that is no variable may stand for; ``behind`` is the name after the point that follows it, if any."""
    if scope.definition(None, name) is not None:
        return f"`{name}` is a function: write `{name}(...)`"
    for variable, kind in env.items():
        if name in names_behind(scope, kind):
            return f"write `{variable}.{name}`"
    for variable, kind in env.items():
        same = isinstance(kind, Record) and kind.resource in (name, scope.schemas.plurals.get(name))
        if isinstance(kind, Record) and (same or behind in names_behind(scope, kind)):
            return f"the {kind.resource} is called `{variable}` here"
    said = of_language(name) or _one_step_further(scope, name, env)
    if said:
        return said
    if any(name in table.codes() for table in scope.tables.values()):
        return f"a code stands in quotes: write `'{name}'`"
    if nearest(name, env) is not None:
        return hint(name, env)
    paths = [f"{variable}.{known}" for variable, kind in env.items() for known in names_behind(scope, kind)]
    like = meant(name, [*paths, *(f"${known}" for known in (*parameters, *BUILT_IN_PARAMETERS))])
    known = ", ".join(f"`{variable}`" for variable in env)
    return like or (
        f"a code or text stands in quotes; names known here: {known}" if known else "a text stands in quotes"
    )


def of_property(scope: Scope, name: str, base: Type) -> str:
    """What a name that is not known behind a value may stand for."""
    if not isinstance(base, Record | Abstract) and not names_behind(scope, base):
        return of_language(name)
    known = names_behind(scope, base)
    through = min((f"{step}.{name}" for step in _steps_to(scope, base, name)), key=len, default="")
    said = f"did you mean `{through}`?" if through else of_language(name) or meant(name, known)
    if said or not isinstance(base, Record) or len(known) <= MOST_NAMES:
        return said or hint(name, known, most=MOST_NAMES)
    return f"see its {len(known)} names with `rulewright explain {base.resource}`"


def of_parameter(name: str, known: Iterable[str]) -> str:
    """What a parameter that the collection does not have may stand for."""
    names = [f"${other}" for other in (*known, *BUILT_IN_PARAMETERS)]
    said = of_language(name)
    return said if "`$" in said else hint(f"${name}", names)


def of_function(scope: Scope, name: str) -> str:
    """What a name that is no function may stand for."""
    known = [*FUNCTIONS, "lookup", *scope.definitions_of(None)]
    if nearest(name, known) is not None:
        return hint(name, known)
    return of_language(name) or hint(name, known, most=len(FUNCTIONS) + 1)


def of_resource(scope: Scope, name: str, known: Iterable[str]) -> str:
    """What a name that is no resource may stand for."""
    said = meant(name, known)
    if said or not scope.subjects:
        return said or hint(name, known)
    return f"the rules here are about {choice(sorted(scope.subjects))}"


def _one_step_further(scope: Scope, name: str, env: Variables) -> str:
    """The path to a property of a record that one of the variables refers to."""
    found = (f"{variable}.{step}.{name}" for variable, kind in env.items() for step in _steps_to(scope, kind, name))
    path = min(found, key=len, default="")
    return f"write `{path}`" if path else ""


def _steps_to(scope: Scope, base: Type, name: str) -> Iterator[str]:
    """The references of a record behind which a name is known."""
    for step in names_behind(scope, base) if isinstance(base, Record) else ():
        found = resolve(scope, base, step, None)
        target = found[1] if found is not None and isinstance(found[0], CrossRef) else None
        if target is not None and name in names_behind(scope, target):
            yield step
