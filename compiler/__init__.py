"""Rulewright: rules for K-12 state reporting, written as data, compiled to validators and documentation.

The phases, in order, are ``syntax`` (text to trees), ``semantics`` (names, types, meaning) and ``backends``
(trees to artefacts); ``driver`` runs them and ``cli`` is the command ``rulewright``. ARCHITECTURE.md draws the
column of representations and says which package may import which.
"""

__version__ = "0.1.0"
