"""Sovereignty, power and carbon beside the worked plan: what stands in, what is refused, what has no footprint."""

from decimal import localcontext
from typing import Any

import pytest

from catalog.footprint import Answer, AuditQuestion, RatedScope
from optimizer.audit import audit_plan
from optimizer.audit.drawn import Drawn
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.ratings import Ratings
from optimizer.plan import Plan
from optimizer.plan_contracts import ApiReason
from scenarios.policy import AuditMinimum, Grouping, PowerCap, SovereigntyFloor, UnknownFigures
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_faults_of_green import MOVES, with_catalog
from tests.audit_green_plans import a_rating, a_region_energy, an_accelerator_power, green_plan
from tests.audit_hardware import an_owned
from tests.audit_lines import usd
from tests.audit_plans import rich_plan, small_plan
from tests.audit_planting import on, under
from tests.audit_token_plans import tokens_plan

RULES_OF_GREEN = {
    "policy.sovereignty",
    "policy.audit_answers",
    "policy.power",
    "policy.carbon",
    "footprint.rows",
    "footprint.figures",
    "footprint.index",
    "inputs.figures",
}


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def kw_of(scenario: Scenario, offering: str = "node-a") -> float | None:
    with localcontext(MONEY):
        kw = Drawn(Inputs(scenario)).site_kw(offering)
    return None if kw is None else float(kw)


def test_rules_that_nobody_states_have_nothing_to_check() -> None:
    assert set(audit_plan(small_plan()).nothing_to_check) >= RULES_OF_GREEN


def test_a_figure_with_the_facility_has_no_cooling_on_top() -> None:
    region = (a_region_energy(pue=1.5),)
    chips = {inside: (an_accelerator_power(power_kw=2.0, includes_facility=inside),) for inside in (False, True)}
    nodes = (make.an_offering(accelerators_per_node=8),)
    found = {
        inside: kw_of(
            make.a_scenario(catalog=make.a_catalog(accelerator_power=rows, region_energy=region, offerings=nodes))
        )
        for inside, rows in chips.items()
    }
    assert found == {False: 24.0, True: 16.0}


def test_what_is_taken_for_unknown_stands_in_only_where_nothing_is_known() -> None:
    taken = make.a_policy(unknown_figures=UnknownFigures(power_kw_per_accelerator=3.0, pue=2.0))
    assert kw_of(make.a_scenario()) is None
    assert kw_of(make.a_scenario(policy=taken)) == 6.0
    known = make.a_catalog(accelerator_power=(an_accelerator_power(power_kw=1.0),))
    assert kw_of(make.a_scenario(policy=taken, catalog=known)) == 2.0
    assert kw_of(make.a_scenario(catalog=known)) is None, "nobody says how much the site takes"


def test_of_several_owned_terms_those_first_by_name_say_what_a_node_draws() -> None:
    terms = [an_owned("own-z", offering="node-a"), an_owned("own-c", offering="node-a", power_kw_per_node=4.0)]
    known = make.a_catalog(accelerator_power=(an_accelerator_power(power_kw=100.0),))
    assert kw_of(make.a_scenario(contracts=tuple(terms), catalog=known)) == 5.0


def test_an_offering_has_its_own_rating_as_a_whole() -> None:
    """Its own has no answer of the chip's, and the chip's has none of its points."""
    own = a_rating("node-a", (10.0, 0.0, 0.0, 0.0), portable_in_24_hours=Answer.UNKNOWN)
    chip = a_rating("gpu-a", (0.0, 100.0, 0.0, 0.0), scope=RatedScope.ACCELERATOR)
    for rows, index, portable in (((chip,), 25.0, True), ((chip, own), 3.0, False), ((), 0.0, False)):
        ratings = Ratings(Inputs(make.a_scenario(catalog=make.a_catalog(sovereignty=rows))))
        assert (ratings.index("node-a"), ratings.is_portable("node-a")) == (index, portable)


@pytest.mark.parametrize(("limit_mw", "broken"), [(0.055, set()), (0.0549, {"policy.power"})])
def test_running_spot_nodes_and_nodes_on_demand_draw_power(limit_mw: float, broken: set[str]) -> None:
    """On a day of January one node is held, two are reserved, half a one is on demand, two run on spot: 5.5 * 10 kW.

    Of the two chips of a kind in a node of node-b nobody asks: the limit is of chips of vendor-a.
    """
    cap = PowerCap(rule="chips", by=Grouping.FAMILY, group="gpu-a-family", limit_mw=limit_mw, last_month=make.FIRST)
    figures = UnknownFigures(power_kw_per_accelerator=10.0, pue=1.0)
    found = rules_broken(under(rich_plan(), power=(cap,), unknown_figures=figures))
    assert found - {"footprint.rows"} == broken


