"""Cover and Log of a sweep: what was asked, what came of it, how to read it, how it was made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.living.living import How
from optimizer.sweeping.reading import Reading
from optimizer.sweeping.results import Outcome
from optimizer.sweeping.sweep import Swept
from reports.cover_parts import Fact, log_of, put_classes, put_contents, put_facts, put_notes
from reports.formulas import Expr
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.sweeping.frontiers import kinds_of_value
from reports.sweeping.points_sheet import OBJECTIVE, PER_MTOK, PointsSheet

_NOTES = (
    "Amounts are USD; red in brackets is negative; a dash is zero. The objective is a present value with penalties.",
    "Every point is a plan of its own, audited like any other. It lies between its bound and what it costs.",
    "Two neighbours are not distinguishable where their gaps together hide which one is dearer: no sign is claimed.",
    "The buy list is what somebody signs or declares; hours and tokens that follow from use are on none.",
)
_GLOSSARY = (
    ("axis", "one input, and the values that it takes"),
    ("base", "the scenario with what is changed at every point, and with no value of an axis"),
    ("bound", "no plan for these inputs costs less, as far as the solver can prove"),
    ("gap", "objective less bound: how much cheaper another plan could be at most"),
    ("impossible", "no plan can keep all rules with these values"),
    ("Mtok", "one million accepted output tokens"),
    ("patched, anew", "worked out from what the model has learned, or from nothing; the proof is the same"),
    ("rejected", "values that are no input: out of range, or in contradiction with others"),
)


def cover_sheet(
    swept: Swept, reading: Reading, points: PointsSheet, master: Expr, contents: Sequence[tuple[str, str]]
) -> Sheet:
    """One portrait page."""
    grid = Grid("Cover", "read")
    grid.heading("Sweep", f"Fleet procurement plans of {swept.header.scenario} at {swept.header.grid.size:,} points")
    row = put_facts(grid, 3, "This sweep", [*_asked(swept), *_came(swept, reading), *_base(swept, points)])
    row = put_facts(grid, row - 1, "", [Fact("Master check", master, kind=Kind.TOTAL)])
    grid.status.append(f"B{row - 1}")
    row = put_notes(grid, row, "Signs, units and proof", [*_NOTES, *kinds_of_value(reading)])
    row = put_contents(grid, row, contents)
    put_classes(grid, row)
    return grid.sheet((Column("A", 36), Column("B", 78)), print_setup=Print(portrait=True, pages_high=1))


def _asked(swept: Swept) -> Iterator[Fact]:
    header = swept.header
    yield Fact("Scenario", header.scenario, kind=Kind.INPUT)
    yield Fact("Run id of the base", header.base[:12])
    yield Fact("Order date", header.run.order_date, Fmt.DATE, Kind.INPUT)
    yield Fact("Made by", f"siliconmix {header.versions.siliconmix}")
    for number, axis in enumerate(header.grid.axes, start=1):
        values = f"{len(axis.values)} values, {axis.values[0]} to {axis.values[-1]}"
        yield Fact(f"Axis {number}", f"{axis.path}: {values}", kind=Kind.INPUT)
    for change in header.grid.fixed:
        yield Fact("Changed at every point", str(change), kind=Kind.INPUT)


def _came(swept: Swept, reading: Reading) -> Iterator[Fact]:
    yield Fact("Points", swept.header.grid.size, Fmt.WHOLE, Kind.INPUT)
    for outcome in Outcome:
        count = len(reading.of(outcome))
        if count or outcome is Outcome.SOLVED:
            yield Fact(f"... {outcome.value.replace('_', ' ')}", count, Fmt.WHOLE)
    if swept.missing:
        yield Fact("... NOT WORKED OUT YET (run the same command again)", len(swept.missing), Fmt.WHOLE)
    yield Fact("Different buy lists", len(reading.buy_lists), Fmt.WHOLE)
    alike = sum(step.verdict == "not distinguishable" for step in reading.steps)
    yield Fact("Neighbours that are not distinguishable", f"{alike:,} of {len(reading.steps):,} pairs")


def _base(swept: Swept, points: PointsSheet) -> Iterator[Fact]:
    base = swept.base
    if base is None:
        return
    if base.answer is None:
        yield Fact("The base has no plan", f"{base.outcome.value.replace('_', ' ')}: {base.reason}"[:1000])
        return
    yield Fact("Objective of the base, USD", points.cell(base, OBJECTIVE), Fmt.MONEY, Kind.LINK)
    if base.answer.usd_per_mtok is not None:
        yield Fact("USD per Mtok of the base", points.cell(base, PER_MTOK), Fmt.PRICE, Kind.LINK)


def log_sheet(swept: Swept) -> Sheet:
    """Enough to work the sweep out again."""
    return log_of("Log: how these points were worked out", "Enough to run the sweep again.", _sections(swept))


def _sections(swept: Swept) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    header, run, versions = swept.header, swept.header.run, swept.header.versions
    yield (
        "Run",
        [
            ("Fingerprint of the base", header.base),
            ("Gap asked for at each point", f"{run.gap_share:.2%} or {run.gap_usd:,.0f} USD"),
            ("Time limit of each point", f"{run.time_limit_s:g} s"),
            ("Seed", str(run.seed)),
            ("siliconmix", versions.siliconmix),
            ("Python, Pyomo, highspy", f"{versions.python}, {versions.pyomo}, {versions.highspy}"),
        ],
    )
    yield "Axes", [(axis.path, ", ".join(axis.values)[:30_000]) for axis in header.grid.axes]
    yield "Effort", _effort(swept)
    if swept.lost:
        given_up = [(", ".join(str(point.number) for point in lost.run.points), lost.reason) for lost in swept.lost]
        yield "Points that were given up", given_up
    yield "Inputs (sha256 of each file)", [(file.name, file.sha256) for file in header.files]
    yield "Glossary", list(_GLOSSARY)


def _effort(swept: Swept) -> list[tuple[str, str]]:
    patched = sum(result.how is How.PATCHED for result in swept.results)
    solved = sum(result.how is not None for result in swept.results)
    spent = sum(result.seconds for result in swept.results)
    return [
        ("Points of a run", f"{swept.header.run_length}; each run begins with what the base has taught"),
        ("Worked out from what was learned", f"{patched:,} of {solved:,} plans; the others anew"),
        ("Seconds of all points together", f"{spent:,.1f}"),
        ("Seconds of the base", f"{swept.base.seconds:,.1f}" if swept.base else "-"),
    ]
