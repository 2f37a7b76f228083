"""A plan that serves by the token and with provisioned throughput in two outlooks, worked by hand."""

from datetime import date
from typing import Any

from catalog.records import ByEvidence
from catalog.serving import Refusal, RefusalReason
from contracts.calendar import Month
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.common import Nature
from optimizer.plan import CostLine, Goodput, OutlookTotals, Placement, Plan, Pool, Totals, Usage
from optimizer.plan_contracts import ApiPlacement, ApiReason, ApiRefusal, ProvisionedOrder
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_spending_plans import MONTHS

EARLY, LATE = "ptu-x 2027-01", "ptu-x 2027-03 storm"


def an_api(api: str = "api-x", **overrides: Any) -> ApiOffer:
    """0.40, 0.10 and 1.60 USD per Mtok; 5,000 tok/s in, 1,250 out; 100 ms and 20 ms in the median."""
    fields: dict[str, Any] = {
        "api": api,
        "provider": "token-x",
        "region": "region-a",
        "model": "model-a",
        "quality_score": 95.0,
        "price_usd_per_mtok_input": usd("0.4"),
        "price_usd_per_mtok_cached_input": usd("0.1"),
        "price_usd_per_mtok_output": usd("1.6"),
        "input_tok_per_s_limit": 5000.0,
        "output_tok_per_s_limit": 1250.0,
        "ttft_ms": 100.0,
        "tpot_ms": 20.0,
        "percentile": 50,
        "longest_request_tok": 500.0,
    }
    return ApiOffer(**(make.SOURCED | fields | overrides))


def a_provisioned(contract: str = "ptu-x", **overrides: Any) -> Provisioned:
    """Two or four units at 5 USD for two months: 500 tok/s in or 250 out."""
    fields: dict[str, Any] = {
        "contract": contract,
        "api": "api-x",
        "term_months": 2,
        "price_usd_per_unit_hour": usd(5),
        "input_tok_per_s_per_unit": 500.0,
        "output_tok_per_s_per_unit": 250.0,
        "step_units": 2,
        "minimum_units": 2,
        "maximum_units": 4,
        "start_every_months": 2,
    }
    return Provisioned(**(make.SOURCED | fields | overrides))


def tokens_scenario() -> Scenario:
    """Each API but the first may not serve something; the last has another model."""
    cap = {"measure": ShareMeasure.TOKENS}
    stretch = ByEvidence(measured=2.0, independent=3.0, modelled=3.0, vendor=3.0, roofline=3.0)
    return make.a_scenario(
        run=make.run_settings(months=3, reveal_month=FEB, beyond_horizon_weight=usd("0.5")),
        policy=make.a_policy(
            percentile_factor=stretch,
            concentration=(
                ConcentrationCap(rule="provider", by=Grouping.PROVIDER, group="token-x", cap_share=0.59, **cap),
                ConcentrationCap(rule="stack", by=Grouping.STACK, group="stack-a", cap_share=0.51, **cap),
                ConcentrationCap(rule="coast", by=Grouping.GEOGRAPHY, group="geo-a", cap_share=1.0, **cap),
            ),
        ),
        catalog=make.ten_requests_a_node(),
        contracts=(make.an_on_demand(),),
        api_offers=(
            an_api(),
            an_api("api-region", region="region-b", quality_score=80.0),
            an_api("api-quality", quality_score=80.0, ttft_ms=500.0),
            an_api("api-length", longest_request_tok=499.0, ttft_ms=151.0),
            an_api("api-slow", tpot_ms=26.0),
            an_api("api-other", model="model-b"),
        ),
        provisioned=(a_provisioned(),),
        workloads=(
            make.a_workload(
                ttft_limit_ms=300.0, tpot_limit_ms=50.0, cache_hit_share=0.5, accepted_share=0.8, quality_bar=90.0
            ),
        ),
        size_classes=(
            make.a_size_class(size_class="short", request_share=0.5),
            make.a_size_class(size_class="long", input_tokens=400.0, request_share=0.5),
        ),
        demand=make.flat_demand(months=3, requests_per_s=20.0),
        outlooks=(Outlook(outlook=CALM, probability=0.75), Outlook(outlook=STORM, probability=0.25)),
        outlook_effects=(OutlookEffect(outlook=STORM, effect=Effect.DEMAND, value=1.2),),
    )


