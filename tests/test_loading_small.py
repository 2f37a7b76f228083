"""The small example comes out as its README works it out by hand."""

from decimal import Decimal

import pytest

from optimizer.plan import Plan
from optimizer.run import PlanOptions, plan_fleet
from scenarios.loading import load_scenario
from tests.loading_folder import SMALL


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_fleet(load_scenario(SMALL).scenario, PlanOptions(with_baselines=False))


def test_four_nodes_are_reserved_from_january(plan: Plan) -> None:
    assert [(order.contract, order.nodes, str(order.start)) for order in plan.orders] == [
        ("south-reserved-3m", 4, "2027-01")
    ]


def test_on_demand_and_spot_serve_by_day_only(plan: Plan) -> None:
    used = {(usage.contract, usage.block, usage.nodes) for usage in plan.usages}
    assert used == {("south-on-demand", "b01", 3.375), ("north-spot", "b01", 2.0)}


def test_the_bill_is_the_one_worked_out_by_hand(plan: Plan) -> None:
    amounts: dict[str, Decimal] = {}
    for line in plan.cost_lines:
        if line.nature.is_cash:
            amounts[line.source] = amounts.get(line.source, Decimal(0)) + line.amount_usd
    assert amounts == {
        "south-reserved-3m": Decimal("155520.00"),
        "south-on-demand": Decimal("109350.00"),
        "north-spot": Decimal("32400.00"),
        "north-held-2025": Decimal("108000.00"),
    }
    assert plan.totals.effective_usd == Decimal("405270.00")
    assert plan.totals.emergency_expected_usd == Decimal("202.50")
    assert round(plan.totals.usd_per_mtok or 0, 2) == Decimal("6.51")


def test_the_readme_names_these_figures() -> None:
    readme = (SMALL / "README.md").read_text(encoding="utf-8")
    assert all(figure in readme for figure in ("155,520", "109,350", "32,400", "108,000", "405,270", "202.50", "6.51"))
