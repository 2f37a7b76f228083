"""A plan that leaves, swaps and stays, worked by hand in two outlooks."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    Goodput,
    Order,
    OutlookTotals,
    Placement,
    Plan,
    Pool,
    Totals,
)
from optimizer.plan_contracts import Right, RightUsed
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd
from tests.audit_rights import APR, CALM, MAY, STORM, rights_scenario

FIRST, SECOND = "res-a 2027-01", "res-b 2027-01"
MONTHS = {JAN: 744, FEB: 672, MAR: 744, APR: 720, MAY: 744}

NODES = {
    CALM: {JAN: (7, 0), FEB: (3, 3), MAR: (2, 2), APR: (1, 2)},
    STORM: {JAN: (7, 0), FEB: (3, 3), MAR: (3, 2), APR: (1.75, 2)},
}
"""Busy nodes of node-a and node-b; two of node-a are there in the storm of April."""
LEFT = {
    CALM: {JAN: (5, 0), FEB: (3, 1), MAR: (2, 0), APR: (1, 0)},
    STORM: {JAN: (5, 0), FEB: (3, 1), MAR: (3, 0), APR: (2, 0)},
}
"""Without the contract that was swapped."""


def rights_plan() -> Plan:
    """Three held nodes go three ways, a reserved node leaves or stays by the outlook, two are swapped; one half each.

    *Held*, three nodes at 5 USD until March. It renews by itself, and the last day to refuse, 120 days before, was
    1 November: every node must do something. One leaves with February, notice 1 January: half of 672 h * 5, 1,680, in
    January. One is node-b in February, 672 h * 8 = 5,376; node-b takes 10 days: notice 22 January. One is renewed
    twice at 5.50: 4,092 and 3,960. Plainly serve three nodes in January, 11,160, one in February, 3,360.

    *res-a*, two nodes at 6 USD for three months, a quarter upfront: 4,320 h * 1.5 = 6,480, then 4.50: 6,696, 6,048,
    6,696, paid the month after. What is declared on 1 March waits for the outlook, so all is billed for each. Calm:
    a node leaves with March, half of 6,696 stays; a quarter of 744 h * 4.50 is 837, paid in February. Storm: a node
    stays April and May at 6.60: 4,752 and 4,910.40, the latter after the horizon.

    *res-b*, two nodes at 5 USD for four months, in January 7,440; then two of node-b at 8 (one would be 8 for 10):
    10,752, 11,904, 11,520.

    *Nodes.* node-a 7, 3, 2, 1 (in the storm 7, 3, 3, 2), node-b 0, 3, 2, 2; node-b has a stock of three. Demand 7, 6,
    4, 3, in the storm of March and April times 1.25. Without res-b 5, 4, 2, 1 (3, 2) are left. Share of node-b in the
    calm: 4,944 h of 14,376: 34.39 %.

    *Totals.* Held 29,628, res-b 41,616, res-a 23,409 or 30,672 in the horizon: 94,653 and 101,916. April of res-a is
    paid in May: cash 97,164 in the storm. May weighs one half: 104,371.20. Served 14,376 and 15,660 node-hours.
    """
    calm = _totals("94653.00", "94653.00", "94653.00", "0", "143760.00", "51753.6", "1.828916")
    storm = _totals("104371.20", "101916.00", "97164.00", "4910.40", "156600.00", "56376", "1.807790")
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all"}
    return a_plan(
        rights_scenario(),
        _totals("99512.10", "98284.50", "95908.50", "2455.20", "150180.00", "54064.8", "1.817901"),
        orders=(_order("res-a", FIRST, APR), _order("res-b", SECOND, MAY)),
        rights=_rights(),
        usages=(),
        placements=tuple(
            Placement(
                **pair,
                outlook=outlook,
                month=month,
                block="all",
                offering=offering,
                pool=Pool.BASE,
                accepted_tok_per_s=1000.0 * nodes,
                nodes=float(nodes),
            )
            for outlook, months in NODES.items()
            for month, row in months.items()
            for offering, nodes in zip(("node-a", "node-b"), row, strict=True)
            if nodes
        ),
        cost_lines=_lines(),
        goodput=tuple(Goodput(**pair, offering=f"node-{x}", serving=one_size(x, quality_score=99.0)) for x in "ab"),
        contingencies=tuple(
            _case(outlook, month, row) for outlook, months in LEFT.items() for month, row in months.items()
        ),
        by_outlook=(
            OutlookTotals(outlook=CALM, probability=0.5, totals=calm),
            OutlookTotals(outlook=STORM, probability=0.5, totals=storm),
        ),
    )


def _totals(objective: str, effective: str, cash: str, beyond: str, at_list: str, served: str, per_mtok: str) -> Totals:
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(cash),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(beyond),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd(at_list),
        served_mtok=usd(served),
        usd_per_mtok=usd(per_mtok),
    )


def _order(contract: str, order: str, end: Month) -> Order:
    return Order(
        order=order,
        contract=contract,
        offering="node-a",
        nodes=2,
        start=JAN,
        end=end,
        order_by=date(2027, 1, 1),
    )


def _rights() -> tuple[RightUsed, ...]:
    new_year, ten_days_before, march = date(2027, 1, 1), date(2027, 1, 22), date(2027, 3, 1)
    held: dict[str, Any] = {"held": "held-a", "nodes": 1}
    to_b: dict[str, Any] = {"right": Right.SWAP, "month": FEB, "notice_by": ten_days_before, "to_offering": "node-b"}
    waits: dict[str, Any] = {"order": FIRST, "nodes": 1, "notice_by": march}
    return (
        RightUsed(**held, right=Right.TERMINATE, month=FEB, notice_by=new_year),
        RightUsed(**held, **to_b, to_nodes=1),
        RightUsed(**held, right=Right.RENEW, month=MAR, notice_by=date(2026, 11, 1), renewals=2),
        RightUsed(**waits, right=Right.TERMINATE, month=MAR, outlook=CALM),
        RightUsed(**waits, right=Right.RENEW, month=APR, outlook=STORM, renewals=1),
        RightUsed(**to_b, order=SECOND, nodes=2, to_nodes=2),
    )


def _lines() -> tuple[CostLine, ...]:
    swapped, renewed, fee = Nature.SWAPPED_RECURRING, Nature.RENEWED_RECURRING, Nature.TERMINATION_FEE
    held: dict[str, Any] = {"outlook": None}
    first: dict[str, Any] = {"order": FIRST}
    second: dict[str, Any] = {"order": SECOND, "outlook": None}
    b: dict[str, Any] = {"offering": "node-b"}
    rows = (
        line(Nature.HELD_RECURRING, "held-a", (JAN, FEB), "2232", "5", "11160.00"),
        line(Nature.HELD_RECURRING, "held-a", (FEB, MAR), "672", "5", "3360.00"),
        line(fee, "held-a", (JAN, FEB), "672", "2.5", "1680.00", **held),
        line(swapped, "held-a", (FEB, MAR), "672", "8", "5376.00", **held, **b),
        line(renewed, "held-a", (MAR, APR), "744", "5.5", "4092.00", **held),
        line(renewed, "held-a", (APR, MAY), "720", "5.5", "3960.00", **held),
        *_reserved(CALM, 1, "3348.00"),
        *_reserved(STORM, 2, "6696.00"),
        line(fee, "res-a", (FEB, MAR), "744", "1.125", "837.00", **first, outlook=CALM),
        line(renewed, "res-a", (APR, MAY), "720", "6.6", "4752.00", **first, outlook=STORM, paid_month=MAY),
        line(renewed, "res-a", (MAY, MAY + 1), "744", "6.6", "4910.40", **first, outlook=STORM, paid_month=MAY + 1),
        line(Nature.RESERVED_RECURRING, "res-b", (JAN, FEB), "1488", "5", "7440.00", **second),
        line(swapped, "res-b", (FEB, MAR), "1344", "8", "10752.00", **second, **b),
        line(swapped, "res-b", (MAR, APR), "1488", "8", "11904.00", **second, **b),
        line(swapped, "res-b", (APR, MAY), "1440", "8", "11520.00", **second, **b),
    )
    return tuple(row.model_copy(update={"line": f"{i:02d}-{row.source}"}) for i, row in enumerate(rows))


def _reserved(outlook: str, in_march: int, march: str) -> list[CostLine]:
    """The upfront part and three months, each paid in the next."""
    of: dict[str, Any] = {"order": FIRST, "outlook": outlook}
    recurring = Nature.RESERVED_RECURRING
    return [
        line(Nature.RESERVED_UPFRONT, "res-a", (JAN, APR), "4320", "1.5", "6480.00", **of),
        line(recurring, "res-a", (JAN, FEB), "1488", "4.5", "6696.00", **of, paid_month=FEB),
        line(recurring, "res-a", (FEB, MAR), "1344", "4.5", "6048.00", **of, paid_month=MAR),
        line(recurring, "res-a", (MAR, APR), str(744 * in_march), "4.5", march, **of, paid_month=APR),
    ]


def _case(outlook: str, month: Month, row: tuple[float, float]) -> ContingencyCase:
    return ContingencyCase(
        contingency="lose-res-b",
        outlook=outlook,
        month=month,
        block="all",
        placements=tuple(
            ContingencyPlacement(
                workload="chat", size_class="all", offering=offering, accepted_tok_per_s=1000.0 * nodes, nodes=nodes
            )
            for offering, nodes in zip(("node-a", "node-b"), row, strict=True)
            if nodes
        ),
        emergency=(),
    )
