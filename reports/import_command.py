"""`siliconmix import KIND FILE --into SCENARIO`: judged row by row, written whole or not at all, told to the user."""

import json
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click

from catalog.findings import Code, Finding, InputRejected, counted
from reports.console_findings import finding_as_data, render_findings
from reports.exits import Exit
from reports.publishing import STAGING, NotWritable, exchange, refuse_folders_in_the_way, writing
from scenarios.importing.harvest import Harvest
from scenarios.importing.merging import Merged, merge
from scenarios.inputs import Inputs

MOST_REASONS = 20
NOTHING_DIFFERENT = "Nothing is different: no file was changed."
_MOST_ROWS = 6


Judged = tuple[Merged, str]
"""Files as they would be, and what is said once they are written."""


def bring_in(kind: str, into: Path, read: Callable[[Inputs], Harvest], *, as_json: bool) -> Exit:
    """Read a file with `read`, put its rows into the scenario folder, and say what became of them."""

    def judge(inputs: Inputs) -> Judged:
        harvest = read(inputs)
        merged = merge(inputs, kind, harvest)
        return merged, _as_data(harvest, merged) if as_json else _as_text(into, harvest, merged)

    return put_in(into, judge, as_json=as_json)


def put_in(into: Path, judge: Callable[[Inputs], Judged], *, as_json: bool) -> Exit:
    """Put the judged files into the scenario folder and say what became of them; bad input if no row could be used."""
    try:
        merged, text = judge(Inputs.read(into))
    except InputRejected as rejected:
        click.echo(render_findings(rejected.findings, as_json=as_json))
        if not as_json:
            click.echo("Nothing was written.")
        return Exit.BAD_INPUT
    try:
        put_in_place(into, merged.files)
    except NotWritable as refused:
        print(f"{refused}. Nothing was written", file=sys.stderr)
        return Exit.NOT_WRITABLE
    click.echo(text)
    return Exit.PUBLISHED if merged.imported else Exit.BAD_INPUT


def put_in_place(folder: Path, files: Mapping[str, str]) -> None:
    """All files are made whole in a folder beside, then put in place together; NotWritable if one cannot be."""
    refuse_folders_in_the_way(folder, *files)
    with writing(folder), tempfile.TemporaryDirectory(dir=folder, prefix=STAGING) as name:
        staging = Path(name)
        for file, text in files.items():
            (staging / file).write_text(text, encoding="utf-8", newline="")
        exchange([staging / file for file in files], [folder / file for file in files], staging)


def _as_data(harvest: Harvest, merged: Merged) -> str:
    data = {
        "written": list(merged.files),
        "rows_in": dict(merged.rows_in),
        "read": harvest.read,
        "imported": len(merged.imported),
        "replaced": merged.replaced,
        "repeated": merged.repeated,
        "left_out": harvest.left_out,
        "refused": [finding_as_data(finding) for finding in merged.refused],
        "notes": list(harvest.notes),
    }
    return json.dumps(data, indent=1)


def _as_text(into: Path, harvest: Harvest, merged: Merged) -> str:
    lines = [f"{into / file}: {counted(rows, 'row')}." for file, rows in merged.rows_in.items()]
    lines += [] if merged.files or not merged.imported else [NOTHING_DIFFERENT]
    lines += [f"Of {counted(harvest.read, 'row')} read: {_what_became(harvest, merged)}."]
    lines += [f"Note: {note}" for note in harvest.notes]
    lines += _reasons(merged.refused)
    lines.append(f"Next: siliconmix check {into}" if merged.imported else "Nothing was written.")
    return "\n".join(lines)


def _what_became(harvest: Harvest, merged: Merged) -> str:
    rows = {(row.where.file, row.where.row) for row in merged.imported}
    refused = {(finding.where.file, finding.where.row) for finding in merged.refused}
    parts = [
        (len(rows), "imported"),
        (merged.replaced, "of them in the place of one that was there"),
        (merged.repeated, "the same as another"),
        (harvest.left_out, "left out as asked"),
        (len(refused), "refused"),
    ]
    return ", ".join(f"{number:,} {words}" for number, words in parts if number or words == "imported")


def _reasons(refused: Sequence[Finding]) -> list[str]:
    """Two lines for each reason, with the rows that it refuses; where they differ, the first stands for them."""
    by_reason: dict[tuple[Code, str, str], list[Finding]] = {}
    for finding in refused:
        where = finding.where.column or finding.where.key_path or ""
        by_reason.setdefault((finding.code, where, finding.expected), []).append(finding)
    lines = []
    for (code, where, expected), findings in list(by_reason.items())[:MOST_REASONS]:
        column = f"{where}: " if where else ""
        example = "" if len({finding.found for finding in findings}) == 1 else "for example "
        lines.append(f"Refused {_places(findings)}:")
        lines.append(
            f"    {column}{example}found {findings[0].found}; expected {expected}. {findings[0].way_out} [{code.value}]"
        )
    left = len(by_reason) - MOST_REASONS
    return lines if left <= 0 else [*lines, f"And {counted(left, 'more reason')}; --json lists all."]


def _places(findings: Sequence[Finding]) -> str:
    """The rows of some findings, the first few by number."""
    rows = list(dict.fromkeys(finding.where.subject or finding.where.row for finding in findings))
    if rows == [None]:
        return findings[0].where.file
    some = ", ".join(str(row) for row in rows[:_MOST_ROWS])
    more = f" and {len(rows) - _MOST_ROWS:,} more" if len(rows) > _MOST_ROWS else ""
    return f"{'row' if len(rows) == 1 else 'rows'} {some}{more} of {findings[0].where.file}"
