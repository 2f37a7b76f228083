"""A living model: every answer is the one that a model built anew would give, whatever it was asked before."""

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from optimizer.faults import Impossible
from optimizer.living.conditions import Condition, ConditionsFail, Measured
from optimizer.living.living import How, LivingModel
from optimizer.plan import Plan, StopReason
from optimizer.solve import Session
from optimizer.solve_protocol import SolveReply, SolveStatus
from scenarios.policy import ShareMeasure
from scenarios.scenario import Scenario
from tests.builders import an_effect, an_outlook
from tests.proving import EXACT_USD, a_cap, objective, planned, with_policy
from tests.random_fleets import a_random_fleet, with_offering, with_terms, with_workload
from tests.test_solved_again import busier, dearer

SEED = 3


@cache
def base() -> Scenario:
    """Two clouds, two workloads, a cap, two outlooks; solved to the end."""
    fleet = with_policy(a_random_fleet(SEED), concentration=(a_cap(group="cloud-a", cap_share=0.8),))
    outlooks = (an_outlook("base", probability=0.6), an_outlook("high", probability=0.4))
    return fleet.model_copy(update={"outlooks": outlooks, "outlook_effects": (an_effect("high", value=1.2),)})


def ran(scenario: Scenario, **fields: Any) -> Scenario:
    return scenario.model_copy(update={"run": scenario.run.model_copy(update=fields)})


def probable(scenario: Scenario, probability: float) -> Scenario:
    outlooks = (an_outlook("base", probability=1 - probability), an_outlook("high", probability=probability))
    return scenario.model_copy(update={"outlooks": outlooks})


def quicker(scenario: Scenario, factor: float) -> Scenario:
    points = tuple(
        row.model_copy(update={"output_tok_per_s": row.output_tok_per_s * factor})
        for row in scenario.catalog.goodput_points
    )
    return scenario.model_copy(update={"catalog": scenario.catalog.model_copy(update={"goodput_points": points})})


def capped(scenario: Scenario, share: float, **fields: Any) -> Scenario:
    return with_policy(scenario, concentration=(a_cap(group="cloud-a", cap_share=share, **fields),))


NUMBERS: dict[str, Callable[[Scenario], Scenario]] = {
    "nothing": lambda s: s,
    "a reserved price": lambda s: dearer(s, "res-b", "1.3"),
    "a price on demand": lambda s: dearer(s, "od-a", "0.6"),
    "a spot price": lambda s: dearer(s, "spot-a", "0.8"),
    "all demand": lambda s: busier(s, 1.17),
    "a probability": lambda s: probable(s, 0.9),
    "a goodput": lambda s: quicker(s, 0.9),
    "a cap": lambda s: capped(s, 0.4),
    "a discount rate": lambda s: ran(s, discount_rate_per_year=Decimal("0.2")),
    "a usable share": lambda s: ran(s, usable_share=0.8),
    "a minimum": lambda s: with_terms(s, "res-a", minimum_order_nodes=4),
    "a stock": lambda s: with_offering(s, "node-b", stock_nodes=1),
    "a quota": lambda s: with_offering(s, "node-a", quota_nodes=2),
    "a shortfall price": lambda s: with_workload(s, "code", shortfall_price_usd_per_mtok=Decimal("0.5")),
}
STRUCTURES: dict[str, Callable[[Scenario], Scenario]] = {
    "a term": lambda s: with_terms(s, "res-b", term_months=s.run.months + 1),
    "a rule": lambda s: capped(s, 0.4, measure=ShareMeasure.SPEND),
    "a contract": lambda s: s.model_copy(update={"contracts": s.contracts[1:]}),
    "the name of a contract": lambda s: s.model_copy(
        update={"contracts": (s.contracts[0].model_copy(update={"contract": "od-aa"}), *s.contracts[1:])}
    ),
}


@cache
def from_nothing(what: str) -> Plan:
    return planned((NUMBERS | STRUCTURES)[what](base()))


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(("a reserved price", "all demand", "a stock"), id="some"),
        pytest.param((*NUMBERS, *STRUCTURES, "nothing"), id="all", marks=pytest.mark.long),
    ],
)
def test_every_answer_is_that_of_a_model_built_anew(asked: tuple[str, ...]) -> None:
    """One model asked one thing after the other, each from what all before have taught; to the cent."""
    with LivingModel() as living:
        assert living.answer(base()).how is How.ANEW
        for what in asked:
            plan = living.answer((NUMBERS | STRUCTURES)[what](base())).plan
            assert abs(objective(plan) - objective(from_nothing(what))) <= Decimal(str(EXACT_USD)), what
            assert plan.audit.verdict == "PASS"
            assert plan.bound_usd <= from_nothing(what).incumbent_usd + EXACT_USD, what


@pytest.mark.parametrize("what", ["a reserved price", "all demand", "a cap", "a probability", "a discount rate"])
def test_where_only_numbers_differ_the_model_is_patched(what: str) -> None:
    with LivingModel.from_learned(taught()) as living:
        assert living.answer(NUMBERS[what](base())).how is How.PATCHED


@pytest.mark.parametrize("what", STRUCTURES)
def test_where_the_structure_differs_the_answer_is_worked_out_anew(what: str) -> None:
    with LivingModel.from_learned(taught()) as living:
        assert living.answer(STRUCTURES[what](base())).how is How.ANEW
        assert living.answer(dearer(STRUCTURES[what](base()), "res-a", "1.1")).how is How.PATCHED
        living.forget()
        assert living.answer(base()).how is How.PATCHED


