"""A plan with capacity blocks and owned hardware, worked by hand in two outlooks."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    Order,
    OutlookTotals,
    Placement,
    Plan,
    Pool,
    Totals,
)
from tests.audit_hardware import APR, CALM, LATE, MAY, hardware_scenario
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd

BLOCK, WAITS, OWNED = "block-jan 2027-01", "block-apr 2027-04 calm", "own-b 2027-01"
AFTER = Month(2028, 2)
HOURS = dict(
    zip(
        (JAN + i for i in range(14)),
        (744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744, 744, 696),
        strict=True,
    )
)
"""January 2027 to February 2028."""

NODES = {
    CALM: {JAN: (1.09, 0.0), FEB: (2.0, 2.0), MAR: (0.96, 2.0), APR: (1.0, 2.0)},
    LATE: {JAN: (1.09, 0.0), FEB: (2.0, 2.0), MAR: (0.96, 2.0), APR: (0.0, 1.5)},
}
"""Busy nodes of node-a and node-b."""
LEFT = {
    CALM: {JAN: (0.2725, True), FEB: (2.0, False), MAR: (0.74, True), APR: (1.0, False)},
    LATE: {JAN: (0.2725, True), FEB: (2.0, False), MAR: (0.74, True), APR: (0.375, True)},
}
"""Busy nodes of node-a without the owned ones, and whether they are emergency nodes."""


def hardware_plan() -> Plan:
    """Two nodes for 60 days from 15 January, one for April in the calm only, two owned ones a month late in the other.

    *Blocks.* 17, 28 and 15 days: 408, 672 and 360 h, on average 1.097, 2 and 0.968 of two nodes. 2 * 1,440 h * 7 =
    20,160 in January whatever the net days; signed by 10 January, when the quote lapses. April: 720 h * 6 = 4,320,
    signed by 31 March, so only if the calm has come. No outlook delays them.

    *Owned.* 20 days to deliver: signed by 12 December. 20,000, and 2,000 back after thirteen months: 9,504 h from
    January, 9,456 h from February. Upkeep 200 a month, 220 in the thirteenth. Two nodes of 8 kW * 1.25 take all of
    20 kW: 2 USD an hour. Every month is paid in the next.

    *Demand* 1.09, 4, 2.96, 3 nodes, in April of the other outlook 1.5. Without the owned nodes a quarter: the block
    serves February and April whole, in January and March it does not count. Without node-a the owned nodes serve two.

    *Totals.* Inside, calm: 24,480 for blocks, 18,000 * 2,880 / 9,504, 800 and 5,760; late: 20,160,
    18,000 * 2,136 / 9,456, 600 and 4,272. Beyond: 18,000 * 6,624 / 9,504, 1,820 and 13,248; 18,000 * 7,320 / 9,456,
    2,020 and 14,640; weighed one half. Cash of the horizon: 24,480 + 20,000 + 600 + 4,320, and 20,160 + 20,000 + 400 +
    2,832; operating 29,400 at most. Share of node-a: 2,880 h of 7,152 in the late outlook, 40.3 %. Busy node-hours
    7,861.2 and 6,781.2.
    """
    written_off = {CALM: (18000 * 2880 / 9504, 18000 * 6624 / 9504), LATE: (18000 * 2136 / 9456, 18000 * 7320 / 9456)}
    inside = {CALM: 24480 + 800 + 5760 + written_off[CALM][0], LATE: 20160 + 600 + 4272 + written_off[LATE][0]}
    beyond = {CALM: 1820 + 13248 + written_off[CALM][1], LATE: 2020 + 14640 + written_off[LATE][1]}
    calm = _totals(inside[CALM], beyond[CALM], 49400, 7861.2)
    late = _totals(inside[LATE], beyond[LATE], 43392, 6781.2)
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all"}
    expected = _totals((inside[CALM] + inside[LATE]) / 2, (beyond[CALM] + beyond[LATE]) / 2, 46396, 7321.2)
    return a_plan(
        hardware_scenario(),
        expected,
        orders=(
            _order("block-jan", BLOCK, 2, (JAN, APR), date(2027, 1, 10)),
            _order("block-apr", WAITS, 1, (APR, MAY), date(2027, 3, 31), outlook=CALM),
            _order("own-b", OWNED, 2, (JAN, AFTER), date(2026, 12, 12), offering="node-b"),
        ),
        usages=(),
        placements=tuple(
            Placement(
                **pair,
                outlook=outlook,
                month=month,
                block="all",
                offering=offering,
                pool=Pool.BASE,
                accepted_tok_per_s=round(1000.0 * nodes, 9),
                nodes=nodes,
            )
            for outlook, months in NODES.items()
            for month, row in months.items()
            for offering, nodes in zip(("node-a", "node-b"), row, strict=True)
            if nodes
        ),
        cost_lines=_lines(),
        goodput=tuple(Goodput(**pair, offering=f"node-{x}", serving=one_size(x, quality_score=99.0)) for x in "ab"),
        contingencies=(
            *(
                _case("lose-own-b", outlook, month, ("node-a", *row))
                for outlook, months in LEFT.items()
                for month, row in months.items()
            ),
            *(
                _case("lose-node-a", CALM, month, ("node-b", nodes, False))
                for month, nodes in {JAN: 1.09, FEB: 2.0, MAR: 2.0, APR: 2.0}.items()
            ),
        ),
        by_outlook=(
            OutlookTotals(outlook=CALM, probability=0.5, totals=calm),
            OutlookTotals(outlook=LATE, probability=0.5, totals=late),
        ),
    )


def _totals(inside: float, beyond: float, cash: int, node_hours: float) -> Totals:
    return Totals(
        objective_usd=round(usd(str(inside + beyond / 2)), 2),
        effective_usd=round(usd(str(inside)), 2),
        cash_usd=usd(cash),
        capex_usd=usd("20000.00"),
        beyond_horizon_usd=round(usd(str(beyond)), 2),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=round(usd(str(10 * node_hours)), 2),
        served_mtok=round(usd(str(3.6 * node_hours)), 6),
        usd_per_mtok=round(usd(str(inside / (3.6 * node_hours))), 6),
    )


def _order(
    contract: str,
    order: str,
    nodes: int,
    months: tuple[Month, Month],
    order_by: date,
    *,
    offering: str = "node-a",
    outlook: str | None = None,
) -> Order:
    return Order(
        order=order,
        contract=contract,
        offering=offering,
        nodes=nodes,
        start=months[0],
        end=months[1],
        order_by=order_by,
        outlook=outlook,
    )


def _lines() -> tuple[CostLine, ...]:
    block = Nature.CAPACITY_BLOCK
    rows = (
        line(block, "block-jan", (JAN, APR), "2880", "7", "20160.00", order=BLOCK, outlook=None),
        line(block, "block-apr", (APR, MAY), "720", "6", "4320.00", order=WAITS, outlook=CALM),
        *_owned(CALM, JAN),
        *_owned(LATE, FEB),
    )
    return tuple(row.model_copy(update={"line": f"{i:02d}-{row.source}"}) for i, row in enumerate(rows))


def _owned(outlook: str, first: Month) -> list[CostLine]:
    end = first + 13
    of: dict[str, Any] = {"order": OWNED, "outlook": outlook, "offering": "node-b", "payee": "cloud-b"}
    life: dict[str, Any] = {**of, "unit": "node"}
    rows = [
        line(Nature.OWNED_CAPEX, "own-b", (first, end), "2", "10000", "20000.00", **life),
        line(Nature.OWNED_RESIDUAL, "own-b", (first, end), "2", "-1000", "-2000.00", **life, paid_month=end),
    ]
    for month in (first + i for i in range(13)):
        service = (month, month + 1)
        price, amount = ("110", "220.00") if month + 1 == end else ("100", "200.00")
        kwh, power = str(20 * HOURS[month]), f"{2 * HOURS[month]}.00"
        of = {**of, "paid_month": month + 1}
        rows += [
            line(Nature.OWNED_UPKEEP, "own-b", service, "2", price, amount, **of, unit="node_month"),
            line(Nature.OWNED_POWER, "own-b", service, kwh, "0.1", power, **of, unit="kwh"),
        ]
    return rows


def _case(event: str, outlook: str, month: Month, row: tuple[str, float, bool]) -> ContingencyCase:
    offering, nodes, is_leaned = row
    routed = ContingencyPlacement(
        workload="chat", size_class="all", offering=offering, accepted_tok_per_s=round(1000.0 * nodes, 9), nodes=nodes
    )
    leaned = EmergencyUse(offering=offering, on_demand_nodes=nodes, not_firm_nodes=0.0)
    return ContingencyCase(
        contingency=event,
        outlook=outlook,
        month=month,
        block="all",
        placements=(routed,),
        emergency=(leaned,) if is_leaned else (),
    )
