"""The plan on one screen for a procurement manager, as plain lines of a given width."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import Baseline, BindingRule, Order, Plan, Pool, Status, StopReason
from reports.console_savings import savings_lines
from reports.console_tables import Column, table_lines, table_width, wrapped
from reports.money_text import close_usd, dollars, mtok_price, usd

MOST_ORDERS = 14
MOST_BINDING = 8
MOST_WORKLOADS = 3
MOST_BROKEN = 1
"""Broken rules of a baseline that are told on the screen."""
LIFTED = "Rules lifted: share caps, events to be survived, budgets, stock and quota"
LABEL = 18
"""Width of the labels of the headline."""
INDENT = "  "

_STOPPED = {
    StopReason.GAP_REACHED: "the asked gap was reached",
    StopReason.TIME_LIMIT: "the time limit was reached",
    StopReason.STOPPED_BY_USER: "stopped by the user",
}
_BOUGHT = {
    Nature.RESERVED_UPFRONT: "orders",
    Nature.RESERVED_RECURRING: "orders",
    Nature.HELD_UPFRONT: "held contracts",
    Nature.HELD_RECURRING: "held contracts",
    Nature.ON_DEMAND_USAGE: "on demand",
    Nature.SPOT_USAGE: "spot",
}
_POLICY_FIRST = ("concentration", "fallback", "demand", "stock", "on_demand", "spot")
"""Families of rules in the order in which a manager wants to hear of them."""


def plan_screen(plan: Plan, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""
    return [
        *_headline(plan, width),
        *_orders(plan, width),
        *_comparison(plan, width),
        *savings_lines(plan, width),
        *_binding(plan, width),
        *_notes(plan, width),
    ]


def _headline(plan: Plan, width: int) -> Iterator[str]:
    run = plan.scenario.run
    yield f"{plan.scenario.scenario}: {run.months} months from {run.first_month}"
    for label, value in _facts(plan):
        yield from wrapped(value, width, first=INDENT + label.ljust(LABEL), rest=" " * (LABEL + len(INDENT)))


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    totals = plan.totals
    yield "Cost of service", f"{usd(totals.effective_usd)}, {_per_mtok(plan)}"
    yield "Paid in horizon", f"{usd(totals.cash_usd)}: {_by_kind(plan)}"
    yield "After the horizon", f"{usd(totals.beyond_horizon_usd)} of all payments serve later months"
    yield "Minimised", f"{usd(totals.objective_usd)}, {_what_is_minimised(plan)}"
    if plan.shortfalls:
        names = ", ".join(sorted({row.workload for row in plan.shortfalls}))
        yield "NOT SERVED", f"part of {names}; penalty {usd(totals.shortfall_penalty_usd)}"
    yield "Proven", proof_words(plan)
    yield "Audit", _audit_words(plan)
    yield "Sign next", next_decision(plan)


def _per_mtok(plan: Plan) -> str:
    price = plan.totals.usd_per_mtok
    return "nothing is served" if price is None else f"{price:.4f} USD per million accepted output tokens"


def _by_kind(plan: Plan) -> str:
    """What is paid in the horizon, expected over the outlooks, by the way in which it was bought."""
    months = set(plan.scenario.horizon.months)
    weight = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature in _BOUGHT and line.paid_month in months:
            sums[_BOUGHT[line.nature]] += line.amount_usd * (weight[line.outlook] if line.outlook else 1)
    return ", ".join(f"{kind} {dollars(amount)}" for kind, amount in sums.items()) or "nothing"


def _what_is_minimised(plan: Plan) -> str:
    totals = plan.totals
    extras = [
        f"{words} {usd(amount)}"
        for words, amount in (
            ("expected emergencies of", totals.emergency_expected_usd),
            ("shortfall penalties of", totals.shortfall_penalty_usd),
        )
        if amount
    ]
    return " with ".join(["the present value", " and ".join(extras)]) if extras else "the present value"


def proof_words(plan: Plan) -> str:
    """How much another plan could save, as far as the solver can prove, and why it stopped."""
    gap = plan.incumbent_usd - plan.bound_usd
    short = "" if plan.status is Status.WITHIN_GAP else f"; SHORT of the asked {_asked(plan)}"
    return (
        f"any other plan saves at most {close_usd(gap)} ({plan.gap:.2%}), as far as HiGHS can prove"
        f" (bound {usd(plan.bound_usd)}); {_STOPPED[plan.stop_reason]}{short}"
    )


def _asked(plan: Plan) -> str:
    return f"{plan.asked_gap_share:.2%} or {usd(plan.asked_gap_usd)}"


def _audit_words(plan: Plan) -> str:
    if plan.audit is None:
        return "not audited"
    checks = sum(rule.checks for rule in plan.audit.rules)
    return f"{plan.audit.verdict}, {checks:,} checks of {len(plan.audit.rules)} rules by independent code"


def next_decision(plan: Plan) -> str:
    """The first day by which something must be signed, with its worth, and the next one after it."""
    days: dict[date, list[Order]] = defaultdict(list)
    for order in plan.orders:
        days[order.order_by].append(order)
    amounts = commitments(plan)
    said = [
        f"{len(due)} order{'' if len(due) == 1 else 's'} ({usd(sum(amounts[o.order] for o in due))}) by {day}"
        for day, due in sorted(days.items())
    ]
    return ", then ".join(said[:2]) or "nothing to sign"


def commitments(plan: Plan) -> dict[str, Decimal]:
    """What each order costs over its whole term."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.order is not None:
            amounts[line.order] += line.amount_usd
    return amounts


