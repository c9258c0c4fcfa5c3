"""Names of specs and schemas as English words: identifiers, plurals, articles, listings, first sentences, patterns.

``diplomaAwardDate`` is ``diploma award date``, ``entryGradeLevelDescriptor`` is ``entry grade level``. Everything here
works on texts alone and knows nothing of rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from compiler.schema import patterns
from compiler.syntax.tree import MONTHS

PREPOSITIONS = frozenset(
    {"after", "as", "at", "before", "by", "during", "for", "from", "in", "of", "on", "since", "to", "until", "with"}
)

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")
_AN = re.compile(r"(?!uni|use|eu|one)[aeiou]|Ed-|[AEFHILMNORSX][A-Z]*\b")
_NOT_PLURAL = ("ss", "us", "is")
_ES = ("s", "x", "ch", "sh")


def words_of(identifier: str) -> str:
    """The words of a camelCase name; what only says how a value is stored is left out."""
    parts = [part if len(part) > 1 and part.isupper() else part.lower() for part in _PARTS.findall(identifier)]
    if len(parts) > 1 and parts[-1] in ("descriptor", "reference"):
        parts.pop()
    if parts[-2:] == ["unique", "id"]:
        parts = [*parts[:-2], "id"]
    return " ".join(parts).replace("ed fi", "Ed-Fi") or identifier


def head(words: str) -> tuple[str, str]:
    """A noun and what follows it: ``("enrollments", " on count date")``."""
    parts = words.split(" ")
    cut = next((i for i, part in enumerate(parts) if part in PREPOSITIONS and i), len(parts))
    return " ".join(parts[:cut]), "".join(f" {part}" for part in parts[cut:])


def is_plural(words: str) -> bool:
    """Whether the head of a noun is a plural, as far as its ending tells."""
    noun = head(words)[0]
    return noun.endswith("s") and not noun.endswith(_NOT_PLURAL)


def plural(words: str) -> str:
    """The plural of a noun: ``entry date`` to ``entry dates``, ``name of institution`` to ``names of institution``."""
    noun, rest = head(words)
    if is_plural(words):
        return words
    if re.search(r"[^aeiou]y$", noun):
        return f"{noun[:-1]}ies{rest}"
    return f"{noun}{'es' if noun.endswith(_ES) else 's'}{rest}"


def singular(words: str) -> str:
    """The singular of the head of a noun: ``enrollments on count date`` to ``enrollment``."""
    noun = head(words)[0]
    if not is_plural(noun):
        return noun
    return _bare(noun)


def base_form(verb: str) -> str:
    """``takes`` to ``take``, ``has`` to ``have``."""
    return {"has": "have", "goes": "go", "does": "do"}.get(verb) or _bare(verb)


def _bare(word: str) -> str:
    """A word without the ``s`` of a plural or of the third person."""
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(tuple(f"{ending}es" for ending in ("ss", "x", "ch", "sh"))):
        return word[:-2]
    return word[:-1]


def with_article(noun: str) -> str:
    """The noun with ``a`` or ``an`` by its sound; a plural stands alone."""
    if is_plural(noun):
        return noun
    return f"an {noun}" if _AN.match(noun) else f"a {noun}"


def listed(parts: Sequence[str], word: str = "and") -> str:
    """``A, B and C``."""
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}" if len(parts) > 1 else "".join(parts)


def day(year: int, month: int, number: int) -> str:
    """``June 1, 2024``."""
    return f"{MONTHS[month - 1]} {number}, {year}"


def one_line(text: str) -> str:
    """A text of a spec on one line, without the marks of code and without braces."""
    return " ".join(re.sub(r"[`{}]", "", text).split())


def is_compound(text: str) -> bool:
    """Whether a clause joins several, outside its parentheses and quotes."""
    return re.search(r" (and|or|if|whether) |[:;]", re.sub(r'"[^"]*"|\([^()]*\)', "", text)) is not None


def first_sentence(doc: str) -> str:
    """The first sentence of a doc, on one line, without its full stop."""
    return re.split(r"\.(?:\s+(?=[A-Z])|$)", one_line(doc))[0]


def inside(sentence: str) -> str:
    """A sentence to stand inside another: its first word small, no parentheses of its own."""
    bare = re.sub(r"\s*\([^()]*\)", "", sentence)
    return bare[:1].lower() + bare[1:] if re.match(r"[A-Z]?[a-z\s]", bare) else bare


# -- patterns

_DIGIT = patterns.parse(r"\d")


def pattern_words(pattern: str) -> str:
    """What a text of a pattern looks like: ``3 digits, then "-", then 2 digits``."""
    return _pattern(patterns.parse(pattern))


def _pattern(node: patterns.Pattern) -> str:
    match node:
        case patterns.Class():
            if node == _DIGIT:
                return "a digit"
            return f'"{_literal(node)}"' if _literal(node) else f"one character {_class(node)}"
        case patterns.Repeat(part, least, most):
            return _repeated(part, least, most)
        case patterns.Choice(options):
            return f"either {listed([_pattern(option) for option in options], 'or')}"
        case patterns.Sequence(parts):
            found: list[str] = []
            for fixed, run in groupby(parts, key=lambda part: bool(_literal(part))):
                members = list(run)
                found += [f'"{"".join(map(_literal, members))}"'] if fixed else [_pattern(part) for part in members]
            return ", then ".join(found) or "nothing"


def _repeated(part: patterns.Pattern, least: int, most: int) -> str:
    if (least, most) == (0, 1):
        return f"perhaps {_pattern(part)}"
    count = str(least) if least == most else f"{least} to {most}"
    if part == _DIGIT:
        return f"{count} digit{'s' if most != 1 else ''}"
    if isinstance(part, patterns.Class) and not _literal(part):
        return f"{count} character{'s' if most != 1 else ''} {_class(part)}"
    return f"{count} times ({_pattern(part)})"


def _literal(part: patterns.Pattern) -> str:
    """The character that a part stands for, if it is one and can be shown."""
    if isinstance(part, patterns.Class) and not part.negated and len(part.ranges) == 1:
        low, high = part.ranges[0]
        return chr(low) if low == high and chr(low).isprintable() and chr(low) not in "{}" else ""
    return ""


def _class(part: patterns.Class) -> str:
    shown = [_point(low) if low == high else f"{_point(low)} to {_point(high)}" for low, high in part.ranges]
    return f"{'other than' if part.negated else 'of'} {listed(shown, 'or')}"


def _point(point: int) -> str:
    if not chr(point).isprintable():
        return f"U+{point:04X}"
    return {"{": "an opening brace", "}": "a closing brace", " ": "a blank"}.get(chr(point), chr(point))
