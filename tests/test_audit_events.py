"""What is left after events, which blocks prove it, and plans that keep every rule exactly or with room to spare."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.accelerators import Silicon
from catalog.footprint import Locality
from contracts.calendar import Month
from optimizer.audit import audit_plan
from optimizer.audit.checks import Checks
from optimizer.audit.events import Survivors, checked_blocks, months_in_production, survivors_of
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import sift
from optimizer.plan import Plan
from optimizer.plan_contracts import Right, RightUsed
from scenarios.blocks import BlockLoad, BlockModel, LoadBlock
from scenarios.outlooks import Outlook, OutlookEffect
from scenarios.policy import BlockChoice, Contingency, Lost
from tests import builders as make
from tests.audit_commitments import APR
from tests.audit_delivery_plans import PART, deliveries_plan
from tests.audit_event_plans import NEAR, REGION, events_plan, events_scenario
from tests.audit_faults_of_events import with_event
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_planting import on, with_terms


def left_by(plan: Plan, **event: Any) -> Survivors:
    inputs = Inputs(plan.scenario)
    return survivors_of(inputs, sift(inputs, plan, Checks()), make.a_contingency(**event))


def delivered(plan: Plan, month: Month, offering: str = "node-b", outlook: str = "base", **event: Any) -> float:
    """Firm nodes in a month after a delivery that fails."""
    return left_by(plan, lost=Lost.DELIVERY, **event).firm.get((outlook, offering, month), 0.0)


# Blocks


def with_loads(*loads: tuple[float, ...]) -> Inputs:
    """Blocks of as many hours, with the loads of each workload; every workload has demand."""
    names = [f"w{i}" for i in range(len(loads))]
    blocks = [f"b{i}" for i in range(len(loads[0]))]
    return Inputs(
        make.a_scenario(
            workloads=tuple(make.a_workload(w) for w in names),
            size_classes=tuple(make.a_size_class(w) for w in names),
            demand=tuple(row for w in names for row in make.flat_demand(w)),
            blocks=BlockModel(
                blocks=tuple(
                    LoadBlock(block=b, hours_of_week=tuple(h for h in range(168) if h % len(blocks) == i))
                    for i, b in enumerate(blocks)
                ),
                loads=tuple(
                    BlockLoad(workload=w, block=b, relative_load=load)
                    for w, row in zip(names, loads, strict=True)
                    for b, load in zip(blocks, row, strict=True)
                ),
            ),
        )
    )


LOAD = st.sampled_from((0.0, 0.5, 1.0, 1.5, 2.0))


@given(st.integers(1, 6).flatmap(lambda n: st.lists(st.tuples(*[LOAD] * n), min_size=1, max_size=4)))
def test_every_block_is_below_one_that_is_checked_and_none_that_is_checked_below_another(
    loads: list[tuple[float, ...]],
) -> None:
    inputs = with_loads(*loads)
    checked = [int(block[1:]) for block in checked_blocks(inputs, make.a_contingency(), JAN)]
    for block in range(len(loads[0])):
        assert any(all(row[other] >= row[block] for row in loads) for other in checked)
    for block in checked:
        assert not any(all(row[other] >= row[block] for row in loads) for other in checked if other != block)


def test_of_equal_blocks_the_first_by_name_is_checked() -> None:
    assert checked_blocks(with_loads((1.0, 1.0, 1.0)), make.a_contingency(), JAN) == ("b0",)


def test_a_month_without_demand_needs_one_block() -> None:
    inputs = Inputs(
        on(events_plan(), demand=make.flat_demand() + make.flat_demand("mail", requests_per_s=0.0)).scenario
    )
    nothing = Inputs(
        on(events_plan(), demand=tuple(r for w in ("chat", "mail") for r in make.flat_demand(w, 2, 0.0))).scenario
    )
    assert checked_blocks(inputs, make.a_contingency(), JAN) == ("noon",)
    assert checked_blocks(nothing, make.a_contingency(), JAN) == ("dawn",)


def test_all_blocks_are_all_of_them() -> None:
    event = make.a_contingency(blocks=BlockChoice.ALL)
    assert checked_blocks(Inputs(events_scenario()), event, JAN) == ("dawn", "dusk", "night", "noon")


# What is lost


@pytest.mark.parametrize(
    ("event", "offerings", "apis"),
    [
        ({"lost": Lost.REGION, "name": "region-a"}, {"node-b", "node-e"}, set()),
        ({"lost": Lost.REGION, "name": "region-e"}, {"node-a", "node-b"}, {"api-a"}),
        ({"lost": Lost.GEOGRAPHY, "name": "geo-a"}, {"node-b"}, set()),
        ({"lost": Lost.LOCALITY, "name": "cloud"}, {"node-e"}, set()),
        ({"lost": Lost.LOCALITY, "name": "edge"}, {"node-a", "node-b"}, {"api-a"}),
        ({"lost": Lost.LOCALITY, "name": "local"}, {"node-a", "node-b"}, {"api-a"}),
        ({"lost": Lost.LOCALITY, "name": "own_site"}, {"node-a", "node-b", "node-e"}, {"api-a"}),
        ({"lost": Lost.PROVIDER, "name": "cloud-t"}, {"node-a", "node-b", "node-e"}, set()),
        (
            {"lost": Lost.PROVIDER, "name": "cloud-t", "in_geography": "geo-b"},
            {"node-a", "node-b", "node-e"},
            {"api-a"},
        ),
        ({"lost": Lost.PROVIDER, "name": "cloud-a", "in_geography": "geo-a"}, {"node-b", "node-e"}, {"api-a"}),
        ({"lost": Lost.FAMILY, "name": "gpu-a-family", "in_geography": "geo-a"}, {"node-b"}, {"api-a"}),
        ({"lost": Lost.CHIP_VENDOR, "name": "vendor-a", "in_geography": "geo-b"}, {"node-a", "node-e"}, {"api-a"}),
        ({"lost": Lost.STACK, "name": "stack-a"}, set(), {"api-a"}),
        ({"lost": Lost.CONTRACT, "name": "api-a"}, {"node-a", "node-b", "node-e"}, set()),
        ({"lost": Lost.SPOT, "name": "*"}, {"node-a", "node-b", "node-e"}, {"api-a"}),
    ],
)
def test_an_event_takes_what_it_names_and_nothing_else(
    event: dict[str, Any], offerings: set[str], apis: set[str]
) -> None:
    left = left_by(events_plan(), **event)
    assert (set(left.offerings), set(left.apis)) == (offerings, apis)


def test_what_stands_on_ones_own_site_is_local() -> None:
    catalog = events_scenario().catalog
    *others, edge = catalog.offerings
    own = edge.model_copy(update={"locality": Locality.OWN_SITE})
    plan = on(events_plan(), catalog=catalog.model_copy(update={"offerings": (*others, own)}))
    assert "node-e" not in left_by(plan, lost=Lost.LOCALITY, name="local").offerings
    assert "node-e" in left_by(plan, lost=Lost.LOCALITY, name="edge").offerings


# Deliveries


def test_a_late_order_has_its_share_for_so_many_months() -> None:
    """Two nodes from February on."""
    plan = deliveries_plan()
    late = {"name": "res-b", "late_months": 2, "delivered_share": 0.25}
    assert [delivered(plan, m, **late) for m in (JAN, FEB, MAR, APR)] == [0.0, 0.5, 0.5, 2.0]
    assert [delivered(plan, m, "node-a", **late) for m in (JAN, APR)] == [1.0, 1.0]


def test_without_months_a_part_is_missing_for_the_whole_term() -> None:
    plan = deliveries_plan()
    part = {"name": "cloud-b", "delivered_share": 0.75}
    assert [delivered(plan, m, **part) for m in (FEB, MAR, APR)] == [1.5, 1.5, 1.5]


def test_what_is_held_was_delivered_long_ago() -> None:
    plan = on(deliveries_plan(), held_contracts=(make.a_held(end=MAR),))
    assert delivered(plan, JAN, "node-a", name="*", late_months=3) == 1.0


def test_an_outlook_that_is_late_already_moves_the_months_that_count() -> None:
    """In the storm res-b comes in March: late for one month, it is whole from April on."""
    plan = on(
        deliveries_plan(),
        outlooks=(Outlook(outlook="base", probability=0.5), Outlook(outlook="storm", probability=0.5)),
        outlook_effects=(OutlookEffect(outlook="storm", effect="delivery_delay", value=1, first_month=FEB),),
    )
    late = {"name": "res-b", "late_months": 1}
    assert [delivered(plan, m, outlook="storm", **late) for m in (FEB, MAR, APR)] == [0.0, 0.0, 2.0]
    assert [delivered(plan, m, **late) for m in (FEB, MAR, APR)] == [0.0, 2.0, 2.0]


def test_swapped_and_renewed_nodes_are_there_in_full() -> None:
    """Of two nodes from February one is swapped to node-a in April, and of one from January one leaves in March."""
    plan = deliveries_plan()
    rights = (
        RightUsed(
            right=Right.SWAP,
            order=f"res-b {FEB}",
            nodes=1,
            month=APR,
            notice_by=APR.first_day,
            to_offering="node-a",
            to_nodes=1,
        ),
        RightUsed(right=Right.TERMINATE, order=f"res-a {JAN}", nodes=1, month=MAR, notice_by=MAR.first_day),
    )
    plan = plan.model_copy(update={"rights": rights})
    half = {"name": "*", "delivered_share": 0.5}
    assert [delivered(plan, m, **half) for m in (FEB, MAR, APR)] == [1.0, 1.0, 0.5]
    assert [delivered(plan, m, "node-a", **half) for m in (JAN, FEB, MAR, APR)] == [0.5, 0.5, 0.0, 1.0]


def test_renewed_nodes_are_there_in_full() -> None:
    """res-b is renewed once its term of two months is over."""
    plan = with_terms(deliveries_plan(), "res-b", term_months=2, renewal_months=1, renewals_at_most=1)
    renewed = RightUsed(
        right=Right.RENEW, order=f"res-b {FEB}", nodes=2, month=APR, notice_by=APR.first_day, renewals=1
    )
    plan = plan.model_copy(update={"rights": (renewed,)})
    none = {"name": "res-b", "delivered_share": 0.5}
    assert [delivered(plan, m, **none) for m in (FEB, MAR, APR)] == [1.0, 1.0, 2.0]


def test_nodes_that_are_not_firm_come_late_too() -> None:
    plan = with_terms(deliveries_plan(), "res-b", firm=False)
    left = left_by(plan, lost=Lost.DELIVERY, name="res-b", late_months=1, delivered_share=0.25)
    assert [left.not_firm.get(("base", "node-b", m), 0.0) for m in (FEB, MAR)] == [0.5, 2.0]


def test_a_block_is_there_on_its_dates() -> None:
    block = make.a_capacity_block()
    plan = on(deliveries_plan(), contracts=(*deliveries_plan().scenario.contracts, block))
    order = plan.orders[0].model_copy(update={"order": "block-a 2027-01", "contract": "block-a", "end": FEB})
    plan = plan.model_copy(update={"orders": (*plan.orders, order)})
    assert delivered(plan, JAN, "node-a", name="*", late_months=3) == 1.0


# Young stacks


def test_a_stack_is_custom_if_a_chip_with_it_is() -> None:
    inputs = Inputs(deliveries_plan().scenario)
    event = make.a_contingency(lost=Lost.YOUNG_STACK, name="*", months_in_production=3)
    assert months_in_production(inputs, event) == {"stack-b": 3}
    one_stack = tuple(
        make.an_accelerator(f"gpu-{x}", silicon=silicon, stack="stack-a")
        for x, silicon in (("a", Silicon.GPU), ("b", Silicon.CUSTOM))
    )
    both = Inputs(on(deliveries_plan(), catalog=make.a_catalog(accelerators=one_stack)).scenario)
    assert months_in_production(both, event) == {"stack-a": 3}


# At the limit, and with room to spare


def changed(plan: Plan, name: str, **changes: Any) -> Plan:
    event: Contingency = next(e for e in plan.scenario.policy.contingencies if e.contingency == name)
    assert all(getattr(event, field) != value for field, value in changes.items())
    return with_event(plan, name, **changes)


@pytest.mark.parametrize(
    "plan",
    [
        changed(events_plan(), NEAR, api_share=0.75),
        changed(events_plan(), NEAR, ttft_factor=4 / 3),
        changed(events_plan(), NEAR, floor_share=0.1),
        changed(events_plan(), REGION, floor_share=0.2),
        changed(events_plan(), REGION, floors=()),
        changed(deliveries_plan(), PART, late_months=1),
        changed(deliveries_plan(), PART, delivered_share=0.75),
        changed(deliveries_plan(), PART, floor_share=0.5),
        changed(deliveries_plan(), "young-b", months_in_production=1),
    ],
)
def test_a_plan_that_proves_more_than_is_asked_passes(plan: Plan) -> None:
    assert audit_plan(plan).findings == ()


def test_rules_without_a_case_say_so() -> None:
    silent = set(audit_plan(deliveries_plan()).nothing_to_check)
    assert silent >= {"contingency.api_allowed", "contingency.api_limits", "contingency.own_floor"}
    assert {"contingency.delivered", "contingency.young_stack"} <= set(audit_plan(events_plan()).nothing_to_check)


def test_two_apis_of_one_price_at_two_providers_are_told_apart() -> None:
    """The same tokens by an API of another provider: the lines of one may not answer those of the other."""
    plan = events_plan()
    twin = make.an_api_offer(
        "api-b", provider="cloud-u", ttft_ms=300.0, input_tok_per_s_limit=600.0, output_tok_per_s_limit=800.0
    )
    plan = on(plan, api_offers=(*plan.scenario.api_offers, twin))
    refused = plan.api_refusals[0].model_copy(update={"api": "api-b"})
    rows = []
    for case in plan.contingencies:
        apis = tuple(row.model_copy(update={"api": "api-b"}) for row in case.api_placements)
        rows.append(case.model_copy(update={"api_placements": (*case.api_placements, *apis)}))
    again = tuple(
        row.model_copy(update={"line": f"{row.line}-b", "payee": "cloud-u"})
        for row in plan.cost_lines
        if row.payee == "cloud-t"
    )
    extra = sum((row.amount_usd for row in again), usd(0))
    totals = plan.totals.model_copy(
        update={
            "objective_usd": plan.totals.objective_usd + extra,
            "emergency_expected_usd": plan.totals.emergency_expected_usd + extra,
        }
    )
    objective = float(totals.objective_usd)
    plan = plan.model_copy(
        update={
            "api_refusals": (*plan.api_refusals, refused),
            "contingencies": tuple(rows),
            "cost_lines": (*again, *plan.cost_lines),
            "totals": totals,
            "incumbent_usd": objective,
            "bound_usd": objective,
        }
    )
    assert audit_plan(plan).findings == ()
    swapped = [row.model_copy(update={"payee": "cloud-t"}) for row in plan.cost_lines]
    assert {f.rule for f in audit_plan(plan.model_copy(update={"cost_lines": tuple(swapped)})).findings} == {
        "bill.payee"
    }
