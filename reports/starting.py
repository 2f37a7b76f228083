"""`siliconmix init`: an example as the beginning of one's own scenario."""

import sys
from pathlib import Path

import click

from reports.exits import Exit
from scenarios.starting import STARTER, StartRefused, start_example


def init(directory: Path, example: str) -> Exit:
    """Write the example and say what to do next; NOT_WRITABLE, with nothing written, where that cannot be."""
    try:
        written = start_example(directory, example=example)
    except StartRefused as refused:
        print(refused, file=sys.stderr)
        return Exit.NOT_WRITABLE
    click.echo(f"{directory} holds a runnable example: {', '.join(path.name for path in written)}.")
    click.echo(_next_steps(directory, example))
    return Exit.PUBLISHED


def _next_steps(directory: Path, example: str) -> str:
    shown = f'"{directory}"' if " " in str(directory) else str(directory)
    about = "works the answer out by hand" if example == STARTER else "says what is real in it and what is assumed"
    return (
        "Next:\n"
        f"  siliconmix check {shown}             lists what is wrong with the inputs, if anything is\n"
        f"  siliconmix plan {shown} --out out    writes out/plan.json and out/plan.xlsx\n"
        f"README.md in {shown} {about} and names changes to try."
    )
