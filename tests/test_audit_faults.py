"""Every rule of the audit is broken on purpose, and found under its own name."""

from decimal import Decimal
from functools import cache

import pytest

from optimizer.audit import audit_plan
from optimizer.audit.rules import RULES
from optimizer.plan import Plan, Pool
from tests import (
    audit_faults_of_changes,
    audit_faults_of_clauses,
    audit_faults_of_commitments,
    audit_faults_of_events,
    audit_faults_of_forecasts,
    audit_faults_of_green,
    audit_faults_of_hardware,
    audit_faults_of_headroom,
    audit_faults_of_knowing,
    audit_faults_of_lock_in,
    audit_faults_of_migrations,
    audit_faults_of_money,
    audit_faults_of_outlooks,
    audit_faults_of_providers,
    audit_faults_of_rights,
    audit_faults_of_sensitivity,
    audit_faults_of_spending,
    audit_faults_of_splits,
    audit_faults_of_supply,
    audit_faults_of_tokens,
    audit_faults_of_unit_cost,
    audit_faults_of_why,
)
from tests.audit_change_plans import changes_plan
from tests.audit_clause_plans import clauses_plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_delivery_plans import deliveries_plan
from tests.audit_event_plans import events_plan
from tests.audit_forecast_plans import forecast_plan
from tests.audit_green_plans import green_plan
from tests.audit_hardware_plans import hardware_plan
from tests.audit_headroom_plans import headroom_plan
from tests.audit_lines import usd
from tests.audit_lock_in_plans import minimums_bound_plan, rights_bound_plan, spending_bound_plan, tokens_shared_plan
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_plans import rich_plan, small_plan
from tests.audit_planting import FAULTS, Planted, Source, swap, total
from tests.audit_provider_plans import providers_plan
from tests.audit_right_plans import rights_plan
from tests.audit_sensitivity_plans import sensitivity_plan
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_split_plans import split_plan
from tests.audit_token_plans import tokens_plan
from tests.audit_unit_cost_plans import SPLIT_PLANS
from tests.audit_why_plans import insured_plan, why_plan

PLANTED_IN = (
    audit_faults_of_supply,
    audit_faults_of_money,
    audit_faults_of_commitments,
    audit_faults_of_forecasts,
    audit_faults_of_migrations,
    audit_faults_of_outlooks,
    audit_faults_of_knowing,
    audit_faults_of_spending,
    audit_faults_of_clauses,
    audit_faults_of_providers,
    audit_faults_of_tokens,
    audit_faults_of_splits,
    audit_faults_of_unit_cost,
    audit_faults_of_rights,
    audit_faults_of_hardware,
    audit_faults_of_headroom,
    audit_faults_of_sensitivity,
    audit_faults_of_events,
    audit_faults_of_changes,
    audit_faults_of_why,
    audit_faults_of_lock_in,
    audit_faults_of_green,
)
"""Importing them registers their faults."""


WITHOUT_FAULTS = (
    rich_plan,
    commitments_plan,
    forecast_plan,
    outlooks_plan,
    commitments_to_spend_plan,
    providers_plan,
    tokens_plan,
    split_plan,
    clauses_plan,
    rights_plan,
    hardware_plan,
    headroom_plan,
    sensitivity_plan,
    events_plan,
    deliveries_plan,
    changes_plan,
    why_plan,
    insured_plan,
    rights_bound_plan,
    minimums_bound_plan,
    spending_bound_plan,
    tokens_shared_plan,
    green_plan,
    *SPLIT_PLANS,
)


@cache
def made(source: Source) -> Plan:
    return source()


def broken_rules(plan: Plan) -> set[str]:
    verdict = audit_plan(plan)
    assert (verdict.verdict == "PASS") == (not verdict.findings)
    return {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize("planted", [pytest.param(row, id=row.plant.__name__) for row in FAULTS])
def test_a_planted_fault_is_found_by_its_rule(planted: Planted) -> None:
    assert planted.rule in broken_rules(planted.plant(made(planted.base)))


def test_every_rule_has_a_fault_that_it_finds() -> None:
    assert {row.rule for row in FAULTS} == set(RULES)


@pytest.mark.parametrize("source", WITHOUT_FAULTS)
def test_a_plan_without_faults_passes(source: Source) -> None:
    verdict = audit_plan(made(source))
    assert verdict.findings == ()
    assert verdict.verdict == "PASS"


def test_together_the_plans_without_faults_have_a_case_for_every_rule() -> None:
    silent = [set(audit_plan(made(source)).nothing_to_check) for source in WITHOUT_FAULTS]
    assert set.intersection(*silent) == set()


def test_a_finding_says_what_was_compared_and_by_how_much() -> None:
    (finding,) = audit_plan(total(small_plan(), cash_usd=usd("9912.01"))).findings
    assert (finding.rule, finding.operator, finding.unit) == ("totals.cash", "=", "usd")
    assert Decimal(finding.left) == Decimal("9912.01")
    assert Decimal(finding.excess) == Decimal("0.01")


def test_spot_pool_is_not_the_base_pool() -> None:
    moved = swap(rich_plan(), "placements", 3, offering="node-a", pool=Pool.SPOT, nodes=1.5)
    assert "capacity.spot" in broken_rules(moved)


def test_a_finding_on_every_line_is_told_by_its_first_cases_and_a_count() -> None:
    plan = small_plan()
    row = plan.placements[0]
    rows = tuple(row.model_copy(update={"offering": f"ghost-{i}"}) for i in range(120))
    verdict = audit_plan(plan.model_copy(update={"placements": rows}))
    told = [finding for finding in verdict.findings if finding.rule == "records.ids"]
    assert len(told) == 51
    assert told[-1].excess == "70"
