"""Numbers to negotiate with, against prices that are worked out by hand (decision 0024)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path

import pytest

from optimizer.living.conditions import Condition, Measured
from optimizer.living.kept import keeps, spend_share, token_share, use_of
from optimizer.living.living import LivingModel
from optimizer.negotiating.asking import Budget
from optimizer.negotiating.bracketing import Ended
from optimizer.negotiating.negotiation import negotiate
from optimizer.negotiating.offers import CannotNegotiate
from optimizer.negotiating.proofs import Sign
from optimizer.negotiating.records import Bracket, Negotiation
from optimizer.negotiating.wanted import ShareAsked, Wanted
from scenarios.changes import Change
from scenarios.inputs import Inputs, parse_set
from scenarios.scenario import Scenario
from tests.negotiating_folder import HOURS, NORTH_ON_DEMAND, SOUTH_IS_LOST, SOUTH_ON_DEMAND, by_hand, south_reserved

PRICE_ALONE = Wanted(with_clauses=False, with_haircut=False)
USED = Condition("south-reserved", Measured.ORDER, at_least=1.0)
UNUSED = Condition("south-reserved", Measured.ORDER, at_most=0.0)
SOUTH_PRICE = "contracts.south-reserved.price_usd_per_node_hour"


def loading(inputs: Inputs) -> Callable[[Sequence[Change]], Scenario]:
    return lambda changes: inputs.load(changes).scenario


def asked(inputs: Inputs, offer: str = "south-reserved", wanted: Wanted = PRICE_ALONE) -> Negotiation:
    return negotiate(loading(inputs), offer, wanted)


def bracket(found: Negotiation, question: str = "enters") -> Bracket:
    return next(each for each in found.brackets if each.question == question)


def ends(found: Bracket) -> tuple[Decimal, Decimal]:
    assert found.proven_in is not None
    assert found.proven_out is not None
    return found.proven_in.value, found.proven_out.value


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Negotiation:
    """One and a half nodes all day; all that can be asked of reserved nodes that are offered at 60 USD."""
    inputs = by_hand(tmp_path_factory.mktemp("all"), NORTH_ON_DEMAND, south_reserved("60"))
    return asked(inputs, wanted=Wanted())


def test_a_reserved_node_that_is_always_busy_enters_at_the_price_on_demand(everything: Negotiation) -> None:
    """The first node is busy in every hour: it is worth what it saves on demand, 40 USD an hour."""
    found = bracket(everything)
    inside, outside = ends(found)
    assert inside < 40 < outside
    assert outside - inside <= found.tolerance == Decimal("0.6")
    assert found.asked_sign is Sign.OUT


@pytest.mark.long
def test_a_share_is_taken_up_to_the_price_at_which_less_is_ordered(tmp_path: Path) -> None:
    """The first node carries two thirds, the second the last third, half busy: it is worth 20 USD an hour.

    Of spend, one node at p beside half a node on demand is p / (p + 20): at most two thirds. Two nodes are all of it.
    """
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60"))
    shares = ShareAsked(Decimal("0.9"), "chat"), ShareAsked(Decimal("0.75"))
    found = asked(inputs, wanted=Wanted(shares, with_clauses=False, with_haircut=False))
    for question in ("tokens-chat-90", "spend-75"):
        low, high = ends(bracket(found, question))
        assert low < 20 < high


def test_every_number_names_the_solves_it_rests_on(everything: Negotiation) -> None:
    by_number = {solve.number: solve for solve in everything.solves}
    assert list(by_number) == list(range(1, len(everything.solves) + 1))
    for each in everything.brackets:
        for trial in each.trials:
            with_it, without = by_number[trial.with_solve].proven, by_number[trial.without_solve].proven
            if trial.sign is Sign.IN:
                assert with_it.at_most_usd < without.at_least_usd
            if trial.sign is Sign.OUT:
                assert with_it.at_least_usd > without.at_most_usd
    for clause in everything.clauses:
        better, worse = by_number[clause.with_solve], by_number[clause.without_solve]
        assert clause.usd == pytest.approx((worse.incumbent_usd or 0) - (better.incumbent_usd or 0))
    assert everything.is_whole
    assert Negotiation.model_validate_json(everything.model_dump_json()) == everything


def test_clauses_of_an_offer_that_is_out_are_valued_at_the_price_at_which_it_enters(everything: Negotiation) -> None:
    assert everything.clauses_at == ends(bracket(everything))[0]
    assert {row.said for row in everything.not_asked} == {
        "swap",
        "price cap of the renewal",
        "ramp",
        "lower minimum order",
    }


def test_a_price_on_demand_counts_in_emergencies_whether_it_is_used_or_not(tmp_path: Path) -> None:
    """North stands ready for the loss of south either way, at its own price: it is used only below that of south."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, SOUTH_ON_DEMAND, nodes=(1, 1, 1), more_policy=SOUTH_IS_LOST)
    inside, outside = ends(bracket(asked(inputs, "north-on-demand")))
    assert inside < 30 < outside


