"""A plan that survives the loss of a region, of what is local and of a cloud in one geography, worked by hand."""

from typing import Any

from catalog.footprint import Locality
from catalog.offerings import Region
from catalog.serving import Refusal, RefusalReason
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    ContingencyApi,
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    Placement,
    Plan,
    Pool,
    Totals,
    Usage,
)
from optimizer.plan_contracts import ApiReason, ApiRefusal
from scenarios.blocks import BlockLoad, BlockModel, LoadBlock
from scenarios.policy import Lost, WorkloadFloor
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_lines import FEB, JAN, a_plan, line, one_size, usd

REGION, NEAR, ABROAD = "lose-region-a", "lose-local", "lose-cloud-a-abroad"
BLOCKS = ("dawn", "dusk", "night", "noon")
LOADS = {"chat": (0.25, 1.5, 0.25, 2.0), "mail": (0.25, 1.5, 2.0, 0.25)}
"""Of four blocks of six hours a day. Nobody peaks at dusk, and no block asks as much of both as dusk does."""
MEAN = {(JAN, "chat"): 1000.0, (JAN, "mail"): 500.0, (FEB, "chat"): 1000.0, (FEB, "mail"): 0.0}
CHECKED = [(JAN, "dusk"), (JAN, "night"), (JAN, "noon"), (FEB, "noon")]
"""In February nobody writes mail: the noon of chat is enough."""
NODES_PER_TOK = {"chat": 0.00075, "mail": 0.001}
BY_API = {
    (JAN, "dusk"): {"chat": 300.0},
    (JAN, "night"): {"chat": 50.0, "mail": 200.0},
    (JAN, "noon"): {"chat": 300.0},
    (FEB, "noon"): {"chat": 300.0},
}
"""Accepted tok/s of the API when what is local is lost."""


def rate(month: Month, workload: str, block: str) -> float:
    """Accepted tok/s that are asked."""
    return MEAN[month, workload] * LOADS[workload][BLOCKS.index(block)]


