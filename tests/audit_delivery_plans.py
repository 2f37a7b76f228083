"""A plan that survives late and partial deliveries and a stack that is too young to be trusted, worked by hand."""

from datetime import date
from typing import Any

from catalog.accelerators import Silicon
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
from scenarios.policy import Lost
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_commitments import APR, MAY, stacks
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd

MONTHS = (JAN, FEB, MAR, APR)
YOUNG, PART, THIN, NOTHING_YET = "young-b", "late-res-b", "thin-cloud-a", "all-late"
ROUTED: dict[str, dict[Month, tuple[float, float, float]]] = {
    YOUNG: {JAN: (1.0, 0.0, 0.0), FEB: (1.0, 0.0, 0.0), MAR: (1.0, 0.0, 0.0), APR: (0.0, 1.0, 0.0)},
    PART: {JAN: (1.5, 0.0, 0.5), FEB: (0.5, 1.0, 0.0), MAR: (0.5, 1.0, 0.0), APR: (0.0, 1.5, 0.0)},
    THIN: {JAN: (0.5, 0.0, 0.25), FEB: (0.25, 0.25, 0.0), MAR: (0.25, 0.25, 0.0), APR: (0.0, 0.5, 0.0)},
    NOTHING_YET: {JAN: (1.0, 0.0, 1.0), FEB: (1.0, 0.0, 0.0), MAR: (0.0, 1.0, 0.0), APR: (0.0, 1.0, 0.0)},
}
"""Busy nodes of node-a and of node-b after each event, and nodes of node-a that are rented for it."""


def deliveries_scenario() -> Scenario:
    """Two nodes are needed. One of node-a is ordered for January, two of node-b, a custom chip, for February."""
    catalog = stacks(2)
    gpu, custom = catalog["accelerators"]
    catalog["accelerators"] = (gpu, custom.model_copy(update={"silicon": Silicon.CUSTOM}))
    delivery: dict[str, Any] = {"lost": Lost.DELIVERY}
    return make.a_scenario(
        run=make.run_settings(months=4),
        policy=make.a_policy(
            contingencies=(
                make.a_contingency(YOUNG, lost=Lost.YOUNG_STACK, name="*", months_in_production=2, floor_share=0.5),
                make.a_contingency(
                    PART, name="res-b", late_months=2, delivered_share=0.5, floor_share=0.75, **delivery
                ),
                make.a_contingency(THIN, name="cloud-a", delivered_share=0.25, floor_share=0.25, **delivery),
                make.a_contingency(NOTHING_YET, name="*", late_months=1, floor_share=0.5, **delivery),
            ),
        ),
        catalog=make.a_catalog(**catalog),
        contracts=(
            make.an_on_demand(),
            make.a_reserved(term_months=4),
            make.a_reserved("res-b", offering="node-b", price_usd_per_node_hour=usd(4), term_months=3),
        ),
        demand=make.nodes_of_load(2.0, months=4),
        migrations=(make.a_migration("to-b", stack="stack-b"),),
    )


def deliveries_plan() -> Plan:
    """One node of node-a from January to April, a second on demand in January, two of node-b from February on.

    *Lines.* res-a at 6 USD: 744, 672, 744, 720 h: 4,464, 4,032, 4,464, 4,320. res-b at 4 USD, two nodes: 5,376, 5,952,
    5,760. On demand 744 h: 7,440. The work on stack-b in January: 1,000; the gate is February. Together 42,808.

    *Young*: what is custom carries a model two months after its gate: half is one node, of node-a until March, of
    node-b in April.
    *Part*: of res-b one node of two is there in February and March. Three quarters are 1.5 nodes: in January half of
    one is rented, then half of node-a serves; in April 1.5 of node-b.
    *Thin*: of what cloud-a delivers a quarter is there in every month of its term. A quarter is half a node: in January
    0.25 are there and 0.25 are rented; then 0.25 of each, in April all on node-b.
    *All late*: nothing is there in its first month. Half is one node: rented in January; of node-a in February, then of
    node-b.

    Served: 2,000 tok/s * 2,880 h: 20,736 Mtok; 5,760 node-hours at list price 57,600.
    """
    totals = Totals(
        objective_usd=usd("42808.00"),
        effective_usd=usd("42808.00"),
        cash_usd=usd("42808.00"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(0),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("57600.00"),
        served_mtok=usd("20736"),
        usd_per_mtok=usd("2.064429"),
    )
    when: dict[str, Any] = {"outlook": "base", "block": "all"}
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all"}
    return a_plan(
        deliveries_scenario(),
        totals,
        orders=(
            _order("res-a", "node-a", 1, JAN),
            _order("res-b", "node-b", 2, FEB),
        ),
        migrations=(MigrationStart(migration="to-b", model="model-a", stack="stack-b", start=JAN, gate=FEB),),
        usages=(Usage(**when, contract="od-a", offering="node-a", month=JAN, nodes=1.0),),
        placements=tuple(
            Placement(
                **when,
                **pair,
                month=month,
                offering="node-a" if month == JAN else "node-b",
                pool=Pool.BASE,
                accepted_tok_per_s=2000.0,
                nodes=2.0,
            )
            for month in MONTHS
        ),
        goodput=tuple(Goodput(**pair, offering=f"node-{x}", serving=one_size(x)) for x in "ab"),
        contingencies=tuple(_case(event, month) for event in ROUTED for month in MONTHS),
        cost_lines=_lines(),
    )


def _order(contract: str, offering: str, nodes: int, start: Month) -> Order:
    return Order(
        order=f"{contract} {start}",
        contract=contract,
        offering=offering,
        nodes=nodes,
        start=start,
        end=MAY,
        order_by=date(start.year, start.number, 1),
    )


def _case(event: str, month: Month) -> ContingencyCase:
    on_a, on_b, rented = ROUTED[event][month]
    return ContingencyCase(
        contingency=event,
        outlook="base",
        month=month,
        block="all",
        placements=tuple(
            ContingencyPlacement(
                workload="chat", size_class="all", offering=offering, accepted_tok_per_s=1000.0 * nodes, nodes=nodes
            )
            for offering, nodes in (("node-a", on_a), ("node-b", on_b))
            if nodes
        ),
        emergency=(EmergencyUse(offering="node-a", on_demand_nodes=rented, not_firm_nodes=0.0),) if rented else (),
    )


def _lines() -> tuple[CostLine, ...]:
    b: dict[str, Any] = {"payee": "cloud-b", "offering": "node-b", "order": f"res-b {FEB}"}
    own: dict[str, Any] = {"payee": "in-house", "offering": None, "unit": "month", "outlook": None}
    hours = dict(zip(MONTHS, (744, 672, 744, 720), strict=True))
    recurring = Nature.RESERVED_RECURRING
    return (
        *(
            line(recurring, "res-a", (m, m + 1), str(h), "6", f"{6 * h}.00", order=f"res-a {JAN}")
            for m, h in hours.items()
        ),
        *(
            line(recurring, "res-b", (m, m + 1), str(2 * h), "4", f"{8 * h}.00", **b)
            for m, h in hours.items()
            if m != JAN
        ),
        line(Nature.ON_DEMAND_USAGE, "od-a", (JAN, FEB), "744", "10", "7440.00"),
        line(Nature.MIGRATION_ENGINEERING, "to-b", (JAN, FEB), "1", "1000.00", "1000.00", **own),
    )
