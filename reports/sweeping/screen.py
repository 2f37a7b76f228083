"""A sweep on one screen: cost by value, where the buy list changes, what could not be answered."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from optimizer.sweeping.reading import Edge, Reading, Segment, Step
from optimizer.sweeping.results import Outcome, PointResult
from optimizer.sweeping.sweep import Swept
from reports.console_tables import Column, table_lines, table_width, wrapped
from reports.money_text import about_usd, close_usd, mtok_price, usd

MOST_LINES = 24
MOST_CHANGES = 8
MOST_ROWS = 20
_BARS = "▁▂▃▄▅▆▇█"
OUTCOME_WORDS = {
    Outcome.IMPOSSIBLE: "impossible",
    Outcome.REJECTED: "no input",
    Outcome.NOT_SOLVED: "not solved",
}


def sweep_screen(swept: Swept, width: int) -> Iterator[str]:
    """Lines of text; headings begin at the margin."""
    reading = Reading(swept.header.grid, swept.results, swept.base)
    yield _title(swept)
    yield from (f"  {line}" for line in _base(swept))
    yield ""
    match len(swept.header.grid.axes):
        case 1:
            yield from _along(reading, width)
        case 2:
            yield from _matrix(reading, width)
        case _:
            yield from _extremes(reading, width)
    yield from _buy_lists(reading, width)
    yield from _changes(reading, width)
    yield from _apart(reading, width)
    yield from _without(swept, reading, width)


def _title(swept: Swept) -> str:
    grid = swept.header.grid
    axes = " x ".join(f"{len(axis.values)} values of {axis.path}" for axis in grid.axes)
    points = f"{grid.size:,} points, " if len(grid.axes) > 1 else ""
    return f"Sweep of {swept.header.scenario}: {points}{axes}"


def _base(swept: Swept) -> Iterator[str]:
    if swept.header.grid.fixed:
        yield "Changed at every point: " + "; ".join(str(change) for change in swept.header.grid.fixed)
    base = swept.base
    if base is None:
        yield "The base was not reached."
    elif base.answer is None:
        yield f"The base has no plan: {OUTCOME_WORDS[base.outcome]}, {base.reason}"
    else:
        price = mtok_price(base.answer.usd_per_mtok)
        yield f"Base: {usd(base.answer.incumbent_usd)}, {price} USD/Mtok, gap {base.answer.gap:.2%}"


def _along(reading: Reading, width: int) -> Iterator[str]:
    """The only axis in pieces of neighbours that are to sign the same."""
    yield f"Cost along {reading.grid.axes[0].path}"
    costs = [result.answer.incumbent_usd if result.answer else None for result in reading.results]
    if any(cost is not None for cost in costs):
        yield f"  {spark(costs, width - 2)}"
    columns = [Column("Values"), Column("Points", right=True), Column("Objective USD", right=True)]
    columns += [Column("USD/Mtok", right=True), Column("To sign")]
    segments = reading.segments()
    rows = [_segment(reading, segment) for segment in segments[:MOST_LINES]]
    yield from (f"  {line}" for line in table_lines(columns, rows))
    if len(segments) > MOST_LINES:
        yield f"  ... and {len(segments) - MOST_LINES} more pieces: sweep.xlsx has all points"
    yield ""


def _segment(reading: Reading, segment: Segment) -> list[str]:
    values = _span(segment.first.values[0], segment.last.values[0])
    count = str(len(segment.points))
    if segment.first.answer is None or segment.last.answer is None:
        return [values, count, OUTCOME_WORDS[segment.first.outcome], "", ""]
    costs = [about_usd(end.answer.incumbent_usd) for end in (segment.first, segment.last) if end.answer]
    prices = [mtok_price(end.answer.usd_per_mtok) for end in (segment.first, segment.last) if end.answer]
    return [values, count, _span(*costs), _span(*prices), f"list {reading.label(segment.first)}"]


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} .. {last}"


def spark(values: Sequence[float | None], width: int) -> str:
    """Values as bars of eight heights, at most `width` of them, evenly chosen; a dot where there is none.

    >>> spark([1.0, 2.0, None, 8.0], 10)
    '▁▂·█'
    """
    values = [values[i] for i in evenly_chosen(len(values), width)]
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    step = (high - low) / (len(_BARS) - 1) or 1.0
    return "".join("·" if value is None else _BARS[round((value - low) / step)] for value in values)


def _matrix(reading: Reading, width: int) -> Iterator[str]:
    """Objectives with their buy lists: the first axis down, the second across."""
    down, across = reading.grid.axes
    yield f"Objective, and what to sign, by {down.path} (down) and {across.path} (across)"
    columns = [Column(""), *(Column(value, right=True) for value in across.values)]
    kept = evenly_chosen(len(down.values), MOST_ROWS)
    places = range(len(across.values))
    rows = [[down.values[i], *(_cell(reading, reading.at.get((i, j))) for j in places)] for i in kept]
    if table_width(columns, rows) > width - 2:
        yield "  too wide for the screen: sheet Matrix of sweep.xlsx"
    else:
        yield from (f"  {line}" for line in table_lines(columns, rows))
        if len(kept) < len(down.values):
            yield f"  ({len(kept)} of {len(down.values)} values; sheet Matrix of sweep.xlsx has all)"
    yield ""


def evenly_chosen(count: int, most: int) -> tuple[int, ...]:
    """At most so many of a number of places, both ends among them.

    >>> evenly_chosen(3, 5), evenly_chosen(31, 4)
    ((0, 1, 2), (0, 10, 20, 30))
    """
    return tuple(range(count)) if count <= most else tuple(i * (count - 1) // (most - 1) for i in range(most))


def _cell(reading: Reading, result: PointResult | None) -> str:
    if result is None:
        return "-"
    if result.answer is None:
        return OUTCOME_WORDS[result.outcome]
    return f"{about_usd(result.answer.incumbent_usd).removesuffix(' USD')} {reading.label(result)}"


def _extremes(reading: Reading, width: int) -> Iterator[str]:
    solved = sorted(reading.of(Outcome.SOLVED), key=lambda r: r.answer.incumbent_usd if r.answer else 0.0)
    if not solved:
        return
    yield "Cheapest and dearest point"
    for result in solved[:1] if len(solved) == 1 else (solved[0], solved[-1]):
        values = ", ".join(f"{a.path}={v}" for a, v in zip(reading.grid.axes, result.values, strict=True))
        cost = usd(result.answer.incumbent_usd) if result.answer else ""
        yield from wrapped(f"{cost} with list {reading.label(result)}: {values}", width, first="  ", rest="    ")
    yield ""


def _buy_lists(reading: Reading, width: int) -> Iterator[str]:
    lists = reading.buy_lists
    if not lists:
        return
    yield "What to sign"
    for one in lists[:MOST_CHANGES]:
        what = "; ".join(str(line) for line in one.to_sign) or "nothing"
        points = "1 point" if one.points == 1 else f"{one.points:,} points"
        if reading.base is not None and reading.label(reading.base) == one.label:
            points += ", the base"
        yield from wrapped(f"list {one.label} ({points}): {what}", width, first="  ", rest="    ")
    if len(lists) > MOST_CHANGES:
        yield f"  ... and {len(lists) - MOST_CHANGES} more lists: sheet Buy_Lists of sweep.xlsx"
    yield ""


def _changes(reading: Reading, width: int) -> Iterator[str]:
    """Thresholds: one by one along a single axis, else how many there are along each."""
    found = reading.thresholds
    if not found:
        return
    yield "Where it changes"
    if len(reading.grid.axes) == 1:
        for step in found[:MOST_CHANGES]:
            yield from wrapped(_threshold(step), width, first="  ", rest="    ")
        if len(found) > MOST_CHANGES:
            yield f"  ... and {len(found) - MOST_CHANGES} more: sheet Buy_Changes of sweep.xlsx"
    else:
        for number, axis in enumerate(reading.grid.axes):
            here = sum(step.axis == number for step in found)
            yield f"  along {axis.path}: at {here:,} steps; sheet Buy_Changes of sweep.xlsx has each"
    yield ""


def _threshold(step: Step | Edge) -> str:
    between = f"between {step.low.values[step.axis]} and {step.high.values[step.axis]}"
    if isinstance(step, Edge):
        where = step.without
        return f"{between}: {where.values[step.axis]} has no plan ({OUTCOME_WORDS[where.outcome]})"
    return f"{between}: {'; '.join(step.changes)}"


def _apart(reading: Reading, width: int) -> Iterator[str]:
    if not reading.steps:
        return
    alike = sum(step.verdict == "not distinguishable" for step in reading.steps)
    gaps = max(result.answer.incumbent_usd - result.answer.bound_usd for result in reading.results if result.answer)
    if alike:
        yield f"Not distinguishable: {alike:,} of {len(reading.steps):,} pairs of neighbours"
        why = f"The gaps (up to {close_usd(gaps)}) hide which one is dearer; a smaller --gap tells more of them apart."
        yield from wrapped(why, width, first="  ", rest="  ")
        yield ""


def _without(swept: Swept, reading: Reading, width: int) -> Iterator[str]:
    """Points without a plan, by reason."""
    told = False
    without = sorted((r for r in reading.results if r.answer is None), key=lambda r: (r.outcome, r.reason))
    reasons = [(key, list(points)) for key, points in groupby(without, key=lambda r: (r.outcome, r.reason))]
    for (outcome, reason), points in reasons[:MOST_CHANGES]:
        if not told:
            yield "Points without a plan"
            told = True
        which = "; ".join(", ".join(point.values) for point in points[:5]) + ("; ..." if len(points) > 5 else "")
        line = f"{len(points)} {OUTCOME_WORDS[outcome]} ({which}): {reason}"
        yield from wrapped(line, width, first="  ", rest="    ")
    if len(reasons) > MOST_CHANGES:
        yield f"  ... and for {len(reasons) - MOST_CHANGES} more reasons: sheet Points of sweep.xlsx"
    for lost in swept.lost:
        yield f"  given up, points {', '.join(str(point.number) for point in lost.run.points)}: {lost.reason}"
    if swept.missing:
        yield f"  {len(swept.missing):,} points are not worked out yet; the same command goes on with them"