def tokens_plan() -> Plan:
    """Short requests on nodes, long ones by the token: their prompts are longer than any that was measured on a node.

    *Rates.* 20 requests/s, half short (100 + 100), half long (400 + 100): 1,000 tok/s each, in the storm 1,200. Yield
    0.8: an accepted token takes 1.25 of output; a short one 1.25 of input, a long one 5, half of both cached. Short on
    node-a: 150 * 0.0005 s = 0.075 s, / 100 / 0.8 = 0.0009375 nodes per tok/s. A long one keeps 2.5 / 500 + 1.25 / 250
    = 0.01 units busy.

    *Who serves long.* Four units in January and February: 400 tok/s. By the token 600, 600, 1,000; in the storm 800 and
    200 short (1,250 out, the limit), twice; then 200 on two more units and 1,000 (5,000 in, 1,250 out, both limits).

    *Latency.* Medians, measured, count twice: 200 ms and 40 ms are within 300 and 50; 302 and 52 are not.

    *Mtok.* A tok/s is 2.6784, 2.4192, 2.6784 Mtok a month. Calm, uncached, cached, output: 4,017.6, 4,017.6, 2,008.8;
    3,628.8, 3,628.8, 1,814.4; 6,696, 6,696, 3,348. Storm 5,691.6, 5,691.6, 3,348; 5,140.8, 5,140.8, 3,024; as calm.
    USD: 5,222.88 + 4,717.44 + 8,704.80 = 18,645.12; 8,202.60 + 7,408.80 + 8,704.80 = 24,316.20.

    *Units.* 4 * 744 * 5 = 14,880 and 13,440. In the storm 2 * 744 * 5 = 7,440, and April 7,200.

    *Nodes.* 0.9375 on demand: 697.5, 630, 697.5 h; in the storm 1.125 in March, 837 h.

    *Totals.* Calm 28,320 + 20,250 + 18,645.12, storm 35,760 + 21,645 + 24,316.20, and 7,200 at one half. At list
    price units count as their API would charge: 400 tok/s of long 1,300 USD per million: 3,481.92 + 3,144.96; 1,740.96.
    """
    return a_plan(
        tokens_scenario(),
        _totals("71741.64", "70841.64", "1800.00", "47723.76", "16329.6"),
        by_outlook=(
            OutlookTotals(
                outlook=CALM,
                probability=0.75,
                totals=_totals("67215.12", "67215.12", "0", "45522.00", "15552"),
            ),
            OutlookTotals(
                outlook=STORM,
                probability=0.25,
                totals=_totals("85321.20", "81721.20", "7200.00", "54329.04", "18662.4"),
            ),
        ),
        orders=(),
        provisioned=(
            _order(EARLY, 4, JAN, MAR, date(2026, 12, 31), None),
            _order(LATE, 2, MAR, MAY, date(2027, 2, 28), STORM),
        ),
        usages=tuple(
            Usage(outlook=o, block="all", contract="od-a", offering="node-a", month=m, nodes=nodes)
            for o, m, _, nodes in ON_NODES
        ),
        placements=tuple(
            Placement(
                outlook=outlook,
                month=month,
                block="all",
                workload="chat",
                size_class="short",
                offering="node-a",
                pool=Pool.BASE,
                accepted_tok_per_s=rate,
                nodes=nodes,
            )
            for outlook, month, rate, nodes in ON_NODES
        ),
        api_placements=_by_token(),
        api_refusals=tuple(
            ApiRefusal(workload="chat", size_class=size_class, api=f"api-{api}", reason=reason)
            for size_class, api, reason in (
                ("short", "region", ApiReason.REGION),
                ("long", "region", ApiReason.REGION),
                ("short", "quality", ApiReason.QUALITY),
                ("long", "quality", ApiReason.QUALITY),
                ("short", "length", ApiReason.TTFT),
                ("long", "length", ApiReason.LENGTH),
                ("short", "slow", ApiReason.TPOT),
                ("long", "slow", ApiReason.TPOT),
            )
        ),
        refusals=(
            Refusal(
                workload="chat",
                size_class="long",
                offering="node-a",
                reason=RefusalReason.INPUT_LENGTH,
                text="by hand",
            ),
        ),
        goodput=(
            Goodput(
                workload="chat",
                size_class="short",
                offering="node-a",
                serving=one_size("a").model_copy(
                    update={"node_seconds_per_attempt": 0.075, "ttft_ms": 100.0, "tpot_ms": 10.0}
                ),
            ),
        ),
        cost_lines=tuple(_lines()),
    )


