"""The options that every kind of import has."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from scenarios.importing.source import Where

Command = TypeVar("Command", bound=Callable[..., Any])
FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


def into_options(command: Command) -> Command:
    """Give a command the parameters `file`, `into` and `as_json`."""
    return _with(command, _FILE, _INTO, _JSON)


def given_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the parameters `given` (the file and what the user says of it), `into` and `as_json`."""

    @wraps(command)
    def told(
        file: Path, names: Path | None, where: "Where", as_of: datetime | None, source: str, licence: str, **own: Any
    ) -> None:
        from scenarios.importing.given import Given

        day = None if as_of is None else as_of.date()
        command(given=Given(file, names, where, day, source, licence), **own)

    return _with(told, _FILE, _INTO, _NAMES, _WHERE, _AS_OF, _SOURCE, _LICENCE, _JSON)


def _with(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def _patterns(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> "Where":
    pairs = []
    for text in texts:
        column, sign, pattern = text.partition("=")
        if not sign or not column:
            raise click.BadParameter(f"{text!r} is not COLUMN=PATTERN, such as Region=us-east-*", ctx, param)
        pairs.append((column, pattern))
    return tuple(pairs)


_FILE = click.argument("file", type=FILE)
_INTO = click.option("--into", type=FOLDER, required=True, help="Scenario folder whose tables get the rows.")
_NAMES = click.option(
    "--names", type=FILE, help="CSV (column,name,stands_for): names of the file in the scenario's words."
)
_WHERE = click.option(
    "--where",
    multiple=True,
    callback=_patterns,
    metavar="COLUMN=PATTERN",
    help="Only rows whose column fits (* for any text); may be given again.",
)
_AS_OF = click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of the figures, where the file has none.")
_SOURCE = click.option("--source", default="", help="Where the file comes from; its name otherwise.")
_LICENCE = click.option("--licence", default="", help="Licence of the rows.")
_JSON = click.option("--json", "as_json", is_flag=True, help="What was written and refused, as JSON.")