def test_only_the_offerings_of_a_group_need_figures() -> None:
    """Chips of node-b are not known, and not asked for."""
    chips = with_catalog(
        green_plan(),
        accelerator_power=(an_accelerator_power(),),
        accelerators=green_plan().scenario.catalog.accelerators,
    )
    assert "inputs.figures" not in rules_broken(chips), "node-b is known by its owned terms"
    no_owned = on(green_plan(), contracts=green_plan().scenario.contracts[:3])
    asked = under(
        with_catalog(no_owned, accelerator_power=(an_accelerator_power(),)),
        concentration=(),
        share_floors=(),
        carbon=(),
        carbon_price_usd_per_t=usd(0),
        power=(PowerCap(rule="chips", by=Grouping.FAMILY, group="gpu-a-family", limit_mw=1.0),),
    )
    assert "inputs.figures" not in rules_broken(asked)


def test_a_scenario_without_energy_has_no_footprint_and_one_without_ratings_no_index() -> None:
    plan = green_plan()
    index = plan.sovereignty[0].model_copy(update={"outlook": "base"})
    assert rules_broken(small_plan().model_copy(update={"sovereignty": (index,)})) == {"footprint.index"}
    row = plan.footprint[0].model_copy(update={"outlook": "base"})
    assert rules_broken(small_plan().model_copy(update={"footprint": (row,)})) == {"footprint.rows"}


def test_an_offering_of_which_no_grid_is_known_has_no_footprint() -> None:
    """A table of chips alone: energy is known, what it emits is not; nothing is due."""
    catalog = {"accelerator_power": (an_accelerator_power(includes_facility=True),)}
    assert rules_broken(with_catalog(small_plan(), **catalog)) == set()
    region = {"region_energy": (a_region_energy(),)}
    assert rules_broken(with_catalog(small_plan(), **catalog, **region)) == {"footprint.rows"}


def with_answers(plan: Plan, reason: ApiReason) -> Plan:
    """All APIs can be moved but the one that is too short for long requests; its refusals give a reason."""
    apis = tuple(
        api.model_copy(update={"portable_in_24_hours": Answer.UNKNOWN if api.api == "api-length" else Answer.YES})
        for api in plan.scenario.api_offers
    )
    rating = a_rating("gpu-a", (0.0, 0.0, 0.0, 0.0), scope=RatedScope.ACCELERATOR)
    refusals = tuple(
        row.model_copy(update={"reason": reason}) if row.api == "api-length" else row for row in plan.api_refusals
    )
    asked = under(on(with_catalog(plan, sovereignty=(rating,)), api_offers=apis), audit_answers=(MOVES,))
    return asked.model_copy(update={"api_refusals": refusals})


def test_an_api_without_its_answer_is_refused_for_that_before_its_length() -> None:
    told = rules_broken(with_answers(tokens_plan(), ApiReason.AUDIT_ANSWERS))
    assert told == {"footprint.index"}, "the plan has an index where there are ratings"
    assert "api.refusal_reason" in rules_broken(with_answers(tokens_plan(), ApiReason.LENGTH))


def test_an_api_has_one_answer_at_most() -> None:
    """A rule that asks for two refuses every API, whatever its one answer is."""
    plan = with_answers(tokens_plan(), ApiReason.AUDIT_ANSWERS)
    two = under(plan, audit_answers=(AuditMinimum(rule="two", yes_at_least=2),))
    assert {"policy.audit_answers", "api.refused", "api.allowed"} <= rules_broken(two)


@pytest.mark.parametrize(
    ("rule", "broken"),
    [
        ({"yes_at_least": 2}, set()),
        ({"yes_at_least": 3}, {"policy.audit_answers", "serving.allowed", "serving.refused", "serving.figures"}),
        ({"required": (AuditQuestion.FIRMWARE_INTEGRITY,)}, set()),
        ({"required": tuple(AuditQuestion)}, {"policy.audit_answers"}),
    ],
)
def test_answers_are_counted_and_asked_one_by_one(rule: dict[str, Any], broken: set[str]) -> None:
    plan = with_catalog(small_plan(), sovereignty=(a_rating("node-a", (0.0, 0.0, 0.0, 0.0)),))
    found = rules_broken(under(plan, audit_answers=(AuditMinimum(rule="asked", **rule),))) - {"footprint.index"}
    assert found >= broken
    assert bool(found) == bool(broken)


def test_an_index_above_its_floor_has_slack() -> None:
    """62.5 is the lowest from February on."""
    plan = under(
        green_plan(), sovereignty=(SovereigntyFloor(rule="spring", index_at_least=50.0, first_month=make.FIRST + 1),)
    )
    (row,) = (row for row in audit_plan(plan).rules if row.rule == "policy.sovereignty")
    assert row.smallest_slack == pytest.approx(0.2)
    assert rules_broken(plan) == set()