_ORDER = Column("sign by")
_CONTRACT = Column("contract")
_FIGURES = (
    Column("nodes", right=True),
    Column("starts"),
    Column("ends"),
    Column("USD/node-h", right=True),
    Column("commitment USD", right=True),
)
_WORDS = Column("what, and what for")


def _orders(plan: Plan, width: int) -> Iterator[str]:
    """One line per order where it fits; else what does not fit stands beneath, in words."""
    yield ""
    yield "To sign"
    shown = sorted(plan.orders, key=lambda order: (order.order_by, order.order))[:MOST_ORDERS]
    if not shown:
        yield f"{INDENT}nothing"
        return
    amounts = commitments(plan)
    lines = [_OrderLine(plan, order, amounts[order.order]) for order in shown]
    yield from _one_line_each(lines, width) or _two_lines_each(lines, width)
    if len(plan.orders) > len(shown):
        yield f"{INDENT}... and {len(plan.orders) - len(shown)} more (workbook, sheet Buy_List)"


class _OrderLine:
    """An order in the words of the screen."""

    def __init__(self, plan: Plan, order: Order, amount: Decimal) -> None:
        offering = plan.scenario.catalog.offering[order.offering]
        price = next(t.price_usd_per_node_hour for t in plan.scenario.reserved if t.contract == order.contract)
        self.sign_by = str(order.order_by)
        self.contract = order.contract
        self.figures = (str(order.nodes), str(order.start), str(order.end), f"{price:.4f}", dollars(amount))
        chips = f"{offering.accelerators_per_node} x {offering.accelerator}"
        self.words = f"{chips} from {offering.provider}, {_what_for(plan, order)}"


