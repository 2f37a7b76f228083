"""What can be asked of each kind of offer: the price that is moved, the clauses it can carry, the haircut alone."""

from decimal import Decimal
from math import isclose
from pathlib import Path

import pytest

from optimizer.eligibility import eligibility
from optimizer.negotiating.clauses import Clause, clauses_of
from optimizer.negotiating.haircuts import haircut_of
from optimizer.negotiating.least_use import least_use
from optimizer.negotiating.offers import CannotNegotiate, Dial, Offer, offer_of, price_of
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario
from scenarios.starting import EXAMPLES
from tests.builders import (
    a_capacity_block,
    a_credit,
    a_held,
    a_reserved,
    a_site,
    a_take_or_pay,
    a_volume,
    an_on_demand,
    an_owned,
)
from tests.every_kind import every_kind
from tests.negotiating_folder import HOURS, NORTH_ON_DEMAND, SOUTH_ON_DEMAND, by_hand

ONE_PERCENT = Decimal("0.01")


def all_and_more() -> Scenario:
    """With a minimum in dollars, hardware, and what is no offer: a credit, a held contract."""
    contracts = (
        an_on_demand(),
        a_reserved(),
        a_take_or_pay(minimum_node_hours_per_month=None, minimum_usd_per_month=Decimal(744)),
        a_capacity_block(),
        an_owned(),
        a_volume(),
    )
    return every_kind(contracts=contracts, sites=(a_site(),), credits=(a_credit(),), held_contracts=(a_held(),))


def dial(offer: str) -> Dial:
    scenario = all_and_more()
    return price_of(scenario, offer_of(scenario, offer), ONE_PERCENT)


@pytest.mark.parametrize(
    ("offer", "unit", "lowest", "why"),
    [
        ("res-a", "USD per node-hour", "0", "nothing forbids a gift"),
        ("od-a", "USD per node-hour", "7", "a spend commitment covers it at 7 USD: its own price may not be lower"),
        ("top-a", "USD per node-hour", "1", "744 USD a month are more than 744 hours of a node below it"),
        ("block-a", "USD per node-hour", "0", ""),
        ("own-a", "USD per node", "2000", "what is left after its life may not be worth more than the purchase"),
        ("units-a", "USD per unit-hour", "0", ""),
        ("vol-a", "times its prices", "0.001", "both tiers move together"),
        ("api-a", "times its prices", "0.001", "input, cached input and output move together"),
        ("plan-a", "times its prices", "0.001", "all rates move together"),
    ],
)
def test_each_kind_has_its_price(offer: str, unit: str, lowest: str, why: str) -> None:
    price = dial(offer)
    assert (price.unit, price.lowest) == (unit, Decimal(lowest)), why
    assert price.lowest < price.asked < price.highest
    assert price.changes(price.asked) == ()
    assert all(change.path.split(".")[1].startswith(offer) for change in price.changes(price.highest))


def test_the_rates_of_a_commitment_are_not_moved_above_what_they_cover() -> None:
    """7 USD for what costs 10 on demand: at most 1.428 times."""
    assert dial("plan-a").highest == Decimal("1.428")


@pytest.mark.parametrize(
    ("offer", "says"), [("held-a", "held already"), ("edp", "agreement_tiers"), ("grant", "it has no price")]
)
def test_what_has_no_price_is_refused_with_what_can_be_asked(offer: str, says: str) -> None:
    with pytest.raises(CannotNegotiate, match=says):
        offer_of(all_and_more(), offer)


def clauses(offer: str) -> dict[str, bool]:
    scenario = all_and_more()
    return {each.name: isinstance(each, Clause) for each in clauses_of(scenario, offer_of(scenario, offer))}


def test_every_clause_of_the_note_is_asked_or_named_with_a_reason() -> None:
    named = {"termination", "swap", "renewal", "price cap of the renewal", "ramp", "shorter term", "later payment"}
    for offer in ("res-a", "top-a"):
        assert named <= {*clauses(offer)}
    assert clauses("top-a")["ramp"]
    assert clauses("top-a")["lower minimum"]
    assert not clauses("top-a")["termination"]
    assert not clauses("res-a")["ramp"]
    assert not clauses("block-a")["later payment"]
    assert clauses("plan-a")["shorter term"]


def test_what_counts_as_used_can_be_told_from_nothing(tmp_path: Path) -> None:
    """South is busy with 1.5 nodes in 2,160 hours if it serves all: a hundredth of it. What is ordered: one order."""
    scenario = by_hand(tmp_path, NORTH_ON_DEMAND, SOUTH_ON_DEMAND).load().scenario
    assert isclose(least_use(scenario, offer_of(scenario, "south-on-demand")), 0.01 * 1.5 * HOURS)
    assert least_use(all_and_more(), offer_of(all_and_more(), "res-a")) == 1.0


def node_seconds(scenario: Scenario) -> dict[tuple[str, str, str], float]:
    return {key: serving.node_seconds_per_attempt for key, serving in eligibility(scenario).servings.items()}


def moves_alone(inputs: Inputs, offer: Offer, value: Decimal) -> bool:
    """Whether a haircut makes what is on the offer's accelerator so much slower, and nothing else."""
    scenario = inputs.load().scenario
    haircut = haircut_of(scenario, offer)
    before, after = node_seconds(scenario), node_seconds(inputs.load(haircut.changes(value)).scenario)
    slower = float((1 - haircut.now) / (1 - value))
    chip = {row.offering: row.accelerator for row in scenario.catalog.offerings}
    return before.keys() == after.keys() and all(
        isclose(after[key], before[key] * (slower if chip[key[2]] == haircut.accelerator else 1.0), rel_tol=1e-9)
        for key in before
    )


def test_a_haircut_moves_the_goodput_of_one_accelerator_alone(tmp_path: Path) -> None:
    inputs = by_hand(tmp_path, NORTH_ON_DEMAND, SOUTH_ON_DEMAND)
    offer = offer_of(inputs.load().scenario, "south-on-demand")
    assert haircut_of(inputs.load().scenario, offer).now == Decimal("0.2")
    assert moves_alone(inputs, offer, Decimal("0.5"))


@pytest.mark.long
def test_every_kind_of_offer_of_the_procurement_example_can_be_asked() -> None:
    """Prices at both ends, every clause and a haircut give inputs that are accepted; one offer of each shape."""
    inputs = Inputs.read(EXAMPLES / "procurement")
    scenario = inputs.load().scenario
    names = [row.contract for row in scenario.contracts]
    names += [row.contract for row in scenario.spend_commitments]
    names += [row.contract for row in scenario.provisioned]
    names += [row.api for row in scenario.api_offers]
    told: set[tuple[str, ...]] = set()
    for offer in (offer_of(scenario, name) for name in names):
        price = price_of(scenario, offer, ONE_PERCENT)
        asked = [each for each in clauses_of(scenario, offer) if isinstance(each, Clause)]
        shape = (offer.kind, price.unit, *(clause.name for clause in asked))
        if shape in told:
            continue
        told.add(shape)
        for value in (price.lowest, price.highest):
            inputs.load(price.changes(value))
        for clause in asked:
            assert clause.better or clause.worse
            inputs.load((*clause.better, *clause.worse))
        if offer.offering is not None and ("haircut", offer.offering) not in told:
            told.add(("haircut", offer.offering))
            assert moves_alone(inputs, offer, Decimal("0.5"))
    assert len({kind for kind, *_ in told}) >= 9
