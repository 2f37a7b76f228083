"""Net cost: nine parts that add up to the plan, and who bears them (docs/decisions/0032)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit import audit_plan
from optimizer.net_cost.bookings import Cell, Column, User
from optimizer.net_cost.cents import DoesNotAddUp, cents_of
from optimizer.net_cost.included import column_parts
from optimizer.net_cost.natures import BEGINS, Rule
from optimizer.net_cost.pools import Pools
from optimizer.net_cost.splitting import unit_cost
from optimizer.net_cost.stated import Stated
from optimizer.plan import Plan
from optimizer.plan_unit_cost import Part, UnitCost, UnitCostRow
from optimizer.run import PlanOptions, plan_fleet
from reports.console_unit_cost import unit_cost_lines
from reports.sheets.contents import plan_workbook
from reports.unit_costs import INCLUDED, UNTAGGED, WHOLE, unit_costs
from scenarios.scenario import Scenario
from scenarios.token_tags import TagKind, TokenTag
from tests.audit_clause_plans import clauses_plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_hardware_plans import hardware_plan
from tests.audit_lines import line
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_plans import rich_plan
from tests.audit_provider_plans import providers_plan
from tests.audit_right_plans import rights_plan
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_token_plans import tokens_plan
from tests.builders import (
    a_held,
    a_migration,
    a_reserved,
    a_scenario,
    a_size_class,
    a_workload,
    an_accelerator,
    an_api_offer,
    an_on_demand,
    an_outlook,
    day_and_night,
    flat_blocks,
    flat_demand,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.served_by_token import a_token_fleet

PLANS = (
    rich_plan,
    clauses_plan,
    commitments_plan,
    hardware_plan,
    outlooks_plan,
    providers_plan,
    rights_plan,
    commitments_to_spend_plan,
    tokens_plan,
)
"""Published plans that between them have a line of every kind."""
JANUARY_HOURS = 744


def a_month(**overrides: Any) -> Scenario:
    """January alone: one node's load, on demand at 10 USD an hour."""
    fields: dict[str, Any] = {
        "run": run_settings(months=1),
        "catalog": ten_requests_a_node(),
        "contracts": (an_on_demand(),),
        "demand": nodes_of_load(1, months=1),
    }
    return a_scenario(**(fields | overrides))


def split_of(scenario: Scenario) -> UnitCost:
    split = planned(scenario).unit_cost
    assert split is not None
    return split


def planned(scenario: Scenario) -> Plan:
    return plan_fleet(scenario, PlanOptions(with_baselines=False))


def rows_of(scenario: Scenario) -> tuple[UnitCostRow, ...]:
    return split_of(scenario).rows


def the_row(scenario: Scenario) -> UnitCostRow:
    (row,) = rows_of(scenario)
    return row


def parts_above_0(row: UnitCostRow) -> dict[str, Decimal]:
    return {part.value: usd for part, usd in row.by_part if usd}


@pytest.mark.parametrize("plan", PLANS)
def test_the_parts_add_up_to_the_plan_to_the_cent(plan: Callable[[], Plan]) -> None:
    published = plan()
    split = unit_cost(published)
    assert sum(row.all_parts_usd for row in split.rows) == published.totals.effective_usd
    assert sum(row.accepted_mtok for row in split.rows) == published.totals.served_mtok


def test_a_plan_that_is_solved_carries_its_split() -> None:
    plan = planned(a_month())
    assert plan.unit_cost == unit_cost(plan)


def test_a_node_that_is_always_busy_is_all_accelerator() -> None:
    """744 hours at 10 USD; 10 requests/s of 100 tokens are 2,678.4 Mtok and 26,784,000 requests."""
    row = the_row(a_month())
    assert parts_above_0(row) == {"accelerator": Decimal("7440.00")}
    assert (row.accepted_mtok, row.accepted_requests) == (Decimal("2678.4"), Decimal(26_784_000))


def test_of_a_reserved_node_that_is_half_used_half_is_idle() -> None:
    """One node at 6 USD, busy half of the time: 4,464 USD, of which 2,232 for nothing."""
    row = the_row(a_month(contracts=(a_reserved(term_months=1),), demand=nodes_of_load(0.5, months=1)))
    assert parts_above_0(row) == {"accelerator": Decimal("2232.00"), "idle_capacity": Decimal("2232.00")}
    assert row.headroom_usd == 0


def test_headroom_is_idle_capacity_and_told_apart() -> None:
    """Nodes are used to 80 %: a fifth of what is bought is kept free."""
    row = the_row(a_month(run=run_settings(months=1, usable_share=0.8), demand=nodes_of_load(0.8, months=1)))
    assert parts_above_0(row) == {"accelerator": Decimal("5952.00"), "idle_capacity": Decimal("1488.00")}
    assert row.headroom_usd == Decimal("1488.00")


def test_attempts_that_come_to_nothing_are_failed_requests() -> None:
    """80 % accepted, a quarter tried again: 0.6 of what is paid is for accepted answers."""
    workloads = (a_workload(accepted_share=0.8, retry_share=0.25),)
    row = the_row(a_month(workloads=workloads, demand=nodes_of_load(0.6, months=1)))
    assert parts_above_0(row) == {"accelerator": Decimal("4464.00"), "failed_requests": Decimal("2976.00")}


