"""The questions of a guide as a chart: boxes in a column, the ends in another, and lines that bend at right angles.

Questions stand in an order in which every branch leads down. A branch to the next one goes straight; one that passes
others runs in a lane of its own at the left; one to an end runs in the lane of that end, at the right. So no line goes
through a box. Sizes are in units of the drawing, about a pixel each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

BOX = 300
LINE = 18
PAD = 12
GAP = 44
LANE = 16
LETTER = 7.4
"""About how wide a letter of a label is."""
_CHARS = 40
_LABEL = 34


@dataclass(frozen=True, slots=True)
class Node:
    """A question or an end: its name, the words in its box, and where its branches lead (label, name, doubtful)."""

    name: str
    words: str
    is_end: bool
    branches: tuple[tuple[str, str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A box at a place, with its lines of text."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]

    @property
    def texts(self) -> list[tuple[int, int, str]]:
        """Each line of text with where it begins."""
        return [(self.x + PAD, self.y + PAD + LINE * n + 12, line) for n, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with an arrow at its end: the path of an SVG, its label and where that stands."""

    path: str
    label: str
    x: int
    y: int
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing with its size."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def drawn(questions: Sequence[Node], ends: Sequence[Node]) -> Chart:
    """The chart of a guide. The branches of its questions lead to no question above."""
    column = ordered(questions)
    row = {node.name: place for place, node in enumerate(column)}
    long_ways = [
        (node.name, target)
        for node in column
        for _, target, _ in node.branches
        if target in row and row[target] != row[node.name] + 1
    ]
    left_lanes = {way: n for n, way in enumerate(dict.fromkeys(long_ways))}
    right_lanes = {end.name: n for n, end in enumerate(ends)}
    labels = [label for node in column for label, target, _ in node.branches if target in right_lanes]
    gutter = int(LETTER * max((len(_cut(label)) for label in labels), default=0)) + 2 * PAD
    left = PAD + LANE * len(left_lanes) + (int(LETTER * _LABEL * 0.6) if left_lanes else 0)
    boxes = _column(column, left, "question", [len(node.branches) for node in column])
    right = left + BOX + gutter
    end_x = right + LANE * (len(right_lanes) + 1)
    height = max(box.y + box.height for box in boxes.values())
    end_boxes = _column(ends, end_x, "end", [0 for _ in ends], spread_over=height)
    arrows: list[Arrow] = []
    for node in column:
        arrows += _arrows(node, boxes, end_boxes, row, left_lanes, right_lanes, right)
    bottom = max(box.y + box.height for box in (*boxes.values(), *end_boxes.values()))
    return Chart(end_x + BOX + PAD, bottom + PAD, (*boxes.values(), *end_boxes.values()), tuple(arrows))


def ordered(questions: Sequence[Node]) -> list[Node]:
    """Questions in an order in which each comes before those that its branches lead to; else as they are written."""
    names = {node.name for node in questions}
    waiting = list(questions)
    found: list[Node] = []
    while waiting:
        needed = {target for node in waiting for _, target, _ in node.branches if target in names}
        free = next((node for node in waiting if node.name not in needed), waiting[0])
        found.append(free)
        waiting.remove(free)
    return found


def _column(nodes: Sequence[Node], x: int, kind: str, branches: Sequence[int], spread_over: int = 0) -> dict[str, Box]:
    """Boxes below one another; each is high enough for its text and for the lines that leave it."""
    heights = []
    for node, count in zip(nodes, branches, strict=True):
        heights.append(max(len(_wrapped(node.words)) * LINE, count * LINE) + 2 * PAD)
    free = max(spread_over - PAD - sum(heights), 0)
    gap = max(GAP, free // len(nodes)) if spread_over else GAP
    boxes, y = {}, PAD
    for node, height in zip(nodes, heights, strict=True):
        boxes[node.name] = Box(kind, x, y, BOX, height, tuple(_wrapped(node.words)))
        y += height + gap
    return boxes


def _arrows(
    node: Node,
    boxes: dict[str, Box],
    ends: dict[str, Box],
    row: dict[str, int],
    left_lanes: dict[tuple[str, str], int],
    right_lanes: dict[str, int],
    right: int,
) -> Iterable[Arrow]:
    box = boxes[node.name]
    entered: dict[str, int] = {}
    for place, (label, target, doubtful) in enumerate(node.branches):
        level = box.y + PAD + LINE * place + 6
        words = _cut(label)
        if target in ends:
            end, lane = ends[target], right + LANE * right_lanes[target]
            into = end.y + end.height // 2
            path = f"M{box.x + BOX} {level}H{lane}V{into}H{end.x - 2}"
            yield Arrow(path, words, box.x + BOX + 6, level - 6, doubtful)
        elif target not in row:
            continue  # a name that is reported as unknown
        elif row[target] == row[node.name] + 1:
            nth = entered[target] = entered.get(target, 0) + 1
            x, start, stop = box.x + 40 * nth, box.y + box.height, boxes[target].y
            yield Arrow(f"M{x} {start}V{stop - 2}", words, x + 6, (start + stop) // 2 + 4, doubtful)
        else:
            lane = PAD + LANE * left_lanes[node.name, target]
            into = boxes[target].y + boxes[target].height // 2
            path = f"M{box.x} {level}H{lane}V{into}H{box.x - 2}"
            yield Arrow(path, words, lane + 6, level - 6, doubtful)


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else f"{label[: _LABEL - 1]}…"


def _wrapped(words: str) -> list[str]:
    """A text in lines that fit into a box; a word that is too long is cut."""
    lines = [""]
    for word in words.split():
        shown = word if len(word) <= _CHARS else f"{word[: _CHARS - 1]}…"
        if lines[-1] and len(lines[-1]) + 1 + len(shown) > _CHARS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {shown}".strip()
    return lines
