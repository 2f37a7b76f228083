"""Paths of inputs completed in the shell, from the SCENARIO that stands before them on the command line.

A path is completed piece by piece: table, key, column. Any command can have it: `shell_complete=complete_path` on an
option or argument that takes the path of a value, `shell_complete=complete_row` where it takes that of a row.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scenarios.inputs import Inputs


def complete_path(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What the path of a value, begun in the shell, can go on with."""
    from scenarios.inputs import root_of

    if (inputs := _inputs(ctx)) is None:
        return []
    if "." not in incomplete and len(roots := _begun(incomplete, inputs.roots)) != 1:
        return roots
    root = root_of(incomplete) if "." in incomplete else roots[0]
    known = inputs.paths([root])
    longer = [row for row in _begun(incomplete, (f"{path.row}." for path in known)) if row != incomplete]
    if len(longer) > 1:
        return [*longer, *(path.path for path in known if f"{path.row}." == incomplete)]
    return _begun(incomplete, (path.path for path in known))


def complete_row(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What the path of a row, begun in the shell, can go on with."""
    from scenarios.inputs import root_of

    if (inputs := _inputs(ctx)) is None:
        return []
    if "." not in incomplete and len(roots := _begun(incomplete, inputs.roots)) != 1:
        return roots
    root = root_of(incomplete) if "." in incomplete else roots[0]
    return _begun(incomplete, (path.row for path in inputs.paths([root])))


def _begun(incomplete: str, known: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in known if text.startswith(incomplete)))


def _inputs(ctx: click.Context) -> "Inputs | None":
    """The inputs of the scenario folder that the command line names so far; None if it names none.

    While the value of an option is completed, arguments before it may not have been given their names yet.
    """
    from catalog.findings import InputRejected
    from scenarios.inputs import Inputs

    folder = ctx.params.get("scenario") or next(iter(ctx.args), None)
    try:
        return None if folder is None else Inputs.read(Path(folder))
    except InputRejected:
        return None
