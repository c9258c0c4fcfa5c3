"""Names and types: spec trees to checked specs.

The trees stay as they are. What the checker finds out about a node (its type, what its name refers to) goes into the
side tables of :class:`~compiler.semantics.checker.facts.Facts`, keyed by node; ``lowering`` reads them.
"""
