"""The plan's totals again, in Decimal, from its lines and placements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.checks import Checks
from optimizer.audit.dues import MONEY
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine, Plan

HALF_A_CENT = Decimal("0.005")
MONEY_TOLERANCE = Decimal("1e-9")
"""Relative; discount factors are roots, and shares of hours are quotients."""
FLOW = Decimal("1e-6")
_NOT_CASH = (Nature.SHORTFALL_PENALTY, Nature.EMERGENCY_EXPECTED)


@dataclass(frozen=True)
class Sums:
    """What the lines and placements add up to, unrounded."""

    objective: Decimal
    effective: Decimal
    cash: Decimal
    beyond_horizon: Decimal
    shortfall_penalty: Decimal
    emergency_expected: Decimal
    list_price: Decimal
    served_mtok: Decimal


def add_up(inputs: Inputs, stated: Statements) -> Sums:
    """All expected sums; call inside the context of money."""
    cash = [line for line in stated.lines if line.nature not in _NOT_CASH]
    return Sums(
        objective=_sum(inputs, stated.lines, lambda line: _present_value(inputs, line)),
        effective=_sum(inputs, cash, lambda line: line.amount_usd * inside_share(inputs, line)),
        cash=_sum(inputs, (c for c in cash if inputs.first <= c.paid_month < inputs.end), _amount),
        beyond_horizon=_sum(inputs, cash, lambda line: line.amount_usd * after_share(inputs, line)),
        shortfall_penalty=_sum(inputs, _of(stated, Nature.SHORTFALL_PENALTY), _amount),
        emergency_expected=_sum(inputs, _of(stated, Nature.EMERGENCY_EXPECTED), _amount),
        list_price=_list_price(inputs, stated),
        served_mtok=_served(inputs, stated),
    )


def _sum(inputs: Inputs, lines: Iterable[CostLine], value: Callable[[CostLine], Decimal]) -> Decimal:
    total = Decimal(0)
    for line in lines:
        probability = Decimal(1) if line.outlook is None else inputs.probability[line.outlook]
        total += probability * value(line)
    return total


def _amount(line: CostLine) -> Decimal:
    return line.amount_usd


def _of(stated: Statements, nature: Nature) -> list[CostLine]:
    return [line for line in stated.lines if line.nature is nature]


def inside_share(inputs: Inputs, line: CostLine) -> Decimal:
    """Share of a line's service hours that lies inside the horizon."""
    first = max(line.service_first, inputs.first)
    end = min(line.service_end, inputs.end)
    inside = hours_between(first, end) if first < end else 0
    return Decimal(inside) / hours_between(line.service_first, line.service_end)


def after_share(inputs: Inputs, line: CostLine) -> Decimal:
    """Share of a line's service hours that lies after the horizon; what was served before it is in neither share."""
    first = max(line.service_first, inputs.end)
    after = hours_between(first, line.service_end) if first < line.service_end else 0
    return Decimal(after) / hours_between(line.service_first, line.service_end)


def discount(inputs: Inputs, paid: Month) -> Decimal:
    """(1 + yearly rate) ^ -(k / 12), k = months from the first of the horizon to payment, not below 0."""
    months = max(0, paid - inputs.first)
    yearly = 1 + inputs.run.discount_rate_per_year
    return Decimal(1) if months == 0 else 1 / yearly ** (Decimal(months) / 12)


def _present_value(inputs: Inputs, line: CostLine) -> Decimal:
    weight = inside_share(inputs, line) + inputs.run.beyond_horizon_weight * after_share(inputs, line)
    return line.amount_usd * weight * discount(inputs, line.paid_month)


def _list_price(inputs: Inputs, stated: Statements) -> Decimal:
    total = Decimal(0)
    for row in stated.placements:
        price = inputs.offerings[row.offering].list_price_usd_per_node_hour
        hours = inputs.block_hours[row.month][row.block]
        total += inputs.probability[row.outlook] * exact(row.nodes) * hours * price
    return total


def _served(inputs: Inputs, stated: Statements) -> Decimal:
    total = Decimal(0)
    for row in stated.placements:
        hours = inputs.block_hours[row.month][row.block]
        total += inputs.probability[row.outlook] * exact(row.accepted_tok_per_s) * hours
    return total * 3600 / Decimal(1_000_000)


def check_totals(inputs: Inputs, stated: Statements, plan: Plan, checks: Checks) -> Decimal:
    """Every total of the plan; returns the objective that the lines add up to."""
    with localcontext(MONEY):
        sums = add_up(inputs, stated)
        totals = plan.totals
        for rule, published, own in (
            ("totals.objective", totals.objective_usd, sums.objective),
            ("totals.effective", totals.effective_usd, sums.effective),
            ("totals.cash", totals.cash_usd, sums.cash),
            ("totals.beyond_horizon", totals.beyond_horizon_usd, sums.beyond_horizon),
            ("totals.shortfall_penalty", totals.shortfall_penalty_usd, sums.shortfall_penalty),
            ("totals.emergency_expected", totals.emergency_expected_usd, sums.emergency_expected),
            ("totals.list", totals.list_usd, sums.list_price),
        ):
            allowed = HALF_A_CENT + MONEY_TOLERANCE * abs(own)
            checks.within(rule, ("totals",), published, own, "usd", allowed=allowed)
        _check_served(plan, sums, checks)
        return sums.objective


def _check_served(plan: Plan, sums: Sums, checks: Checks) -> None:
    totals = plan.totals
    allowed = FLOW * sums.served_mtok + _half_of_last_place(totals.served_mtok, FLOW)
    checks.within("totals.served", ("totals",), totals.served_mtok, sums.served_mtok, "mtok", allowed=allowed)
    if totals.usd_per_mtok is None or not sums.served_mtok:
        checks.same("totals.usd_per_mtok", ("totals",), totals.usd_per_mtok is None, not sums.served_mtok, "is empty")
        return
    own = sums.effective / sums.served_mtok
    allowed = FLOW * own + _half_of_last_place(totals.usd_per_mtok, HALF_A_CENT)
    checks.within("totals.usd_per_mtok", ("totals",), totals.usd_per_mtok, own, "usd/mtok", allowed=allowed)


def _half_of_last_place(published: Decimal, most: Decimal) -> Decimal:
    """Half a unit of the last decimal that is published, within reason."""
    exponent = published.as_tuple().exponent
    assert isinstance(exponent, int)
    return min(most, Decimal(5).scaleb(exponent - 1))
