"""A difference of two plans on the terminal: money first, then orders with their causes, then inputs."""

from collections.abc import Iterator
from textwrap import shorten

from optimizer.comparing.buying import BuyChange
from optimizer.differing.diff import GroupOutcome, GroupTried, OrderMove, PlanDiff
from reports.change_words import changes_in_words
from reports.comparison.words import interval_words, verdict_words
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars

MOST_ORDERS = 12
MOST_GROUPS = 10
INDENT = "  "
LONGEST = 300
_COLUMNS = (
    Column("order"),
    Column("from"),
    Column("old", right=True),
    Column("new", right=True),
    Column("USD", right=True),
    Column("cause"),
)


def diff_screen(diff: PlanDiff, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""
    return [*_money(diff, width), *_orders(diff, width), *_groups(diff, width)]


def _money(diff: PlanDiff, width: int) -> Iterator[str]:
    ((new, against),) = diff.comparison.solved()
    yield f"From {diff.comparison.base_name} to {new.name}: {verdict_words(against)}"
    for note in diff.notes:
        yield from wrapped(f"Note: {note}", width, first=INDENT, rest=INDENT * 2)


def _orders(diff: PlanDiff, width: int) -> Iterator[str]:
    yield ""
    if not diff.moves:
        yield "No order has moved"
        return
    yield f"Orders that moved: {len(diff.moves)}"
    shown = diff.moves[:MOST_ORDERS]
    yield from (INDENT + line for line in table_lines(_COLUMNS, [_row(move) for move in shown]))
    for move in shown:
        if move.words:
            because = f" ({'; '.join(move.groups)})" if move.groups else ""
            text = shorten(f"{_name(move.change)}: {move.words}{because}", LONGEST, placeholder=" ...")
            yield from wrapped(text, width, first=INDENT, rest=INDENT * 2)
    if len(diff.moves) > MOST_ORDERS:
        yield f"{INDENT}... and {len(diff.moves) - MOST_ORDERS} more (workbook, sheet Orders)"


def _row(move: OrderMove) -> tuple[str, ...]:
    row = move.change
    old, new = (f"{quantity.normalize():f}" for quantity in (row.base_quantity, row.variant_quantity))
    only = f" if {row.outlook}" if row.outlook else ""
    return f"{row.what}{only}", row.start, old, f"{new} {row.unit}", _signed(row), move.cause.value


def _name(row: BuyChange) -> str:
    return f"{row.what} from {row.start}"


def _signed(row: BuyChange) -> str:
    return f"+{dollars(row.usd)}" if row.usd > 0 else dollars(row.usd)


def _groups(diff: PlanDiff, width: int) -> Iterator[str]:
    yield ""
    if not diff.groups:
        yield "No input differs"
        return
    yield f"Inputs that differ, each changed alone in the old plan: {len(diff.groups)}"
    for group in diff.groups[:MOST_GROUPS]:
        text = f"{group.name}: {_outcome(group)}; {changes_in_words(group.changes, most=2)}"
        yield from wrapped(shorten(text, LONGEST, placeholder=" ..."), width, first=INDENT, rest=INDENT * 2)
    if len(diff.groups) > MOST_GROUPS:
        yield f"{INDENT}... and {len(diff.groups) - MOST_GROUPS} more (workbook, sheet Inputs)"


def _outcome(group: GroupTried) -> str:
    found = group.difference
    if found is None:
        why = f" ({group.reasons[0]})" if group.reasons and group.outcome is not GroupOutcome.NOT_TRIED else ""
        return f"{group.outcome.value}{why}"
    count = group.orders_moved
    orders = "moves 1 order" if count == 1 else f"moves {count} orders"
    usd = f"+{dollars(found.usd)}" if found.usd > 0 else dollars(found.usd)
    return f"{usd} USD, {interval_words(found)}; {orders}"
