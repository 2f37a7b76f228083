"""The option --over: the axes of a sweep."""

from typing import TYPE_CHECKING

import click

from reports.path_completion import complete_path

if TYPE_CHECKING:
    from optimizer.sweeping.axes import Axis


def _axes(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> "tuple[Axis, ...]":
    """The axes that texts ask for; usage that is none is refused with a way out."""
    from optimizer.sweeping.axes import parse_axis
    from optimizer.sweeping.faults import WrongAxis

    try:
        return tuple(parse_axis(text) for text in texts)
    except WrongAxis as wrong:
        raise click.BadParameter(str(wrong), ctx, param) from None


over_option = click.option(
    "--over",
    "axes",
    multiple=True,
    required=True,
    callback=_axes,
    metavar="PATH=VALUES",
    shell_complete=complete_path,
    help="An input and its values: 60..90/16 (16 values), 0.1,0.2,0.3 or -20%..+20%/9. More than one make a grid.",
)
"""Gives a command the parameter `axes`."""
