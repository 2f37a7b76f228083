"""A plan worked by hand in which a split serves everything, also after an event with longer limits."""

from functools import cache
from typing import Any

from catalog.goodput import Role
from catalog.serving import Refusal, RefusalReason
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import ContingencyCase, CostLine, EmergencyUse, Plan, Pool, Totals, Usage
from optimizer.plan_splits import ContingencySplit, SplitGoodput, SplitPlacement, SplitRefusal, SplitServing
from scenarios.policy import Lost
from scenarios.scenario import Scenario
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, serving, usd
from tests.builders import a_contingency
from tests.proving import with_policy
from tests.split_cases import a_split, a_split_fleet, two_chips

EVENT = "no-spot"
MOMENT: dict[str, Any] = {"outlook": "base", "block": "all"}
CLASS: dict[str, Any] = {"workload": "chat", "size_class": "all"}
SERVED: dict[str, Any] = CLASS | {"split": "a-to-b"}


@cache
def split_plan() -> Plan:
    """20 requests/s keep a node reading and a node writing; 0.1 GB move for each in 10 + 10 ms of 500.

    Nothing serves alone. "back" reads and writes where no point says how; "late" takes 990 + 10 ms for the hand-over:
    nothing is left of 500 ms, nor of 1,000 after the event. There "a-to-b" has 980 ms to read, and serves half.

    *Bill.* 744 and 672 hours of two nodes at 10 USD: 28,320. 7,200 GB an hour at 0.001: 5,356.80 and 4,838.40.
    Together 38,515.20 USD for 2,000 tok/s * 1,416 h * 3,600 = 10,195.2 Mtok: 3.777778.
    """
    totals = Totals(
        objective_usd=usd("38515.20"),
        effective_usd=usd("38515.20"),
        cash_usd=usd("38515.20"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(0),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("28320.00"),
        served_mtok=usd("10195.2"),
        usd_per_mtok=usd("3.777778"),
    )
    return a_plan(
        _scenario(),
        totals,
        orders=(),
        usages=tuple(
            Usage(**MOMENT, contract=contract, offering=offering, month=month, nodes=1.0)
            for contract, offering in (("od-a", "node-a"), ("od-b", "node-b"))
            for month in (JAN, FEB)
        ),
        placements=(),
        goodput=(),
        refusals=tuple(
            Refusal(**CLASS, offering=offering, reason=RefusalReason.NO_DATA, text="no point")
            for offering in ("node-a", "node-b")
        ),
        split_placements=tuple(
            SplitPlacement(
                **MOMENT,
                **SERVED,
                month=month,
                prefill_pool=Pool.BASE,
                decode_pool=Pool.BASE,
                accepted_tok_per_s=2000.0,
                prefill_nodes=1.0,
                decode_nodes=1.0,
            )
            for month in (JAN, FEB)
        ),
        split_goodput=(
            SplitGoodput(**SERVED, serving=_serving(ttft_left_ms=480.0)),
            SplitGoodput(**SERVED, contingency=EVENT, serving=_serving(ttft_left_ms=980.0)),
        ),
        split_refusals=(
            SplitRefusal(**CLASS, split="back", role=Role.PREFILL, reason=RefusalReason.NO_DATA, text="no point"),
            SplitRefusal(**CLASS, split="late", role=None, reason=RefusalReason.TRANSFER, text="1,000 ms of 500"),
        ),
        contingencies=tuple(_case(month) for month in (JAN, FEB)),
        cost_lines=tuple(_lines()),
    )


def _scenario() -> Scenario:
    splits = (
        a_split(),
        a_split("back", prefill_offering="node-b", decode_offering="node-a"),
        a_split("late", handover_ms=990.0),
    )
    event = a_contingency(EVENT, lost=Lost.SPOT, name="*", floor_share=0.5, ttft_factor=2.0)
    roles = tuple(row for row in two_chips().goodput_points if row.role is not Role.AGGREGATED)
    fleet = a_split_fleet(splits=splits, catalog=two_chips(goodput_points=roles))
    return with_policy(fleet, contingencies=(event,))


def _serving(ttft_left_ms: float) -> SplitServing:
    """A twentieth of a second for each role: 100 tokens at 2,000 tok/s."""
    return SplitServing(
        prefill=serving(0.05, "gpu-a", points=("reads",), ttft_ms=300.0),
        decode=serving(0.05, "gpu-b", points=("writes",), tpot_ms=15.0, quality_score=None),
        kv_gb_per_attempt=0.1,
        transfer_ms=20.0,
        ttft_left_ms=ttft_left_ms,
    )


def _case(month: Month) -> ContingencyCase:
    """Half of the demand by half a node of each, leaned on."""
    half = ContingencySplit(**SERVED, accepted_tok_per_s=1000.0, prefill_nodes=0.5, decode_nodes=0.5)
    leaned = (EmergencyUse(offering=name, on_demand_nodes=0.5, not_firm_nodes=0.0) for name in ("node-a", "node-b"))
    return ContingencyCase(
        **MOMENT,
        contingency=EVENT,
        month=month,
        placements=(),
        emergency=tuple(leaned),
        split_placements=(half,),
    )


def _lines() -> list[CostLine]:
    """Nodes of both clouds, and what the first one sends."""
    lines = []
    for months, hours, node_usd, gb, moved_usd in (
        ((JAN, FEB), "744", "7440.00", "5356800", "5356.80"),
        ((FEB, MAR), "672", "6720.00", "4838400", "4838.40"),
    ):
        lines += [
            line(Nature.ON_DEMAND_USAGE, "od-a", months, hours, "10", node_usd),
            line(Nature.ON_DEMAND_USAGE, "od-b", months, hours, "10", node_usd, payee="cloud-b", offering="node-b"),
            line(Nature.KV_TRANSFER, "a-to-b", months, gb, "0.001", moved_usd, unit="gb"),
        ]
    return lines
