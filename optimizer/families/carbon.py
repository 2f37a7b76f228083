"""Carbon: emissions of the nodes are capped by window, and counted as cost at the policy's price.

    stay_in_the_cap[r,v,s]:
        sum over o, t in v of t_per_node_hour[o] * node_hours[o,t,s]
            <=  limit_t_co2e[r] * months of v in the horizon / months of a whole window

    charged:  t_per_node_hour[o] * node_hours[o,t,s] * carbon_price_usd_per_t, in t for t; nobody is paid

    t_per_node_hour[o]  =  kW at the site * grid_g_co2e_per_kwh of the region / 1e6
    node_hours[o,t,s]   =  held or used, as charged in the ledger; what is served by the token has none

Windows are calendar months, quarters and years, or the horizon. Rows are divided by their limit. A row without
variables is left out if it holds and makes the case impossible if not.

symbol                  | V or P | explanation
node_hours[o,t,s]       | P      | linear in orders, active nodes and nodes by the hour; v as its first month
limit_t_co2e[r]         | P      | limit of rule r for a whole window
carbon_price_usd_per_t  | P      | what the policy counts for a tonne
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyomo.environ as pyo

from contracts.terms.common import BillLine, Nature
from optimizer.decisions import Decisions
from optimizer.footprint_figures import FootprintFigures
from optimizer.ledger import ByHolderAndMonth, Ledger
from optimizer.linear import Term, at_most_nothing, scaled
from optimizer.problem import Problem
from optimizer.supply import Supply
from scenarios.policy import BudgetWindow, CarbonCap

WINDOW_MONTHS = {BudgetWindow.MONTH: 1, BudgetWindow.QUARTER: 3, BudgetWindow.YEAR: 12}
SENTENCES = {"stay_in_the_cap": "{0} used up in the window from {1}"}

Tonnes = dict[str, Decimal]
"""By offering, t CO2e of a node-hour."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """What is emitted in a window of an outlook, in the variables of some model, and what may be."""

    rule: CarbonCap
    terms: list[Term]
    held_t: float
    limit_t: float


def build(block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger) -> None:
    """Add a row for every cap, window and outlook, and charge the price."""
    policy = problem.scenario.policy
    rows = emissions(problem, policy.carbon, ledger)

    def stay_in_the_cap(_: Any, *place: str) -> Any:
        row = rows[place]  # type: ignore[index]
        size = row.limit_t or 1.0
        return at_most_nothing(scaled(1.0 / size, row.terms), (row.held_t - row.limit_t) / size)

    block.stay_in_the_cap = pyo.Constraint(list(rows), rule=stay_in_the_cap)
    if policy.carbon_price_usd_per_t:
        _charge(problem, _tonnes(problem), ledger)


def emissions(problem: Problem, rules: Iterable[CarbonCap], ledger: Ledger) -> dict[tuple[str, str, str], Emitted]:
    """What every cap is about, by rule, window and outlook, in the variables of a model that need not have its rows."""
    found: dict[tuple[str, str, str], Emitted] = {}
    for rule in sorted(rules, key=lambda row: row.rule):
        tonnes = _tonnes(problem)
        for s in problem.outlooks:
            node_hours = ledger.node_hours(s)
            for first, months, limit in _windows(problem, rule):
                found[rule.rule, first, s] = Emitted(rule, *_emitted(tonnes, months, node_hours), limit)
    return found


def _tonnes(problem: Problem) -> Tonnes:
    figures = FootprintFigures(problem.scenario)
    return {o: figures.needed(figures.t_per_node_hour, o) for o in problem.offering}


def _windows(problem: Problem, rule: CarbonCap) -> list[tuple[str, list[int], float]]:
    """First month, months (indices) and limit of every window of a cap, in order."""
    whole = WINDOW_MONTHS.get(rule.window, len(problem.months))
    groups: dict[int, list[int]] = {}
    for t, month in enumerate(problem.months):
        number = 0 if rule.window is BudgetWindow.HORIZON else (month.year * 12 + month.number - 1) // whole
        groups.setdefault(number, []).append(t)
    return [
        (str(problem.months[months[0]]), months, rule.limit_t_co2e * len(months) / whole) for months in groups.values()
    ]


def _emitted(tonnes: Tonnes, months: list[int], node_hours: ByHolderAndMonth) -> tuple[list[Term], float]:
    """t CO2e of a window: terms and a constant."""
    terms: list[Term] = []
    constant = 0.0
    for o, per_hour in tonnes.items():
        rate = float(per_hour)
        for t in months if rate else ():
            terms += scaled(rate, node_hours.terms(o, t))
            constant += rate * node_hours.constant(o, t)
    return terms, constant


def _charge(problem: Problem, tonnes: Tonnes, ledger: Ledger) -> None:
    """The price of what every node-hour of the ledger emits, in the month in which it is held or used."""
    price = problem.scenario.policy.carbon_price_usd_per_t
    for charge in ledger.charges:
        if not charge.node_hours or charge.offering is None or not tonnes.get(charge.offering):
            continue
        for t, hours in charge.node_hours:
            month = problem.months[t]
            line = BillLine(Nature.CARBON_PRICE, month, month, month + 1, tonnes[charge.offering], price)
            ledger.charge_bill(
                [line],
                bills=hours,
                offering=charge.offering,
                variable=charge.variable,
                outlook=charge.outlook,
                probability=problem.probability[charge.outlook] if charge.outlook else 1.0,
                is_held=charge.is_held,
            )