def events_scenario() -> Scenario:
    """Two workloads that peak at different hours; nodes in a cloud and at the edge, and an API too slow for chat."""
    hours = range(168)
    expected: dict[str, Any] = {"probability_per_year": 0.12, "duration_hours": 100.0}
    return make.a_scenario(
        policy=make.a_policy(
            contingencies=(
                make.a_contingency(
                    REGION,
                    lost=Lost.REGION,
                    name="region-a",
                    floor_share=0.4,
                    floors=(WorkloadFloor(workload="chat", floor_share=0.5),),
                    **expected,
                ),
                make.a_contingency(
                    NEAR,
                    lost=Lost.LOCALITY,
                    name="local",
                    floor_share=0.2,
                    ttft_factor=2.0,
                    api_share=0.5,
                    probability_per_year=0.24,
                    duration_hours=100.0,
                ),
                make.a_contingency(ABROAD, name="cloud-a", in_geography="geo-b", floor_share=0.1),
            ),
        ),
        catalog=make.ten_requests_a_node(
            regions=tuple(Region(region=f"region-{x}", geography=f"geo-{y}") for x, y in ("aa", "bb", "ea")),
            offerings=(
                make.an_offering(),
                make.an_offering("node-b", region="region-b"),
                make.an_offering("node-e", provider="cloud-e", region="region-e", locality=Locality.EDGE),
            ),
        ),
        contracts=(make.an_on_demand(), make.an_on_demand("od-e", offering="node-e", price_usd_per_node_hour=usd(20))),
        api_offers=(make.an_api_offer(input_tok_per_s_limit=600.0, output_tok_per_s_limit=800.0),),
        workloads=(make.a_workload(ttft_limit_ms=150.0, cache_hit_share=0.5), make.a_workload("mail")),
        size_classes=(make.a_size_class(), make.a_size_class("mail")),
        demand=tuple(
            row
            for workload, requests in (("chat", (10.0, 10.0)), ("mail", (5.0, 0.0)))
            for month, each in zip((0, 1), requests, strict=True)
            for row in make.flat_demand(workload, 2, each)[month : month + 1]
        ),
        blocks=BlockModel(
            blocks=tuple(
                LoadBlock(block=b, hours_of_week=tuple(h for h in hours if h % 24 // 6 == i))
                for i, b in enumerate(BLOCKS)
            ),
            loads=tuple(
                BlockLoad(workload=w, block=b, relative_load=load)
                for w, loads in LOADS.items()
                for b, load in zip(BLOCKS, loads, strict=True)
            ),
            requested_blocks=4,
        ),
    )


def events_plan() -> Plan:
    """Everything on demand on node-a; after an event on what is left of node-a, node-e at the edge and the API.

    *Rates.* Blocks of 186 and 168 h. chat 250, 1,500, 250, 2,000 tok/s at dawn, dusk, night, noon; mail 125, 750,
    1,000, 125 in January only. A node carries 1,000 tok/s; half of the input of chat is cached: 0.1 s * 150 / 200,
    so 0.00075 nodes per tok/s, and 0.001 of mail. January 0.3125, 1.875, 1.1875, 1.625 nodes, 5 * 186 h = 930 h;
    February 0.1875, 1.125, 0.1875, 1.5: 3 * 168 h = 504 h at 10 USD: 9,300 and 5,040.

    *Blocks.* Dawn is below dusk for both. Dusk is nobody's peak, and above noon for mail, above night for chat.

    *Region-a* takes node-a and the API. Half of chat and 0.4 of mail on node-e: 0.5625 + 0.3 = 0.8625 nodes at dusk,
    0.09375 + 0.4 = 0.49375 by night, 0.75 + 0.05 = 0.8 at noon; February 0.75. Expected 0.12 / 12 * 100 = 1 h:
    (0.8625 + 0.49375 + 0.8) / 3 = 0.71875 h at 20 USD is 14.375, to the even cent 14.38; 15.00.

    *Local* takes node-e. A fifth: chat 300 and mail 150 at dusk, 50 and 200 by night, 400 and 25 at noon. The API has
    200 ms, within twice the 150 of chat; half of its limits are 300 in, 400 out. It serves 300 of chat (50 by night)
    and the mail of the night: 300 in, the limit. node-a: 0.15 at dusk, 0.075 + 0.025 = 0.1 at noon, 0.075 in February.
    2 h: nodes 0.25 / 3 * 2 = 1/6 h, 1.67, and 0.15 h, 1.50. Tokens in January: chat 650 / 3 * 7,200 s = 1.56 Mtok,
    mail 0.48; uncached 0.78 + 0.48 = 1.26 at 0.50: 0.63; cached 0.78 at 0.10: 0.08; output 2.04 at 1.50: 3.06. In
    February 2.16 Mtok: 1.08 uncached 0.54, 1.08 cached 0.11, output 3.24.

    *Cloud-a abroad* takes node-b, which nobody has: a tenth on node-a, 0.1125 + 0.075 at dusk, 0.01875 + 0.1 by night,
    0.15 + 0.0125 at noon, and 0.15. It is never expected.

    *Totals.* Emergency 14.38 + 15 + 1.67 + 1.50 + 0.63 + 0.08 + 3.06 + 0.54 + 0.11 + 3.24 = 40.21. Served 1,500 tok/s
    * 744 h and 1,000 * 672 h: 4,017.6 + 2,419.2 = 6,436.8 Mtok; 14,340 USD, at list price too.
    """
    totals = Totals(
        objective_usd=usd("14380.21"),
        effective_usd=usd("14340.00"),
        cash_usd=usd("14340.00"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(0),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd("40.21"),
        list_usd=usd("14340.00"),
        served_mtok=usd("6436.8"),
        usd_per_mtok=usd("2.227815"),
    )
    return a_plan(
        events_scenario(),
        totals,
        orders=(),
        usages=tuple(
            Usage(outlook="base", contract="od-a", offering="node-a", month=month, block=block, nodes=nodes)
            for month in (JAN, FEB)
            for block in BLOCKS
            for nodes in [sum(rate(month, w, block) * NODES_PER_TOK[w] for w in LOADS)]
        ),
        placements=tuple(
            Placement(
                outlook="base",
                month=month,
                block=block,
                workload=workload,
                size_class="all",
                offering="node-a",
                pool=Pool.BASE,
                accepted_tok_per_s=rate(month, workload, block),
                nodes=rate(month, workload, block) * NODES_PER_TOK[workload],
            )
            for month in (JAN, FEB)
            for block in BLOCKS
            for workload in LOADS
        ),
        goodput=tuple(_goodput()),
        refusals=tuple(
            Refusal(
                workload=workload, size_class="all", offering="node-b", reason=RefusalReason.NO_TERMS, text="by hand"
            )
            for workload in LOADS
        ),
        api_refusals=(ApiRefusal(workload="chat", size_class="all", api="api-a", reason=ApiReason.TTFT),),
        contingencies=(
            *(_case(REGION, *at, "node-e", {"chat": 0.5, "mail": 0.4}) for at in CHECKED),
            *(_case(NEAR, *at, "node-a", {"chat": 0.2, "mail": 0.2}, BY_API[at]) for at in CHECKED),
            *(_case(ABROAD, *at, "node-a", {"chat": 0.1, "mail": 0.1}) for at in CHECKED),
        ),
        cost_lines=_lines(),
    )


def _goodput() -> list[Goodput]:
    rows = []
    for workload, seconds, ttft in (("chat", 0.075, 100.0), ("mail", 0.1, None)):
        serving = one_size("a").model_copy(update={"node_seconds_per_attempt": seconds, "ttft_ms": ttft})
        for offering in ("node-a", "node-e"):
            for event in (None, NEAR):
                rows.append(
                    Goodput(workload=workload, size_class="all", offering=offering, contingency=event, serving=serving)
                )
    return rows


def _case(
    event: str,
    month: Month,
    block: str,
    offering: str,
    floors: dict[str, float],
    by_api: dict[str, float] | None = None,
) -> ContingencyCase:
    """The floors and no more, on nodes that are rented for it, but for what an API serves."""
    apis = by_api or {}
    on_nodes = {
        workload: floor * rate(month, workload, block) - apis.get(workload, 0.0) for workload, floor in floors.items()
    }
    placed = tuple(
        ContingencyPlacement(
            workload=workload,
            size_class="all",
            offering=offering,
            accepted_tok_per_s=tok_per_s,
            nodes=tok_per_s * NODES_PER_TOK[workload],
        )
        for workload, tok_per_s in on_nodes.items()
        if tok_per_s
    )
    rented = round(sum(row.nodes for row in placed), 9)
    return ContingencyCase(
        contingency=event,
        outlook="base",
        month=month,
        block=block,
        placements=placed,
        emergency=(EmergencyUse(offering=offering, on_demand_nodes=rented, not_firm_nodes=0.0),) if rented else (),
        api_placements=tuple(
            ContingencyApi(workload=workload, size_class="all", api="api-a", accepted_tok_per_s=tok_per_s)
            for workload, tok_per_s in apis.items()
        ),
    )


def _lines() -> tuple[CostLine, ...]:
    jan, feb, emergency = (JAN, FEB), (FEB, FEB + 1), Nature.EMERGENCY_EXPECTED
    edge: dict[str, Any] = {"payee": "cloud-e", "offering": "node-e"}
    api: dict[str, Any] = {"payee": "cloud-t", "offering": None, "unit": "mtok"}
    tokens = {
        jan: (
            ("uncached", "1.26", "0.5", "0.63"),
            ("cached", "0.78", "0.1", "0.08"),
            ("output", "2.04", "1.5", "3.06"),
        ),
        feb: (
            ("uncached", "1.08", "0.5", "0.54"),
            ("cached", "1.08", "0.1", "0.11"),
            ("output", "2.16", "1.5", "3.24"),
        ),
    }
    return (
        line(Nature.ON_DEMAND_USAGE, "od-a", jan, "930", "10", "9300.00"),
        line(Nature.ON_DEMAND_USAGE, "od-a", feb, "504", "10", "5040.00"),
        line(emergency, REGION, jan, "0.71875", "20", "14.38", **edge),
        line(emergency, REGION, feb, "0.75", "20", "15.00", **edge),
        line(emergency, NEAR, jan, "0.166666667", "10", "1.67"),
        line(emergency, NEAR, feb, "0.15", "10", "1.50"),
        *(
            line(emergency, NEAR, months, quantity, price, amount, line=f"{kind}-{months[0]}", **api)
            for months, rows in tokens.items()
            for kind, quantity, price, amount in rows
        ),
    )
