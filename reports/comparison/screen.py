"""A comparison on the terminal: one table of all plans, then each variant with what it changes."""

from collections.abc import Iterator
from decimal import Decimal
from textwrap import shorten

from optimizer.comparing.bridge import Bridge, Step
from optimizer.comparing.buying import BuyChange
from optimizer.comparing.comparison import Against, Compared, Comparison
from optimizer.comparing.frontier import Frontier
from optimizer.comparing.measures import Measure
from reports.change_words import changes_in_words
from reports.comparison.words import interval_words, verdict_words
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import close_usd, dollars, mtok_price, usd

MOST_VARIANTS = 8
"""Variants that are told at length; the workbook has all."""
MOST_LINES = 5
MOST_STEPS = 6
MOST_REASONS = 3
LONGEST_REASON = 500
INDENT = "  "
LABEL = 14
"""Width of the labels of a variant."""


def comparison_screen(comparison: Comparison, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""
    return [
        *_table(comparison),
        *(line for one in comparison.variants[:MOST_VARIANTS] for line in _variant(one, width)),
        *_more(comparison),
        *(line for along in comparison.frontiers for line in _frontier(along, width)),
    ]


def _table(comparison: Comparison) -> Iterator[str]:
    count = len(comparison.variants)
    variants = "1 variant" if count == 1 else f"{count} variants"
    yield f"{comparison.scenario}: {variants} against {comparison.base_name}"
    headers = ("objective USD", "less base", "", "gap", "USD/Mtok", "not served Mtok")
    columns = [Column("plan"), *(Column(header, right=True) for header in headers)]
    base, missed = comparison.base, _figure(comparison.base_measures, "Not served")
    rows = [_row(comparison.base_name, comparison.base_measures, base.incumbent_usd - base.bound_usd)]
    for one, against in comparison.solved():
        gap_usd = against.proof.incumbent_usd - against.proof.bound_usd
        rows.append(_row(one.name, against.measures, gap_usd, against, comparison.base_measures))
    if not missed and all(not _figure(against.measures, "Not served") for _, against in comparison.solved()):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    yield from (INDENT + line for line in table_lines(columns, rows))


def _row(
    name: str,
    measures: tuple[Measure, ...],
    gap_usd: float,
    against: Against | None = None,
    base: tuple[Measure, ...] = (),
) -> tuple[str, ...]:
    objective = _figure(measures, "Objective (present value, minimised)") or Decimal(0)
    less, share = "", ""
    if against is not None:
        whole = _figure(base, "Objective (present value, minimised)")
        less = _signed(against.difference.usd)
        share = f"{against.difference.usd / whole:+.1%}" if whole and against.difference.usd else ""
    missed = _figure(measures, "Not served") or Decimal(0)
    per_mtok = mtok_price(_figure(measures, "Per million accepted output tokens"))
    return name, dollars(objective), less, share, close_usd(gap_usd), per_mtok, f"{missed:,.2f}"


def _figure(measures: tuple[Measure, ...], name: str) -> Decimal | None:
    return next(measure.value for measure in measures if measure.name == name)


def _signed(amount: Decimal) -> str:
    """Whole dollars with their sign."""
    return f"+{dollars(amount)}" if amount > 0 else dollars(amount)


def _variant(one: Compared, width: int) -> Iterator[str]:
    yield ""
    yield f"{one.name}: {verdict_words(one.against) if one.against else one.outcome.value.upper()}"
    if one.note:
        yield from _labelled("Remark", one.note, width)
    if one.changes:
        yield from _labelled("Changed", changes_in_words(one.changes), width)
    if one.against is None:
        for reason in one.reasons[:MOST_REASONS]:
            yield from _labelled("Why", shorten(reason, LONGEST_REASON, placeholder=" ..."), width)
        if len(one.reasons) > MOST_REASONS:
            yield f"{INDENT}... and {len(one.reasons) - MOST_REASONS} more reasons (workbook, sheet Scenarios)"
        return
    yield from _buy(one.against.buy, width)
    if one.against.by_change is not None and len(one.against.by_change.steps) > 1:
        yield from _bridge("By change", one.against.by_change, width)
    yield from _bridge("By part", one.against.by_part, width)


def _labelled(label: str, text: str, width: int) -> list[str]:
    return wrapped(text, width, first=INDENT + label.ljust(LABEL), rest=" " * (LABEL + len(INDENT)))


def _buy(rows: tuple[BuyChange, ...], width: int) -> Iterator[str]:
    """What would be signed otherwise, the dearest differences first."""
    signed = sorted(
        (row for row in rows if row.way.is_signed and row.status != "same"), key=lambda row: (-abs(row.usd), row.what)
    )
    if not signed:
        yield from _labelled("To sign", "the same", width)
        return
    for number, row in enumerate(signed[:MOST_LINES]):
        yield from _labelled("" if number else "To sign", _line_words(row), width)
    left = len(signed) - MOST_LINES
    if left > 0:
        yield from _labelled("", f"... and {left} more (workbook, sheet Buy_Diff)", width)


def _line_words(row: BuyChange) -> str:
    start = f" from {row.start}" if row.start else ""
    only = f" only if {row.outlook}" if row.outlook else ""
    return (
        f"{row.status} {row.way.value} {row.what}{start}{only}: {_amount_words(row)} {row.unit},"
        f" {_signed(row.usd)} USD in horizon"
    )


def _amount_words(row: BuyChange) -> str:
    before, after = (f"{quantity.normalize():f}" for quantity in (row.base_quantity, row.variant_quantity))
    return {"added": after, "dropped": before}.get(row.status, f"{before} -> {after}")


def _bridge(label: str, bridge: Bridge, width: int) -> Iterator[str]:
    """The largest steps, and how many more there are."""
    if not bridge.steps:
        return
    said = [_step_words(step) for step in bridge.steps[:MOST_STEPS]]
    more = bridge.steps[MOST_STEPS:]
    if more:
        said.append(f"{_signed(sum((step.usd for step in more), Decimal(0)))} in {len(more)} more")
    yield from _labelled(label, "; ".join(said), width)


def _step_words(step: Step) -> str:
    if step.note:
        return f"{step.what}: {_signed(step.usd)} ({step.note})"
    within = " (within the gaps)" if step.verdict == "not distinguishable" and step.usd else ""
    return f"{step.what}: {_signed(step.usd)}{within}"


def _more(comparison: Comparison) -> Iterator[str]:
    left = len(comparison.variants) - MOST_VARIANTS
    if left > 0:
        yield ""
        yield f"{INDENT}... and {left} more variants (workbook)"


def _frontier(along: Frontier, width: int) -> Iterator[str]:
    """What a unit of the number is worth, and where the buy list changes."""
    yield ""
    base = "" if along.base_value is None else f" (base: {along.base_value.normalize():f})"
    yield f"Along {along.path}{base}"
    for step in along.between:
        change = f"; THE BUY LIST CHANGES: {step.first_change}" if step.to_sign_differs else ""
        proven = interval_words(step.difference)
        text = (
            f"from {step.low.normalize():f} to {step.high.normalize():f}: {_signed(step.difference.usd)} USD, {proven};"
            f" {usd(step.usd_per_unit)} a unit{change}"
        )
        yield from wrapped(text, width, first=INDENT, rest=INDENT * 2)
