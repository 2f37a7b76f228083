"""Inputs with capacity blocks and owned hardware in two outlooks, one of which delivers late."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.clauses import DueDay
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.owned import Owned, Site
from scenarios.outlooks import Effect, Outlook, OutlookEffect
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

APR, MAY = Month(2027, 4), Month(2027, 5)
CALM, LATE = "calm", "late"


def a_block(contract: str, first_day: date, days: int, **overrides: Any) -> CapacityBlock:
    """Two or four nodes of node-a at 7 USD."""
    fields: dict[str, Any] = {
        "contract": contract,
        "offering": "node-a",
        "price_usd_per_node_hour": usd(7),
        "first_day": first_day,
        "days": days,
        "sizes_nodes": (2, 4),
    }
    return CapacityBlock(**(make.SOURCED | fields | overrides))


def an_owned(contract: str = "own-b", **overrides: Any) -> Owned:
    """node-b for thirteen months: 10,000 USD and 1,000 left; 100 USD a month, 8 kW and a quarter more to cool them."""
    fields: dict[str, Any] = {
        "contract": contract,
        "offering": "node-b",
        "term_months": 13,
        "firm": True,
        "capex_usd_per_node": usd(10000),
        "residual_usd_per_node": usd(1000),
        "upkeep_usd_per_node_month": usd(100),
        "escalator_share_per_year": usd("0.1"),
        "power_kw_per_node": 8.0,
        "power_price_usd_per_kwh": usd("0.1"),
        "pue": usd("1.25"),
        "rack_units_per_node": 4.0,
        "site": "site-a",
        "due_day": DueDay.IN_ADVANCE,
        "net_days": 31,
    }
    return Owned(**(make.SOURCED | fields | overrides))


def a_site(**overrides: Any) -> Site:
    return Site(**(make.SOURCED | {"site": "site-a", "power_kw": 20.0, "rack_units": 8.0} | overrides))


def _policy() -> Policy:
    whole: dict[str, Any] = {"window": BudgetWindow.HORIZON}
    return make.a_policy(
        emergency_share=1.0,
        contingencies=(
            make.a_contingency("lose-own-b", lost=Lost.CONTRACT, name="own-b", floor_share=0.25),
            make.a_contingency("lose-node-a", lost=Lost.OFFERING, name="node-a", floor_share=0.25, outlooks=(CALM,)),
        ),
        concentration=(
            ConcentrationCap(
                rule="capacity",
                measure=ShareMeasure.CAPACITY,
                by=Grouping.CHIP_VENDOR,
                group="vendor-a",
                cap_share=0.403,
                window=Window.HORIZON,
            ),
        ),
        budgets=(
            Budget(budget="capex", spending=Spending.CAPEX, limit_usd=usd(20000), **whole),
            Budget(budget="opex", spending=Spending.OPEX, limit_usd=usd(29400), **whole),
        ),
    )


def hardware_scenario() -> Scenario:
    """Four months, the outlook known from February on; in one of them everything that can be late is a month late."""
    requests = {JAN: 10.9, FEB: 40.0, MAR: 29.6, APR: 30.0}
    return make.a_scenario(
        run=make.run_settings(months=4, reveal_month=FEB, beyond_horizon_weight=usd("0.5")),
        policy=_policy(),
        catalog=make.two_clouds(node_b={"stock_nodes": 2, "lead_time_days": 20}, stock_nodes=2),
        contracts=(
            make.an_on_demand(),
            a_block("block-jan", date(2027, 1, 15), 60, quote_valid_until=date(2027, 1, 10), net_days=30),
            a_block("block-apr", date(2027, 4, 1), 30, price_usd_per_node_hour=usd(6), sizes_nodes=(1, 2)),
            an_owned(),
        ),
        sites=(a_site(),),
        demand=tuple(Demand(workload="chat", month=m, accepted_requests_per_s=r) for m, r in requests.items()),
        outlooks=(Outlook(outlook=CALM, probability=0.5), Outlook(outlook=LATE, probability=0.5)),
        outlook_effects=(
            OutlookEffect(outlook=LATE, effect=Effect.DELIVERY_DELAY, value=1),
            OutlookEffect(outlook=LATE, effect=Effect.DEMAND, first_month=APR, value=0.5),
        ),
    )
