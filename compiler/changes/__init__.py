"""What a change of specs means: two checked projects compared by what they say, not by their text.

``terms`` and ``canonical`` bring a checked expression into a normal form that layout, order, synonyms and names of
variables do not touch; ``conditions`` proves that one is true only where another is, ``findings`` what follows of the
rules. ``rules`` (with ``codes`` and ``wording``), ``publications`` (over ``published``), ``extracts`` (over ``filed``),
``tables``, ``definitions``, ``collections`` and ``rulesets`` compare the specs of two ``sides``; ``comparison`` puts
their ``entries`` together. ``impact`` runs both sides over data.
"""
