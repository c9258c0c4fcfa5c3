"""How large expressions are when every definition is put in where it is used.

Definitions that use one another twice double with each step: a few dozen lines could keep every pass, and every
engine, busy forever. Sizes are counted without putting anything in, and what is too large is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from compiler.diagnostics import Sink
from compiler.semantics import ir
from compiler.source import Span

MOST = 20_000
"""The nodes that a definition or a rule may come to."""


class Sizes:
    """Counts the nodes of expressions; definitions are acyclic, and each is counted once."""

    def __init__(self, definitions: Mapping[str, ir.Definition]) -> None:
        self._definitions = definitions
        self._known: dict[str, int] = {}

    def of(self, nodes: Iterable[ir.Expr]) -> int:
        """The nodes of expressions with all definitions put in."""
        return sum(1 + self._applied(part) for node in nodes for part in ir.walk(node))

    def _applied(self, node: ir.Expr) -> int:
        if not isinstance(node, ir.Apply):
            return 0
        if node.name not in self._known:
            definition = self._definitions.get(node.name)
            self._known[node.name] = self.of([definition.body]) if definition is not None else 0
        return self._known[node.name]

    def refused(self, nodes: Iterable[ir.Expr], place: Span, name: str, sink: Sink) -> bool:
        """Report what is too large at the place of its name; True when it is."""
        size = self.of(nodes)
        if size > MOST:
            what = f"{size:,} steps" if size < 10**12 else "more steps than can be counted"
            limit = f"at most {MOST:,}: let `{name}` use each of its definitions fewer times"
            sink.report("E208", place, what=f"{what} with the definitions it uses", limit=limit)
        return size > MOST
