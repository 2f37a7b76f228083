"""Power, energy and emissions once more: what nodes draw in a block, and what a month of them emits."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.audit.budgets import months_by_window, whole_window
from optimizer.audit.checks import Checks
from optimizer.audit.deliveries import active_nodes
from optimizer.audit.drawn import Drawn
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs, exact
from optimizer.audit.groups import Groups, is_meant
from optimizer.audit.shares import months_of
from optimizer.audit.statements import Statements
from scenarios.policy import PowerCap

KW_OF_MW = 1000.0


@dataclass(frozen=True)
class Emitted:
    """What the nodes of an offering draw and emit in a month of an outlook; None where nobody knows."""

    outlook: str
    month: Month
    offering: str
    node_hours: Decimal
    energy_kwh: Decimal | None
    t_co2e: Decimal | None


def emissions(inputs: Inputs, stated: Statements) -> Iterator[Emitted]:
    """Of every offering with node-hours, exact; call inside the context of money."""
    drawn = Drawn(inputs)
    for (outlook, month, offering), hours in _node_hours(inputs, stated).items():
        kw, t_per_kwh = drawn.site_kw(offering), drawn.t_per_kwh(offering)
        kwh = None if kw is None else hours * kw
        tonnes = None if kwh is None or t_per_kwh is None else kwh * t_per_kwh
        if hours:
            yield Emitted(outlook, month, offering, hours, kwh, tonnes)


def _node_hours(inputs: Inputs, stated: Statements) -> dict[tuple[str, Month, str], Decimal]:
    """Held or used: of commitments all hours, by the hour what runs, without uplift."""
    hours: dict[tuple[str, Month, str], Decimal] = defaultdict(Decimal)
    for (outlook, month), rows in active_nodes(inputs, stated).items():
        for row in rows:
            hours[outlook, month, row.offering] += row.node_hours(inputs.hours[month])
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        if isinstance(terms, OnDemand | Spot | VolumePriced):
            in_block = inputs.block_hours[usage.month][usage.block]
            hours[usage.outlook, usage.month, terms.offering] += exact(usage.nodes) * in_block
    return hours


def check_power(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every cap in every outlook, month and block, for its group or for every group."""
    if not inputs.policy.power:
        return
    draws = _Draws(inputs, stated)
    for cap in inputs.policy.power:
        for outlook in inputs.probability:
            for month in months_of(inputs, cap):
                for block in inputs.blocks:
                    if inputs.block_hours[month][block]:
                        draws.check(cap, (outlook, month, block), checks)


class _Draws:
    """Nodes that are there in a block, used or not, and what they draw."""

    def __init__(self, inputs: Inputs, stated: Statements) -> None:
        self._groups = Groups(inputs)
        with localcontext(MONEY):
            drawn = Drawn(inputs)
            self._kw = {name: float(drawn.site_kw(name) or 0) for name in inputs.offerings}
        self._committed: dict[tuple[str, Month], dict[str, float]] = {}
        for moment, rows in active_nodes(inputs, stated).items():
            nodes = self._committed[moment] = defaultdict(float)
            for row in rows:
                nodes[row.offering] += row.nodes
        self._by_hour: dict[tuple[str, Month, str], list[tuple[str, float]]] = defaultdict(list)
        for usage in stated.usages:
            terms = inputs.terms[usage.contract]
            if isinstance(terms, OnDemand | Spot | VolumePriced):
                self._by_hour[usage.outlook, usage.month, usage.block].append((terms.offering, usage.nodes))

    def check(self, cap: PowerCap, moment: tuple[str, Month, str], checks: Checks) -> None:
        by_hour = self._by_hour.get(moment, [])
        kw: dict[str, float] = defaultdict(float)
        error: dict[str, float] = defaultdict(float)
        for offering, nodes in (*self._committed[moment[:2]].items(), *by_hour):
            for group in self._groups.of_offering(offering, cap.by):
                kw[group] += nodes * self._kw[offering]
                error[group] += self._kw[offering]
        for group in sorted(kw):
            if is_meant(group, cap.group):
                mw = kw[group] / KW_OF_MW
                rounded = error[group] / KW_OF_MW
                checks.at_most("policy.power", (cap.rule, group, *moment), mw, cap.limit_mw, "MW", rounded=rounded)


def check_carbon(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every cap in every outlook and window; one that the horizon cuts has its part of the limit, by months."""
    caps = inputs.policy.carbon
    if not caps:
        return
    with localcontext(MONEY):
        found = list(emissions(inputs, stated))
    for cap in caps:
        for window, months in months_by_window(inputs.months, cap.window).items():
            limit = cap.limit_t_co2e * len(months) / whole_window(inputs, cap.window)
            for outlook in inputs.probability:
                rows = [row for row in found if row.outlook == outlook and row.month in months]
                tonnes = float(sum((row.t_co2e or Decimal(0) for row in rows), Decimal(0)))
                checks.at_most("policy.carbon", (cap.rule, outlook, window), tonnes, limit, "t CO2e", rounded=len(rows))
