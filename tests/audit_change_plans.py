"""A plan whose orders are compared with approved ones of every kind, worked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from contracts.approved import ApprovedOrder
from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.reserved import Upfront
from optimizer.plan import CostLine, Goodput, Order, Placement, Plan, Pool, Totals
from optimizer.plan_changes import OrderChange
from optimizer.plan_contracts import CommittedSpend
from scenarios.policy_stability import Stability
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_commitments import a_take_or_pay
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd

RESERVED, SPENT = f"res-a {JAN}", f"plan-a {JAN}"
END = Month(2028, 2)
"""Of thirteen months from January 2027."""

APPROVED = (
    ("res-a", JAN, "1"),
    ("top-a", JAN, "3"),
    ("own-a", FEB, "1"),
    ("block-a", JAN, "2"),
    ("plan-a", JAN, "3"),
    ("plan-a", FEB, "0.5"),
    ("units-a", FEB, "2"),
    ("res-old", JAN, "5"),
    ("res-a", JAN + -1, "5"),
    ("res-a", FEB, "5"),
    ("res-a", MAR, "5"),
    ("res-lapsed", JAN, "5"),
    ("res-far", JAN, "5"),
    ("od-a", JAN, "5"),
    ("block-a", FEB, "2"),
    ("units-a", JAN + -1, "2"),
)
"""From `res-old` on nothing can be ordered so: no such contract, before, off the lattice, after the horizon ..."""

CHANGES = (
    ("block-a", JAN, "2", "0", "5952.00"),
    ("own-a", FEB, "1", "0", "12000.00"),
    ("plan-a", JAN, "3", "3", "0.00"),
    ("plan-a", FEB, "0.5", "0", "708.00"),
    ("res-a", JAN, "1", "2", "57358.80"),
    ("top-a", JAN, "3", "0", "41250.00"),
    ("units-a", FEB, "2", "0", "2832.00"),
)
"""Contract, start, approved, planned, changed value."""
PRICED = {
    "block-a": "59.52",
    "own-a": "120.00",
    "plan-a": "7.08",
    "res-a": "573.59",
    "top-a": "412.50",
    "units-a": "28.32",
}
"""A hundredth of each, to the even cent."""


def changes_scenario() -> Scenario:
    """Contracts of every kind that can be ordered, and changes that are limited and priced to the cent."""
    approved = tuple(ApprovedOrder(contract=c, start=m, quantity=Decimal(q)) for c, m, q in APPROVED)
    stability = Stability(
        changed_usd_at_most=usd("120100.80"), changed_orders_at_most=6, price_per_changed_usd=usd("0.01")
    )
    return make.a_scenario(
        policy=make.a_policy(stability=stability),
        catalog=make.ten_requests_a_node(
            offerings=(make.an_offering(), make.an_offering("node-f", lead_time_days=32)),
        ),
        contracts=(
            make.an_on_demand(),
            make.a_reserved(
                term_months=13,
                upfront=Upfront.PARTIAL,
                upfront_share=0.25,
                escalator_share_per_year=usd("0.1"),
                start_every_months=2,
            ),
            make.a_reserved("res-lapsed", quote_valid_until=date(2026, 11, 30)),
            make.a_reserved("res-far", offering="node-f"),
            a_take_or_pay(),
            make.an_owned(),
            make.a_capacity_block(),
        ),
        sites=(make.a_site(),),
        spend_commitments=(make.a_spend_commitment(step_usd_per_hour=usd("0.5")),),
        api_offers=(make.an_api_offer(),),
        provisioned=(make.a_provisioned(),),
        demand=make.nodes_of_load(2.0),
        approved_orders=approved,
    )


def changes_plan() -> Plan:
    """Two reserved nodes where one was approved; three dollars an hour as approved; all else is taken out.

    *Values.* Reserved: thirteen months are 9,504 h, a quarter upfront 1.5 * 9,504 = 14,256; then 4.5 * 8,760 h =
    39,420 and, ten per cent dearer, 4.95 * 744 h = 3,682.80: 57,358.80 for the second node. Take-or-pay: a lot of two
    owes 5.5 months * 1,000 h * 5 = 27,500, three nodes 1.5 times that. Owned: 12,000 for the node, whatever it needs.
    Block: 2 * 744 h * 4 = 5,952. Half a dollar for 672 + 744 h: 708. Two units for 1,416 h: 2,832. Together
    120,100.80 in six orders, the limits of both. At a cent a dollar 573.588, 412.50, 120, 59.52, 7.08 and 28.32:
    1,201.01.

    *Gone*: a contract that is no more; starts before and after the horizon, off the lattice, by a quote that has
    lapsed, sooner than 32 days; on demand; a block on other days; units of December.

    *Lines.* 2 * 9,504 h at 1.5: 28,512; monthly 1,488, 1,344 ... h at 4.5, the thirteenth at 4.95. 3 * 744 and 672.
    Inside: 28,512 * 1,416 / 9,504 = 4,248; 6,696 + 6,048; 4,248: 21,240. Paid: 28,512 + 12,744 + 4,248 = 45,504.
    Beyond: 24,264 + 7,344 h * 9 + 7,365.60 = 97,725.60. Two nodes for 1,416 h: 28,320 at list price; 10,195.2 Mtok.
    """
    totals = Totals(
        objective_usd=usd("22441.01"),
        effective_usd=usd("21240.00"),
        cash_usd=usd("45504.00"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd("97725.60"),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        stability_price_usd=usd("1201.01"),
        list_usd=usd("28320.00"),
        served_mtok=usd("10195.2"),
        usd_per_mtok=usd("2.083333"),
    )
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all", "offering": "node-a"}
    return a_plan(
        changes_scenario(),
        totals,
        orders=(
            Order(
                order=RESERVED,
                contract="res-a",
                offering="node-a",
                nodes=2,
                start=JAN,
                end=END,
                order_by=date(2027, 1, 1),
            ),
        ),
        committed_spend=(
            CommittedSpend(
                order=SPENT, contract="plan-a", usd_per_hour=usd(3), start=JAN, end=MAR, order_by=date(2026, 12, 31)
            ),
        ),
        changes_of_orders=tuple(
            OrderChange(contract=c, start=m, approved=usd(was), planned=usd(now), changed_usd=usd(value))
            for c, m, was, now, value in CHANGES
        ),
        usages=(),
        placements=tuple(
            Placement(
                outlook="base",
                month=month,
                block="all",
                **pair,
                pool=Pool.BASE,
                accepted_tok_per_s=2000.0,
                nodes=2.0,
            )
            for month in (JAN, FEB)
        ),
        goodput=(Goodput(**pair, serving=one_size("a")),),
        cost_lines=(*_bill(), *_prices()),
    )


def _bill() -> list[CostLine]:
    order: dict[str, Any] = {"order": RESERVED}
    spent: dict[str, Any] = {"order": SPENT, "offering": None, "unit": "usd", "outlook": None}
    lines = [line(Nature.RESERVED_UPFRONT, "res-a", (JAN, END), "19008", "1.5", "28512.00", **order)]
    for served in range(13):
        month = JAN + served
        price = usd("4.95") if served == 12 else usd("4.5")
        hours = 2 * month.hours
        amount = f"{price * hours:.2f}"
        recurring = Nature.RESERVED_RECURRING
        lines.append(line(recurring, "res-a", (month, month + 1), str(hours), str(price), amount, **order))
    for month, hours in ((JAN, 2232), (FEB, 2016)):
        recurring = Nature.SPEND_COMMITMENT_RECURRING
        lines.append(line(recurring, "plan-a", (month, month + 1), str(hours), "1", f"{hours}.00", **spent))
    return lines


def _prices() -> list[CostLine]:
    with_nodes = ("block-a", "own-a", "res-a", "top-a")
    return [
        line(
            Nature.STABILITY_PRICE,
            contract,
            (JAN, FEB),
            value,
            "0.01",
            PRICED[contract],
            outlook=None,
            unit="usd",
            payee="cloud-t" if contract == "units-a" else "cloud-a",
            offering="node-a" if contract in with_nodes else None,
        )
        for contract, _, was, now, value in CHANGES
        if was != now
    ]
