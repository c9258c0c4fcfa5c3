"""What an example of a publication expects, against what is wanted of its world."""

from __future__ import annotations

from typing import Any

from compiler.semantics.checker.publications import CheckedSentExample
from compiler.semantics.values import shown
from compiler.semantics.wanted import Payload, Unsent, Wanted
from compiler.syntax.document import Mapping, Node, Scalar, Sequence


def differences(example: CheckedSentExample, wanted: Wanted) -> list[str]:
    """Where what is wanted is not what an example expects: all of it, each record at least in what is written."""
    sent = list(wanted.records.values())
    said = [warning for payload in sent for warning in payload.warnings]
    return [*_records(example, sent), *_reasons(example, list(wanted.unsent)), *_warnings(example, said)]


def _records(example: CheckedSentExample, sent: list[Payload]) -> list[str]:
    problems = []
    for body in example.written.sent:
        differing = [first_difference(body, payload.body, "") for payload in sent]
        if "" in differing:
            del sent[differing.index("")]
        else:
            nearest = f": {differing[0]}" if len(sent) == 1 else ""
            problems.append(f"expected a record {one_line(body.span.text)}, but none is sent{nearest}")
            del sent[:1]
    return problems + [f"a record of {payload.sender} is sent, which is not expected" for payload in sent]


def first_difference(wanted: Node, seen: Any, path: str) -> str:
    """The first place where a value is not as it is written; empty when there is none."""
    if isinstance(wanted, Scalar):
        if wanted.is_plain and wanted.text == "nothing":
            return f"`{path}` is {shown(seen)}" if seen is not None else ""
        return "" if seen is not None and shown(seen) == wanted.text else f"`{path}` is {_told(seen)}"
    if isinstance(wanted, Sequence):
        if not isinstance(seen, list) or len(seen) != len(wanted.items):
            return f"`{path}` is {_told(seen)}"
        pairs = [(item, value, f"{path}[{i}]") for i, (item, value) in enumerate(zip(wanted.items, seen, strict=True))]
    else:
        assert isinstance(wanted, Mapping)
        held = seen if isinstance(seen, dict) else {}
        pairs = [(value, held.get(key.text), f"{path}.{key.text}".lstrip(".")) for key, value in wanted.entries]
    return next((found for found in (first_difference(*pair) for pair in pairs) if found), "")


def _told(value: Any) -> str:
    if value is None:
        return "not there"
    return f"a list of {len(value)}" if isinstance(value, list) else shown(value)


def _reasons(example: CheckedSentExample, unsent: list[Unsent]) -> list[str]:
    problems = []
    for key, words in example.written.unsent:
        mine = next((entry for entry in unsent if entry.sender.key == key.text), None)
        wanted = one_line(words.text)
        if mine is None:
            problems.append(f"expected {key.text} not to be sent ({wanted}), but it is sent, or is no candidate")
            continue
        unsent.remove(mine)
        if wanted not in mine.reason:
            problems.append(f"expected {key.text} not to be sent for `{wanted}`, but the reason is `{mine.reason}`")
    return problems + [f"{entry.sender} is not sent, which is not expected: {entry.reason}" for entry in unsent]


def _warnings(example: CheckedSentExample, said: list[str]) -> list[str]:
    problems = []
    for words in example.written.warnings:
        wanted = one_line(words.text)
        mine = next((warning for warning in said if wanted in warning), None)
        if mine is None:
            problems.append(f"expected a warning `{wanted}`, but there is none such")
        else:
            said.remove(mine)
    return problems + [f"a warning is not expected: {warning}" for warning in said]


def one_line(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())
