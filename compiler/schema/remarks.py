"""What an imported document did not say: how each such fact was found all the same, or that it was not."""

from __future__ import annotations

from dataclasses import dataclass

# What a remark is about: how it came about, and its words.
TOPICS = {
    "key": ("derived", "natural keys, from the identity parameters of GET and the parts of references"),
    "descriptor": ("derived", "descriptors of codes, from the names of properties"),
    "kinds": ("derived", "kinds of an abstract resource, from the names of the lists that they inherit"),
    "time": ("derived", "times of day: texts without length and format that are called a time"),
    "null": ("derived", "that a value may be null, from its being optional"),
    "list": ("derived", "lists that may not be empty, from their being required"),
    "item key": ("derived", "references in the keys of list items, from their being required"),
    "precision": ("derived", "precision and scale of numbers, from a greatest value of nines"),
    "key of base": ("taken", "natural keys"),
    "kinds of base": ("taken", "kinds of an abstract resource"),
    "time of base": ("taken", "times of day"),
    "precision of base": ("taken", "precision and scale of numbers"),
    "descriptor of base": ("taken", "descriptors of codes"),
    "no key": ("open", "natural keys: no reference, parameter or property says all of them"),
    "no kinds": ("open", "kinds of an abstract resource: nothing leads through a reference to it"),
    "no descriptor": ("open", "descriptors of codes: of no known name, so called as the property is"),
    "no precision": ("open", "precision and scale of numbers"),
    "unread": ("left out", "properties of a kind that records do not have, or with a name that is none"),
    "deep": ("left out", "properties that hold themselves, or lie too deep"),
    "twin": ("left out", "resources with the name of another"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that the documents did not say, and the places it concerns."""

    how: str
    what: str
    places: tuple[str, ...]


class Remarks:
    """Collects the places of each topic."""

    def __init__(self) -> None:
        self._places: dict[str, list[str]] = {topic: [] for topic in TOPICS}

    def add(self, topic: str, place: object) -> None:
        """Note a place (its path from the resource) under a topic."""
        self._places[topic].append(str(place))

    def made(self) -> tuple[Remark, ...]:
        """A remark for each topic that has places, in the order of the topics."""
        return tuple(Remark(*TOPICS[topic], tuple(places)) for topic, places in self._places.items() if places)
