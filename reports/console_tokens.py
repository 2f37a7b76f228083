"""What is served by the token on the screen: tokens bought, how near their limits, and units to sign by when."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import Plan
from optimizer.plan_contracts import ApiPlacement, ProvisionedOrder
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars

INDENT = "  "
MOST = 10
_TOKENS = (
    Column("API"),
    Column("accepted Mtok", right=True),
    Column("of all", right=True),
    Column("by units", right=True),
    Column("USD by the token", right=True),
    Column("limit used", right=True),
)
_UNITS = (
    Column("sign by"),
    Column("only if"),
    Column("contract"),
    Column("units", right=True),
    Column("starts"),
    Column("ends"),
    Column("commitment USD", right=True),
)


def token_lines(plan: Plan, width: int) -> Iterator[str]:
    """What is served by the token, and the units for it; nothing where nothing is."""
    yield from _tokens(plan)
    yield from _units(plan, width)


def _tokens(plan: Plan) -> Iterator[str]:
    if not plan.api_placements:
        return
    yield ""
    yield "Served by the token (no nodes; does not count after an event)"
    mtok, by_units = _mtok(plan)
    paid = _paid(plan)
    served = float(plan.totals.served_mtok)
    rows = [
        (
            api,
            f"{amount:,.0f}",
            f"{amount / served:.1%}" if served else "-",
            f"{by_units.get(api, 0.0) / amount:.0%}" if amount else "-",
            dollars(paid[api]),
            f"{_busiest(plan, api):.0%}",
        )
        for api, amount in sorted(mtok.items(), key=lambda item: (-item[1], item[0]))
    ]
    yield from (INDENT + line for line in table_lines(_TOKENS, rows[:MOST]))
    if len(rows) > MOST:
        yield f"{INDENT}... and {len(rows) - MOST} more (workbook, sheet Tokens_Bought)"


def _mtok(plan: Plan) -> tuple[dict[str, float], dict[str, float]]:
    """Expected accepted Mtok of each API, and what of it units carry."""
    chance = {row.outlook: row.probability for row in plan.scenario.outlooks}
    hours = {(b.block, m): b.hours_in(m) for b in plan.scenario.blocks.blocks for m in plan.scenario.horizon.months}
    mtok: dict[str, float] = defaultdict(float)
    by_units: dict[str, float] = defaultdict(float)
    for row in plan.api_placements:
        amount = chance[row.outlook] * row.accepted_tok_per_s * hours[row.block, row.month] * 3600 / 1e6
        mtok[row.api] += amount
        if row.contract is not None:
            by_units[row.api] += amount
    return mtok, by_units


def _paid(plan: Plan) -> dict[str, Decimal]:
    """Expected dollars by API."""
    chance = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature is Nature.API_USAGE and line.outlook is not None:
            paid[line.source] += chance[line.outlook] * line.amount_usd
    return paid


def _busiest(plan: Plan, api: str) -> float:
    """Largest share of a rate limit that is used in any block."""
    offer = next(row for row in plan.scenario.api_offers if row.api == api)
    sent: dict[tuple[object, ...], float] = defaultdict(float)
    received: dict[tuple[object, ...], float] = defaultdict(float)
    for row in plan.api_placements:
        if row.api == api and row.contract is None:
            attempts, prompt = _gross(plan, row)
            place = row.outlook, row.month, row.block
            sent[place] += row.accepted_tok_per_s * prompt
            received[place] += row.accepted_tok_per_s * attempts
    inputs = max(sent.values(), default=0.0) / offer.input_tok_per_s_limit
    return max(inputs, max(received.values(), default=0.0) / offer.output_tok_per_s_limit)


def _gross(plan: Plan, row: ApiPlacement) -> tuple[float, float]:
    """Output and input tokens of all attempts for one accepted output token."""
    scenario = plan.scenario
    workload = next(w for w in scenario.workloads if w.workload == row.workload)
    size = next(c for c in scenario.size_classes if (c.workload, c.size_class) == (row.workload, row.size_class))
    return 1 / workload.yield_share, size.input_tokens / size.output_tokens / workload.yield_share


def _units(plan: Plan, width: int) -> Iterator[str]:
    if not plan.provisioned:
        return
    yield ""
    yield "Provisioned units to sign, paid in every hour of their term, used or not"
    rows = [_unit_row(plan, row) for row in sorted(plan.provisioned, key=lambda r: (r.order_by, r.order))]
    columns = list(_UNITS)
    if all(row.outlook is None for row in plan.provisioned):
        columns.pop(1)
        rows = [(first, *rest) for first, _, *rest in rows]
    yield from (INDENT + line for line in table_lines(columns, rows[:MOST]))
    if len(rows) > MOST:
        yield f"{INDENT}... and {len(rows) - MOST} more (workbook, sheet Buy_Units)"
    if any(row.outlook for row in plan.provisioned):
        words = "those with an outlook are NOT to be signed before it is known"
        yield from wrapped(words, width, first=INDENT, rest=INDENT)


def _unit_row(plan: Plan, row: ProvisionedOrder) -> tuple[str, ...]:
    amount = sum((line.amount_usd for line in plan.cost_lines if line.order == row.order), Decimal(0))
    when = str(row.order_by), row.outlook or "-", row.contract
    return (*when, str(row.units), str(row.start), str(row.end), dollars(amount))
