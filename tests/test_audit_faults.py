"""Every rule of the audit is broken on purpose, and found under its own name."""

from decimal import Decimal
from functools import cache

import pytest

from optimizer.audit import audit_plan
from optimizer.audit.rules import RULES
from optimizer.plan import Plan, Pool
from tests import audit_faults_of_money, audit_faults_of_supply
from tests.audit_plans import rich_plan, small_plan, usd
from tests.audit_planting import FAULTS, Fault, swap, total

PLANTED_IN = (audit_faults_of_supply, audit_faults_of_money)
"""Importing them registers their faults."""


@cache
def plan_without_faults() -> Plan:
    return rich_plan()


def broken_rules(plan: Plan) -> set[str]:
    verdict = audit_plan(plan)
    assert (verdict.verdict == "PASS") == (not verdict.findings)
    return {finding.rule for finding in verdict.findings}


@pytest.mark.parametrize(("rule", "plant"), [pytest.param(r, p, id=n) for r, n, p in FAULTS])
def test_a_planted_fault_is_found_by_its_rule(rule: str, plant: Fault) -> None:
    assert rule in broken_rules(plant(plan_without_faults()))


def test_every_rule_has_a_fault_that_it_finds() -> None:
    assert {rule for rule, _, _ in FAULTS} == set(RULES)


def test_the_plan_without_faults_passes_every_rule() -> None:
    verdict = audit_plan(plan_without_faults())
    assert verdict.verdict == "PASS"
    assert verdict.nothing_to_check == ()


def test_a_finding_says_what_was_compared_and_by_how_much() -> None:
    (finding,) = audit_plan(total(small_plan(), cash_usd=usd("9912.01"))).findings
    assert (finding.rule, finding.operator, finding.unit) == ("totals.cash", "=", "usd")
    assert Decimal(finding.left) == Decimal("9912.01")
    assert Decimal(finding.excess) == Decimal("0.01")


def test_spot_pool_is_not_the_base_pool() -> None:
    moved = swap(plan_without_faults(), "placements", 3, offering="node-a", pool=Pool.SPOT, nodes=1.5)
    assert "capacity.spot" in broken_rules(moved)


def test_a_finding_on_every_line_is_told_by_its_first_cases_and_a_count() -> None:
    plan = small_plan()
    row = plan.placements[0]
    rows = tuple(row.model_copy(update={"offering": f"ghost-{i}"}) for i in range(120))
    verdict = audit_plan(plan.model_copy(update={"placements": rows}))
    told = [finding for finding in verdict.findings if finding.rule == "records.ids"]
    assert len(told) == 51
    assert told[-1].excess == "70"
