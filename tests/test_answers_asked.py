"""Audit answers that a workload asks for: what has not answered with yes may not serve it, now or after any event."""

import pytest

from catalog.book import Catalog
from catalog.footprint import Answer, AuditQuestion, RatedScope
from catalog.serving import RefusalReason
from optimizer.api_refusal_words import api_words
from optimizer.eligibility import eligibility
from optimizer.faults import Impossible
from optimizer.plan_contracts import ApiReason
from optimizer.problem import state
from scenarios.policy import AuditMinimum
from scenarios.scenario import Scenario
from tests.builders import a_contingency, a_policy, a_rating, an_api_offer
from tests.footprint_cases import known_clouds, nodes_used, two_priced
from tests.proving import planned, with_policy
from tests.split_cases import a_split_fleet

PORTABLE = AuditQuestion.PORTABLE_IN_24_HOURS
OPEN = {"instruction_set_autonomy": Answer.YES, "firmware_integrity": Answer.YES, "portable_in_24_hours": Answer.YES}


def asks(rule: str = "asked", **fields: object) -> AuditMinimum:
    return AuditMinimum.model_validate({"rule": rule, **fields})


def answered(**of_b: Answer) -> Catalog:
    """node-a has answered nothing, node-b what is stated."""
    return known_clouds(sovereignty=(a_rating("node-a"), a_rating("node-b", **of_b)))


def fleet(*rules: AuditMinimum, **of_b: Answer) -> Scenario:
    return two_priced(catalog=answered(**of_b), policy=a_policy(audit_answers=rules))


def refused(scenario: Scenario) -> dict[str, tuple[RefusalReason, str]]:
    return {row.offering: (row.reason, row.text) for row in eligibility(scenario).refusals}


def test_a_required_question_keeps_out_what_has_not_answered_it() -> None:
    """node-a would be cheaper; what is not known counts as no."""
    scenario = fleet(asks(required=(PORTABLE,)), **OPEN)
    text = "asked: portable_in_24_hours of node-a is answered unknown, not yes"
    assert refused(scenario) == {"node-a": (RefusalReason.AUDIT_ANSWERS, text)}
    assert nodes_used(planned(scenario), "node-b") == [2.0, 2.0]


def test_a_number_of_answers_is_counted_and_what_is_missing_is_named() -> None:
    scenario = fleet(asks(yes_at_least=4), **OPEN)
    _, text = refused(scenario)["node-b"]
    assert text == (
        "asked: node-b has 3 of five answers yes, fewer than 4 "
        "(supply_chain_transparency unknown, energy_agnosticism unknown)"
    )
    assert list(refused(fleet(asks(yes_at_least=3), **OPEN))) == ["node-a"]


def test_a_no_is_told_from_what_is_not_known() -> None:
    scenario = fleet(asks(required=(PORTABLE,)), portable_in_24_hours=Answer.NO)
    assert "is answered no, not yes" in refused(scenario)["node-b"][1]


def test_a_rule_of_another_workload_says_nothing_and_the_first_that_fails_speaks() -> None:
    assert refused(fleet(asks(workload="batch", yes_at_least=5))) == {}
    two = fleet(asks("z-first", workload="chat", yes_at_least=5), asks("a-second", required=(PORTABLE,)))
    assert refused(two)["node-a"][1].startswith("z-first:")


def test_an_offering_without_a_rating_answers_with_that_of_its_accelerator() -> None:
    """As a whole: node-b's own rating has no answers, and those of its chip are not mixed in."""
    of_chip = a_rating("gpu-b", scope=RatedScope.ACCELERATOR, **OPEN)
    rules = a_policy(audit_answers=(asks(required=(PORTABLE,)),))
    by_chip = two_priced(catalog=known_clouds(sovereignty=(of_chip,)), policy=rules)
    assert list(refused(by_chip)) == ["node-a"]
    own = two_priced(catalog=known_clouds(sovereignty=(of_chip, a_rating("node-b"))), policy=rules)
    assert list(refused(own)) == ["node-a", "node-b"]


def test_stretched_limits_of_an_event_do_not_stretch_answers() -> None:
    """cloud-b is lost, and what is left may not serve: no floor can be held."""
    scenario = fleet(asks(required=(PORTABLE,)), **OPEN)
    event = a_contingency(name="cloud-b", floor_share=0.1, ttft_factor=3.0)
    after = eligibility(with_policy(scenario, contingencies=(event,))).servings_after("lose-cloud-a")
    assert {offering for _, _, offering in after} == {"node-b"}
    with pytest.raises(Impossible):
        planned(with_policy(scenario, contingencies=(event,)))


@pytest.mark.parametrize(
    ("answer", "rule", "text"),
    [
        (Answer.YES, asks(required=(PORTABLE,)), None),
        (Answer.YES, asks(yes_at_least=1), None),
        (Answer.UNKNOWN, asks(required=(PORTABLE,)), "portable_in_24_hours of api-a is answered unknown, not yes"),
        (Answer.NO, asks(yes_at_least=1), "api-a has 0 of five answers yes, fewer than 1"),
        (Answer.YES, asks(yes_at_least=2), "api-a has 1 of five answers yes, fewer than 2"),
        (Answer.YES, asks(required=(AuditQuestion.FIRMWARE_INTEGRITY,)), "firmware_integrity of api-a is answered"),
    ],
)
def test_of_an_api_offer_one_answer_is_known(answer: Answer, rule: AuditMinimum, text: str | None) -> None:
    """Tokens cost 7.20 USD an hour of a node that costs 10: what may serve by the token does."""
    api = an_api_offer(portable_in_24_hours=answer)
    scenario = with_policy(
        two_priced(api_offers=(api,), catalog=answered(**dict.fromkeys(AuditQuestion, Answer.YES))),
        audit_answers=(rule,),
    )
    offers = state(scenario).token_offers
    assert bool(planned(scenario).api_placements) is (text is None)
    if text is None:
        assert (offers.refusals, list(offers.apis_of.values())) == ((), [("api-a",)])
        return
    (refusal,) = offers.refusals
    assert refusal.reason is ApiReason.AUDIT_ANSWERS
    assert text in api_words(scenario, refusal)
    assert list(offers.apis_of.values()) == [()]


def test_both_roles_of_a_split_must_have_answered() -> None:
    """The offering that reads has, the one that writes has not: the split is refused, in no role."""
    split = a_split_fleet()
    catalog = split.catalog.model_copy(update={"sovereignty": (a_rating("node-a", **OPEN), a_rating("node-b"))})
    scenario = with_policy(split.model_copy(update={"catalog": catalog}), audit_answers=(asks(required=(PORTABLE,)),))
    (refusal,) = state(scenario).splits.refusals
    assert (refusal.reason, refusal.role) == (RefusalReason.AUDIT_ANSWERS, None)
    assert "of node-b is answered unknown" in refusal.text
    whole = split.catalog.model_copy(update={"sovereignty": (a_rating("node-a", **OPEN), a_rating("node-b", **OPEN))})
    assert state(scenario.model_copy(update={"catalog": whole})).splits.refusals == ()