ON_NODES = (
    (CALM, JAN, 1000.0, 0.9375),
    (CALM, FEB, 1000.0, 0.9375),
    (CALM, MAR, 1000.0, 0.9375),
    (STORM, JAN, 1000.0, 0.9375),
    (STORM, FEB, 1000.0, 0.9375),
    (STORM, MAR, 1200.0, 1.125),
)


def _totals(objective: str, effective: str, beyond: str, at_list: str, served: str) -> Totals:
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(effective),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(beyond),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd(at_list),
        served_mtok=usd(served),
        usd_per_mtok=round(usd(effective) / usd(served), 6),
    )


def _order(order: str, units: int, start: Month, end: Month, order_by: date, outlook: str | None) -> ProvisionedOrder:
    return ProvisionedOrder(
        order=order, contract="ptu-x", units=units, start=start, end=end, order_by=order_by, outlook=outlook
    )


def _by_token() -> tuple[ApiPlacement, ...]:
    rows = [
        (CALM, JAN, "long", "ptu-x", 400.0),
        (CALM, FEB, "long", "ptu-x", 400.0),
        (CALM, JAN, "long", None, 600.0),
        (CALM, FEB, "long", None, 600.0),
        (CALM, MAR, "long", None, 1000.0),
        (STORM, JAN, "long", "ptu-x", 400.0),
        (STORM, FEB, "long", "ptu-x", 400.0),
        (STORM, MAR, "long", "ptu-x", 200.0),
        (STORM, JAN, "long", None, 800.0),
        (STORM, FEB, "long", None, 800.0),
        (STORM, MAR, "long", None, 1000.0),
        (STORM, JAN, "short", None, 200.0),
        (STORM, FEB, "short", None, 200.0),
    ]
    return tuple(
        ApiPlacement(
            outlook=outlook,
            month=month,
            block="all",
            workload="chat",
            size_class=size_class,
            api="api-x",
            contract=contract,
            accepted_tok_per_s=rate,
        )
        for outlook, month, size_class, contract, rate in rows
    )


def _lines() -> list[CostLine]:
    mtok = {
        CALM: (("4017.6", "2008.8"), ("3628.8", "1814.4"), ("6696", "3348")),
        STORM: (("5691.6", "3348"), ("5140.8", "3024"), ("6696", "3348")),
    }
    hours = {CALM: ("697.5", "630", "697.5"), STORM: ("697.5", "630", "837")}
    x: dict[str, Any] = {"payee": "token-x", "offering": None}
    lines = [
        line(Nature.PROVISIONED_RECURRING, "ptu-x", (m, m + 1), str(quantity), "5", f"{5 * quantity}.00", **kept)
        for m, quantity, kept in (
            (JAN, 2976, x | {"unit": "unit_hour", "order": EARLY, "outlook": None}),
            (FEB, 2688, x | {"unit": "unit_hour", "order": EARLY, "outlook": None}),
            (MAR, 1488, x | {"unit": "unit_hour", "order": LATE, "outlook": STORM}),
            (APR, 1440, x | {"unit": "unit_hour", "order": LATE, "outlook": STORM}),
        )
    ]
    for outlook in (CALM, STORM):
        for month, (read, written), node_hours in zip(MONTHS, mtok[outlook], hours[outlook], strict=True):
            rows = (("input", read, "0.4"), ("cached", read, "0.1"), ("output", written, "1.6"))
            for kind, quantity, price in rows:
                amount = round(usd(quantity) * usd(price), 2)
                name = {"line": f"{outlook}-{kind}-{month}", "outlook": outlook, "unit": "mtok"}
                lines.append(
                    line(Nature.API_USAGE, "api-x", (month, month + 1), quantity, price, str(amount), **x | name)
                )
            lines.append(
                line(
                    Nature.ON_DEMAND_USAGE,
                    "od-a",
                    (month, month + 1),
                    node_hours,
                    "10",
                    str(round(usd(node_hours) * 10, 2)),
                    line=f"{outlook}-node-{month}",
                    outlook=outlook,
                )
            )
    return lines
