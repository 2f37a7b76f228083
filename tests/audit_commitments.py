"""Inputs with take-or-pay, a migration and budgets."""

from typing import Any

from contracts.calendar import Month
from contracts.terms.take_or_pay import TakeOrPay
from scenarios.migrations import Migration
from scenarios.policy import (
    Budget,
    BudgetWindow,
    ConcentrationCap,
    Grouping,
    Lost,
    Policy,
    ShareMeasure,
    Spending,
    Window,
)
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests import builders as make
from tests.audit_lines import FEB, JAN, MAR, usd

APR, MAY, JUN, JUL = Month(2027, 4), Month(2027, 5), Month(2027, 6), Month(2027, 7)
ORDER = "top-a 2027-01"


def a_take_or_pay(**overrides: Any) -> TakeOrPay:
    """Lots of two nodes for six months at 5 USD; 1,000 node-hours a month in windows of two, half in the first."""
    fields: dict[str, Any] = {
        "contract": "top-a",
        "offering": "node-a",
        "price_usd_per_node_hour": usd(5),
        "term_months": 6,
        "firm": True,
        "lot_nodes": 2,
        "minimum_node_hours_per_month": usd(1000),
        "ramp_shares": (0.5,),
        "window_months": 2,
        "excess_carries_forward": True,
        "make_up_right": True,
    }
    return TakeOrPay(**(make.SOURCED | fields | overrides))


def to_stack_b(**overrides: Any) -> Migration:
    """Three months of work for 1,000 USD; then a quarter, a half, all of a size class; 100 USD a month."""
    fields: dict[str, Any] = {
        "migration": "to-b",
        "model": "model-a",
        "stack": "stack-b",
        "engineering_usd": usd(1000),
        "engineering_months": 3,
        "capitalised": True,
        "lead_months": 3,
        "ramp_shares": (0.25, 0.5),
        "upkeep_usd_per_month": usd(100),
    }
    return Migration(**(make.SOURCED | fields | overrides))


def stacks(count: int) -> dict[str, Any]:
    """node-a, node-b, node-c of clouds, chips and stacks of their own; each carries 10 requests/s."""
    letters = "abc"[:count]
    return {
        "accelerators": tuple(make.an_accelerator(f"gpu-{x}", stack=f"stack-{x}") for x in letters),
        "offerings": tuple(
            make.an_offering(f"node-{x}", provider=f"cloud-{x}", accelerator=f"gpu-{x}") for x in letters
        ),
        "goodput_points": tuple(
            make.a_point(f"point-{x}", curve=f"curve-{x}", accelerator=f"gpu-{x}", stack=f"stack-{x}") for x in letters
        ),
    }


def _policy() -> Policy:
    capacity: dict[str, Any] = {"measure": ShareMeasure.CAPACITY, "by": Grouping.PROVIDER, "window": Window.HORIZON}
    return make.a_policy(
        migrations_at_once=1,
        concentration=(ConcentrationCap(rule="capacity", cap_share=0.91, group="cloud-a", **capacity),),
        contingencies=(
            make.a_contingency("lose-node-b", lost=Lost.OFFERING, name="node-b"),
            make.a_contingency("lose-top-a", lost=Lost.CONTRACT, name="top-a", floor_share=0.4),
        ),
        budgets=(
            Budget(budget="monthly", window=BudgetWindow.MONTH, limit_usd=usd(8080), first_month=FEB, last_month=APR),
            Budget(budget="opex", spending=Spending.OPEX, window=BudgetWindow.QUARTER, limit_usd=usd(20424)),
            Budget(budget="capex", spending=Spending.CAPEX, window=BudgetWindow.HORIZON, limit_usd=usd(1000)),
            Budget(budget="yearly", window=BudgetWindow.YEAR, limit_usd=usd("70934.40")),
        ),
    )


def commitments_scenario() -> Scenario:
    requests = {JAN: 10.0, FEB: 5.0, MAR: 20.0, APR: 25.0, MAY: 10.0}
    return make.a_scenario(
        run=make.run_settings(months=5, beyond_horizon_weight=usd("0.5")),
        policy=_policy(),
        catalog=make.a_catalog(**stacks(2)),
        contracts=(
            make.an_on_demand(),
            make.an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=usd(8)),
            a_take_or_pay(),
        ),
        demand=tuple(Demand(workload="chat", month=m, accepted_requests_per_s=r) for m, r in requests.items()),
        migrations=(to_stack_b(),),
    )