@pytest.mark.long
def test_a_minimum_order_lowers_the_price_and_both_ends_hold_when_solved_from_nothing(tmp_path: Path) -> None:
    """Two nodes for a load of one and a half save 1.5 x 40 USD an hour: 30 USD for each of the two."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60", minimum="2"))
    inside, outside = ends(bracket(asked(inputs)))
    assert inside < 30 < outside

    with LivingModel((UNUSED,)) as model:
        without = model.answer(inputs.load().scenario).plan
    for price, is_in in ((inside, True), (outside, False)):
        with LivingModel((USED,)) as model:
            plan = model.answer(inputs.load([parse_set(f"{SOUTH_PRICE}={price}")]).scenario).plan
        if is_in:
            assert plan.incumbent_usd < without.bound_usd
        else:
            assert plan.bound_usd > without.incumbent_usd


@pytest.mark.long
def test_a_term_that_outlasts_the_horizon_lowers_the_price(tmp_path: Path) -> None:
    """Six months (4,344 hours) are paid in full, and three (2,160 hours) save 40 USD an hour: 40 x 2,160 / 4,344."""
    inside, outside = ends(bracket(asked(by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60", term=6)))))
    assert inside < Decimal(40 * HOURS) / 4344 < outside


def test_the_haircut_at_which_a_claimed_goodput_stops_paying(tmp_path: Path) -> None:
    """South takes 0.25 / (1 - h) node-seconds for an answer, north 0.3125 at 40 USD.

    At 30 USD they are even at h = 0.4. At the policy's 0.2 they are even at 40 USD: up to there it stays in the plan.
    """
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, SOUTH_ON_DEMAND)
    found = asked(inputs, "south-on-demand", Wanted(with_clauses=False))

    haircut = bracket(found, "haircut")
    assert (haircut.asked_value, haircut.asked_sign) == (Decimal("0.2"), Sign.IN)
    low, high = ends(haircut)
    assert low < Decimal("0.4") < high
    assert high - low <= Decimal("0.01")
    assert bracket(found).asked_sign is Sign.IN
    low, high = ends(bracket(found))
    assert low < 40 < high


def test_the_worth_of_a_clause_is_the_difference_of_two_plans(tmp_path: Path) -> None:
    """Nothing is asked in March. At 18 USD two nodes are ordered all the same: 2 x 18 x 2,160 = 77,760 USD.

    With half the minimum it is one, and half a node on demand in 1,416 hours: 38,880 + 28,320, which is 10,560 less.
    With a term of one month it is two in January and in February: 744 hours less. Left after one month, with 90 days'
    notice, it would serve to its end all the same.
    """
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("18", minimum="2"), nodes=(1.5, 1.5, 0))
    found = asked(inputs, wanted=Wanted(with_haircut=False))
    worth = {clause.clause: clause for clause in found.clauses}

    assert found.clauses_at == 18
    for clause, usd in {"lower minimum order": 10_560, "termination": 0, "shorter term": 744 * 2 * 18}.items():
        assert worth[clause].usd == pytest.approx(usd, abs=0.02)
        assert worth[clause].verdict == ("worth something" if usd else "worth nothing")


@pytest.mark.long
def test_when_time_is_up_the_best_bracket_so_far_stands(tmp_path: Path) -> None:
    """The clock is a minute later whenever somebody looks: there is time for a few solves only."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60"))
    minutes = count()
    budget = Budget(3000.0, clock=lambda: 60.0 * next(minutes))
    found = negotiate(loading(inputs), "south-reserved", Wanted(), budget=budget)

    entry = bracket(found)
    assert entry.ended is Ended.stopped
    assert entry.proven_out is not None
    assert entry.proven_out.value == 60
    assert not found.is_whole
    assert found.ended == "time"


