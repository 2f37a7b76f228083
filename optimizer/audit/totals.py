"""The plan's totals again, in Decimal, from its lines and placements."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cache

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit.checks import Checks, Place
from optimizer.audit.due import MONEY, NOT_CASH, is_capital
from optimizer.audit.dues_of_tokens import list_price
from optimizer.audit.figures import Inputs, exact, hours_between
from optimizer.audit.splits import busy_roles
from optimizer.audit.statements import Statements
from optimizer.plan import CostLine, Placement, Plan, Totals
from optimizer.plan_contracts import ApiPlacement
from optimizer.plan_splits import SplitPlacement

HALF_A_CENT = Decimal("0.005")
MONEY_TOLERANCE = Decimal("1e-9")
"""Relative; discount factors are roots, and shares of hours are quotients."""
FLOW = Decimal("1e-6")


Weights = Callable[[str | None], Decimal]
"""What a line or a placement of an outlook counts; None: decided before the outlook is known."""


@dataclass(frozen=True)
class Sums:
    """What the lines and placements add up to, unrounded."""

    objective: Decimal
    effective: Decimal
    cash: Decimal
    capex: Decimal
    beyond_horizon: Decimal
    shortfall_penalty: Decimal
    emergency_expected: Decimal
    stability_price: Decimal
    carbon_price: Decimal
    list_price: Decimal
    served_mtok: Decimal


def expected(inputs: Inputs) -> Weights:
    """Every outlook weighs its probability."""
    return lambda outlook: Decimal(1) if outlook is None else inputs.probability[outlook]


def alone(name: str) -> Weights:
    """One outlook as it comes: what is decided before, and what is decided in it."""
    return lambda outlook: Decimal(1) if outlook in (None, name) else Decimal(0)


def add_up(inputs: Inputs, stated: Statements, weights: Weights) -> Sums:
    """All weighted sums; call inside the context of money."""
    cash = [line for line in stated.lines if line.nature not in NOT_CASH]
    paid = [line for line in cash if inputs.first <= line.paid_month < inputs.end]
    return Sums(
        objective=_sum(weights, stated.lines, lambda line: _present_value(inputs, line)),
        effective=_sum(weights, cash, lambda line: line.amount_usd * inside_share(inputs, line)),
        cash=_sum(weights, paid, _amount),
        capex=_sum(weights, (line for line in paid if is_capital(line.nature)), _amount),
        beyond_horizon=_sum(weights, cash, lambda line: line.amount_usd * after_share(inputs, line)),
        shortfall_penalty=_sum(weights, _of(stated, Nature.SHORTFALL_PENALTY), _amount),
        emergency_expected=_sum(weights, _of(stated, Nature.EMERGENCY_EXPECTED), _amount),
        stability_price=_sum(weights, _of(stated, Nature.STABILITY_PRICE), _amount),
        carbon_price=_sum(weights, _of(stated, Nature.CARBON_PRICE), _amount),
        list_price=_list_price(inputs, stated, weights),
        served_mtok=_served(inputs, stated, weights),
    )


def _sum(weights: Weights, lines: Iterable[CostLine], value: Callable[[CostLine], Decimal]) -> Decimal:
    return sum((weights(line.outlook) * value(line) for line in lines), Decimal(0))


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
    return _discount(inputs.run.discount_rate_per_year, max(0, paid - inputs.first))


@cache
def _discount(rate_per_year: Decimal, months: int) -> Decimal:
    exponent = MONEY.divide(Decimal(months), Decimal(12))
    return MONEY.divide(Decimal(1), MONEY.power(1 + rate_per_year, exponent))


def _present_value(inputs: Inputs, line: CostLine) -> Decimal:
    weight = inside_share(inputs, line) + inputs.run.beyond_horizon_weight * after_share(inputs, line)
    return line.amount_usd * weight * discount(inputs, line.paid_month)


def _list_price(inputs: Inputs, stated: Statements, weights: Weights) -> Decimal:
    total = Decimal(0)
    for row in stated.placements:
        price = inputs.offerings[row.offering].list_price_usd_per_node_hour
        hours = inputs.block_hours[row.month][row.block]
        total += weights(row.outlook) * exact(row.nodes) * hours * price
    for split in stated.bought.split_placements:
        for role in busy_roles(inputs, split):
            price = inputs.offerings[role.offering].list_price_usd_per_node_hour
            hours = inputs.block_hours[split.month][split.block]
            total += weights(split.outlook) * exact(role.nodes) * hours * price
    for by_token, usd in list_price(inputs, stated.bought.api_placements):
        total += weights(by_token.outlook) * usd
    return total


def _served(inputs: Inputs, stated: Statements, weights: Weights) -> Decimal:
    total = Decimal(0)
    served: tuple[Placement | ApiPlacement | SplitPlacement, ...] = (
        *stated.placements,
        *stated.bought.api_placements,
        *stated.bought.split_placements,
    )
    for row in served:
        hours = inputs.block_hours[row.month][row.block]
        total += weights(row.outlook) * exact(row.accepted_tok_per_s) * hours
    return total * 3600 / Decimal(1_000_000)


@dataclass(frozen=True)
class Objectives:
    """What the lines add up to as present value: expected, and in each outlook alone."""

    expected: Decimal
    by_outlook: dict[str, Decimal]


def check_totals(inputs: Inputs, stated: Statements, plan: Plan, checks: Checks) -> Objectives:
    """Every total of the plan and of its outlooks; returns the objectives that the lines add up to."""
    with localcontext(MONEY):
        sums = add_up(inputs, stated, expected(inputs))
        for rule, figures in _compared(plan.totals, sums).items():
            _check_total(rule, ("totals",), *figures, checks)
        _check_served(("totals.served", "totals.usd_per_mtok"), ("totals",), plan.totals, sums, checks)
        own = _each_alone(inputs, stated, sums)
        _check_outlooks(inputs, plan, own, checks)
        return Objectives(sums.objective, {outlook: row.objective for outlook, row in own.items()})


def _each_alone(inputs: Inputs, stated: Statements, expected_sums: Sums) -> dict[str, Sums]:
    """The sums of each outlook alone; a single outlook is what is expected."""
    if len(inputs.probability) == 1:
        return dict.fromkeys(inputs.probability, expected_sums)
    return {outlook: add_up(inputs, stated, alone(outlook)) for outlook in inputs.probability}


def _check_outlooks(inputs: Inputs, plan: Plan, own: dict[str, Sums], checks: Checks) -> None:
    """With more than one outlook the totals of each, once; with a single one they may be left out."""
    names = [row.outlook for row in plan.by_outlook]
    if names or len(own) > 1:
        checks.same("totals.by_outlook", ("outlooks",), sorted(names), sorted(own))
    for row in plan.by_outlook:
        if row.outlook not in own:
            continue
        place: Place = ("totals", row.outlook)
        checks.same("totals.by_outlook", place, exact(row.probability), inputs.probability[row.outlook])
        for name, figures in _compared(row.totals, own[row.outlook]).items():
            _check_total("totals.by_outlook", (*place, name), *figures, checks)
        _check_served(("totals.by_outlook", "totals.by_outlook"), place, row.totals, own[row.outlook], checks)


def _compared(totals: Totals, sums: Sums) -> dict[str, tuple[Decimal, Decimal]]:
    """Published and own figure, by rule."""
    return {
        "totals.objective": (totals.objective_usd, sums.objective),
        "totals.effective": (totals.effective_usd, sums.effective),
        "totals.cash": (totals.cash_usd, sums.cash),
        "totals.capex": (totals.capex_usd, sums.capex),
        "totals.beyond_horizon": (totals.beyond_horizon_usd, sums.beyond_horizon),
        "totals.shortfall_penalty": (totals.shortfall_penalty_usd, sums.shortfall_penalty),
        "totals.emergency_expected": (totals.emergency_expected_usd, sums.emergency_expected),
        "totals.stability_price": (totals.stability_price_usd, sums.stability_price),
        "totals.carbon_price": (totals.carbon_price_usd, sums.carbon_price),
        "totals.list": (totals.list_usd, sums.list_price),
    }


def _check_total(rule: str, place: Place, published: Decimal, own: Decimal, checks: Checks) -> None:
    checks.within(rule, place, published, own, "usd", allowed=HALF_A_CENT + MONEY_TOLERANCE * abs(own))


def _check_served(rules: tuple[str, str], place: Place, totals: Totals, sums: Sums, checks: Checks) -> None:
    allowed = FLOW * sums.served_mtok + _half_of_last_place(totals.served_mtok, FLOW)
    checks.within(rules[0], place, totals.served_mtok, sums.served_mtok, "mtok", allowed=allowed)
    if totals.usd_per_mtok is None or not sums.served_mtok:
        checks.same(rules[1], place, totals.usd_per_mtok is None, not sums.served_mtok, "is empty")
        return
    own = sums.effective / sums.served_mtok
    allowed = FLOW * abs(own) + _half_of_last_place(totals.usd_per_mtok, HALF_A_CENT)
    checks.within(rules[1], place, totals.usd_per_mtok, own, "usd/mtok", allowed=allowed)


def _half_of_last_place(published: Decimal, most: Decimal) -> Decimal:
    """Half a unit of the last decimal that is published, within reason."""
    exponent = published.as_tuple().exponent
    return min(most, Decimal(5).scaleb(exponent - 1)) if isinstance(exponent, int) else most
