"""Grids of cells to rows of rules: where the headings stand, which column is which, which domain a row is of.

A grid may hold several tables under each other, each with its headings; a lone text above them is their title. The
domain of a row is what its column of domains says, else the title or heading of its table, else the prefix of its id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compiler.transcription.headings import Found, folded, read_headings
from compiler.transcription.rows import Grid, Row, Transcript, UnreadableError, parts_of, words_of

_SHOWN = 12  # headings, in a message


def rows_of(grids: Iterable[Grid], chosen: Mapping[str, str]) -> Transcript:
    """The rows of all grids that have headings; ``chosen`` are headings by column that the user gave."""
    grids = list(grids)
    _must_stand_there(chosen, grids)
    found = Transcript()
    seen: list[tuple[Found, list[str]]] = []
    for grid in grids:
        columns: Mapping[str, int] = {}
        title = above = grid.heading
        for line in grid.lines:
            filled = [text for text in line.texts if text]
            headings = read_headings(line.texts, chosen)
            if headings.twice and not headings.missing:
                raise UnreadableError(_twice(headings))
            if headings.usable:
                columns, title = headings.columns, above
            elif len(filled) == 1 and not _is_bare_id(filled[0], found):
                above = filled[0]
            elif columns and filled:
                _add(line.texts, columns, title, line.place, found)
            elif filled:
                seen.append((headings, filled))
        if columns:
            seen.clear()
    if not found.rows:
        raise UnreadableError(_no_headings(seen))
    return found


def _must_stand_there(chosen: Mapping[str, str], grids: Iterable[Grid]) -> None:
    """Refuse a heading that the user gave and that no cell has: a slip would lose a column without a word."""
    cells = {folded(text) for grid in grids for line in grid.lines for text in line.texts} if chosen else set()
    for column, heading in chosen.items():
        if folded(heading) not in cells:
            raise UnreadableError(f'There is no heading "{heading}", which --column gives for {column}.')


def _is_bare_id(text: str, found: Transcript) -> bool:
    """Whether a lone text is an id like that of the row above, of a row without cells; else it is a title."""
    prefix, number = parts_of(text)
    return bool(number and found.rows) and parts_of(found.rows[-1].id)[0] == prefix


def _add(texts: Sequence[str], columns: Mapping[str, int], title: str, place: str, found: Transcript) -> None:
    """Add a line of a table as a row; one without an id is said."""
    cells = {name: texts[index] for name, index in columns.items() if index < len(texts) and texts[index]}
    identifier = cells.pop("id", "")
    if identifier:
        domain = cells.pop("domain", "") or title or " ".join(words_of(parts_of(identifier)[0]))
        found.rows.append(Row(identifier, domain, cells, place))
    else:
        found.unclear.append(f'{place} has no id: "{next(iter(cells.values()), "")[:60]}" was left out.')


def _twice(headings: Found) -> str:
    column, names = next(iter(headings.twice.items()))
    listed = " and ".join(f'"{name}"' for name in names)
    return f'{listed} could both be the {column}; say which: --column {column}="{names[0]}".'


def _no_headings(seen: Sequence[tuple[Found, Sequence[str]]]) -> str:
    """What is missing of the line that comes closest to headings."""
    if not seen:
        return "There is no table in the file, or none that holds anything."
    headings, texts = max(seen, key=lambda pair: len(pair[0].columns))
    listed = ", ".join(f'"{text[:40]}"' for text in texts[:_SHOWN])
    missing = [choice.split(" or ")[0] for choice in headings.missing]
    options = " ".join(f'--column {column}="..."' for column in missing)
    wanted = " and as ".join(headings.missing)
    return f"No column was recognized as {wanted}; the headings are {listed}. Say which: {options}"
