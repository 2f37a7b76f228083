"""`siliconmix paths`: the inputs of a scenario that can be changed, on the terminal or as JSON."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import click

from catalog.findings import InputRejected
from reports.console import screen_width
from reports.console_findings import render_findings
from reports.console_tables import Column, table_lines
from reports.exits import Exit
from scenarios.changing_rows import ANY, KEY_SEPARATOR
from scenarios.inputs import InputPath, Inputs, near_paths, root_of
from scenarios.loading_tables import SPECS

MOST_VALUES = 200
"""More are shown as rows, without the values."""
MOST_ROWS = 30
MOST_CHARACTERS_OF_A_VALUE = 34


def paths(folder: Path, pattern: str, *, as_json: bool) -> Exit:
    """Show the paths that hold a pattern; all of them counted by table where there is none."""
    try:
        known = Inputs.read(folder).paths()
    except InputRejected as rejected:
        click.echo(render_findings(rejected.findings, as_json=as_json))
        return Exit.BAD_INPUT
    found = _fitting(known, pattern)
    if as_json:
        click.echo(json.dumps([_as_data(path) for path in found], indent=1, ensure_ascii=False))
    elif not pattern:
        click.echo("\n".join(_by_root(known)))
    elif found:
        click.echo("\n".join(_too_many(found) if len(found) > MOST_VALUES else _values(found)))
    if not found:
        click.echo(_nothing(pattern, known), err=True)
        return Exit.BAD_INPUT
    return Exit.PUBLISHED


def _fitting(known: Sequence[InputPath], pattern: str) -> list[InputPath]:
    """The paths that hold a text, or a text with * in it; case says nothing."""
    fits = re.compile(".*".join(re.escape(part) for part in pattern.split("*")), re.IGNORECASE).search
    return [path for path in known if fits(path.path)]


def _as_data(path: InputPath) -> dict[str, str]:
    return {
        "path": path.path,
        "value": path.value,
        "default": path.default,
        "meaning": path.meaning,
        "place": path.place,
    }


def _by_root(known: Sequence[InputPath]) -> Iterator[str]:
    columns = (Column("begins with"), Column("rows", right=True), Column("values", right=True), Column("for example"))
    values = Counter(root_of(path.path) for path in known)
    rows = Counter(root_of(row) for row in dict.fromkeys(path.row or path.name for path in known))
    first = {root_of(path.path): path.path for path in reversed(known)}
    yield from table_lines(columns, [[root, f"{rows[root]:,}", f"{values[root]:,}", first[root]] for root in values])
    yield ""
    yield f"{len(known):,} values in all. Name a part of what you look for: siliconmix paths SCENARIO price"


def _too_many(found: Sequence[InputPath]) -> Iterator[str]:
    """Many values: what they are, each with a path for all of them, and the rows that they belong to."""
    alike = Counter(_of_all_rows(path) for path in found)
    meanings = {_of_all_rows(path): path.meaning for path in found}
    columns = (Column("path of all"), Column("values", right=True), Column("meaning"))
    cells = [[path, f"{count:,}", meanings[path]] for path, count in alike.items()]
    yield from _cut(table_lines(columns, cells[:MOST_ROWS]))
    yield from _more(len(cells), "paths")
    yield ""
    rows = [(row, list(paths)) for row, paths in groupby(found, key=lambda path: path.row or path.name)]
    cells = [[row, str(len(paths)), next((path.place for path in paths if path.place), "")] for row, paths in rows]
    columns = (Column("row"), Column("values", right=True), Column("place"))
    yield from _cut(table_lines(columns, cells[:MOST_ROWS]))
    yield from _more(len(rows), "rows")
    yield ""
    yield f"{len(found):,} values in {len(rows):,} rows. Name more of the path to see the values; --json shows all."


def _of_all_rows(path: InputPath) -> str:
    """The path with * in the place of the key, so that it names this value of every row."""
    root = root_of(path.path)
    if root in SPECS:
        return ".".join((root, KEY_SEPARATOR.join([ANY] * len(SPECS[root].key)), path.name))
    return re.sub(r"\[[0-9]+\]", f"[{ANY}]", path.path)


def _more(count: int, what: str) -> Iterator[str]:
    if count > MOST_ROWS:
        yield f"and {count - MOST_ROWS:,} more {what}"


def _cut(lines: Iterable[str]) -> Iterator[str]:
    """Lines that fit the screen; what is cut off is said by dots."""
    width = screen_width()
    return (line if len(line) <= width else f"{line[: width - 3].rstrip()}..." for line in lines)


def _values(found: Sequence[InputPath]) -> Iterator[str]:
    """Values under the row that they belong to."""
    name_width = max(len(path.name) for path in found)
    value_width = max(len(_value(path)) for path in found)
    for row, paths in groupby(found, key=lambda path: path.row):
        of_row = list(paths)
        place = next((path.place for path in of_row if path.place), "")
        yield f"{row}  ({place})" if place else row
        yield from _cut(
            f"  .{path.name:<{name_width}}  {_value(path):<{value_width}}  {path.meaning}".rstrip() for path in of_row
        )
    yield ""
    count = "1 value" if len(found) == 1 else f"{len(found):,} values"
    yield f"{count}. A path is the line of the row and one below it, as one word:"
    yield found[0].path


def _value(path: InputPath) -> str:
    """The value, short; what holds where nothing is stated in brackets."""
    if not path.value:
        return f"({path.default or 'blank'})"
    cut = path.value[:MOST_CHARACTERS_OF_A_VALUE]
    return path.value if cut == path.value else f"{cut}..."


def _nothing(pattern: str, known: Sequence[InputPath]) -> str:
    """What may have been meant by a pattern that fits nothing."""
    near = near_paths(pattern, known)
    return f"No path holds {pattern}." + "".join(f"\n  did you mean {path}?" for path in near)
