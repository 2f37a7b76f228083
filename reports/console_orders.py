"""The orders of a plan on the screen: what is signed now, and what waits for its outlook."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from contracts.calendar import Month
from contracts.clauses import DueDay
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.common import ContractTerms
from contracts.terms.ordering import OrderedTerms
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.plan import Order, Plan, Pool
from optimizer.plan_contracts import CommittedSpend, ProvisionedOrder
from reports.console_agreed import agreed_deadlines
from reports.console_tables import Column, table_lines, table_width, wrapped
from reports.money_text import dollars, usd

MOST_ORDERS = 14
MOST_WORKLOADS = 3
INDENT = "  "
_ORDER = Column("sign by")
_OUTLOOK = Column("only if")
_CONTRACT = Column("contract")
_FIGURES = (
    Column("nodes", right=True),
    Column("starts"),
    Column("ends"),
    Column("USD/node-h", right=True),
    Column("commitment USD", right=True),
)
_WORDS = Column("what, and what for")


def signed_now(plan: Plan) -> list[Order]:
    """Orders that are signed whatever comes."""
    single = len(plan.scenario.outlooks) == 1
    return [order for order in plan.orders if order.outlook is None or single]


def waiting(plan: Plan) -> list[Order]:
    """Orders that are signed only if their outlook comes."""
    now = {order.order for order in signed_now(plan)}
    return [order for order in plan.orders if order.order not in now]


def next_decision(plan: Plan) -> str:
    """The first day by which something must be signed, with its worth, and the next one after it."""
    amounts = commitments(plan)
    days: dict[date, list[Decimal]] = defaultdict(list)
    for order in signed_now(plan):
        days[order.order_by].append(amounts[order.order])
    without_nodes: tuple[CommittedSpend | ProvisionedOrder, ...] = (*plan.committed_spend, *plan.provisioned)
    for row in without_nodes:
        if not _waits(plan, row.outlook):
            fees = (line.amount_usd for line in plan.cost_lines if line.order == row.order)
            days[row.order_by].append(sum(fees, Decimal(0)))
    for day, dollars_due in agreed_deadlines(plan):
        days[day].append(dollars_due)
    said = [f"{_orders(len(due))} ({usd(sum(due))}) by {day}" for day, due in sorted(days.items())]
    later = len(waiting(plan)) + sum(_waits(plan, row.outlook) for row in without_nodes)
    more = f"; {_orders(later)} must wait for an outlook" if later else ""
    return (", then ".join(said[:2]) or "nothing to sign") + more


def _waits(plan: Plan, outlook: str | None) -> bool:
    return outlook is not None and len(plan.scenario.outlooks) > 1


def _orders(count: int) -> str:
    return f"{count} order{'' if count == 1 else 's'}"


def commitments(plan: Plan) -> dict[str, Decimal]:
    """What each order binds to over its whole term: its invoice lines, or under take-or-pay its minimum.

    A line that is due in one outlook only counts with its probability, unless the order itself is signed in that one.
    """
    chance = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    orders = {order.order: order for order in plan.orders}
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.order in orders:
            sure = line.outlook is None or line.outlook == orders[line.order].outlook
            amounts[line.order] += line.amount_usd * (1 if sure or line.outlook is None else chance[line.outlook])
    for order in plan.orders:
        terms = _terms(plan, order)
        if isinstance(terms, TakeOrPay):
            months = ((i, order.start + i) for i in range(terms.term_months))
            owed = (terms.ramp_share(i) * _minimum_usd(terms, order, month) for i, month in months)
            amounts[order.order] = sum(owed, Decimal(0))
    return amounts


def _terms(plan: Plan, order: Order) -> ContractTerms:
    return next(t for t in plan.scenario.contracts if t.contract == order.contract)


def _minimum_usd(terms: TakeOrPay, order: Order, month: Month) -> Decimal:
    """The minimum of a month at full ramp."""
    return order.nodes // terms.lot_nodes * terms.minimum_units_per_lot * terms.price_per_unit_in(order.start, month)


def order_lines(plan: Plan, width: int) -> Iterator[str]:
    """What is to be signed now; what waits stands apart, under its own heading."""
    later = waiting(plan)
    yield ""
    yield "To sign now, whatever comes" if later else "To sign"
    yield from _listed(plan, signed_now(plan), width, "Buy_List")
    if later:
        reveal = plan.scenario.run.reveal_month
        yield ""
        yield f"NOT to sign yet: each only if its outlook comes (known from {reveal} on)"
        yield from _listed(plan, later, width, "Buy_Later")


def _listed(plan: Plan, orders: Sequence[Order], width: int, sheet: str) -> Iterator[str]:
    """One line per order where it fits; else what does not fit stands beneath, in words."""
    shown = sorted(orders, key=lambda order: (order.order_by, order.order))[:MOST_ORDERS]
    if not shown:
        yield f"{INDENT}nothing"
        return
    amounts = commitments(plan)
    waits = set(waiting(plan))
    lines = [_OrderLine(plan, order, amounts[order.order], only_if=order in waits) for order in shown]
    yield from _one_line_each(lines, width) or _two_lines_each(lines, width)
    if len(orders) > len(shown):
        yield f"{INDENT}... and {len(orders) - len(shown)} more (workbook, sheet {sheet})"


class _OrderLine:
    """An order in the words of the screen."""

    def __init__(self, plan: Plan, order: Order, amount: Decimal, *, only_if: bool) -> None:
        offering = plan.scenario.catalog.offering[order.offering]
        terms = _terms(plan, order)
        self.when = (str(order.order_by), *([str(order.outlook)] if only_if else []))
        self.when_columns = (_ORDER, *([_OUTLOOK] if only_if else []))
        self.contract = order.contract
        price = "-" if isinstance(terms, Owned) else f"{terms.price_usd_per_node_hour:.4f}"
        self.figures = (str(order.nodes), str(order.start), str(order.end), price, dollars(amount))
        chips = f"{offering.accelerators_per_node} x {offering.accelerator}"
        clauses = _minimum_words(terms, order) + _clause_words(terms)
        self.words = f"{chips} from {offering.provider}, {_what_for(plan, order)}{clauses}"


def _minimum_words(terms: ContractTerms, order: Order) -> str:
    """What is owed used or not."""
    if not isinstance(terms, TakeOrPay):
        return ""
    least = usd(_minimum_usd(terms, order, order.start))
    window = f"added up over {terms.window_months} months" if terms.window_months > 1 else "month by month"
    return f"; TAKE-OR-PAY: at least {least} a month, used or not, {window}"


def _clause_words(terms: ContractTerms) -> str:
    """In which currency it is agreed, how its price moves, and when a month is paid."""
    said = []
    if isinstance(terms, CapacityBlock):
        said.append(f"BLOCK of {terms.days} days from {terms.first_day}, all paid upfront")
    if isinstance(terms, Owned):
        said.append(f"OWNED: {usd(terms.capex_usd_per_node)} a node, at {terms.site} for {terms.term_months} months")
    if terms.price_per_node_hour is not None:
        said.append(f"agreed at {terms.price_per_node_hour.normalize():f} {terms.currency} a node-hour")
    if isinstance(terms, OrderedTerms) and terms.escalator_share_per_year:
        moves = "rises" if terms.escalator_share_per_year > 0 else "falls"
        said.append(f"the price {moves} by {abs(terms.escalator_share_per_year):.1%} a year")
    if isinstance(terms, Reserved) and terms.most_favoured_of:
        said.append(f"at most {terms.most_favoured_share:.0%} of {terms.most_favoured_of}")
    if terms.net_days or terms.due_day is DueDay.IN_ADVANCE:
        said.append(f"a month is due {terms.due_day.value.replace('_', ' ')}, net {terms.net_days} days")
    return "".join(f"; {words}" for words in said)


def _what_for(plan: Plan, order: Order) -> str:
    """Workloads on the ordered offering while the order runs, by node-hours."""
    hours = {row.block: len(row.hours_of_week) for row in plan.scenario.blocks.blocks}
    chance = {row.outlook: row.probability for row in plan.scenario.outlooks}
    busy: dict[str, float] = defaultdict(float)
    for p in plan.placements:
        here = p.offering == order.offering and p.pool is Pool.BASE and order.outlook in (None, p.outlook)
        if here and order.start <= p.month < order.end:
            busy[p.workload] += p.nodes * hours[p.block] * chance[p.outlook]
    total = sum(busy.values())
    if not total:
        return "idle in normal operation"
    by_size = sorted(busy.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{workload} {hours_used / total:.0%}" for workload, hours_used in by_size[:MOST_WORKLOADS]]
    others = len(by_size) - len(named)
    return f"for {', '.join(named)}{f' and {others} more' if others else ''}"


def _one_line_each(lines: Sequence[_OrderLine], width: int) -> list[str]:
    columns = (*lines[0].when_columns, _CONTRACT, *_FIGURES, _WORDS)
    rows = [(*line.when, line.contract, *line.figures, line.words) for line in lines]
    if table_width(columns, rows) + len(INDENT) > width:
        return []
    return [INDENT + line for line in table_lines(columns, rows)]


def _two_lines_each(lines: Sequence[_OrderLine], width: int) -> Iterator[str]:
    when = lines[0].when_columns
    columns: tuple[Column, ...] = (*when, _CONTRACT, *_FIGURES)
    rows: list[tuple[str, ...]] = [(*line.when, line.contract, *line.figures) for line in lines]
    below = [line.words for line in lines]
    if table_width(columns, rows) + len(INDENT) > width:
        columns = (*when, *_FIGURES)
        rows = [(*line.when, *line.figures) for line in lines]
        below = [f"{line.contract}: {line.words}" for line in lines]
    header, *body = table_lines(columns, rows)
    yield INDENT + header
    indent = " " * (len(INDENT) + len("2027-01-01  "))
    for line, words in zip(body, below, strict=True):
        yield INDENT + line
        yield from wrapped(words, width, first=indent, rest=indent)