@cache
def taught(*conditions: Condition) -> Any:
    """What the base teaches, as it is sent to another process."""
    with LivingModel(conditions) as living:
        living.answer(base())
        return pickle.loads(pickle.dumps(living.learned))


def text(plan: Plan) -> str:
    return plan.model_dump_json()


def test_after_forgetting_the_same_questions_get_the_same_answers_byte_for_byte() -> None:
    """In the model that answered first, again after other questions, and in one that was only told what is known."""
    asked = [ran(NUMBERS[what](base()), gap_share=0.03) for what in ("a reserved price", "all demand", "a cap")]
    with LivingModel() as living:
        living.answer(base())
        at_once = [text(living.answer(each).plan) for each in asked]
        living.answer(STRUCTURES["a rule"](base()))
        living.forget()
        afterwards = [text(living.answer(each).plan) for each in asked]
    with LivingModel.from_learned(taught()) as other:
        elsewhere = [text(other.answer(each).plan) for each in asked]
    assert at_once == afterwards == elsewhere


def test_a_tighter_gap_may_be_asked_for() -> None:
    loose, tight = ran(base(), gap_share=0.2), base()
    with LivingModel() as living:
        first = living.answer(loose).plan
        plan = living.answer(tight).plan
    assert plan.incumbent_usd <= first.incumbent_usd
    assert plan.incumbent_usd == pytest.approx(planned(tight).incumbent_usd, abs=EXACT_USD)
    assert plan.gap <= 1e-6


def test_a_solver_that_dies_is_replaced_and_the_answer_worked_out_anew() -> None:
    with LivingModel() as living:
        living.answer(base())
        assert living.solver_pid is not None
        os.kill(living.solver_pid, signal.SIGKILL)
        answer = living.answer(NUMBERS["a reserved price"](base()))
        assert answer.how is How.ANEW
        assert objective(answer.plan) == objective(from_nothing("a reserved price"))
        assert living.answer(base()).how is How.PATCHED


def test_what_cannot_be_is_explained_and_the_model_lives_on() -> None:
    """A cap of nothing on the only cloud with spot and one of nothing on the other: no plan keeps both."""
    impossible = with_policy(
        base(), concentration=(a_cap("a", group="cloud-a", cap_share=0.1), a_cap("b", group="cloud-b", cap_share=0.1))
    )
    with LivingModel.from_learned(taught()) as living:
        with pytest.raises(Impossible, match="cap a"):
            living.answer(impossible)
        assert living.answer(base()).how is How.PATCHED


def test_a_no_of_a_patched_model_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer comes from nothing instead."""

    def no(*given: Any) -> SolveReply:
        return SolveReply(SolveStatus.INFEASIBLE, None, None, None, 0.0, "Infeasible")

    monkeypatch.setattr(Session, "again", no)
    with LivingModel.from_learned(taught()) as living:
        answer = living.answer(NUMBERS["a cap"](base()))
    assert answer.how is How.ANEW
    assert objective(answer.plan) == objective(from_nothing("a cap"))


def test_a_patched_answer_that_was_stopped_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = Session.again

    def stopped(self: Session, *given: Any) -> SolveReply:
        reply = honest(self, *given)
        assert reply.bound is not None
        return replace(reply, status=SolveStatus.INTERRUPTED, bound=0.9 * reply.bound)

    monkeypatch.setattr(Session, "again", stopped)
    with LivingModel.from_learned(taught()) as living:
        plan = living.answer(NUMBERS["a cap"](base())).plan
    assert plan.stop_reason is StopReason.STOPPED_BY_USER
    assert plan.gap == pytest.approx(0.1, abs=1e-3)


def test_conditions_stay_while_numbers_change() -> None:
    unused = Condition("res-b", Measured.ORDER, at_most=0.0)
    with LivingModel((unused,)) as living:
        for what in ("nothing", "a price on demand", "all demand"):
            scenario = NUMBERS[what](base())
            plan = living.answer(scenario).plan
            without = tuple(row for row in scenario.contracts if row.contract != "res-b")
            anew = planned(scenario.model_copy(update={"contracts": without}))
            assert plan.incumbent_usd == pytest.approx(anew.incumbent_usd, abs=EXACT_USD)


@pytest.mark.parametrize("offer", ["res-a", "res-b"])
def test_a_model_that_may_use_an_offer_teaches_those_that_must_and_must_not(offer: str) -> None:
    """Their bounds and plans are those of models that were solved with the condition from nothing."""
    known = taught(Condition(offer, Measured.ORDER, at_least=0.0))
    must, must_not = Condition(offer, Measured.ORDER, at_least=1.0), Condition(offer, Measured.ORDER, at_most=0.0)
    for condition, is_used in ((must, True), (must_not, False)):
        with LivingModel.from_learned(known, (condition,)) as living, LivingModel((condition,)) as alone:
            answer, anew = living.answer(base()), alone.answer(base())
        assert (answer.how, anew.how) == (How.PATCHED, How.ANEW)
        assert (offer in {order.contract for order in answer.plan.orders}) is is_used
        assert answer.plan.incumbent_usd == pytest.approx(anew.plan.incumbent_usd, abs=EXACT_USD)


def test_a_condition_that_cannot_be_kept_is_named() -> None:
    held = with_offering(base(), "node-b", stock_nodes=0)
    with LivingModel((Condition("res-b", Measured.SPEND, at_least=0.5),)) as living, pytest.raises(ConditionsFail):
        living.answer(held)