def test_clauses_keep_the_price_they_were_valued_at_when_the_bracket_narrows_later(tmp_path: Path) -> None:
    """Time for the price is over as the third one is asked; what is left when clauses are valued goes on with it."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60", minimum="2"))
    now, prices = [0.0], set[Decimal]()

    def load(changes: Sequence[Change]) -> Scenario:
        scenario = inputs.load(changes).scenario
        prices.update(terms.price_usd_per_node_hour for terms in scenario.reserved)
        if len(prices) == 3 and not now[0]:
            now[0] = 500.0
        return scenario

    budget = Budget(1000.0, clock=lambda: now[0])
    found = negotiate(load, "south-reserved", Wanted(with_haircut=False), budget=budget)
    entry = bracket(found)
    assert entry.ended is Ended.narrow
    assert ends(entry)[0] > found.clauses_at
    valued_at = {solve.changes for solve in found.solves if solve.question == "as-offered"}
    assert valued_at == {(f"{SOUTH_PRICE}=={found.clauses_at}",)}


def test_when_the_user_stops_it_what_is_known_stands(tmp_path: Path) -> None:
    """Ctrl-C comes while the third price is read."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved("60"))
    prices: list[Decimal] = []

    def load(changes: Sequence[Change]) -> Scenario:
        scenario = inputs.load(changes).scenario
        price = next(terms.price_usd_per_node_hour for terms in scenario.reserved)
        prices.append(price)
        if len({*prices}) == 3:
            raise KeyboardInterrupt
        return scenario

    found = negotiate(load, "south-reserved", Wanted())
    assert found.ended == "stopped by user"
    inside, outside = ends(bracket(found))
    assert inside < 40 < outside == 60
    assert bracket(found, "haircut").ended is Ended.stopped
    assert {clause.reason for clause in found.clauses} == {"there was no time left for it"}


@pytest.mark.parametrize(
    ("offer", "says"),
    [("south-reservd", 'did you mean "south-reserved"'), ("nonsense", "choose one of"), ("", "choose one of")],
)
def test_a_wrong_offer_is_named_with_the_nearest(tmp_path: Path, offer: str, says: str) -> None:
    with pytest.raises(CannotNegotiate, match=says):
        asked(by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved()), offer)


def test_a_wrong_workload_is_named_with_the_nearest(tmp_path: Path) -> None:
    wanted = Wanted((ShareAsked(Decimal("0.5"), "chats"),))
    with pytest.raises(CannotNegotiate, match='did you mean "chat"'):
        asked(by_hand(tmp_path, NORTH_ON_DEMAND, south_reserved()), wanted=wanted)


def test_the_row_of_a_condition_means_what_the_plan_says(tmp_path: Path) -> None:
    """A share that is asked for is the share of the published plan, by its own cost lines and placements."""
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, SOUTH_ON_DEMAND)
    scenario = inputs.load().scenario
    for condition in (
        Condition("north-on-demand", Measured.SPEND, at_least=0.3),
        Condition("south-on-demand", Measured.TOKENS, "chat", at_most=0.3),
    ):
        with LivingModel((condition,)) as model:
            plan = model.answer(scenario).plan
        share = (
            spend_share(plan, condition.contract)
            if condition.measured is Measured.SPEND
            else token_share(plan, condition.contract, "chat")
        )
        assert share == pytest.approx(0.3, abs=1e-5)
        assert keeps(plan, condition)
    assert use_of(plan, "north-on-demand").node_hours == pytest.approx(0.7 * 1.5 * HOURS, rel=1e-5)
