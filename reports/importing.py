"""`siliconmix import`: other people's rows as inputs of a scenario."""

import json
import sys
from pathlib import Path

import click

from catalog.findings import InputRejected
from reports.console_findings import render_findings
from reports.exits import Exit
from reports.focus.importing import import_focus
from reports.whole_files import write_whole


def focus(export: Path, mapping: Path, out: Path, *, as_json: bool) -> Exit:
    """Write held contracts for the commitments of a FOCUS export; nothing is written if anything is wrong."""
    try:
        found = import_focus(export, mapping)
    except InputRejected as rejected:
        click.echo(render_findings(rejected.findings, as_json=as_json))
        return Exit.BAD_INPUT
    if out.exists():
        print(f"{out} is there already; nothing was written. Name another file with --out", file=sys.stderr)
        return Exit.NOT_WRITABLE
    try:
        write_whole(out, found.text)
    except OSError as error:
        print(f"{out} cannot be written: {error.strerror}. Name another file with --out", file=sys.stderr)
        return Exit.NOT_WRITABLE
    if as_json:
        click.echo(json.dumps({"written": str(out), "held": len(found.held), "left_out": found.left_out}, indent=1))
        return Exit.PUBLISHED
    click.echo(f"{out}: {len(found.held)} held contracts from {found.rows} rows under commitment discounts.")
    if found.left_out:
        click.echo(f"Left out, as {mapping.name} says: {', '.join(found.left_out)}.")
    click.echo("Next: move it into the scenario folder, or its rows into held_contracts.csv, and run siliconmix check.")
    return Exit.PUBLISHED
