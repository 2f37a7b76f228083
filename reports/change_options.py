"""The options --set, --add and --remove, for every command that takes changes of its scenario (docs/decisions/0021)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reports.path_completion import complete_path, complete_row

if TYPE_CHECKING:
    from scenarios.changes import Change

Command = TypeVar("Command", bound=Callable[..., Any])
Completion = Callable[[click.Context, click.Parameter, str], list[str]]
_IN_ORDER = ("remove", "add", "set")
"""The shell does not tell in which order options of several names were mixed."""


def change_options(command: Command) -> Command:
    """Give a command the parameter `changes`: rows taken out, then rows added, then values set, each as typed."""
    for option in reversed((_SET, _ADD, _REMOVE)):
        command = option(command)
    return command


def _collect(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...] | None) -> None:
    """All three options fill one parameter; there are no texts while the shell completes."""
    together = [*ctx.params.get("changes", ()), *(_change(text, param, ctx) for text in texts or ())]
    ctx.params["changes"] = tuple(sorted(together, key=lambda change: _IN_ORDER.index(change.verb)))


def _change(text: str, param: click.Parameter, ctx: click.Context) -> "Change":
    """The change that a text asks for; usage that is none is refused with a way out."""
    from catalog.findings import InputRejected
    from scenarios.inputs import parse_add, parse_remove, parse_set

    try:
        return {"set": parse_set, "add": parse_add, "remove": parse_remove}[param.name or ""](text)
    except InputRejected as rejected:
        (finding,) = rejected.findings
        words = f"found {finding.found}; expected {finding.expected}. {finding.way_out}"
        raise click.BadParameter(words, ctx, param) from None


def _option(verb: str, metavar: str, complete: Completion, words: str) -> Callable[[Command], Command]:
    return click.option(
        f"--{verb}",
        verb,
        multiple=True,
        expose_value=False,
        callback=_collect,
        metavar=metavar,
        shell_complete=complete,
        help=words,
    )


_SET = _option("set", "PATH=VALUE", complete_path, "Change an input: 62.5, +5, -10%, *1.5, nothing for blank.")
_ADD = _option("add", "ROW", complete_row, 'Add a row: "PATH like KEY with COLUMN=VALUE, COLUMN=VALUE".')
_REMOVE = _option("remove", "PATH", complete_row, "Take out a row, or a key of scenario.yaml.")
