"""Migrations, worked by hand: one node of load for January (744 h) and February (672 h).

node-a at 10 an hour serves at once. node-b at 5 an hour has another stack: model-a needs a month of work for 1,000 USD
first.
"""

from decimal import Decimal
from typing import Any

import pytest

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.faults import Impossible
from optimizer.plan import Plan
from scenarios.outlooks import Effect, Subject
from scenarios.policy import Spending
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_migration,
    a_scenario,
    a_size_class,
    a_workload,
    an_effect,
    an_on_demand,
    an_outlook,
    flat_blocks,
    nodes_of_load,
    run_settings,
)
from tests.proving import binding, objective, planned, with_policy
from tests.stacks import two_stacks

ALL_ON_A = 1416 * 10


def a_choice(*migrations: Any, months: int = 2, **overrides: Any) -> Scenario:
    fields: dict[str, Any] = {
        "catalog": two_stacks("model-a"),
        "run": run_settings(months=months),
        "contracts": (
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5)),
        ),
        "demand": nodes_of_load(1.0, months),
        "migrations": migrations,
    }
    return a_scenario(**(fields | overrides))


def to_b(**overrides: Any) -> Any:
    return a_migration(**({"stack": "stack-b"} | overrides))


def begun(plan: Plan) -> dict[str, tuple[str, str]]:
    """Start and gate of every migration."""
    return {m.migration: (str(m.start), str(m.gate)) for m in plan.migrations}


def test_without_a_migration_to_do_a_stack_is_open_from_the_first_month() -> None:
    assert objective(planned(a_choice())) == 1416 * 5


def test_a_migration_is_begun_when_it_saves_more_than_it_costs() -> None:
    """January on node-a 7,440, February on node-b 3,360, the work 1,000."""
    plan = planned(a_choice(to_b()))
    assert objective(plan) == 7440 + 3360 + 1000
    assert begun(plan) == {"mig-a": ("2027-01", "2027-02")}


def test_a_migration_that_costs_more_than_it_saves_is_not_begun() -> None:
    """February saves 3,360."""
    plan = planned(a_choice(to_b(engineering_usd=Decimal(3400))))
    assert (objective(plan), begun(plan)) == (ALL_ON_A, {})
    plan = planned(a_choice(to_b(engineering_usd=Decimal(3300))))
    assert objective(plan) == ALL_ON_A - 60


def test_no_token_is_served_before_the_gate() -> None:
    plan = planned(a_choice(to_b()))
    assert {str(p.month) for p in plan.placements if p.offering == "node-b"} == {"2027-02"}


def test_after_the_gate_the_stack_takes_its_ramp() -> None:
    """A quarter of February at 5, the rest at 10; the work costs 500 here."""
    plan = planned(a_choice(to_b(ramp_shares=(0.25,), engineering_usd=Decimal(500))))
    assert objective(plan) == 7440 + 500 + Decimal(672) / 4 * 5 + Decimal(672) * 3 / 4 * 10
    assert "mig-a: all that the stack may serve by then of chat" in binding(plan)


def test_upkeep_goes_on_from_the_gate_to_the_end() -> None:
    """Gate in February, upkeep of 100 in February and March."""
    plan = planned(a_choice(to_b(upkeep_usd_per_month=Decimal(100)), months=3))
    assert objective(plan) == 7440 + 1000 + (672 + 744) * 5 + 2 * 100


def test_the_work_is_paid_in_equal_cents_with_the_rest_at_the_end() -> None:
    """1,000 over three months: 333.33, 333.33, 333.34; the gate is in April."""
    plan = planned(a_choice(to_b(engineering_months=3, lead_months=3), months=4))
    paid = [line.amount_usd for line in plan.cost_lines if line.nature is Nature.MIGRATION_ENGINEERING]
    assert paid == [Decimal("333.33"), Decimal("333.33"), Decimal("333.34")]


def test_work_begins_inside_its_window() -> None:
    """From February on: the gate is in March, and March saves 3,720."""
    plan = planned(a_choice(to_b(earliest_start=FIRST + 1), months=3))
    assert begun(plan) == {"mig-a": ("2027-02", "2027-03")}


def test_only_so_many_migrations_at_once() -> None:
    """Two models, three months: both begun in January, or one after the other when there is room for one.

    The second then serves a month less on node-b: 672 hours at 5 more.
    """
    both = a_choice(
        to_b(),
        to_b(migration="mig-b", model="model-b"),
        months=3,
        catalog=two_stacks("model-a", "model-b"),
        workloads=(a_workload(), a_workload("code", model="model-b")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(1.0, 3), *nodes_of_load(1.0, 3, "code")),
        blocks=flat_blocks("chat", "code"),
    )
    free = planned(both)
    assert {start for start, _ in begun(free).values()} == {"2027-01"}
    limited = planned(with_policy(both, migrations_at_once=1))
    assert {start for start, _ in begun(limited).values()} == {"2027-01", "2027-02"}
    assert objective(limited) - objective(free) == 672 * 5
    assert "migrations at once at their limit" in binding(limited)


def test_an_event_does_not_open_a_gate() -> None:
    """The loss of cloud-a in January leaves nothing that may serve model-a; on an open stack half of it would go on."""
    lost = {"contingencies": (a_contingency(floor_share=0.5),)}
    assert planned(with_policy(a_choice(), **lost)).contingencies
    with pytest.raises(Impossible):
        planned(with_policy(a_choice(to_b()), **lost))


def test_a_model_with_nowhere_to_go_before_the_gate_is_refused_by_name() -> None:
    contracts = (an_on_demand("od-b", offering="node-b"),)
    with pytest.raises(Impossible) as said:
        planned(a_choice(to_b(), contracts=contracts))
    assert "workload chat has demand in 2027-01, and all that may serve it waits for a migration (mig-a)" in str(
        said.value
    )


def test_work_that_fails_its_gate_in_one_future_serves_only_in_the_other() -> None:
    """As likely as not: passed, February costs 3,360, failed, 6,720; the work of 1,000 is paid in both."""
    scenario = a_choice(
        to_b(upkeep_usd_per_month=Decimal(100)),
        outlooks=(an_outlook("pass"), an_outlook("fail")),
        outlook_effects=(an_effect("fail", effect=Effect.GATE, of=Subject.MIGRATION, name="mig-a", value=0),),
    )
    plan = planned(scenario)
    assert objective(plan) == 7440 + (3360 + 100 + 6720) / 2 + 1000
    assert {p.outlook for p in plan.placements if p.offering == "node-b"} == {"pass"}


def test_capitalised_work_is_capital_expenditure_and_keeps_to_its_budget() -> None:
    capitalised = a_choice(to_b(capitalised=True))
    assert planned(capitalised).totals.capex_usd == 1000
    budget = a_budget(spending=Spending.CAPEX, limit_usd=Decimal(999))
    assert begun(planned(with_policy(capitalised, budgets=(budget,)))) == {}
    assert begun(planned(with_policy(a_choice(to_b()), budgets=(budget,)))) != {}


def test_a_gate_after_the_horizon_is_not_worth_beginning() -> None:
    plan = planned(a_choice(to_b(lead_months=2)))
    assert (begun(plan), objective(plan)) == ({}, ALL_ON_A)
    assert any("mig-a has no start" in note for note in plan.notes)


def test_months_are_counted_from_the_start_of_the_work() -> None:
    plan = planned(a_choice(to_b(lead_months=3, engineering_months=2), months=5))
    assert plan.migrations[0].gate == Month(2027, 4)
