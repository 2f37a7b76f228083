"""A plan for two outlooks, worked by hand: what is ordered before, what waits, and what knowing is worth."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    Bracketed,
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    MigrationStart,
    Order,
    OutlookKnowledge,
    OutlookTotals,
    Placement,
    Plan,
    Pool,
    Totals,
    Usage,
    ValueOfKnowing,
)
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd
from tests.audit_outlooks import CALM, STORM, outlooks_scenario

EARLY, LATE = "res-a 2027-01", "res-late 2027-02 storm"


def outlooks_plan() -> Plan:
    """One node reserved for January in both outlooks, another for February in the storm only.

    *Calm* (3 in 4). Demand 1, 2, 2 nodes. The reserved node serves January to March; February adds half a node
    of spot and of node-b (a quarter of 2 nodes allowed), March half of node-b and half of node-c.
    Reserved at 6 USD 4,464, 4,032, 4,464. Spot 336 h at 4: 1,344. On demand b 336 h and 372 h at 8: 2,688 and
    2,976; c 372 h at 9: 3,348. Work on stack-c from February: 500. Upkeep of stack-b 10 and 10.

    *Storm* (1 in 4). The order for January comes a month late: February to April, 4,032, 4,464 and 4,320. Demand
    in February and March times 3 * 0.5: 3,000 tok/s; node-a carries 0.8 of that measured: 1.25 nodes in January,
    3.75 then: early, late, 1 of spot (half of 2), 0.75 on demand. On demand costs 10 * 1.1 * 1.0500003 =
    11.5500033, to the millionth 11.550003: 930 h 10,741.50, 504 h 5,821.20, 558 h 6,444.90. Spot 4 * 1.25 = 5:
    3,360 and 3,720. The late order at 7 USD: 4,704 and 5,208. Stack-b fails its gate: work paid, no upkeep.

    *Loss of spot*, in the storm only, to 80 %: 800 tok/s need 1 node, all on demand; 2,400 need 3, one of them. An
    hour is expected each month: 1 * 11.550003 is 11.55.

    *Totals.* Work of stack-b 100. Calm: 100 + 12,960 + 1,344 + 5,664 + 3,348 + 500 + 20 = 23,936.
    Storm: 100 + 8,496 + 23,007.60 + 7,080 + 9,912 = 48,595.60, emergencies 34.65, after the horizon 4,320 at one
    half: 50,790.25. Expected 0.75 * 23,936 + 0.25 * 50,790.25 = 30,649.5625. Node-hours 744 + 1,344 + 1,488 =
    3,576 and 930 + 2,520 + 2,790 = 6,240; served 3,576 and 4,992 node-hours of 3.6 Mtok.

    *Knowing.* Foreseen 23,000 and 50,000 (proven 22,900 and 49,000): 29,750 expected, 29,425 proven. With the orders
    for the mean 24,000 and 52,000 (23,900 and 51,500): 31,000, 30,800 proven. This plan: 30,649.5625, 30,600 proven.
    """
    expected = _totals("30649.56", "30100.90", "1080.00", "8.66", "42420.00", "14148", "2.127573")
    calm = _totals("23936.00", "23936.00", "0", "0", "35760.00", "12873.6", "1.859309")
    storm = _totals("50790.25", "48595.60", "4320.00", "34.65", "62400.00", "17971.2", "2.704082")
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all"}
    incumbent, bound = 30649.5625, 30600.0
    return a_plan(
        outlooks_scenario(),
        expected,
        incumbent_usd=incumbent,
        bound_usd=bound,
        gap=(incumbent - bound) / incumbent,
        asked_gap_usd=100.0,
        orders=(early(), _order("res-late", LATE, FEB, APR, STORM)),
        migrations=(
            MigrationStart(migration="to-b", model="model-a", stack="stack-b", start=JAN, gate=FEB),
            MigrationStart(migration="to-c", model="model-a", stack="stack-c", start=FEB, gate=MAR, outlook=CALM),
        ),
        usages=_usages(),
        placements=_placements(),
        cost_lines=_lines(),
        goodput=tuple(Goodput(**pair, offering=f"node-{x}", serving=one_size(x)) for x in "abc"),
        contingencies=tuple(_case(*row) for row in ((JAN, 800.0, 1.0), (FEB, 2400.0, 3.0), (MAR, 2400.0, 3.0))),
        by_outlook=(
            OutlookTotals(outlook=CALM, probability=0.75, totals=calm),
            OutlookTotals(outlook=STORM, probability=0.25, totals=storm),
        ),
        knowing=_knowing(),
    )


def _totals(
    objective: str, effective: str, beyond: str, emergency: str, at_list: str, served: str, per_mtok: str
) -> Totals:
    """All cash of the horizon serves it; 100 of it are capital expenditure."""
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(effective),
        capex_usd=usd("100.00"),
        beyond_horizon_usd=usd(beyond),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(emergency),
        list_usd=usd(at_list),
        served_mtok=usd(served),
        usd_per_mtok=usd(per_mtok),
    )


def early() -> Order:
    """The order that is signed before the outlook is known."""
    return _order("res-a", EARLY, JAN, APR, None)


def _order(contract: str, order: str, start: Month, end: Month, outlook: str | None) -> Order:
    return Order(
        order=order,
        contract=contract,
        offering="node-a",
        nodes=1,
        start=start,
        end=end,
        order_by=date(start.year, start.number, 1),
        outlook=outlook,
    )


def _usages() -> tuple[Usage, ...]:
    rows = [
        (CALM, "spot-a", "node-a", FEB, 0.5),
        (CALM, "od-b", "node-b", FEB, 0.5),
        (CALM, "od-b", "node-b", MAR, 0.5),
        (CALM, "od-c", "node-c", MAR, 0.5),
        (STORM, "od-a", "node-a", JAN, 1.25),
        (STORM, "od-a", "node-a", FEB, 0.75),
        (STORM, "od-a", "node-a", MAR, 0.75),
        (STORM, "spot-a", "node-a", FEB, 1.0),
        (STORM, "spot-a", "node-a", MAR, 1.0),
    ]
    return tuple(Usage(outlook=u, contract=c, offering=o, month=m, block="all", nodes=n) for u, c, o, m, n in rows)


def _placements() -> tuple[Placement, ...]:
    base, spot = Pool.BASE, Pool.SPOT
    rows = [
        (CALM, JAN, "node-a", base, 1000.0, 1.0),
        (CALM, FEB, "node-a", base, 1000.0, 1.0),
        (CALM, FEB, "node-a", spot, 500.0, 0.5),
        (CALM, FEB, "node-b", base, 500.0, 0.5),
        (CALM, MAR, "node-a", base, 1000.0, 1.0),
        (CALM, MAR, "node-b", base, 500.0, 0.5),
        (CALM, MAR, "node-c", base, 500.0, 0.5),
        (STORM, JAN, "node-a", base, 1000.0, 1.25),
        (STORM, FEB, "node-a", base, 2200.0, 2.75),
        (STORM, FEB, "node-a", spot, 800.0, 1.0),
        (STORM, MAR, "node-a", base, 2200.0, 2.75),
        (STORM, MAR, "node-a", spot, 800.0, 1.0),
    ]
    return tuple(
        Placement(
            outlook=outlook,
            month=month,
            block="all",
            workload="chat",
            size_class="all",
            offering=offering,
            pool=pool,
            accepted_tok_per_s=tok_per_s,
            nodes=nodes,
        )
        for outlook, month, offering, pool, tok_per_s, nodes in rows
    )


def _lines() -> tuple[CostLine, ...]:
    fee, od, spot = Nature.RESERVED_RECURRING, Nature.ON_DEMAND_USAGE, Nature.SPOT_USAGE
    jan, feb, mar, apr = (JAN, FEB), (FEB, MAR), (MAR, APR), (APR, MAY)
    early: dict[str, Any] = {"order": EARLY}
    late: dict[str, Any] = {"order": LATE, "outlook": STORM}
    b: dict[str, Any] = {"payee": "cloud-b", "offering": "node-b", "outlook": CALM}
    c: dict[str, Any] = {"payee": "cloud-c", "offering": "node-c", "outlook": CALM}
    calm, storm = {"outlook": CALM}, {"outlook": STORM}
    own: dict[str, Any] = {"payee": "in-house", "offering": None, "unit": "month"}
    rows = (
        line(fee, "res-a", jan, "744", "6", "4464.00", **early, **calm),
        line(fee, "res-a", feb, "672", "6", "4032.00", **early, **calm),
        line(fee, "res-a", mar, "744", "6", "4464.00", **early, **calm),
        line(fee, "res-a", feb, "672", "6", "4032.00", **early, **storm),
        line(fee, "res-a", mar, "744", "6", "4464.00", **early, **storm),
        line(fee, "res-a", apr, "720", "6", "4320.00", **early, **storm),
        line(fee, "res-late", feb, "672", "7", "4704.00", **late),
        line(fee, "res-late", mar, "744", "7", "5208.00", **late),
        line(spot, "spot-a", feb, "336", "4", "1344.00", **calm),
        line(od, "od-b", feb, "336", "8", "2688.00", **b),
        line(od, "od-b", mar, "372", "8", "2976.00", **b),
        line(od, "od-c", mar, "372", "9", "3348.00", **c),
        line(od, "od-a", jan, "930", "11.550003", "10741.50", **storm),
        line(od, "od-a", feb, "504", "11.550003", "5821.20", **storm),
        line(od, "od-a", mar, "558", "11.550003", "6444.90", **storm),
        line(spot, "spot-a", feb, "672", "5", "3360.00", **storm),
        line(spot, "spot-a", mar, "744", "5", "3720.00", **storm),
        line(Nature.MIGRATION_CAPITALISED, "to-b", jan, "1", "100", "100.00", outlook=None, **own),
        line(Nature.MIGRATION_UPKEEP, "to-b", feb, "1", "10", "10.00", **calm, **own),
        line(Nature.MIGRATION_UPKEEP, "to-b", mar, "1", "10", "10.00", **calm, **own),
        line(Nature.MIGRATION_ENGINEERING, "to-c", feb, "1", "500", "500.00", **calm, **own),
        *(
            line(Nature.EMERGENCY_EXPECTED, "lose-spot", months, "1", "11.550003", "11.55", **storm)
            for months in (jan, feb, mar)
        ),
    )
    return tuple(row.model_copy(update={"line": f"{i:02d}-{row.source}"}) for i, row in enumerate(rows))


def _case(month: Month, tok_per_s: float, nodes: float) -> ContingencyCase:
    routed = ContingencyPlacement(
        workload="chat", size_class="all", offering="node-a", accepted_tok_per_s=tok_per_s, nodes=nodes
    )
    leaned = EmergencyUse(offering="node-a", on_demand_nodes=1.0, not_firm_nodes=0.0)
    return ContingencyCase(
        contingency="lose-spot", outlook=STORM, month=month, block="all", placements=(routed,), emergency=(leaned,)
    )


def _knowing() -> ValueOfKnowing:
    return ValueOfKnowing(
        stochastic_solution=Bracketed(at_least_usd=150.4375, usd=350.4375, at_most_usd=400.0),
        perfect_information=Bracketed(at_least_usd=850.0, usd=899.5625, at_most_usd=1224.5625),
        mean_orders=(early(),),
        outlooks=(
            OutlookKnowledge(
                outlook=CALM,
                plan_usd=usd("23936.00"),
                foreseen_usd=23000.0,
                foreseen_bound_usd=22900.0,
                mean_plan_usd=24000.0,
                mean_plan_bound_usd=23900.0,
            ),
            OutlookKnowledge(
                outlook=STORM,
                plan_usd=usd("50790.25"),
                foreseen_usd=50000.0,
                foreseen_bound_usd=49000.0,
                mean_plan_usd=52000.0,
                mean_plan_bound_usd=51500.0,
            ),
        ),
    )