def _what_for(plan: Plan, order: Order) -> str:
    """Workloads on the ordered offering while the order runs, by node-hours."""
    hours = {row.block: len(row.hours_of_week) for row in plan.scenario.blocks.blocks}
    chance = {row.outlook: row.probability for row in plan.scenario.outlooks}
    busy: dict[str, float] = defaultdict(float)
    for p in plan.placements:
        if p.offering == order.offering and p.pool is Pool.BASE and order.start <= p.month < order.end:
            busy[p.workload] += p.nodes * hours[p.block] * chance[p.outlook]
    total = sum(busy.values())
    if not total:
        return "idle in normal operation"
    by_size = sorted(busy.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{workload} {hours_used / total:.0%}" for workload, hours_used in by_size[:MOST_WORKLOADS]]
    others = len(by_size) - len(named)
    return f"for {', '.join(named)}{f' and {others} more' if others else ''}"


def _one_line_each(lines: Sequence[_OrderLine], width: int) -> list[str]:
    columns = (_ORDER, _CONTRACT, *_FIGURES, _WORDS)
    rows = [(line.sign_by, line.contract, *line.figures, line.words) for line in lines]
    if table_width(columns, rows) + len(INDENT) > width:
        return []
    return [INDENT + line for line in table_lines(columns, rows)]


def _two_lines_each(lines: Sequence[_OrderLine], width: int) -> Iterator[str]:
    columns: tuple[Column, ...] = (_ORDER, _CONTRACT, *_FIGURES)
    rows: list[tuple[str, ...]] = [(line.sign_by, line.contract, *line.figures) for line in lines]
    below = [line.words for line in lines]
    if table_width(columns, rows) + len(INDENT) > width:
        columns = (_ORDER, *_FIGURES)
        rows = [(line.sign_by, *line.figures) for line in lines]
        below = [f"{line.contract}: {line.words}" for line in lines]
    header, *body = table_lines(columns, rows)
    yield INDENT + header
    indent = " " * (len(INDENT) + len("2027-01-01  "))
    for line, words in zip(body, below, strict=True):
        yield INDENT + line
        yield from wrapped(words, width, first=indent, rest=indent)


def _comparison(plan: Plan, width: int) -> Iterator[str]:
    """Other ways to serve the same demand, and beneath the table what each of them leaves out."""
    if not plan.baselines:
        return
    yield ""
    yield "Against other ways to serve the same demand"
    columns = [Column("way"), *(Column(text, right=True) for text in ("minimised USD", "more than plan", "USD/Mtok"))]
    notes = list(dict.fromkeys(_said_of(plan, baseline) for baseline in plan.baselines))
    ours: tuple[str, ...] = ("this plan", dollars(plan.totals.objective_usd), "", mtok_price(plan.totals.usd_per_mtok))
    rows = [ours, *(_baseline(plan, baseline, notes) for baseline in plan.baselines)]
    if table_width(columns, rows) + len(INDENT) > width:
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    yield from (INDENT + line for line in table_lines(columns, rows))
    for number, note in enumerate(notes, start=1):
        yield from wrapped(note, width, first=f"{INDENT}[{number}] ", rest=" " * 6)
    if any("lifted" in baseline.note for baseline in plan.baselines):
        yield from wrapped(f"{LIFTED}. All that is broken: workbook, sheet Summary", width, first=INDENT, rest=INDENT)


def _baseline(plan: Plan, baseline: Baseline, notes: Sequence[str]) -> tuple[str, ...]:
    name = f"{baseline.name} [{notes.index(_said_of(plan, baseline)) + 1}]"
    if baseline.objective_usd is None:
        return name, baseline.outcome.replace("_", " "), "", ""
    ours = plan.totals.objective_usd
    more = baseline.objective_usd - ours
    share = f"{more / ours:7.1%}" if ours else ""
    return name, dollars(baseline.objective_usd), f"{dollars(more)} {share}", mtok_price(baseline.usd_per_mtok)


def _said_of(plan: Plan, baseline: Baseline) -> str:
    """What a baseline leaves out and breaks, and whether its difference is smaller than the two gaps together."""
    if baseline.objective_usd is None or baseline.bound_usd is None:
        return baseline.note
    said = f"{baseline.note}; {broken_words(baseline)}"
    gaps = plan.incumbent_usd - plan.bound_usd + float(baseline.objective_usd) - baseline.bound_usd
    if abs(baseline.objective_usd - plan.totals.objective_usd) > gaps:
        return said
    return f"no evidence, the difference is within the gaps; {said}"


def broken_words(baseline: Baseline) -> str:
    """How many rules of the scenario a baseline breaks, and the first of them."""
    if not baseline.breaks:
        return "breaks no rule: a real alternative"
    count = len(baseline.breaks)
    more = f"; and {count - MOST_BROKEN} more" if count > MOST_BROKEN else ""
    return f"BREAKS {count} rule{'' if count == 1 else 's'}: {'; '.join(baseline.breaks[:MOST_BROKEN])}{more}"


def _binding(plan: Plan, width: int) -> Iterator[str]:
    if not plan.binding:
        return
    blocks = len(plan.scenario.blocks.blocks)
    yield ""
    yield f"What binds (and how often, in {plan.scenario.run.months} months of {blocks} load blocks)"
    for rule in sorted(plan.binding, key=_rank)[:MOST_BINDING]:
        yield from wrapped(f"{rule.place}: {rule.times} x", width, first=INDENT, rest=INDENT * 2)
    left = len(plan.binding) - MOST_BINDING
    if left > 0:
        yield f"{INDENT}... and {left} more (workbook, sheet Summary)"


def _rank(rule: BindingRule) -> tuple[int, int, str]:
    known = rule.rule in _POLICY_FIRST
    return _POLICY_FIRST.index(rule.rule) if known else len(_POLICY_FIRST), -rule.times, rule.place


def _notes(plan: Plan, width: int) -> Iterator[str]:
    if plan.notes:
        yield from ("", "Notes")
    for note in plan.notes:
        yield from wrapped(note, width, first=INDENT, rest=INDENT * 2)
