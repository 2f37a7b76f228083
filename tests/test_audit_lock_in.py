"""Lock-in beside the worked plans: months of a rule, slack, blocks, splits, groups that nothing belongs to."""

from decimal import Decimal
from typing import Any

import pytest

from catalog.footprint import Answer, Locality
from optimizer.audit import audit_plan
from optimizer.plan import Plan
from scenarios.policy import (
    ConcentrationCap,
    ExpiryCap,
    Grouping,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
)
from tests.audit_faults_of_green import with_catalog
from tests.audit_green_plans import a_rating, green_plan
from tests.audit_hardware_plans import hardware_plan
from tests.audit_lines import FEB, JAN, MAR
from tests.audit_lock_in_plans import an_outstanding, rights_bound_plan
from tests.audit_plans import small_plan
from tests.audit_planting import under
from tests.audit_right_plans import rights_plan
from tests.audit_split_plans import split_plan

RULES_OF_LOCK_IN = {
    *(f"policy.floor_{measure.value}" for measure in ShareMeasure),
    "policy.concentration_power",
    "policy.outstanding",
    "policy.remaining_term",
    "policy.expiries",
    "policy.sourcing",
    "inputs.groups",
    "inputs.sources",
}
TOKENS: dict[str, Any] = {"measure": ShareMeasure.TOKENS}


def rules_broken(plan: Plan) -> set[str]:
    return {finding.rule for finding in audit_plan(plan).findings}


def slack_of(plan: Plan, rule: str) -> float:
    (found,) = (row for row in audit_plan(plan).rules if row.rule == rule)
    assert found.smallest_slack is not None
    return found.smallest_slack


def test_rules_that_nobody_states_have_nothing_to_check() -> None:
    assert set(audit_plan(small_plan()).nothing_to_check) >= RULES_OF_LOCK_IN


def test_what_is_owed_below_its_cap_has_slack() -> None:
    """49,374 of 50,000."""
    plan = under(rights_plan(), outstanding=(an_outstanding("owed", "50000"),))
    assert rules_broken(plan) == set()
    assert slack_of(plan, "policy.outstanding") == pytest.approx(626 / 50000)


def test_what_is_owed_after_january_is_no_business_of_a_cap_from_february_on() -> None:
    """30,414 after February."""
    cap = an_outstanding("owed", "30414", first_month=FEB)
    assert rules_broken(under(rights_plan(), outstanding=(cap,))) == set()
    assert rules_broken(under(rights_plan(), outstanding=(cap.model_copy(update={"first_month": JAN}),))) == {
        "policy.outstanding"
    }


def test_an_order_is_owed_from_the_month_in_which_it_is_signed() -> None:
    """The block of April is signed in March; that of January is paid in January; node-b is another provider's."""
    cap = an_outstanding("owed", "0", provider="cloud-a", last_month=FEB)
    assert rules_broken(under(hardware_plan(), outstanding=(cap,))) == set()
    until_march = cap.model_copy(update={"last_month": MAR})
    assert rules_broken(under(hardware_plan(), outstanding=(until_march,))) == {"policy.outstanding"}


def test_every_provider_has_the_limit_for_itself() -> None:
    """20,000 of node-b late, 4,320 of cloud-a: never both in an outlook, and never more than 20,000 of one."""
    caps = {limit: an_outstanding("owed", limit, provider="*") for limit in ("20000", "19999")}
    assert rules_broken(under(hardware_plan(), outstanding=(caps["20000"],))) == set()
    assert rules_broken(under(hardware_plan(), outstanding=(caps["19999"],))) == {"policy.outstanding"}


@pytest.mark.parametrize(("limit_months", "broken"), [(3.0, set()), (2.99, {"policy.remaining_term"})])
def test_a_block_counts_with_all_nodes_and_owned_hardware_does_not(limit_months: float, broken: set[str]) -> None:
    """On the first of January the block that runs from the 15th to 15 March has three months left."""
    cap = RemainingTermCap(rule="term", limit_months=limit_months)
    assert rules_broken(under(hardware_plan(), remaining_terms=(cap,))) == broken


def test_a_month_without_commitments_has_no_term_and_no_expiry() -> None:
    """The second quarter begins late with owned hardware only; in the calm the block of April ends in it."""
    terms = RemainingTermCap(rule="term", limit_months=3.0)
    ends = ExpiryCap(rule="ends", cap_share=0.0, first_month=FEB)
    verdict = audit_plan(under(hardware_plan(), remaining_terms=(terms,), expiries=(ends,)))
    assert [(finding.rule, finding.place) for finding in verdict.findings] == [
        ("policy.expiries", "ends, calm, 2027 Q2")
    ]
    checks = {row.rule: row.checks for row in verdict.rules}
    assert checks["policy.remaining_term"] == 4 + 3


def test_longer_terms_than_needed_leave_slack() -> None:
    plan = under(rights_bound_plan(), remaining_terms=(RemainingTermCap(rule="term", limit_months=34 / 7),))
    assert slack_of(plan, "policy.remaining_term") == pytest.approx(0.5)


def test_a_cap_of_a_provider_that_is_not_there_is_no_limit() -> None:
    cap = ConcentrationCap(rule="cap", by=Grouping.PROVIDER, group="cloud-z", cap_share=0.0, **TOKENS)
    assert rules_broken(under(small_plan(), concentration=(cap,))) == set()


