"""What moves the cost most: worked by hand where nothing is bought but nodes on demand."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code, Finding, InputRejected, Location
from optimizer.finding import PlanOptions
from optimizer.living.living import Answer, How, LivingModel
from optimizer.plan import Plan
from optimizer.plan_sensitivity import EndOutcome, SensitiveInput, Sensitivity, SensitivityEnded
from optimizer.run import plan_fleet
from optimizer.sensitivity.candidates import candidates
from optimizer.sensitivity.effects import solved
from optimizer.sensitivity.measuring import SensitivityOptions, with_sensitivity
from optimizer.sensitivity.sources import SOURCES
from scenarios.changes import Change
from scenarios.inputs import Inputs, parse_set
from scenarios.scenario import Scenario
from scenarios.starting import EXAMPLES
from tests.tiny_folder import COST_USD, LONG, SOURCED, measured, planned, tiny


def told(plan: Plan) -> Sensitivity:
    assert plan.sensitivity is not None
    return plan.sensitivity


def named(plan: Plan, name: str) -> SensitiveInput:
    return next(row for row in told(plan).inputs if row.name == name)


def moves(row: SensitiveInput) -> list[Decimal | None]:
    return [None if end is None or end.moved is None else end.moved.usd for end in (row.low, row.high)]


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return measured(tiny(tmp_path_factory.mktemp("tiny")))


def test_on_demand_alone_the_cost_follows_demand_and_price(plan: Plan) -> None:
    """14,160 USD: a tenth more or less of either is 1,416 USD."""
    assert plan.incumbent_usd == COST_USD
    for name in ("demand of chat", "on-demand prices of cloud-a"):
        assert moves(named(plan, name)) == [Decimal("-1416.00"), Decimal("1416.00")]


def test_a_tenth_less_goodput_asks_for_a_ninth_more_of_nodes(plan: Plan) -> None:
    """January 7,440 / 0.9 = 8,266.67, February 6,720 / 0.9 = 7,466.67; up 6,763.64 + 6,109.09. Less 14,160."""
    assert moves(named(plan, "goodput of gpu-a (measured)")) == [Decimal("1573.34"), Decimal("-1287.27")]


def test_nothing_lies_above_a_whole_node(plan: Plan) -> None:
    usable = named(plan, "usable share of nodes")
    assert moves(usable) == [Decimal("1573.34"), None]
    assert (usable.value, usable.low and usable.low.value, usable.high) == ("1", "0.9", None)


def test_what_moves_the_cost_most_comes_first_and_ties_go_by_name(plan: Plan) -> None:
    assert [row.name for row in told(plan).inputs][:4] == [
        "goodput of gpu-a (measured)",
        "usable share of nodes",
        "demand of chat",
        "on-demand prices of cloud-a",
    ]


def test_solved_to_the_end_the_interval_is_a_point_and_its_sign_is_proven(plan: Plan) -> None:
    end = named(plan, "demand of chat").high
    assert end is not None
    assert end.moved is not None
    assert end.moved.at_least_usd == pytest.approx(1416)
    assert end.moved.at_most_usd == pytest.approx(1416)
    assert end.moved.distinguishable


def test_nothing_is_signed_so_the_buy_list_stays(plan: Plan) -> None:
    assert {end.buy_list for row in told(plan).inputs for end in row.ends} == {"same"}


def test_a_first_estimate_is_right_where_the_plan_alone_tells_the_effect(plan: Plan) -> None:
    estimates = {row.name: row.estimate_usd for row in candidates(plan, SOURCES)}
    assert estimates["demand of chat"] == pytest.approx(1416)
    assert estimates["on-demand prices of cloud-a"] == pytest.approx(1416)
    assert estimates["goodput of gpu-a (measured)"] == pytest.approx(14160 / 9)
    assert estimates["usable share of nodes"] == pytest.approx(14160 / 9)


def test_the_living_model_goes_on_from_the_solve_of_the_plan_itself(tmp_path: Path) -> None:
    inputs = tiny(tmp_path)
    with LivingModel() as living:
        plan_fleet(inputs.load().scenario, PlanOptions(with_baselines=False, on_found=living.learn))
        dearer = inputs.load([parse_set("contracts.od-a.price_usd_per_node_hour=+10%")]).scenario
        answer = living.answer(dearer)
    assert answer.how is How.PATCHED
    assert answer.plan.incumbent_usd == pytest.approx(COST_USD * 1.1)


def with_an_offer(folder: Path, usd: str) -> Inputs:
    """The same folder with an offer of nodes for two months, firm, nothing upfront."""
    tiny(folder)
    (folder / "contracts.csv").write_text(
        "contract,kind,offering,price_usd_per_node_hour,term_months,upfront,upfront_share,firm,source,as_of\n"
        f"od-a,on_demand,node-a,10,,,,,{SOURCED}\nres-a,reserved,node-a,{usd},2,none,0,true,{SOURCED}\n",
        encoding="utf-8",
    )
    return Inputs.read(folder)


def test_a_price_that_would_enter_the_plan_changes_the_buy_list(tmp_path: Path) -> None:
    """10.50 USD is too dear; at 9.45 a node is ordered, and 0.55 x 1,416 hours = 778.80 USD are saved."""
    row = named(measured(with_an_offer(tmp_path, "10.5")), "price of res-a")
    assert row.low is not None
    assert row.high is not None
    assert moves(row) == [Decimal("-778.80"), Decimal("0.00")]
    assert (row.low.value, row.low.buy_list) == ("9.45", "changed")
    assert row.low.buy_changes == ("res-a from 2027-01: 0 -> 1 nodes",)
    assert (row.high.buy_list, row.high.moved and row.high.moved.distinguishable) == ("same", False)


@pytest.mark.parametrize(("usd", "estimate"), [("10.5", 778.80), ("12", 0.0), ("9", 0.1 * 9 * 1416)])
def test_an_offer_is_expected_to_save_what_it_is_cheaper_a_tenth_down(
    tmp_path: Path, usd: str, estimate: float
) -> None:
    """At 9 USD it is in use, and a tenth of what is paid under it is what its price moves."""
    found = candidates(planned(with_an_offer(tmp_path, usd)), SOURCES)
    assert next(row.estimate_usd for row in found if row.name == "price of res-a") == pytest.approx(estimate)


def test_an_end_that_no_plan_can_reach_is_told_with_its_reason_and_comes_first(tmp_path: Path) -> None:
    """One node is all there is, and it is full: nothing carries a tenth more."""
    plan = measured(tiny(tmp_path, {"offerings.csv": (",10,10,test", ",0,1,test")}))
    impossible = {row.name for row in told(plan).inputs if row.is_impossible_somewhere}
    assert impossible >= {"demand of chat", "goodput of gpu-a (measured)", "usable share of nodes"}
    assert {row.name for row in told(plan).inputs[: len(impossible)]} == impossible
    high = named(plan, "demand of chat").high
    assert high is not None
    assert (high.outcome, high.incumbent_usd) == (EndOutcome.IMPOSSIBLE, None)
    assert "chat" in high.reason


def test_an_end_that_is_no_scenario_is_told_with_what_was_found(tmp_path: Path) -> None:
    inputs = tiny(tmp_path)

    def vary(changes: Sequence[Change]) -> Scenario:
        if changes[0].value == "+10%" and changes[0].path.startswith("demand"):
            where = Location("demand.csv", row=2)
            raise InputRejected([Finding(Code.NO_FILE, where, "11", "at most 10", "ask for less")])
        return inputs.load(changes).scenario

    with LivingModel() as living:
        plan = with_sensitivity(planned(inputs), vary, living, LONG)
    row = named(plan, "demand of chat")
    assert row.high is not None
    assert row.high.outcome is EndOutcome.REFUSED
    assert "at most 10" in row.high.reason
    assert moves(row) == [Decimal("-1416.00"), None]


def test_when_the_time_is_over_what_was_not_reached_is_named(tmp_path: Path) -> None:
    """The clock goes on by ten seconds whenever it is read, at 0 and before each end: 35 s are enough for three."""
    ticks = iter(range(0, 1000, 10))
    plan = measured(tiny(tmp_path), SensitivityOptions(time_limit_s=35, clock=lambda: float(next(ticks))))
    found = told(plan)
    assert (found.ended, found.solves) == (SensitivityEnded.TIME_LIMIT, 3)
    assert len(found.inputs) == 2
    waiting = [row for row in found.left_out if row.reason == "the time for sensitivities was over"]
    assert {row.name for row in waiting} >= {"discount rate per year"}


class InterruptedModel(LivingModel):
    """Somebody presses Ctrl-C before the third answer."""

    answers = 0

    def answer(self, scenario: Scenario, options: PlanOptions | None = None) -> Answer:
        self.answers += 1
        if self.answers == 3:
            raise KeyboardInterrupt
        return super().answer(scenario, options)


def test_an_interruption_keeps_what_is_there(tmp_path: Path) -> None:
    inputs = tiny(tmp_path)
    with InterruptedModel() as living:
        plan = with_sensitivity(planned(inputs), lambda changes: inputs.load(changes).scenario, living, LONG)
    found = told(plan)
    assert found.ended is SensitivityEnded.STOPPED_BY_USER
    assert [moves(row) != [None, None] for row in found.inputs] == [True]
    assert plan.audit is not None
    assert plan.audit.verdict == "PASS"


def test_no_sign_is_claimed_within_the_two_gaps(plan: Plan) -> None:
    """Here 100 to 90 USD, there 105 to 95: the difference lies between -5 and 15."""
    here = plan.model_copy(update={"incumbent_usd": 100.0, "bound_usd": 90.0})
    there = plan.model_copy(update={"incumbent_usd": 105.0, "bound_usd": 95.0})
    moved = solved("x", here, there).moved
    assert moved is not None
    assert (moved.at_least_usd, moved.at_most_usd, moved.distinguishable) == (-5.0, 15.0, False)


def test_every_change_is_one_that_inputs_take_and_moves_as_many_cells_as_it_says() -> None:
    inputs = Inputs.read(EXAMPLES / "small")
    base = planned(inputs)
    for row in candidates(base, SOURCES):
        for move in (row.lever.low, row.lever.high):
            if move is not None:
                assert len(inputs.load(move.changes).scenario.changes) == row.lever.cells, row.name
