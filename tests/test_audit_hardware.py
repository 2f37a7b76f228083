"""Capacity blocks and owned hardware beside the worked plan: days and months, years of life, what has no line."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.audit import audit_plan
from optimizer.audit.blocks import hours_of_block, months_of_block
from optimizer.plan import Plan
from tests.audit_due import due
from tests.audit_hardware import CALM, LATE, a_block, a_site
from tests.audit_hardware_plans import AFTER, hardware_plan
from tests.audit_lines import FEB, JAN, usd
from tests.audit_planting import on, swap, with_terms

OWNED = (Nature.OWNED_CAPEX, Nature.OWNED_RESIDUAL, Nature.OWNED_UPKEEP, Nature.OWNED_POWER)


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def test_a_block_of_whole_months_serves_them_to_the_last_hour() -> None:
    february = a_block("block", date(2028, 2, 1), 29)
    assert months_of_block(february) == (Month(2028, 2), Month(2028, 3))
    assert [hours_of_block(february, Month(2028, number)) for number in (1, 2, 3)] == [0, 696, 0]


@given(first=st.dates(date(2026, 1, 1), date(2030, 12, 31)), days=st.integers(1, 800))
def test_every_hour_of_a_block_is_in_one_of_its_months(first: date, days: int) -> None:
    block = a_block("block", first, days)
    start, end = months_of_block(block)
    hours = [hours_of_block(block, start + i) for i in range(end - start)]
    assert sum(hours) == 24 * days
    assert min(hours) > 0
    assert hours_of_block(block, start + -1) == hours_of_block(block, end) == 0


def test_a_block_that_began_before_the_horizon_cannot_be_bought() -> None:
    plan = with_terms(hardware_plan(), "block-jan", first_day=date(2026, 12, 31))
    assert "blocks.possible" in rules_broken(plan)


def test_hardware_without_residual_upkeep_or_power_has_one_line_for_each_outlook() -> None:
    nothing = {"residual_usd_per_node": usd(0), "upkeep_usd_per_node_month": usd(0), "power_price_usd_per_kwh": usd(0)}
    lines = due(with_terms(hardware_plan(), "own-b", **nothing), *OWNED)
    assert [(line.nature, line.outlook, line.paid) for line in lines] == [
        (Nature.OWNED_CAPEX, CALM, JAN),
        (Nature.OWNED_CAPEX, LATE, FEB),
    ]


def test_hardware_in_time_everywhere_is_told_once() -> None:
    lines = due(on(hardware_plan(), outlook_effects=()), *OWNED)
    assert {line.outlook for line in lines} == {None}
    assert len(lines) == 2 + 2 * 13


def test_upkeep_moves_with_every_year_of_life_and_power_does_not() -> None:
    lines = due(with_terms(hardware_plan(), "own-b", term_months=36), *OWNED)
    of_calm = [line for line in lines if line.outlook == CALM]
    upkeep = {line.service_first: line.unit_price for line in of_calm if line.nature is Nature.OWNED_UPKEEP}
    assert [upkeep[JAN + months] for months in (0, 11, 12, 23, 24)] == list(
        map(Decimal, ("100", "100", "110", "110", "121"))
    )
    assert {line.unit_price for line in of_calm if line.nature is Nature.OWNED_POWER} == {Decimal("0.1")}
    (left,) = (line for line in of_calm if line.nature is Nature.OWNED_RESIDUAL)
    assert (left.paid, left.service_end, left.amount) == (JAN + 36, JAN + 36, Decimal("-2000.00"))


def test_orders_of_two_contracts_share_the_power_of_a_site() -> None:
    """A second contract for one node of 8 kW at the same site: 30 kW with cooling."""
    plan = hardware_plan()
    second = plan.scenario.contracts[3].model_copy(update={"contract": "own-c"})
    order = plan.orders[2].model_copy(update={"order": "own-c 2027-01", "contract": "own-c", "nodes": 1})
    plan = on(plan, contracts=(*plan.scenario.contracts, second)).model_copy(update={"orders": (*plan.orders, order)})
    assert {"sites.power", "sites.space"} <= rules_broken(plan)
    roomy = on(plan, sites=(a_site(power_kw=30.0, rack_units=12.0),))
    assert not {"sites.power", "sites.space"} & rules_broken(roomy)


def test_a_site_is_free_again_after_the_life_of_what_stood_there() -> None:
    """Two nodes for two months, then two others: never more than 20 kW."""
    plan = with_terms(hardware_plan(), "own-b", term_months=2)
    plan = swap(on(plan, outlook_effects=()), "orders", 2, end=JAN + 2)
    later = plan.orders[2].model_copy(update={"order": "own-b 2027-03", "start": JAN + 2, "end": JAN + 4})
    plan = plan.model_copy(update={"orders": (*plan.orders, later)})
    assert "sites.power" not in rules_broken(plan)
    assert {line.paid for line in due(plan, Nature.OWNED_RESIDUAL)} == {JAN + 2, JAN + 4}


def test_what_comes_back_inside_the_horizon_is_operating_cash() -> None:
    """The residual of hardware that lives for two months is paid in March."""
    plan = with_terms(hardware_plan(), "own-b", term_months=2)
    residuals = due(on(plan, outlook_effects=()), Nature.OWNED_RESIDUAL)
    assert [(line.paid, line.amount) for line in residuals] == [(JAN + 2, Decimal("-2000.00"))]
    assert plan.scenario.horizon.end < AFTER
