"""Insurance, payback and the worth of rules, worked by hand: one node of load, January 744 h and February 672 h."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest

from contracts.calendar import Month
from optimizer.living.conditions import Condition, Measured
from optimizer.living.kept import keeps
from optimizer.living.living import Answer, How, LivingModel
from optimizer.plan import Plan
from optimizer.plan_binding import BindingRule
from optimizer.plan_why import CashSoFar, WhyEnded, WhyOutcome
from optimizer.run import PlanOptions, plan_fleet
from optimizer.sensitivity.measuring import Step
from optimizer.why import asking
from optimizer.why.asking import WhyOptions
from optimizer.why.insurance import without
from optimizer.why.payback import payback_month
from optimizer.why.units import LIMITS, NoUnit, Unit, unit_of
from scenarios.policy import Contingency, NamedRule
from scenarios.policy_budgets import BudgetWindow
from scenarios.policy_footprint import CarbonCap, PowerCap, SovereigntyFloor
from scenarios.policy_shares import (
    ConcentrationCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
)
from scenarios.policy_stability import Stability
from scenarios.scenario import Scenario
from tests.builders import (
    FIRST,
    a_budget,
    a_contingency,
    a_migration,
    a_policy,
    a_reserved,
    a_scenario,
    an_on_demand,
    nodes_of_load,
    run_settings,
    two_clouds,
)
from tests.stacks import two_stacks
from tests.tiny_folder import tiny
from tests.why_cases import explained, explained_folder, why

NOBODY_MAY_RENT = {"emergency_share": 0.0}


def insured(*events: Contingency) -> Scenario:
    """On demand of cloud-a at 10 USD serves; only two months reserved at cloud-b for 12 USD survive the loss of it."""
    return a_scenario(
        catalog=two_clouds(),
        contracts=(
            an_on_demand(),
            a_reserved("res-b", offering="node-b", price_usd_per_node_hour=Decimal(12)),
        ),
        demand=nodes_of_load(1.0),
        policy=a_policy(contingencies=events, **NOBODY_MAY_RENT),
    )


def all_of(contingency: str = "lose-cloud-a", **overrides: Any) -> Contingency:
    return a_contingency(contingency, **({"floor_share": 1.0} | overrides))


@pytest.fixture(scope="module")
def insured_plan() -> Plan:
    return explained(insured(all_of(probability_per_year=0.12, duration_hours=50.0)))


def test_the_premium_is_what_the_plan_costs_more_than_without_the_event(insured_plan: Plan) -> None:
    """1,416 h of res-b at 12 are 16,992 USD; without the event on demand at 10: 14,160. 2,832, or 1,416 a month."""
    (told,) = why(insured_plan).insurance
    assert told.with_usd == pytest.approx(16992)
    assert told.without_usd == pytest.approx(14160)
    assert told.premium is not None
    assert (told.premium.usd, told.premium_usd_per_month) == (Decimal("2832.00"), Decimal("1416.00"))


def test_a_large_model_is_searched_from_nothing_for_the_same_premium(
    insured_plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LARGE_COLUMNS", 0)
    asked: list[bool] = []
    begin = LivingModel.answer

    def answer(self: LivingModel, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        asked.append(self.learned is None)
        return begin(self, scenario, options)

    monkeypatch.setattr(LivingModel, "answer", answer)
    again = explained(insured(all_of(probability_per_year=0.12, duration_hours=50.0)))
    assert asked == [True]
    assert why(again).insurance == why(insured_plan).insurance


def test_solved_to_the_end_the_premium_is_a_point_and_its_sign_is_proven(insured_plan: Plan) -> None:
    premium = why(insured_plan).insurance[0].premium
    assert premium is not None
    assert premium.at_least_usd == pytest.approx(2832)
    assert premium.at_most_usd == pytest.approx(2832)
    assert premium.distinguishable


def test_a_premium_stands_against_expected_hours_of_what_could_be_lost(insured_plan: Plan) -> None:
    """0.12 a year, 50 h: 1 h in two months. A node serves 3.6 Mtok an hour, at 1,000 USD each."""
    told = why(insured_plan).insurance[0]
    assert told.expected_hours == pytest.approx(1.0)
    assert (told.loss_usd_per_hour, told.expected_loss_usd) == (Decimal("3600.00"), Decimal("3600.00"))


def test_of_two_events_that_ask_for_the_same_neither_costs_anything_alone() -> None:
    """Without one of them the other still asks for res-b: what both cost together is no sum of premiums."""
    both = explained(insured(all_of(), all_of("lose-node-a", lost="offering", name="node-a")))
    assert [row.premium and row.premium.usd for row in why(both).insurance] == [Decimal("0.00")] * 2


def test_an_event_that_is_survived_anyhow_costs_nothing() -> None:
    survived = explained(insured(all_of(), all_of("lose-spot", lost="spot", name="*")))
    told = why(survived).insurance[1]
    assert told.premium is not None
    assert (told.premium.usd, told.premium.distinguishable) == (Decimal("0.00"), False)


def test_the_plan_without_an_event_goes_on_from_what_the_plan_taught_and_passes_its_audit() -> None:
    scenario = insured(all_of())
    with LivingModel() as living:
        plan_fleet(scenario, PlanOptions(with_baselines=False, on_found=living.learn))
        answer = living.answer(without(scenario, "lose-cloud-a"))
    assert answer.how is How.PATCHED
    assert answer.plan.audit is not None
    assert answer.plan.audit.verdict == "PASS"


def test_a_floor_of_nothing_costs_what_no_event_costs() -> None:
    scenario = insured(all_of())
    bare = plan_fleet(insured(), PlanOptions(with_baselines=False))
    floorless = plan_fleet(without(scenario, "lose-cloud-a"), PlanOptions(with_baselines=False))
    assert floorless.incumbent_usd == bare.incumbent_usd


def migrating(work_usd: int, months: int = 3) -> Scenario:
    """node-b at 5 USD serves model-a after a month of work; node-a at 10 USD serves at once."""
    return a_scenario(
        catalog=two_stacks("model-a"),
        run=run_settings(months=months),
        contracts=(
            an_on_demand(),
            an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=Decimal(5)),
        ),
        demand=nodes_of_load(1.0, months),
        migrations=(a_migration(stack="stack-b", engineering_usd=Decimal(work_usd)),),
    )


@pytest.mark.parametrize(("work_usd", "saves", "month"), [(1000, "6080.00", 2), (5000, "2080.00", 3)])
def test_a_migration_has_paid_back_once_no_more_was_paid_than_without_it(work_usd: int, saves: str, month: int) -> None:
    """Without it 7,440, 14,160 and 21,600 USD are paid by the end of the months; it halves February and March.

    For 1,000 USD: 8,440, 11,800: February. For 5,000 USD: 12,440, 15,800, 19,520: March.
    """
    (told,) = why(explained(migrating(work_usd))).paybacks
    assert told.saves is not None
    assert (told.saves.usd, told.payback_month) == (Decimal(saves), Month(2027, month))
    assert [row.without_usd for row in told.cash] == [Decimal(7440), Decimal(14160), Decimal(21600)]
    assert told.cash[0].with_usd == 7440 + work_usd


def test_a_migration_that_is_not_begun_has_no_payback() -> None:
    assert why(explained(migrating(8000))).paybacks == ()


def test_what_falls_behind_again_has_not_paid_back_yet() -> None:
    def so_far(*paid: tuple[int, int]) -> tuple[CashSoFar, ...]:
        return tuple(
            CashSoFar(month=FIRST + i, with_usd=Decimal(ours), without_usd=Decimal(theirs))
            for i, (ours, theirs) in enumerate(paid)
        )

    assert payback_month(so_far((1, 2), (5, 4), (6, 6), (7, 8))) == FIRST + 2
    assert payback_month(so_far((1, 2), (5, 4))) is None


def test_without_a_migration_is_a_condition_that_the_plan_keeps() -> None:
    not_begun = Condition("mig-a", Measured.BEGUN, at_most=0.0)
    scenario = migrating(1000)
    with LivingModel((not_begun,)) as living:
        plan = living.answer(scenario).plan
    assert plan.incumbent_usd == pytest.approx(21600)
    assert keeps(plan, not_begun)
    assert not keeps(plan_fleet(scenario, PlanOptions(with_baselines=False)), not_begun)


def scarce(folder: Path) -> Plan:
    """One and a half nodes of load; an hour of node-a costs 10 USD, of which one is there; of node-b 20."""
    offering = "node-a,cloud-a,region-a,gpu-a,1,10,10,10,test,2026-11-01\n"
    contract = "od-a,on_demand,node-a,10,test,2026-11-01\n"
    demand = "chat,2027-01,10\nchat,2027-02,10\n"
    edits = {
        "offerings.csv": (offering, offering.replace("10,10,10,", "10,10,1,") + offering.replace("node-a", "node-b")),
        "contracts.csv": (contract, contract + "od-b,on_demand,node-b,20,test,2026-11-01\n"),
        "demand.csv": (demand, demand.replace(",10\n", ",15\n")),
    }
    return explained_folder(tiny(folder, edits))


def test_one_node_more_of_a_quota_that_binds_is_worth_what_it_replaces(tmp_path: Path) -> None:
    """Half a node for 1,416 h at 10 USD in place of 20: 7,080 USD."""
    (told,) = why(scarce(tmp_path)).rules
    assert (told.path, told.before, told.after) == ("offerings.node-a.quota_nodes", "1", "2")
    assert told.saves is not None
    assert (told.saves.usd, told.saves.distinguishable) == (Decimal("7080.00"), True)


@pytest.mark.parametrize(
    ("rule", "place", "path", "after"),
    [
        ("stock", "stock of node-a used up", "offerings.node-a.stock_nodes", "101"),
        ("on_demand", "on-demand quota of node-a used up", "offerings.node-a.quota_nodes", "101"),
        ("budget", "budget cash used up in the window from 2027-01", "policy.budgets[1].limit_usd", "10100"),
        ("fallback", "emergency share after lose-cloud-a used up", "policy.emergency_share", "0.26"),
        ("migration", "migrations at once at their limit", "policy.migrations_at_once", "3"),
        ("demand", "shortfall of chat at its limit", "workloads.chat.shortfall_limit_share", "0.01"),
        ("spot", "spot share of chat at its cap", "policy.spot_share_cap", "1"),
    ],
)
def test_a_rule_that_binds_leads_to_the_input_that_states_it(rule: str, place: str, path: str, after: str) -> None:
    policy = a_policy(
        budgets=(a_budget("other"), a_budget()),
        emergency_share=0.25,
        migrations_at_once=2,
        spot_share_cap=0.995,
        contingencies=(a_contingency(),),
    )
    unit = unit_of(a_scenario(policy=policy), BindingRule(rule=rule, place=place, times=1))
    assert isinstance(unit, Unit)
    assert (unit.path, unit.after) == (path, after)


def a_cap_of(share: float) -> ConcentrationCap:
    return ConcentrationCap(rule="r", measure=ShareMeasure.TOKENS, by=Grouping.PROVIDER, cap_share=share)


def a_floor_of(share: float) -> ShareFloor:
    return ShareFloor(
        rule="r", measure=ShareMeasure.TOKENS, by=Grouping.PROVIDER, group="cloud-a", floor_share=share
    )


@pytest.mark.parametrize(
    ("key", "rule", "family", "place", "field", "after"),
    [
        ("concentration", a_cap_of(0.7), "concentration", "r: cloud-a at its cap", "cap_share", "0.71"),
        ("share_floors", a_floor_of(0.2), "share_floors", "r: cloud-a at its floor", "floor_share", "0.19"),
        ("outstanding", OutstandingCap(rule="r", limit_usd=Decimal(5000)), "outstanding",
         "r: what is outstanding at its limit", "limit_usd", "5050"),
        ("remaining_terms", RemainingTermCap(rule="r", limit_months=6), "remaining_term",
         "r: remaining terms at their limit", "limit_months", "7"),
        ("expiries", ExpiryCap(rule="r", cap_share=0.4), "expiry", "r: what ends in a quarter at its cap",
         "cap_share", "0.41"),
        ("sourcing", SourcingRule(rule="r", workload="chat", providers_at_least=2), "sourcing",
         "r: cloud-a serves no more than makes it a source", "share_at_least", "0.04"),
        ("sovereignty", SovereigntyFloor(rule="r", index_at_least=60), "sovereignty",
         "r: the index of the fleet at its floor", "index_at_least", "59"),
        ("power", PowerCap(rule="r", limit_mw=2), "power", "r: region-a at its power limit", "limit_mw", "2.02"),
        ("carbon", CarbonCap(rule="r", window=BudgetWindow.YEAR, limit_t_co2e=100), "carbon",
         "r used up in the window from 2027-01", "limit_t_co2e", "101"),
    ],
)
def test_one_unit_more_of_a_named_rule_is_more_room(
    key: str, rule: Any, family: str, place: str, field: str, after: str
) -> None:
    """Caps go up and floors down: by a point, 1 %, a month."""
    other = rule.model_copy(update={"rule": "another"})
    policy = a_policy().model_copy(update={key: (other, rule)})
    unit = unit_of(a_scenario().model_copy(update={"policy": policy}), BindingRule(rule=family, place=place, times=1))
    assert isinstance(unit, Unit)
    assert (unit.path, unit.after) == (f"policy.{key}[1].{field}", after)


@pytest.mark.parametrize(
    ("place", "field", "after"),
    [
        ("most value of orders changed against what was approved", "changed_usd_at_most", "1010"),
        ("most orders changed against what was approved", "changed_orders_at_most", "3"),
    ],
)
def test_stability_has_a_unit_of_either_limit(place: str, field: str, after: str) -> None:
    stability = Stability(changed_usd_at_most=Decimal(1000), changed_orders_at_most=2)
    scenario = a_scenario(policy=a_policy(stability=stability))
    unit = unit_of(scenario, BindingRule(rule="stability", place=place, times=1))
    assert isinstance(unit, Unit)
    assert (unit.path, unit.after) == (f"policy.stability.{field}", after)


def test_every_kind_of_rule_with_an_id_has_a_unit() -> None:
    """Answers to audits are asked before anything is planned: such a rule binds nowhere."""
    kinds = {kind.__name__ for kind in get_args(NamedRule)} - {"AuditMinimum"}
    assert kinds <= set(LIMITS)


def test_a_clause_of_what_is_signed_is_told_with_words() -> None:
    place = "minimum of top-a, service from 2027-01, no more than met"
    assert isinstance(unit_of(a_scenario(), BindingRule(rule="take_or_pay", place=place, times=1)), NoUnit)


def ticking(step_s: float) -> Callable[[], float]:
    """A clock that goes on by so much whenever it is asked."""
    now = -step_s

    def clock() -> float:
        nonlocal now
        now += step_s
        return now

    return clock


def test_no_more_is_solved_than_the_number_and_the_rest_is_told_by_name() -> None:
    plan = explained(insured(all_of(), all_of("again")), WhyOptions(most=1, time_limit_s=600))
    told = why(plan)
    assert (told.solves, told.ended) == (1, WhyEnded.NUMBER)
    assert [row.outcome for row in told.insurance] == [WhyOutcome.SOLVED, WhyOutcome.NOT_SOLVED]
    assert "others came first" in told.insurance[1].reason


@pytest.mark.parametrize("options", [WhyOptions(time_limit_s=0), WhyOptions(clock=ticking(60.0))])
def test_without_time_nothing_is_solved_and_everything_is_told_by_name(options: WhyOptions) -> None:
    told = why(explained(insured(all_of(), all_of("again"), all_of("and-again")), options))
    assert told.ended is WhyEnded.TIME_LIMIT
    assert [row.contingency for row in told.insurance] == ["lose-cloud-a", "again", "and-again"]
    assert told.insurance[-1].outcome is WhyOutcome.NOT_SOLVED


def test_insurance_comes_first_and_every_step_is_told() -> None:
    steps: list[Step] = []
    scenario = migrating(1000).model_copy(
        update={"policy": a_policy(contingencies=(a_contingency("lose-b", lost="offering", name="node-b"),))}
    )
    explained(scenario, WhyOptions(time_limit_s=600, on_step=steps.append))
    assert [(step.number, step.of, step.name) for step in steps] == [
        (1, 2, "without lose-b"),
        (2, 2, "without migration mig-a"),
    ]


def test_an_interruption_keeps_what_there_is() -> None:
    def stop(step: Step) -> None:
        if step.number == 2:
            raise KeyboardInterrupt

    told = why(explained(insured(all_of(), all_of("again")), WhyOptions(time_limit_s=600, on_step=stop)))
    assert told.ended is WhyEnded.STOPPED_BY_USER
    assert [row.outcome for row in told.insurance] == [WhyOutcome.SOLVED, WhyOutcome.NOT_SOLVED]