@pytest.mark.parametrize("vendor", ["vendor-a", "vendor-b"])
def test_what_a_split_serves_counts_for_both_in_caps_and_for_neither_in_floors(vendor: str) -> None:
    by: dict[str, Any] = TOKENS | {"by": Grouping.FAMILY, "group": f"gpu-{vendor[-1]}-family", "rule": "r"}
    assert rules_broken(under(split_plan(), concentration=(ConcentrationCap(cap_share=1.0, **by),))) == set()
    assert rules_broken(under(split_plan(), concentration=(ConcentrationCap(cap_share=0.99, **by),))) == {
        "policy.concentration_tokens"
    }
    assert rules_broken(under(split_plan(), share_floors=(ShareFloor(floor_share=0.01, **by),))) == {
        "policy.floor_tokens"
    }


def test_a_floor_counts_a_split_whose_offerings_are_both_in_the_group() -> None:
    floor = ShareFloor(rule="r", by=Grouping.GEOGRAPHY, group="geo-a", floor_share=1.0, **TOKENS)
    assert rules_broken(under(split_plan(), share_floors=(floor,))) == set()


def test_a_split_can_be_moved_only_if_both_of_its_offerings_can() -> None:
    """One that can is not enough, for a floor of what can be moved and for a cap of what cannot."""
    ratings = [a_rating(f"node-{x}", (0.0, 0.0, 0.0, 0.0)) for x in "ab"]
    by: dict[str, Any] = TOKENS | {"by": Grouping.PORTABILITY}
    rules = {
        "concentration": (ConcentrationCap(rule="fixed", group="not_portable", cap_share=0.0, **by),),
        "share_floors": (ShareFloor(rule="moves", group="portable", floor_share=1.0, **by),),
    }
    both = under(with_catalog(split_plan(), sovereignty=tuple(ratings)), **rules)
    assert rules_broken(both) == {"footprint.index"}, "where there are ratings the plan says its index"
    one = under(with_catalog(split_plan(), sovereignty=(ratings[0],)), **rules)
    assert rules_broken(one) >= {"policy.concentration_tokens", "policy.floor_tokens"}


def test_edge_and_own_site_together_are_local() -> None:
    """Prefill on an edge, decode on an own site: neither has all of it, local has."""
    node_a, node_b = split_plan().scenario.catalog.offerings
    placed = (
        node_a.model_copy(update={"locality": Locality.EDGE}),
        node_b.model_copy(update={"locality": Locality.OWN_SITE}),
    )
    plan = with_catalog(split_plan(), offerings=placed)
    floors = {
        group: ShareFloor(rule="r", by=Grouping.LOCALITY, group=group, floor_share=1.0, **TOKENS)
        for group in ("local", "edge", "own_site")
    }
    found = {group: rules_broken(under(plan, share_floors=(floor,))) for group, floor in floors.items()}
    assert found == {"local": set(), "edge": {"policy.floor_tokens"}, "own_site": {"policy.floor_tokens"}}


def test_every_locality_means_local_not_as_a_fourth() -> None:
    """Each may draw 20 kW: own sites and local together are one."""
    assert rules_broken(green_plan()) == set()
    places = [row.rule for row in audit_plan(green_plan()).rules if row.rule == "policy.power"]
    assert places == ["policy.power"]
    cap = ConcentrationCap(
        rule="r", measure=ShareMeasure.CAPACITY, by=Grouping.LOCALITY, cap_share=0.6, first_month=FEB, last_month=FEB
    )
    checks = {row.rule: row.checks for row in audit_plan(under(green_plan(), concentration=(cap,))).rules}
    assert checks["policy.concentration_capacity"] == 4, "cloud and own_site in two outlooks"


def test_of_a_split_the_provider_that_decodes_is_the_source() -> None:
    one = SourcingRule(rule="one", workload="chat", providers_at_least=1, share_at_least=1.0)
    two = SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=0.1)
    assert rules_broken(under(split_plan(), sourcing=(one,))) == set()
    assert rules_broken(under(split_plan(), sourcing=(two,))) == {"policy.sourcing"}


def test_what_is_not_known_cannot_be_moved() -> None:
    """Of a plan without ratings all tokens count as fixed."""
    by: dict[str, Any] = TOKENS | {"by": Grouping.PORTABILITY, "group": "not_portable"}
    assert rules_broken(under(small_plan(), share_floors=(ShareFloor(rule="r", floor_share=1.0, **by),))) == set()
    rated = with_catalog(small_plan(), sovereignty=(a_rating("node-a", (0.0,) * 4, portable_in_24_hours=Answer.NO),))
    assert "policy.floor_tokens" not in rules_broken(
        under(rated, share_floors=(ShareFloor(rule="r", floor_share=1.0, **by),))
    )


def test_a_limit_of_nothing_is_kept_where_nothing_is_owed() -> None:
    """After February, when the reserved node of the small plan is paid."""
    cap = an_outstanding("owed", "0", first_month=FEB)
    assert rules_broken(under(small_plan(), outstanding=(cap,))) == set()
    assert cap.limit_usd == Decimal(0)
