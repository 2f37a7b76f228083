"""How faults are planted in a plan that has none."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.policy import Policy
from scenarios.scenario import Scenario
from tests.audit_plans import rich_plan

Fault = Callable[[Plan], Plan]
Source = Callable[[], Plan]


@dataclass(frozen=True)
class Planted:
    """A fault, the plan without faults that it is planted in, and the rule that must find it."""

    rule: str
    plant: Fault
    base: Source


FAULTS: list[Planted] = []


def fault(rule: str, base: Source = rich_plan) -> Callable[[Fault], Fault]:
    """Register a fault under the rule that must find it."""

    def register(plant: Fault) -> Fault:
        FAULTS.append(Planted(rule, plant, base))
        return plant

    return register


def swap(plan: Plan, field: str, index: int, **changes: Any) -> Plan:
    """One record of the plan changed."""
    rows = list(getattr(plan, field))
    rows[index] = rows[index].model_copy(update=changes)
    return plan.model_copy(update={field: tuple(rows)})


def without(plan: Plan, field: str, *indices: int) -> Plan:
    """The plan without some of its records."""
    rows = [row for i, row in enumerate(getattr(plan, field)) if i not in indices]
    return plan.model_copy(update={field: tuple(rows)})


def total(plan: Plan, **changes: Any) -> Plan:
    return plan.model_copy(update={"totals": plan.totals.model_copy(update=changes)})


def on(plan: Plan, **changes: Any) -> Plan:
    """The same plan on other inputs, so that the plan itself breaks a rule."""
    scenario = Scenario(**{**dict(plan.scenario), **changes})
    return plan.model_copy(update={"scenario": scenario, "fingerprint": scenario.fingerprint()})


def under(plan: Plan, **changes: Any) -> Plan:
    return on(plan, policy=Policy(**{**dict(plan.scenario.policy), **changes}))


def under_unread(plan: Plan, **changes: Any) -> Plan:
    """Under a policy that its own record would refuse."""
    scenario = plan.scenario.model_copy(update={"policy": plan.scenario.policy.model_copy(update=changes)})
    return plan.model_copy(update={"scenario": scenario, "fingerprint": scenario.fingerprint()})


def with_reserved(plan: Plan, **changes: Any) -> Plan:
    *others, reserved = plan.scenario.contracts
    return on(plan, contracts=(*others, reserved.model_copy(update=changes)))


def with_terms(plan: Plan, contract: str, **changes: Any) -> Plan:
    """The same plan under a contract with other terms."""
    rows = [row.model_copy(update=changes) if row.contract == contract else row for row in plan.scenario.contracts]
    return on(plan, contracts=tuple(rows))


def with_migration(plan: Plan, index: int = 0, **changes: Any) -> Plan:
    rows = list(plan.scenario.migrations)
    rows[index] = rows[index].model_copy(update=changes)
    return on(plan, migrations=tuple(rows))


def with_budget(plan: Plan, index: int, limit_usd: str) -> Plan:
    rows = list(plan.scenario.policy.budgets)
    rows[index] = rows[index].model_copy(update={"limit_usd": Decimal(limit_usd)})
    return under(plan, budgets=tuple(rows))


def with_effect(plan: Plan, index: int, value: float) -> Plan:
    rows = list(plan.scenario.outlook_effects)
    rows[index] = rows[index].model_copy(update={"value": value})
    return on(plan, outlook_effects=tuple(rows))


def knowing(plan: Plan, **changes: Any) -> Plan:
    """Other figures of what knowing is worth."""
    assert plan.knowing is not None
    return plan.model_copy(update={"knowing": plan.knowing.model_copy(update=changes)})


def known(plan: Plan, index: int, **changes: Any) -> Plan:
    """Other figures of one outlook."""
    assert plan.knowing is not None
    rows = list(plan.knowing.outlooks)
    rows[index] = rows[index].model_copy(update=changes)
    return knowing(plan, outlooks=tuple(rows))


def with_offering(plan: Plan, **changes: Any) -> Plan:
    first, *others = plan.scenario.catalog.offerings
    offerings = (first.model_copy(update=changes), *others)
    return on(plan, catalog=plan.scenario.catalog.model_copy(update={"offerings": offerings}))


def with_workload(plan: Plan, **changes: Any) -> Plan:
    return on(plan, workloads=(plan.scenario.workloads[0].model_copy(update=changes),))


def with_cap(plan: Plan, index: int, cap_share: float) -> Plan:
    caps = list(plan.scenario.policy.concentration)
    caps[index] = caps[index].model_copy(update={"cap_share": cap_share})
    return under(plan, concentration=tuple(caps))


def case(plan: Plan, index: int, **changes: Any) -> Plan:
    return swap(plan, "contingencies", index, **changes)


def case_placement(plan: Plan, index: int, row: int, **changes: Any) -> Plan:
    rows = list(plan.contingencies[index].placements)
    rows[row] = rows[row].model_copy(update=changes)
    return case(plan, index, placements=tuple(rows))


def line_of(plan: Plan, nature: Nature, paid: Month, source: str | None = None, outlook: str | None = None) -> int:
    return next(
        i
        for i, row in enumerate(plan.cost_lines)
        if row.nature is nature
        and row.paid_month == paid
        and source in (None, row.source)
        and outlook in (None, row.outlook)
    )
