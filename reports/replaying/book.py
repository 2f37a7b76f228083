"""The replay workbook: what to take away, then the bill in steps, workloads, pools, months, latencies and sizes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap

from optimizer.replaying.records import Replay
from reports.cover_parts import put_classes, put_contents
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.replaying.checks import Written, checks_sheet
from reports.replaying.sheets import (
    groups_sheet,
    ladder_sheet,
    latency_sheet,
    months_sheet,
    natures_sheet,
    pools_sheet,
    sizes_sheet,
    workloads_sheet,
)
from reports.replaying.words import conclusions, source_words
from reports.workbook import Properties, write_workbook

LETTERS = 132
"""About so many letters fit across the page."""


def replay_workbook(found: Replay) -> tuple[Sheet, ...]:
    """The whole workbook as data; nothing is written."""
    written = Written(
        ladder_sheet(found), workloads_sheet(found), pools_sheet(found), natures_sheet(found), months_sheet(found)
    )
    checks, master = checks_sheet(written)
    pages = [
        (written.ladder.sheet(), "from the planned bill to the replayed one, step by step"),
        (written.workloads.sheet(), "what is served as planned, moved, rented, squeezed in or missed"),
        (written.pools.sheet(freeze_cols=2), "node-hours paid, rented, busy and idle"),
        (written.natures.sheet(), "effective cost by nature of charge, planned and replayed"),
        (written.months.sheet(), "cash by month, planned and replayed"),
        (latency_sheet(found).sheet(), "the simulated hour: attained latencies beside their limits"),
        (groups_sheet(found).sheet(freeze_cols=2), "the simulated hour: replicas, how busy they were, queues"),
        (sizes_sheet(found).sheet(freeze_cols=2), "size classes as planned and as traced"),
        (checks.sheet(), "the workbook against itself"),
    ]
    contents = [(sheet.name, purpose) for sheet, purpose in pages]
    return (_cover(found, written, master, contents), *(sheet for sheet, _ in pages))


def _cover(found: Replay, written: Written, master: Expr, contents: Sequence[tuple[str, str]]) -> Sheet:
    grid = Grid("Replay", "read")
    grid.heading(f"Replay of {found.scenario}", f"outlook {found.outlook}; plan {found.plan_fingerprint[:12]}")
    last = len(found.ladder) - 1
    planned = written.ladder.cell(0, "Effective USD")
    replayed = written.ladder.cell(last, "Effective USD")
    row = 3
    for label, what, kind, fmt in (
        ("Planned effective cost, USD", planned, Kind.LINK, Fmt.MONEY),
        ("Replayed effective cost, USD", replayed, Kind.LINK, Fmt.MONEY),
        ("Difference, USD", replayed - planned, Kind.CALC, Fmt.MONEY),
        ("Missed share of tokens", written.ladder.cell(last, "Missed share"), Kind.LINK, Fmt.GAP),
        ("Made by", f"siliconmix {found.siliconmix}", Kind.DECISION, Fmt.TEXT),
        ("Master check", master, Kind.TOTAL, Fmt.TEXT),
    ):
        grid.put(row, 0, label)
        grid.put(row, 1, what, kind=kind, fmt=fmt)
        row += 1
    grid.status.append(f"B{row}")
    row = _sentences(grid, row + 1, "What to take away", list(conclusions(found)))
    row = _sentences(grid, row, "Where sizes and hours come from", [*source_words(found), *found.notes])
    row = put_contents(grid, row, contents)
    put_classes(grid, row)
    columns = (Column("A", 34), Column("B", 22), Column("C", 78))
    return grid.sheet(columns, print_setup=Print(portrait=False, pages_high=1))


def _sentences(grid: Grid, row: int, title: str, texts: Sequence[str]) -> int:
    """Sentences run over the page: each is cut into lines that fit across it."""
    grid.put(row, 0, title, kind=Kind.SECTION)
    for text in texts:
        for line in wrap(text, LETTERS, initial_indent="- ", subsequent_indent="  "):
            row += 1
            grid.put(row, 0, line)
    return row + 2


def write_replay(found: Replay, path: Path) -> None:
    """Write the workbook; an older file there is replaced only by a whole new one. Raises OSError, Unwritable."""
    properties = Properties(
        title=f"Replay of {found.scenario}",
        author=f"siliconmix {found.siliconmix}",
        created=found.order_date,
        run_id=found.plan_fingerprint[:12],
    )
    write_workbook(replay_workbook(found), path, properties)
