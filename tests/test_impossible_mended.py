"""The least change of each kind of rule mends the case, and one per cent less of the change does not."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import get_args, get_origin

import pytest

from catalog.footprint import AuditQuestion
from catalog.records import Record
from optimizer.diagnosing.conflict import conflict_of
from optimizer.diagnosing.effort import Effort
from optimizer.diagnosing.explaining import OVER, explained
from optimizer.diagnosing.mending import least_change
from optimizer.diagnosing.numbers import Number
from optimizer.diagnosing.records import ChangeOutcome, LeastChange, Unit, WhyImpossible
from optimizer.diagnosing.rules import DESCRIBING, NAMED, SINGLE, Rule, rules_of
from optimizer.diagnosing.supply import supply_numbers
from optimizer.diagnosing.tries import Tries, Verdict
from optimizer.diagnosing.words import message_of
from optimizer.problem import state
from optimizer.solve import Session
from scenarios.policy import BudgetWindow, Policy, PowerCap, WorkloadFloor
from scenarios.policy_shares import Grouping
from scenarios.scenario import Scenario
from tests.builders import (
    a_budget,
    a_contingency,
    a_migration,
    a_power,
    a_reserved,
    a_scenario,
    a_size_class,
    a_workload,
    an_energy,
    an_offering,
    an_on_demand,
    flat_blocks,
    nodes_of_load,
    run_settings,
    ten_requests_a_node,
    two_clouds,
)
from tests.colliding import HOURS, KINDS, collision
from tests.proving import a_cap, planned, with_policy
from tests.stacks import two_stacks

LESS = Decimal("0.99")


@pytest.fixture(scope="module")
def sessions() -> Iterator[tuple[Session, Session]]:
    """Two solver processes for all tries of this module."""
    with Session() as first, Session() as second:
        yield first, second


def tries_of(scenario: Scenario, sessions: tuple[Session, Session]) -> Tries:
    return Tries(state(scenario), 120.0, session=sessions[0], second=sessions[1]).begun()


def rule_at(scenario: Scenario, path: str) -> Rule:
    return next(rule for rule in rules_of(scenario) if rule.path == path)


def holds_exactly(tries: Tries, number: Number, found: LeastChange) -> None:
    """The proposal mends it, 1 % less of the change (of a whole number: one less) does not."""
    scenario = tries.problem.scenario
    assert (found.outcome, found.paths) == (ChangeOutcome.MENDS, number.paths)
    assert found.after is not None
    change = abs(Decimal(found.change))
    assert number.after(change) == Decimal(found.after.removeprefix("*"))
    less = change - 1 if number.is_whole else change * LESS
    assert tries.possible(number.put(scenario, number.after(change)), "mended") is Verdict.POSSIBLE
    assert tries.possible(number.put(scenario, number.after(less)), "less") is Verdict.IMPOSSIBLE


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_least_change_mends_and_less_does_not(kind: str, sessions: tuple[Session, Session]) -> None:
    """Beside a cap on the power of cloud-b, which lets it carry four nodes of ten."""
    case = collision(kind, "power")
    tries = tries_of(case.scenario, sessions)
    numbers = rule_at(case.scenario, case.first).numbers
    for number in numbers:
        holds_exactly(tries, number, least_change(tries, number))
    mended = numbers[0].put(case.scenario, Decimal(str(least_change(tries, numbers[0]).after)))
    assert planned(mended).audit is not None


def test_the_least_changes_are_those_worked_out_by_hand(sessions: tuple[Session, Session]) -> None:
    """cloud-b carries four of ten nodes: cloud-a must carry six, 60 % of the tokens, at 10 USD an hour where dear."""

    def after(kind: str) -> Decimal:
        case = collision(kind, "power")
        found = least_change(tries_of(case.scenario, sessions), rule_at(case.scenario, case.first).numbers[0])
        return Decimal(str(found.after))

    assert 0 <= after("cap of tokens") - Decimal("0.6") <= Decimal("0.005") * Decimal("0.2")
    assert after("changed orders") == 1
    assert 0 <= after("budget") - HOURS * 64 <= Decimal("0.005") * HOURS * 18
    assert 0 <= after("power") - Decimal("0.006") <= Decimal("0.005") * Decimal("0.002")


def three_at_once() -> Scenario:
    """Eight of ten nodes must be left at cloud-b when cloud-a is lost, at most half of them rented: four nodes of
    cloud-b are reserved at 10 USD an hour; with the six others, at 1, that is 46 an hour. The budget has 30.
    """
    scenario = a_scenario(
        catalog=two_clouds(node_b={"quota_nodes": 10, "stock_nodes": 10}, quota_nodes=10),
        contracts=(
            an_on_demand(price_usd_per_node_hour=Decimal(1)),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(1)),
            a_reserved("res-b", offering="node-b", price_usd_per_node_hour=Decimal(10)),
        ),
        demand=nodes_of_load(10),
    )
    return with_policy(
        scenario,
        emergency_share=0.5,
        contingencies=(a_contingency(),),
        budgets=(a_budget(window=BudgetWindow.HORIZON, limit_usd=Decimal(30 * HOURS)),),
        concentration=(a_cap("loose", cap_share=1.0),),
    )


def why_of(scenario: Scenario, effort: Effort) -> WhyImpossible:
    why = explained(state(scenario), effort).why
    assert why is not None
    return why


def test_three_rules_that_collide_only_together_are_all_named_and_no_other() -> None:
    why = why_of(three_at_once(), Effort(120, with_changes=True))
    assert {rule.input.path for rule in why.conflict} == {
        "policy.emergency_share",
        "policy.contingencies[0]",
        "policy.budgets[0]",
    }
    assert all(rule.is_needed for rule in why.conflict)
    after = {change.paths[0]: Decimal(str(change.after)) for change in why.changes}
    assert 0 <= after["policy.budgets[0].limit_usd"] - 46 * HOURS <= Decimal("0.005") * 16 * HOURS
    assert after["policy.emergency_share"] == Decimal("0.75")  # two nodes reserved, six of eight rented
    assert after["policy.contingencies[0].floor_share"] == Decimal("0.4")  # those two, and two rented
    assert {change.unit for change in why.changes} == {Unit.USD, Unit.SHARE}


def test_too_many_migrations_at_once_are_told_and_counted(sessions: tuple[Session, Session]) -> None:
    """Two models of five nodes each need a month of work before cloud-b serves them; cloud-a may draw four."""
    scenario = a_scenario(
        catalog=two_stacks("model-a", "model-b").model_copy(
            update={
                "accelerator_power": (a_power("gpu-a"), a_power("gpu-b")),
                "region_energy": (an_energy("region-a", pue=1.0), an_energy("region-b", pue=1.0)),
            }
        ),
        run=run_settings(months=2),
        contracts=(an_on_demand(), an_on_demand("od-b", offering="node-b")),
        migrations=(a_migration(stack="stack-b"), a_migration("mig-b", model="model-b", stack="stack-b")),
        workloads=(a_workload(), a_workload("code", model="model-b")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(
            *(row.model_copy(update={"accepted_requests_per_s": 0.0}) for row in nodes_of_load(1.0, 1)),
            *(row.model_copy(update={"accepted_requests_per_s": 0.0}) for row in nodes_of_load(1.0, 1, "code")),
            *nodes_of_load(5.0, 2)[1:],
            *nodes_of_load(5.0, 2, "code")[1:],
        ),
        blocks=flat_blocks("chat", "code"),
    )
    providers = {row.offering: row.provider for row in scenario.catalog.offerings}
    cap = PowerCap(rule="grid", by=Grouping.PROVIDER, group=providers["node-a"], limit_mw=0.004)
    scenario = with_policy(scenario, migrations_at_once=1, power=(cap,))
    tries = tries_of(scenario, sessions)
    found = conflict_of(tries, rules_of(scenario))
    assert {rule.path for rule in found.needed} == {"policy.migrations_at_once", "policy.power[0]"}
    (number,) = rule_at(scenario, "policy.migrations_at_once").numbers
    change = least_change(tries, number)
    holds_exactly(tries, number, change)
    assert (change.before, change.after) == ("1", "2")


def two_that_share() -> Scenario:
    """Two workloads of six nodes each, and ten nodes to rent: each fits, both do not."""
    return a_scenario(
        catalog=ten_requests_a_node(offerings=(an_offering(quota_nodes=10),)),
        contracts=(an_on_demand(),),
        workloads=(a_workload(), a_workload("code")),
        size_classes=(a_size_class(), a_size_class("code")),
        demand=(*nodes_of_load(6.0), *nodes_of_load(6.0, workload="code")),
        blocks=flat_blocks("chat", "code"),
    )


def test_supply_alone_is_said_to_be_too_little_and_what_would_do(sessions: tuple[Session, Session]) -> None:
    why = why_of(two_that_share(), Effort(120, with_changes=True))
    assert (why.is_supply_alone, why.conflict, why.changes) == (True, (), ())
    quota, demand = why.supply
    assert (quota.paths, quota.before, quota.after) == (("offerings.node-a.quota_nodes",), "10", "12")
    assert demand.paths == ("demand.*/*.accepted_requests_per_s",)
    assert str(demand.after).startswith("*0.83")
    tries = tries_of(two_that_share(), sessions)
    for number, found in zip(supply_numbers(tries.problem), why.supply, strict=True):
        holds_exactly(tries, number, found)


def test_a_floor_of_one_workload_is_a_number_of_its_own(sessions: tuple[Session, Session]) -> None:
    case = collision("contingency", "power")
    (event,) = case.scenario.policy.contingencies
    own = event.model_copy(
        update={"floor_share": 0.1, "floors": (WorkloadFloor(workload="chat", floor_share=0.9),)}
    )
    scenario = with_policy(case.scenario, contingencies=(own,))
    general, of_chat = rule_at(scenario, case.first).numbers
    tries = tries_of(scenario, sessions)
    assert least_change(tries, general).outcome is ChangeOutcome.NO_VALUE
    found = least_change(tries, of_chat)
    holds_exactly(tries, of_chat, found)
    assert found.paths == ("policy.contingencies[0].floors[0].floor_share",)


def test_a_second_conflict_beside_the_first_leaves_no_value_that_helps_alone() -> None:
    """Two caps on spend collide, and so do a budget and a cap on power: one pair is named, and what is told of it."""
    case = collision("cap of spend", "cap of spend")
    another = collision("budget", "power")
    scenario = with_policy(another.scenario, concentration=case.scenario.policy.concentration)
    why = why_of(scenario, Effort(120, with_changes=True))
    assert len(why.conflict) == 2
    assert {change.outcome for change in why.changes} == {ChangeOutcome.NO_VALUE}


def test_where_no_value_helps_but_absence_does_that_is_said(sessions: tuple[Session, Session]) -> None:
    """Of node-a one question is answered with yes, and one is asked at least: required is another one."""
    case = collision("audit answers", "power")
    (rule,) = case.scenario.policy.audit_answers
    asking = rule.model_copy(update={"required": (AuditQuestion.ENERGY_AGNOSTICISM,)})
    why = why_of(with_policy(case.scenario, audit_answers=(asking,)), Effort(120, with_changes=True))
    found = next(change for change in why.changes if change.paths == ("policy.audit_answers[0].yes_at_least",))
    assert (found.outcome, found.mends_removed) == (ChangeOutcome.NO_VALUE, "policy.audit_answers[0]")
    assert "--remove 'policy.audit_answers[0]'" in message_of(why)


def test_without_time_nothing_is_tried_and_that_is_said() -> None:
    scenario = with_policy(three_at_once(), concentration=())
    why = why_of(scenario, Effort(0.0, with_changes=True))
    assert not any(rule.is_needed for rule in why.conflict)
    assert {rule.input.path for rule in why.conflict} == {rule.path for rule in rules_of(scenario)}
    assert {change.outcome for change in (*why.changes, *why.supply)} == {ChangeOutcome.NOT_SETTLED}
    assert why.notes == (OVER,)


def test_what_was_not_settled_has_the_bracket_that_is_known(sessions: tuple[Session, Session]) -> None:
    """The clock stands still for six tries."""
    case = collision("cap of tokens", "power")
    (number,) = rule_at(case.scenario, case.first).numbers
    tries = tries_of(case.scenario, sessions)
    told: list[str] = []
    tries.on_step = told.append
    now = tries.clock()
    tries.clock = lambda: now if len(told) < 6 else now + 1e6
    found = least_change(tries, number)
    assert found.outcome is ChangeOutcome.NOT_SETTLED
    assert found.after is not None
    assert found.still_impossible is not None
    assert Decimal(found.still_impossible) < Decimal("0.6") <= Decimal(found.after)


def test_the_solver_failing_in_a_try_is_told_and_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from optimizer.faults import SolverFault

    def failing(*_: object, **__: object) -> None:
        raise SolverFault("out of memory")

    monkeypatch.setattr("optimizer.diagnosing.tries.solve_in", failing)
    why = why_of(three_at_once(), Effort(60))
    assert not any(rule.is_needed for rule in why.conflict)
    assert any("without any rule: the solver: out of memory" in note for note in why.notes)


def test_every_field_of_the_policy_is_a_rule_that_can_be_spared_or_says_nothing_by_itself() -> None:
    lists = {
        name
        for name, info in Policy.model_fields.items()
        if get_origin(info.annotation) is tuple and issubclass(get_args(info.annotation)[0], Record)
    }
    assert {kind.table for kind in NAMED} == lists
    single = {kind.keys[0] for kind in SINGLE}
    assert single | lists | DESCRIBING == set(Policy.model_fields)
    assert not single & DESCRIBING
    assert not lists & DESCRIBING
    stability = Policy.model_fields["stability"].annotation
    (record,) = [each for each in get_args(stability) if each is not type(None)]
    limits = {name for name in record.model_fields if name.endswith("_at_most")}
    assert {kind.keys[1] for kind in SINGLE if kind.keys[0] == "stability"} == limits


@pytest.mark.parametrize("value", ["0.4", "1234.5", "7"])
def test_a_number_is_proposed_with_as_few_decimals_as_fit(value: str) -> None:
    number = replace(
        rule_at(three_at_once(), "policy.budgets[0]").numbers[0], value=Decimal(value), end=None
    )
    least, most = Decimal("0.123456"), Decimal("0.124")
    proposed = number.rounded(least, most)
    assert least <= proposed - number.value <= most
    exponent = proposed.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    assert exponent >= -4
