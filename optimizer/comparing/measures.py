"""The figures by which plans are compared, each with the direction that is good."""

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from catalog.records import Record
from optimizer.comparing.weighing import chances, effective_parts, shortfall_mtok
from optimizer.plan import Plan
from optimizer.plan_footprint import FootprintMonth

Good = Literal["lower", "higher", "neither"]
Unit = Literal["USD", "USD/Mtok", "Mtok", "nodes", "orders", "share", "MWh", "t CO2e", "points"]


class Measure(Record):
    """One figure of a plan."""

    name: str
    unit: Unit
    good: Good
    value: Decimal | None
    """None where the plan has no such figure, as a price per Mtok of nothing served."""


def measures(plan: Plan) -> tuple[Measure, ...]:
    """All figures of a plan, the same ones in the same order for every plan."""
    totals, zero = plan.totals, Decimal(0)
    nodes = sum((Decimal(order.nodes) for order in plan.orders), zero)
    return (
        _usd("Objective (present value, minimised)", totals.objective_usd),
        _usd("Effective cost in the horizon", totals.effective_usd),
        _usd("Cash in the horizon", totals.cash_usd),
        _usd("Capital expenditure in the horizon", totals.capex_usd),
        _usd("Shortfall penalties", totals.shortfall_penalty_usd),
        _usd("Expected emergencies", totals.emergency_expected_usd),
        _usd("Price of carbon (not billed)", totals.carbon_price_usd),
        _usd("Price of changes to the approved orders (not billed)", totals.stability_price_usd),
        _usd("Payments for service after the horizon", totals.beyond_horizon_usd),
        _usd("Objective in the dearest outlook", _dearest_usd(plan)),
        Measure(name="Accepted output tokens served", unit="Mtok", good="higher", value=totals.served_mtok),
        Measure(name="Not served", unit="Mtok", good="lower", value=shortfall_mtok(plan)),
        Measure(name="Per million accepted output tokens", unit="USD/Mtok", good="lower", value=totals.usd_per_mtok),
        Measure(name="Largest share of one payee", unit="share", good="lower", value=_largest_share(plan)),
        _usd("Nodes in use at list price", totals.list_usd, good="neither"),
        _usd("Payments under new orders, whole terms", _ordered_usd(plan), good="neither"),
        Measure(name="Orders of nodes", unit="orders", good="neither", value=Decimal(len(plan.orders))),
        Measure(name="Nodes ordered", unit="nodes", good="neither", value=nodes),
        Measure(
            name="Energy of nodes", unit="MWh", good="lower", value=_expected(plan, lambda row: row.energy_kwh / 1000)
        ),
        Measure(name="Emissions of nodes", unit="t CO2e", good="lower", value=_expected(plan, lambda row: row.t_co2e)),
        Measure(name="Lowest sovereignty index of a month", unit="points", good="higher", value=_lowest_index(plan)),
    )


def _usd(name: str, value: Decimal, good: Good = "lower") -> Measure:
    return Measure(name=name, unit="USD", good=good, value=value)


def _expected(plan: Plan, amount: Callable[[FootprintMonth], Decimal]) -> Decimal | None:
    """Over the outlooks; None where nothing is known of what nodes draw."""
    if not plan.footprint:
        return None
    weights = chances(plan)
    found = sum((weights[row.outlook] * amount(row) for row in plan.footprint), Decimal(0))
    return found.quantize(Decimal("0.000001"))


def _lowest_index(plan: Plan) -> Decimal | None:
    """Of any month and outlook with capacity."""
    known = [row.index for row in plan.sovereignty if row.index is not None]
    return Decimal(repr(min(known))).quantize(Decimal("0.0001")) if known else None


def _dearest_usd(plan: Plan) -> Decimal:
    return max((row.totals.objective_usd for row in plan.by_outlook), default=plan.totals.objective_usd)


def _ordered_usd(plan: Plan) -> Decimal:
    weights = chances(plan)
    usd = sum((weights[line.outlook] * line.amount_usd for line in plan.cost_lines if line.order), Decimal(0))
    return usd.quantize(Decimal("0.01"))


def _largest_share(plan: Plan) -> Decimal | None:
    if not plan.totals.effective_usd:
        return None
    paid: dict[str, Decimal] = defaultdict(Decimal)
    paid.update(effective_parts(plan, lambda line: line.payee))
    return (max(paid.values()) / plan.totals.effective_usd).quantize(Decimal("0.000001"))
