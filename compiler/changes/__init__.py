"""What a change of specs means: two checked projects compared by what they say, not by their text.

``terms`` and ``canonical`` bring a checked expression into a normal form that layout, order, synonyms and names of
variables do not touch; ``conditions`` tells whether one finds a part of what another does; ``rules`` and ``shared``
compare the specs; ``comparison`` puts the entries together; ``impact`` runs both sides over data.
"""
