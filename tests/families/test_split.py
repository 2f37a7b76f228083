"""Splits, worked by hand: January and February have 1,416 hours; a node on demand costs 10 USD an hour.

20 requests/s of 1,000 + 100 tokens keep one node reading and one writing, or five nodes of either kind that do both.
A prompt has 0.1 GB of cache: 2 GB/s move, 7,200 GB an hour.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from catalog.accelerators import ModelPrecision
from catalog.goodput import Role
from catalog.serving import RefusalReason
from contracts.terms.common import Nature
from optimizer.asked import Asked
from optimizer.extract import Extracted
from optimizer.faults import Impossible, Infeasible
from optimizer.model import build_model
from optimizer.plan import Plan, Pool
from optimizer.problem import state
from optimizer.solve_arrays import compile_model
from optimizer.splits import Splits
from scenarios.policy import Grouping, Lost, ShareMeasure
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    SOURCED,
    a_contingency,
    a_migration,
    a_size_class,
    a_spot,
    a_workload,
    an_offering,
    an_on_demand,
    flat_demand,
)
from tests.proving import EXACT_USD, a_cap, decided, objective, planned, with_policy
from tests.split_cases import a_split, a_split_fleet, reads, two_chips, writes

HOURS = 1416


@cache
def the_plan() -> Plan:
    """The fleet as it is."""
    return planned(a_split_fleet())


def by_split(plan: Plan | Extracted) -> float:
    """Accepted tok/s that splits serve in January."""
    return sum(row.accepted_tok_per_s for row in plan.split_placements if row.month == FIRST)


def test_a_split_is_taken_where_each_chip_does_what_it_is_good_at() -> None:
    """Two nodes and 7,200 GB at a tenth of a cent are 27.20 USD an hour, five nodes 50."""
    plan = the_plan()
    assert objective(plan) == Decimal("27.2") * HOURS
    assert plan.placements == ()
    (january, _) = plan.split_placements
    assert (january.prefill_nodes, january.decode_nodes, january.accepted_tok_per_s) == (1.0, 1.0, 2000.0)
    assert (january.prefill_pool, january.decode_pool) == (Pool.BASE, Pool.BASE)
    assert plan.totals.served_mtok == Decimal(HOURS * 3600 * 2000) / 1_000_000
    assert plan.totals.list_usd == 20 * HOURS


def test_what_moves_is_billed_to_the_sender() -> None:
    """744 hours of 7,200 GB in January, paid to the cloud that reads."""
    plan = the_plan()
    line = next(row for row in plan.cost_lines if row.nature is Nature.KV_TRANSFER)
    assert (line.source, line.payee, line.offering, line.unit) == ("a-to-b", "cloud-a", "node-a", "gb")
    assert (line.quantity, line.unit_price_usd, line.amount_usd) == (744 * 7200, Decimal("0.001"), Decimal("5356.80"))


def test_every_attempt_moves_the_whole_prompt_cached_or_not() -> None:
    """Half the answers are accepted, half the prompt is cached: twice the cache moves, prefill does half of twice."""
    workload = a_workload(ttft_limit_ms=500.0, tpot_limit_ms=20.0, cache_hit_share=0.5, accepted_share=0.5)
    plan = planned(a_split_fleet(workloads=(workload,)))
    row = plan.split_placements[0]
    assert (row.prefill_nodes, row.decode_nodes) == (1.0, 2.0)
    line = next(row for row in plan.cost_lines if row.nature is Nature.KV_TRANSFER)
    assert line.quantity == 2 * 744 * 7200


@pytest.mark.parametrize(("usd_per_gb", "is_split"), [("0.004166", True), ("0.004167", False)])
def test_the_price_of_moving_a_gigabyte_decides(usd_per_gb: str, is_split: bool) -> None:
    """30 USD an hour are saved on nodes; 7,200 GB cost as much at 0.0041667 USD each."""
    plan = planned(a_split_fleet(splits=(a_split(transfer_usd_per_gb=Decimal(usd_per_gb)),)))
    assert by_split(plan) == (2000.0 if is_split else 0.0)
    per_hour = 20 + 7200 * float(usd_per_gb) if is_split else 50
    assert float(objective(plan)) == pytest.approx(per_hour * HOURS, abs=EXACT_USD)


@pytest.mark.long
def test_a_free_network_is_billed_at_nothing() -> None:
    """The line says what moved."""
    plan = planned(a_split_fleet(splits=(a_split(transfer_usd_per_gb=Decimal(0)),)))
    assert objective(plan) == 20 * HOURS
    assert {row.amount_usd for row in plan.cost_lines if row.nature is Nature.KV_TRANSFER} == {Decimal(0)}


@pytest.mark.parametrize(
    ("handover_ms", "refused"),
    [(190.0, None), (190.1, (Role.PREFILL, RefusalReason.TTFT)), (490.0, (None, RefusalReason.TRANSFER))],
)
def test_the_time_that_the_transfer_takes_is_taken_from_the_first_token(
    handover_ms: float, refused: tuple[Role | None, RefusalReason] | None
) -> None:
    """Prefill takes 300 of 500 ms and moving 0.1 GB takes 10: the rest of the hand-over may take 190."""
    fleet = a_split_fleet(splits=(a_split(handover_ms=handover_ms),))
    splits = Splits(Asked(fleet))
    if refused is None:
        (serving,) = splits.servings.values()
        assert (splits.refusals, serving.transfer_ms, serving.ttft_left_ms) == ((), 200.0, 300.0)
    else:
        assert [(row.role, row.reason) for row in splits.refusals] == [refused]
        assert (splits.servings, by_split(decided(fleet))) == ({}, 0.0)


def test_without_limits_only_the_cost_of_the_transfer_counts() -> None:
    """A minute of hand-over is nothing to a batch."""
    assert by_split(decided(a_split_fleet(workloads=(a_workload(),), splits=(a_split(handover_ms=60_000.0),)))) == 2000


@pytest.mark.parametrize(
    ("split", "fleet", "role", "reason"),
    [
        ({}, {"contracts": (an_on_demand(),)}, Role.DECODE, RefusalReason.NO_TERMS),
        ({"precision": "bf16"}, {}, Role.PREFILL, RefusalReason.NO_DATA),
        ({"prefill_offering": "node-b", "decode_offering": "node-a"}, {}, Role.PREFILL, RefusalReason.NO_DATA),
    ],
)
def test_a_split_that_cannot_serve_says_why(
    split: dict[str, Any], fleet: dict[str, Any], role: Role, reason: RefusalReason
) -> None:
    """Nothing to buy, no points at the precision, no points of the role."""
    bf16 = ModelPrecision(model="model-a", precision="bf16", weights_gb=16.0, kv_kb_per_token=200.0, **SOURCED)
    catalog = two_chips()
    catalog = catalog.model_copy(update={"models": (*catalog.models, bf16)})
    judged = a_split_fleet(**({"catalog": catalog, "splits": (a_split(**split),)} | fleet))
    refusals = Splits(Asked(judged)).refusals
    assert [(row.split, row.role, row.reason) for row in refusals] == [("a-to-b", role, reason)]


def test_a_split_of_another_model_leaves_the_model_as_it_is() -> None:
    """Not a column, not a row, not a coefficient is different."""
    models = [build_model(state(a_split_fleet(splits=splits))) for splits in ((), (a_split(model="model-z"),))]
    alone, beside = (compile_model(model) for model in models)
    assert [str(v) for v in alone.columns] == [str(v) for v in beside.columns]
    for name in ("cost", "lower", "upper", "starts", "rows", "values", "row_lower", "row_upper"):
        assert (getattr(alone.arrays, name) == getattr(beside.arrays, name)).all()


def test_a_workload_that_only_a_split_may_serve_is_served() -> None:
    """Alone the chips are too slow; without the split nothing is left."""
    alone = [row.model_copy(update={"tpot_ms": 30.0}) for row in two_chips().goodput_points if "alone" in row.point]
    points = (reads(), writes(accelerator="gpu-b", stack="stack-b", output_tok_per_s=2000.0), *alone)
    fleet = a_split_fleet(catalog=two_chips(goodput_points=points))
    assert by_split(decided(fleet)) == 2000.0
    with pytest.raises(Impossible):
        planned(fleet.model_copy(update={"splits": ()}))


# What a token counts for that two offerings serve.


def test_a_token_of_a_split_counts_for_both_providers() -> None:
    """Either cloud may have 90 % of the tokens: a tenth must be without it, so a fifth is served by one alone."""
    cap = a_cap(by=Grouping.PROVIDER, cap_share=0.9)
    plan = planned(with_policy(a_split_fleet(), concentration=(cap,)))
    alone = {row.offering: row.accepted_tok_per_s for row in plan.placements if row.month == FIRST}
    assert by_split(plan) == pytest.approx(1600.0)
    assert alone == {"node-a": pytest.approx(200.0), "node-b": pytest.approx(200.0)}


def test_a_token_counts_once_where_both_offerings_are_in_the_group() -> None:
    """Both are in one geography, which may have all of it."""
    cap = a_cap(by=Grouping.GEOGRAPHY, cap_share=1.0)
    assert by_split(decided(with_policy(a_split_fleet(), concentration=(cap,)))) == 2000.0


def test_a_transfer_is_spend_of_the_provider_that_sends() -> None:
    """17.20 of 27.20 USD an hour: a cap of 63 % is below it, one of 64 % is not."""
    for cap_share, is_kept in ((0.64, True), (0.63, False)):
        cap = a_cap(by=Grouping.PROVIDER, group="cloud-a", measure=ShareMeasure.SPEND, cap_share=cap_share)
        assert (by_split(decided(with_policy(a_split_fleet(), concentration=(cap,)))) == 2000.0) is is_kept


@pytest.mark.parametrize("spot_offering", ["node-a", pytest.param("node-b", marks=pytest.mark.long)])
def test_a_token_is_on_spot_if_either_role_is(spot_offering: str) -> None:
    """Nothing serves alone, and a quarter may be on spot at 3 USD: a quarter of one role is."""
    contracts = (an_on_demand(), an_on_demand("od-b", offering="node-b"), a_spot(offering=spot_offering))
    roles = tuple(row for row in two_chips().goodput_points if row.role is not Role.AGGREGATED)
    fleet = a_split_fleet(contracts=contracts, catalog=two_chips(goodput_points=roles))
    plan = planned(with_policy(fleet, spot_share_cap=0.25))
    january = [row for row in plan.split_placements if row.month == FIRST]
    assert sum(row.accepted_tok_per_s for row in january if row.is_on_spot) == pytest.approx(500.0)
    assert objective(plan) == Decimal("25.45") * HOURS


# Gates and events.


@pytest.mark.parametrize("stack", [pytest.param("stack-a", marks=pytest.mark.long), "stack-b"])
def test_a_split_waits_for_the_stacks_of_both_roles(stack: str) -> None:
    """The gate is passed in February; until then whoever needs no migration serves alone."""
    migration = a_migration(stack=stack, engineering_usd=Decimal(1))
    plan = planned(a_split_fleet(migrations=(migration,)))
    assert {str(row.month) for row in plan.split_placements} == {"2027-02"}
    assert objective(plan) == 50 * 744 + Decimal("27.2") * 672 + 1


def test_after_its_gate_a_split_keeps_the_ramp_of_the_stack() -> None:
    """A quarter in February: 5 requests/s are split, 15 alone on the old stack."""
    migration = a_migration(stack="stack-b", engineering_usd=Decimal(1), ramp_shares=(0.25, 1.0))
    plan = decided(a_split_fleet(migrations=(migration,)))
    assert sum(row.accepted_tok_per_s for row in plan.split_placements) == pytest.approx(500.0)


def test_an_event_that_leaves_both_offerings_leaves_the_split() -> None:
    """All spot is lost: the floor is kept with two nodes of emergency."""
    event = a_contingency("no-spot", lost=Lost.SPOT, name="*", floor_share=1.0)
    plan = planned(with_policy(a_split_fleet(), contingencies=(event,)))
    (case, _) = plan.contingencies
    rates = [row.accepted_tok_per_s for row in (*case.split_placements, *case.placements)]
    assert sum(rates) == pytest.approx(2000.0)


def test_what_only_a_split_can_keep_up_is_kept_up_by_it() -> None:
    """Two nodes of each are to be had: split they carry everything, alone four of five parts."""
    short = [an_offering(quota_nodes=2), an_offering("node-b", provider="cloud-b", accelerator="gpu-b", quota_nodes=2)]
    fleet = a_split_fleet(catalog=two_chips(offerings=tuple(short)))
    event = a_contingency("no-spot", lost=Lost.SPOT, name="*", floor_share=1.0)
    plan = decided(with_policy(fleet, contingencies=(event,)))
    (case, _) = plan.contingencies
    assert sum(row.accepted_tok_per_s for row in case.split_placements) >= 1000.0


@pytest.mark.parametrize("lost", ["cloud-a", "cloud-b"])
def test_an_event_that_takes_either_offering_takes_the_split(lost: str) -> None:
    """Five nodes of the other cloud keep the floor, of which only four are to be had: nothing can be planned."""
    short = [an_offering(quota_nodes=4), an_offering("node-b", provider="cloud-b", accelerator="gpu-b", quota_nodes=4)]
    fleet = a_split_fleet(catalog=two_chips(offerings=tuple(short)))
    event = a_contingency(lost=Lost.PROVIDER, name=lost, floor_share=0.8)
    (case, _) = decided(with_policy(fleet, contingencies=(event,))).contingencies
    assert case.split_placements == ()
    with pytest.raises(Infeasible):
        decided(with_policy(fleet, contingencies=(event.model_copy(update={"floor_share": 0.81}),)))


# Brute force.


def whole_nodes(usd_a: str, usd_b: str, usd_per_gb: str, requests_per_s: float) -> Scenario:
    """Whole nodes of both kinds on demand at their prices."""
    return a_split_fleet(
        contracts=(
            an_on_demand(whole_nodes=True, price_usd_per_node_hour=Decimal(usd_a)),
            an_on_demand("od-b", offering="node-b", whole_nodes=True, price_usd_per_node_hour=Decimal(usd_b)),
        ),
        splits=(a_split(transfer_usd_per_gb=Decimal(usd_per_gb)),),
        demand=flat_demand(requests_per_s=requests_per_s),
    )


def every_way(usd_a: float, usd_b: float, usd_per_gb: float, requests_per_s: float) -> Iterator[tuple[float, float]]:
    """USD an hour and share of the split, for all numbers of nodes a and b: the least share that makes them enough.

    A share x keeps x * r / 20 nodes of each busy, the rest is served alone by what is left: 4 requests/s a node.
    """
    most = int(requests_per_s / 4) + 2
    for a in range(most):
        for b in range(most):
            lacking = requests_per_s - 4 * (a + b)
            share = max(0.0, lacking / (requests_per_s - 4 * 2 * requests_per_s / 20))
            if share * requests_per_s / 20 <= min(a, b) and share <= 1:
                yield a * usd_a + b * usd_b + share * requests_per_s * 360 * usd_per_gb, share


@pytest.mark.parametrize(
    ("usd_a", "usd_b", "usd_per_gb", "requests_per_s", "pays"),
    [
        ("10", "10", "0.001", 30.0, True),
        pytest.param("10", "7", "0.0005", 33.0, True, marks=pytest.mark.long),
        pytest.param("10", "10", "0.004", 30.0, True, marks=pytest.mark.long),
        ("10", "4", "0.004", 30.0, False),
    ],
)
def test_the_plan_is_the_best_of_all_ways(
    usd_a: str, usd_b: str, usd_per_gb: str, requests_per_s: float, pays: bool
) -> None:
    """Against every number of nodes: where the split pays, in part or for all, and where it does not."""
    plan = planned(whole_nodes(usd_a, usd_b, usd_per_gb, requests_per_s))
    usd_per_hour, share = min(every_way(float(usd_a), float(usd_b), float(usd_per_gb), requests_per_s))
    assert float(objective(plan)) == pytest.approx(usd_per_hour * HOURS, abs=0.02)
    assert (share > 0) is pays
    assert by_split(plan) == pytest.approx(share * requests_per_s * 100, rel=1e-6)


@pytest.mark.long
def test_two_classes_move_what_their_own_prompts_are() -> None:
    """Half the requests have 500 tokens: three quarters of the cache moves."""
    sizes = (
        a_size_class(size_class="long", input_tokens=1000.0, request_share=0.5),
        a_size_class(size_class="short", input_tokens=500.0, request_share=0.5),
    )
    plan = planned(a_split_fleet(size_classes=sizes))
    line = next(row for row in plan.cost_lines if row.nature is Nature.KV_TRANSFER)
    assert line.quantity == 744 * 5400
