"""Unit cost: nine parts that add up to the plan, each cell recomputed, and the tags that divide them."""

from collections import defaultdict
from decimal import Decimal

from optimizer.audit.checks import Checks, Place
from optimizer.audit.cost_columns import check_columns
from optimizer.audit.cost_ledger import HEADROOM, IDLE, User
from optimizer.audit.cost_split import CostSplit
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.serving import ServingBook
from optimizer.audit.statements import Statements
from optimizer.plan import Plan
from optimizer.plan_unit_cost import Part, TaggedCost, UnitCost, UnitCostRow

CENT = Decimal("0.01")
NOTHING = Decimal(0)
FLOW = Decimal("1e-6")
MONEY_ROUNDED = 0.0101 / 1e-9
"""A cell is within a cent of its exact value: so many times the rounding of a figure."""
MILLIONTHS_ROUNDED = 2000.0
"""The same of tokens in millions and of requests, told to the millionth."""
MTOK, REQUESTS = "accepted mtok", "accepted requests"


def check_unit_cost(inputs: Inputs, plan: Plan, stated: Statements, book: ServingBook, checks: Checks) -> None:
    """All of it; a plan whose cost is not split has nothing to check."""
    if plan.unit_cost is None:
        return
    rows = plan.unit_cost.rows
    total = sum((row.all_parts_usd for row in rows), NOTHING)
    checks.same("unit_cost.total", ("rows",), total, plan.totals.effective_usd, "usd")
    for row in rows:
        for part, usd in (*row.by_part, (HEADROOM, row.headroom_usd)):
            is_whole = usd.is_finite() and usd == usd.quantize(CENT)
            checks.true("unit_cost.cents", (*_user(row), part), is_whole, left=usd, operator="in", right="cents")
    mtok = sum((row.accepted_mtok for row in rows), NOTHING)
    checks.within("unit_cost.tokens", ("rows",), mtok, plan.totals.served_mtok, "mtok", allowed=FLOW)
    _check_cells(inputs, stated, book, plan.unit_cost, checks)
    _check_tags(inputs, rows, plan.unit_cost.tags, checks)


def _user(row: UnitCostRow) -> User:
    for kind, column in (("offering", row.offering), ("api", row.api), ("split", row.split)):
        if column is not None:
            return User(row.workload, row.size_class, kind, column)
    return User(row.workload, row.size_class, None, None)


def _check_cells(inputs: Inputs, stated: Statements, book: ServingBook, cost: UnitCost, checks: Checks) -> None:
    """Every cell, of rows that are told and of those that are not; and what prices of columns include."""
    rows, split = cost.rows, CostSplit(inputs, stated, book)
    own: dict[User, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (user, part), usd in split.cells().items():
        own[user][IDLE if part == HEADROOM else part] += usd
        if part == HEADROOM:
            own[user][HEADROOM] += usd
    amounts = {
        ((user.kind, user.column), part)
        for user, parts in own.items()
        for part, amount in parts.items()
        if user.kind is not None and user.column is not None and abs(amount) >= float(CENT)
    }
    check_columns(inputs, stated, cost.columns, amounts, checks)
    told = {_user(row): row for row in rows}
    checks.same("unit_cost.rows", ("rows",), len(told), len(rows))
    for user in own.keys() - told.keys():
        for part, usd in own[user].items():
            checks.close("unit_cost.cells", (*user, part), 0.0, usd, "usd", rounded=MONEY_ROUNDED)
    for user, row in told.items():
        for name, published in (*((part.value, usd) for part, usd in row.by_part), (HEADROOM, row.headroom_usd)):
            place: Place = (*user, name)
            usd = own.get(user, {}).get(name, 0.0)
            checks.close("unit_cost.cells", place, float(published), usd, "usd", rounded=MONEY_ROUNDED)
        mtok = split.served.mtok.get(user, 0.0)
        checks.close("unit_cost.tokens", user, float(row.accepted_mtok), mtok, "mtok", rounded=MILLIONTHS_ROUNDED)
        if row.workload is not None and row.size_class is not None and (user[0], user[1]) in inputs.classes:
            output = exact(inputs.classes[row.workload, row.size_class].output_tokens)
            requests = row.accepted_mtok * 1_000_000 / output
            checks.within("unit_cost.tokens", user, row.accepted_requests, requests, "requests", allowed=FLOW)


def _check_tags(inputs: Inputs, rows: tuple[UnitCostRow, ...], tags: tuple[TaggedCost, ...], checks: Checks) -> None:
    """Tags of a workload and kind add up to it, and each has its share of every part, of headroom and of tokens."""
    workload_figures: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if row.workload is not None:
            for name, figure in _figures(row).items():
                workload_figures[row.workload, name] += figure
    shares: dict[tuple[str, str], dict[str | None, float]] = defaultdict(dict)
    for tag in inputs.scenario.tags:
        shares[tag.workload, tag.kind.value][tag.tag] = tag.token_share
    costs: dict[tuple[str, str], dict[str | None, TaggedCost]] = defaultdict(dict)
    for cost in tags:
        costs[cost.workload, cost.kind.value][cost.tag] = cost
    served = {row.workload for row in rows}
    for key, stated in shares.items():
        if key[0] in served:
            _check_kind(key, stated, costs[key], workload_figures, checks)
    for key in costs.keys() - shares.keys():
        checks.true("unit_cost.tags", key, False, left="tags", operator="but", right="none is stated")


def _figures(row: UnitCostRow | TaggedCost) -> dict[str, Decimal]:
    """Everything that tags divide: dollars, and tokens and requests in millionths."""
    usd = {part.value: usd for part, usd in row.by_part}
    return usd | {HEADROOM: row.headroom_usd, MTOK: row.accepted_mtok, REQUESTS: row.accepted_requests}


def _check_kind(
    key: tuple[str, str],
    stated: dict[str | None, float],
    costs: dict[str | None, TaggedCost],
    workload_figures: dict[tuple[str, str], Decimal],
    checks: Checks,
) -> None:
    total = sum(stated.values())
    shares = {tag: share / max(1.0, total) for tag, share in stated.items()}
    if total < 1.0 - 1e-9 or None in costs:
        shares[None] = max(0.0, 1.0 - total)
    checks.same("unit_cost.tags", key, sorted(map(str, costs)), sorted(map(str, shares)))
    told = {tag: _figures(row) for tag, row in costs.items()}
    for name in (*(part.value for part in Part), HEADROOM, MTOK, REQUESTS):
        whole = workload_figures[key[0], name]
        checks.same("unit_cost.tags", (*key, name), sum((row[name] for row in told.values()), NOTHING), whole)
        rounded = MILLIONTHS_ROUNDED if name in (MTOK, REQUESTS) else MONEY_ROUNDED
        for tag, row in told.items():
            due = float(whole) * shares.get(tag, 0.0)
            checks.close("unit_cost.tags", (*key, tag or "the rest", name), float(row[name]), due, "", rounded=rounded)
    for tag, cost in costs.items():
        place: Place = (*key, tag or "the rest", "token share")
        checks.close("unit_cost.tags", place, cost.token_share, shares.get(tag, 0.0), "")
