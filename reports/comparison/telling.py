"""How a comparison is told: on the screen, or as one JSON document."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import click

from optimizer.comparing.comparison import Comparison
from reports.comparison.answer import comparison_answer, exit_of
from reports.comparison.screen import comparison_screen
from reports.console import screen_width, show_screen
from reports.exits import Exit

MOST_FILES = 3


def tell_comparison(
    comparison: Comparison,
    command: Literal["whatif", "compare"],
    files: Sequence[Path],
    seconds: Mapping[str, float],
    *,
    as_json: bool,
) -> Exit:
    """Tell it on stdout; the exit code that it ends with."""
    if as_json:
        click.echo(comparison_answer(comparison, command, files, seconds).model_dump_json(indent=1))
    else:
        show_screen(comparison_screen(comparison, screen_width()))
        more = f" and {len(files) - MOST_FILES} more plans" if len(files) > MOST_FILES else ""
        click.echo(f"\nWritten: {', '.join(map(str, files[:MOST_FILES]))}{more}")
    return exit_of(comparison)
