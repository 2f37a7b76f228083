"""A plan with take-or-pay, a migration and budgets, worked by hand in one outlook."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    MigrationStart,
    Order,
    Placement,
    Plan,
    Pool,
    Totals,
    Usage,
)
from optimizer.plan_contracts import TakeOrPayWindow
from tests.audit_commitments import APR, JUL, JUN, MAY, ORDER, commitments_scenario
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd


def commitments_plan() -> Plan:
    """One lot of take-or-pay from January; the work on stack-b begins in January, its gate is April.

    A node carries 1,000 tok/s. Demand in nodes: 1, 0.5, 2, 2.5, 1 in months of 744, 672, 744, 720, 744 h.
    node-b serves half a node in April (0.5 of 2.5, a quarter allowed) and in May (0.5 of 1, a half allowed).

    *Windows*, in node-hours. January and February owe 500 + 1,000, used 744 + 336 = 1,080: 420 are paid unused.
    March and April owe 2,000, used 1,488 + 1,440 = 2,928, 928 above: 420 are made up, 508 carry forward.
    May, cut by the horizon, owes 1,000: 372 used and 508 carried are 880, 120 are paid unused and remain.

    *Lines.* Use at 5 USD: 3,720, 1,680, 7,440, 7,200, 1,860. True-up 2,100 and 600, made up 2,100. June, after the
    horizon, is owed with 5,000. On demand b at 8 USD: 360 h 2,880, 372 h 2,976. Work 333.33, 333.33, 333.34;
    upkeep 100 in April and May. By month: 4,053.33, 4,113.33, 7,773.34, 8,080, 5,536; together 29,556.

    *Budgets.* Opex of the quarters 14,940 and 13,616, the second with two months of three: 20,424 * 2 / 3 = 13,616.
    The year has five months of twelve: 70,934.40 * 5 / 12 = 29,556.

    *Capacity.* All nodes of the order: 2 * 3,624 h of 7,248 + 732: 90.8 % (of what is used it would be 85.7 %).

    *Contingencies.* Without node-b 80 % of 2.5 nodes in April need both nodes of the order. Without the order
    40 %: 0.4, 0.2, 0.8, 1, 0.4 nodes; node-b may serve a quarter of 2.5 in April and half of 1 in May.

    *Totals.* Objective 29,556 + 5,000 / 2. 5,112 node-hours: 51,120 at list price, 3.6 Mtok each: 18,403.2.
    """
    totals = Totals(
        objective_usd=usd("32056.00"),
        effective_usd=usd("29556.00"),
        cash_usd=usd("29556.00"),
        capex_usd=usd("1000.00"),
        beyond_horizon_usd=usd("5000.00"),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("51120.00"),
        served_mtok=usd("18403.2"),
        usd_per_mtok=usd("1.606025"),
    )
    order = Order(
        order=ORDER,
        contract="top-a",
        offering="node-a",
        nodes=2,
        start=JAN,
        end=JUL,
        order_by=date(2027, 1, 1),
    )
    begun = MigrationStart(migration="to-b", model="model-a", stack="stack-b", start=JAN, gate=APR)
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all"}
    return a_plan(
        commitments_scenario(),
        totals,
        orders=(order,),
        migrations=(begun,),
        usages=_usages(),
        placements=_placements(),
        take_or_pay=_windows(),
        cost_lines=_lines(),
        goodput=tuple(Goodput(**pair, offering=f"node-{x}", serving=one_size(x)) for x in "ab"),
        contingencies=_cases(),
    )


def _usages() -> tuple[Usage, ...]:
    when: dict[str, Any] = {"outlook": "base", "block": "all"}
    taken = {JAN: 1.0, FEB: 0.5, MAR: 2.0, APR: 2.0, MAY: 0.5}
    return tuple(
        Usage(**when, contract="top-a", order=ORDER, offering="node-a", month=month, nodes=nodes)
        for month, nodes in taken.items()
    ) + tuple(Usage(**when, contract="od-b", offering="node-b", month=month, nodes=0.5) for month in (APR, MAY))


def _placements() -> tuple[Placement, ...]:
    rows = [
        (JAN, "node-a", 1.0),
        (FEB, "node-a", 0.5),
        (MAR, "node-a", 2.0),
        (APR, "node-a", 2.0),
        (MAY, "node-a", 0.5),
        (APR, "node-b", 0.5),
        (MAY, "node-b", 0.5),
    ]
    return tuple(
        Placement(
            outlook="base",
            month=month,
            block="all",
            workload="chat",
            size_class="all",
            offering=offering,
            pool=Pool.BASE,
            accepted_tok_per_s=1000.0 * nodes,
            nodes=nodes,
        )
        for month, offering, nodes in rows
    )


def _windows() -> tuple[TakeOrPayWindow, ...]:
    rows = [
        (JAN, MAR, 1500, 1080, 0, 420, 0, 0, 420),
        (MAR, MAY, 2000, 2928, 0, 0, 420, 508, 0),
        (MAY, JUN, 1000, 372, 508, 120, 0, 0, 120),
    ]
    names = ("minimum", "used", "carried_in", "true_up", "made_up", "carried_out", "bank_out")
    return tuple(
        TakeOrPayWindow(
            outlook="base",
            order=ORDER,
            contract="top-a",
            first=first,
            end=end,
            unit="node_hour",
            **dict(zip(names, map(Decimal, figures), strict=True)),
        )
        for first, end, *figures in rows
    )


def _lines() -> tuple[CostLine, ...]:
    used, owed = Nature.TAKE_OR_PAY_USAGE, Nature.TAKE_OR_PAY_OBLIGATION
    paid, made_up = Nature.TAKE_OR_PAY_TRUE_UP, Nature.TAKE_OR_PAY_MAKE_UP
    work, upkeep = Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP
    jan, feb, mar, apr, may = (JAN, FEB), (FEB, MAR), (MAR, APR), (APR, MAY), (MAY, JUN)
    order = {"order": ORDER}
    b: dict[str, Any] = {"payee": "cloud-b", "offering": "node-b"}
    own: dict[str, Any] = {"payee": "in-house", "offering": None, "unit": "month", "outlook": None}
    return (
        line(used, "top-a", jan, "744", "5", "3720.00", **order),
        line(used, "top-a", feb, "336", "5", "1680.00", **order),
        line(used, "top-a", mar, "1488", "5", "7440.00", **order),
        line(used, "top-a", apr, "1440", "5", "7200.00", **order),
        line(used, "top-a", may, "372", "5", "1860.00", **order),
        line(paid, "top-a", (JAN, MAR), "420", "5", "2100.00", paid_month=FEB, **order),
        line(made_up, "top-a", (MAR, MAY), "420", "-5", "-2100.00", paid_month=APR, **order),
        line(paid, "top-a", may, "120", "5", "600.00", **order),
        line(owed, "top-a", (JUN, JUL), "1000", "5", "5000.00", outlook=None, **order),
        line(Nature.ON_DEMAND_USAGE, "od-b", apr, "360", "8", "2880.00", **b),
        line(Nature.ON_DEMAND_USAGE, "od-b", may, "372", "8", "2976.00", **b),
        line(work, "to-b", jan, "1", "333.33", "333.33", **own),
        line(work, "to-b", feb, "1", "333.33", "333.33", **own),
        line(work, "to-b", mar, "1", "333.34", "333.34", **own),
        line(upkeep, "to-b", apr, "1", "100", "100.00", **own),
        line(upkeep, "to-b", may, "1", "100", "100.00", **own),
    )


def _cases() -> tuple[ContingencyCase, ...]:
    demand = {JAN: 1.0, FEB: 0.5, MAR: 2.0, APR: 2.5, MAY: 1.0}
    on_node_b = {APR: 0.5, MAY: 0.4}
    cases = [_case("lose-node-b", month, {"node-a": 0.8 * nodes}, {}) for month, nodes in demand.items()]
    for month, nodes in demand.items():
        there = on_node_b.get(month, 0.0)
        routed = {"node-a": 0.4 * nodes - there, "node-b": there}
        cases.append(_case("lose-top-a", month, routed, routed))
    return tuple(cases)


def _case(event: str, month: Month, routed: dict[str, float], leaned: dict[str, float]) -> ContingencyCase:
    return ContingencyCase(
        contingency=event,
        outlook="base",
        month=month,
        block="all",
        placements=tuple(
            ContingencyPlacement(
                workload="chat", size_class="all", offering=offering, accepted_tok_per_s=1000.0 * nodes, nodes=nodes
            )
            for offering, nodes in routed.items()
            if nodes
        ),
        emergency=tuple(
            EmergencyUse(offering=offering, on_demand_nodes=nodes, not_firm_nodes=0.0)
            for offering, nodes in leaned.items()
            if nodes
        ),
    )