def test_start_up_that_is_billed_and_serves_nothing_is_idle() -> None:
    row = the_row(a_month(contracts=(an_on_demand(startup_uplift_share=0.25),)))
    assert parts_above_0(row) == {"accelerator": Decimal("7440.00"), "idle_capacity": Decimal("1860.00")}


def test_who_shares_a_pool_bears_its_idle_nodes_by_use() -> None:
    """Four reserved nodes, chat keeps two busy, batch one: of 1 idle node chat bears two thirds."""
    scenario = a_month(
        contracts=(a_reserved(term_months=1, lot_nodes=4),),
        workloads=(a_workload(), a_workload("batch")),
        size_classes=(a_size_class(), a_size_class("batch")),
        demand=(*nodes_of_load(2, months=1), *nodes_of_load(1, months=1, workload="batch")),
        blocks=flat_blocks("chat", "batch"),
    )
    node = 6 * JANUARY_HOURS
    idle = {row.workload: row.idle_capacity_usd for row in rows_of(scenario)}
    assert idle == {"chat": Decimal(node * 2 / 3).quantize(Decimal("0.01")), "batch": Decimal(node // 3)}


def test_nodes_of_a_busy_block_are_borne_by_who_is_there() -> None:
    """Two blocks of equal hours in the week; by day 1.5 nodes run on demand, by night 0.5: all that is paid is used."""
    row = the_row(a_month(blocks=day_and_night("chat")))
    assert parts_above_0(row) == {"accelerator": Decimal("7440.00")}


def test_what_is_held_and_never_used_is_borne_by_no_workload() -> None:
    """A node of gpu-b is held that no point says anything of."""
    catalog = two_clouds()
    catalog = catalog.model_copy(update={"goodput_points": catalog.goodput_points[:1]})
    rows = rows_of(a_month(catalog=catalog, held_contracts=(a_held(offering="node-b"),)))
    nobody = next(row for row in rows if row.workload is None)
    assert (nobody.offering, parts_above_0(nobody)) == ("node-b", {"idle_capacity": Decimal(5 * JANUARY_HOURS)})
    assert rows[-1] == nobody


def test_an_upfront_fee_tells_nodes_of_the_outlook_in_which_nothing_of_a_held_contract_is_paid_monthly() -> None:
    """Half of 5 USD upfront in both outlooks; of storm's months nothing else is left, of calm's the other half is."""
    scenario = a_month(
        outlooks=(an_outlook("calm", probability=0.5), an_outlook("storm", probability=0.5)),
        held_contracts=(a_held(upfront_share=0.5),),
    )
    lines = tuple(
        line(nature, "held-a", (Month(2027, 1), Month(2027, 2)), "744", "2.5", "1860.00", outlook=outlook)
        for nature, outlook in (
            (Nature.HELD_UPFRONT, "calm"),
            (Nature.HELD_RECURRING, "calm"),
            (Nature.HELD_UPFRONT, "storm"),
        )
    )
    held = planned(a_month()).model_copy(update={"scenario": scenario, "cost_lines": lines, "usages": ()})
    there = Pools(Stated(held)).there
    assert {place.outlook: set(nodes.values()) for (_, place), nodes in there.items()} == {
        "calm": {Decimal(1)},
        "storm": {Decimal(1)},
    }


def test_a_migration_is_engineering_of_the_stack_that_it_opens() -> None:
    catalog = ten_requests_a_node(accelerators=(an_accelerator(stack="stack-b"),))
    catalog = catalog.model_copy(
        update={"quality": tuple(row.model_copy(update={"stack": "stack-b"}) for row in catalog.quality)}
    )
    scenario = a_scenario(
        catalog=catalog,
        contracts=(an_on_demand(),),
        migrations=(a_migration(stack="stack-b"),),
        demand=tuple(
            row if i else row.model_copy(update={"accepted_requests_per_s": 0.0})
            for i, row in enumerate(flat_demand(requests_per_s=10.0))
        ),
    )
    assert the_row(scenario).engineering_usd == Decimal("1000.00")


def test_a_free_api_costs_nothing_and_the_audit_has_nothing_to_share_out() -> None:
    """Its tokens are taken before nodes at 10 USD an hour."""
    nothing = {f"price_usd_per_mtok_{kind}": Decimal(0) for kind in ("input", "cached_input", "output")}
    plan = planned(a_token_fleet(api_offers=(an_api_offer(**nothing),)))
    assert plan.unit_cost is not None
    (row,) = plan.unit_cost.rows
    assert (row.api, parts_above_0(row)) == ("api-a", {})
    assert audit_plan(plan).findings == ()


def test_the_rent_of_a_node_includes_what_its_price_does_not_tell_apart() -> None:
    (column,) = split_of(a_month()).columns
    assert column.included == (Part.HOST, Part.NETWORK, Part.STORAGE_AND_CACHE, Part.POWER_OR_OVERHEAD)
    assert column.not_stated == (Part.ORCHESTRATION,)


def test_the_power_of_owned_nodes_is_an_amount_and_the_price_of_a_token_includes_all() -> None:
    columns = {row.offering: row for row in unit_cost(hardware_plan()).columns}
    assert Part.POWER_OR_OVERHEAD not in (*columns["node-b"].included, *columns["node-b"].not_stated)
    by_token = next(row for row in unit_cost(tokens_plan()).columns if row.api)
    assert Part.ORCHESTRATION in by_token.included
    assert not by_token.not_stated


def test_an_owned_node_includes_no_power_though_a_cache_is_sent_from_it() -> None:
    """The transfer of a split is booked on the prefill offering; it makes no rented node of it."""
    plan = hardware_plan()
    sent = plan.cost_lines[0].model_copy(update={"nature": Nature.KV_TRANSFER, "source": "pd", "offering": "node-b"})
    cell = Cell(User("chat", "all", Column(offering="node-b")), Part.ACCELERATOR)
    sending = plan.model_copy(update={"cost_lines": (*plan.cost_lines, sent)})
    for told in (plan, sending):
        (column,) = column_parts(told, {cell: Decimal(1)})
        assert column.included == (Part.HOST, Part.NETWORK, Part.STORAGE_AND_CACHE)
        assert column.not_stated == (Part.POWER_OR_OVERHEAD, Part.ORCHESTRATION)


def test_every_nature_has_its_part_and_rule() -> None:
    assert set(BEGINS) == set(Nature)
    assert {nature for nature, begins in BEGINS.items() if begins.rule is Rule.NOT_COST} == {
        nature for nature in Nature if not nature.is_cash
    }


def test_cents_that_do_not_add_up_are_a_fault() -> None:
    with pytest.raises(DoesNotAddUp):
        cents_of([Decimal(1)], Decimal("1.02"))
    with pytest.raises(DoesNotAddUp):
        cents_of([], Decimal("1.02"))


def test_the_reader_sees_words_where_a_price_includes_a_part_or_nobody_states_it() -> None:
    """Host is in the rent of the node; orchestration is nowhere; a part with an amount has no words."""
    whole, chat, column = unit_costs(planned(a_month()))
    assert (whole.name, chat.name, column.name) == (WHOLE, "chat", "node-a")
    for cost in (whole, chat, column):
        assert cost.usd_per_mtok == Decimal("2.777778")
        assert cost.usd_per_request == Decimal("0.000277778")
        assert Part.HOST in cost.included
        assert cost.not_stated == (Part.ORCHESTRATION,)


def test_a_tag_bears_its_share_of_every_part_and_the_rest_is_untagged() -> None:
    """A third of 5,952 USD at work and of 1,488 kept free, to the cent; both kinds divide the same tokens."""
    tags = (
        TokenTag(workload="chat", kind=TagKind.FEATURE, tag="search", token_share=0.333),
        TokenTag(workload="chat", kind=TagKind.CUSTOMER, tag="acme", token_share=1.0),
    )
    run = run_settings(months=1, usable_share=0.8)
    plan = planned(a_month(run=run, demand=nodes_of_load(0.8, months=1), tags=tags))
    found = {(row.name, row.view.value): row for row in unit_costs(plan)}
    search, rest = found["search", "feature"], found[UNTAGGED, "feature"]
    assert (search.accelerator_usd, search.idle_capacity_usd) == (Decimal("1982.02"), Decimal("495.50"))
    assert search.accelerator_usd + rest.accelerator_usd == Decimal("5952.00")
    assert search.usd_per_mtok == rest.usd_per_mtok == found[WHOLE, "plan"].usd_per_mtok
    assert found["acme", "customer"].total_usd == plan.totals.effective_usd
    assert (UNTAGGED, "customer") not in found
    assert audit_plan(plan).findings == ()


def test_the_workbook_calculates_what_a_tag_costs() -> None:
    tags = (TokenTag(workload="chat", kind=TagKind.CUSTOMER, tag="acme", token_share=0.25),)
    plan = planned(a_month(tags=tags))
    book = {sheet.name: sheet for sheet in plan_workbook(plan)}
    rows = {cell.value: row for (row, col), cell in book["Unit_Cost"].cells.items() if col == 1}
    assert book["Unit_Cost"].cells[rows["acme"], 4].value == pytest.approx(1860.0)
    assert book["Unit_Cost"].cells[rows["chat"], 8].value == INCLUDED


def test_the_screen_tells_parts_of_a_million_tokens_and_what_is_idle() -> None:
    """5,952 USD at work and 1,488 kept free, for 2,142.72 Mtok: 2.7778 and 0.6944 USD."""
    plan = planned(a_month(run=run_settings(months=1, usable_share=0.8), demand=nodes_of_load(0.8, months=1)))
    lines = list(unit_cost_lines(plan, 100))
    assert lines[3].split() == ["(the", "plan)", "3.4722", "2.7778", "0.6944"]
    assert lines[4].split() == ["chat", "3.4722", "2.7778", "0.6944"]
    assert "Idle capacity is 20.0% of the cost" in lines[5]
