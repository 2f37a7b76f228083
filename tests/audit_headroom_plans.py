"""A plan with derived headroom worked by hand: a pool that is large enough, and one that is not."""

from functools import cache
from typing import Any

from contracts.terms.common import Nature
from optimizer.plan import ContingencyCase, ContingencyPlacement, Goodput, Placement, Plan, Pool, Usage
from optimizer.plan_headroom import HeadroomFound, PoolShare, RestsOnTooMuch
from scenarios.policy import Lost
from scenarios.scenario import Headroom, HeadroomMethod
from tests import builders as make
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, serving, usd
from tests.audit_plans import small_plan

WAIT_MS = 447.8696975018005
"""In a pool of two with 1.1 erlangs C = 1.1^2 / 3.1, and C exp(-0.9 d / 0.11 s) = 0.01 at this d."""
OF_ONE = 0.22995174087145612
"""a exp(-(1 - a) d / 0.11 s) = 0.01: what a single replica carries (C = a)."""
EVENT = "lose-od-a"
CLASSES = ("left", "right")


@cache
def headroom_plan() -> Plan:
    """Ten requests/s in two classes of the same size: 0.11 s each, 1.1 erlangs; a node is a replica.

    *January*: a reserved node and one on demand, a pool of 2 that carries 1.1 erlangs: 0.55 of it, as allowed.
    *February*: 0.9 on demand; 1.9 carry 0.22995 + 0.9 * (1.1 - 0.22995) = 1.01300, allowed 0.53316, used 1.1 / 1.9.
    *Without od-a* a tenth, 0.11 erlangs, on the reserved node: 0.11 used, 0.22995 allowed.
    Erlang-hours 1.1 * 1,416 = 1,557.6; replica-hours 2 * 744 + 1.9 * 672 = 2,764.8: 0.563368.

    *Bill.* 4,464 + 4,032 reserved; 744 h and 604.8 h at 10. 21,984 USD; nodes at list 27,648; 5,097.6 Mtok: 4.312618.
    """
    base = small_plan()
    scenario = make.a_scenario(
        run=make.run_settings(headroom=Headroom(method=HeadroomMethod.DERIVED, wait_limit_ms=WAIT_MS)),
        size_classes=tuple(make.a_size_class(size_class=name, request_share=0.5) for name in CLASSES),
        policy=make.a_policy(
            contingencies=(make.a_contingency(EVENT, lost=Lost.CONTRACT, name="od-a", floor_share=0.1),)
        ),
    )
    totals = base.totals.model_copy(
        update={
            "objective_usd": usd("21984.00"),
            "effective_usd": usd("21984.00"),
            "cash_usd": usd("21984.00"),
            "list_usd": usd("27648.00"),
            "usd_per_mtok": usd("4.312618"),
        }
    )
    moment: dict[str, Any] = {"outlook": "base", "block": "all"}
    pair: dict[str, Any] = {"workload": "chat", "offering": "node-a"}
    by_hour = Nature.ON_DEMAND_USAGE
    return a_plan(
        scenario,
        totals,
        orders=base.orders,
        usages=tuple(
            Usage(**moment, contract="od-a", offering="node-a", month=month, nodes=nodes)
            for month, nodes in ((JAN, 1.0), (FEB, 0.9))
        ),
        placements=tuple(
            Placement(
                **moment, **pair, size_class=name, month=month, pool=Pool.BASE, accepted_tok_per_s=500.0, nodes=nodes
            )
            for month, nodes in ((JAN, 1.0), (FEB, 0.95))
            for name in CLASSES
        ),
        goodput=tuple(Goodput(**pair, size_class=name, serving=serving(0.11, "gpu-a")) for name in CLASSES),
        contingencies=tuple(
            ContingencyCase(
                **moment,
                contingency=EVENT,
                month=month,
                placements=tuple(
                    ContingencyPlacement(**pair, size_class=name, accepted_tok_per_s=50.0, nodes=0.5)
                    for name in CLASSES
                ),
                emergency=(),
            )
            for month in (JAN, FEB)
        ),
        cost_lines=(
            *(row for row in base.cost_lines if row.nature is Nature.RESERVED_RECURRING),
            line(by_hour, "od-a", (JAN, FEB), "744", "10", "7440.00"),
            line(by_hour, "od-a", (FEB, MAR), "604.8", "10", "6048.00"),
        ),
        headroom=HeadroomFound(
            rounds=3,
            settled=False,
            widest_usd=21984.0,
            shares_bound_usd=21984.0,
            pools=(
                _row(None, (1.9, 2.0), (0.55, 0.578947368), 0.563368056),
                _row(EVENT, (1.0, 1.0), (0.11, 0.11), 0.11),
            ),
            left=(
                RestsOnTooMuch(
                    **moment, **pair, month=FEB, replicas=1.9, usable_share=0.578947368, derived_share=0.533155355
                ),
            ),
        ),
    )


def _row(event: str | None, replicas: tuple[float, float], shares: tuple[float, float], mean: float) -> PoolShare:
    return PoolShare(
        workload="chat",
        offering="node-a",
        contingency=event,
        cells=2,
        burst_ratio=1.0,
        wait_limit_s=0.447869698,
        shortest_service_s=0.11,
        longest_service_s=0.11,
        smallest_replicas=replicas[0],
        largest_replicas=replicas[1],
        lowest_usable_share=shares[0],
        highest_usable_share=shares[1],
        usable_share=mean,
    )
