"""Inputs with clauses of price and payment: another currency, net days, escalators, a most-favoured price."""

from contracts.calendar import Month
from contracts.clauses import DueDay, ExchangeRate
from contracts.terms.reserved import Upfront
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import Budget, BudgetWindow
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_lines import FEB, MAR, usd

DULL, DEAR = "dull", "dear"
EURO = ExchangeRate(currency="EUR", usd_per_unit=usd("1.25"), **make.SOURCED)
AFTER = Month(2028, 2)
"""First month after thirteen months of service."""


def clauses_scenario() -> Scenario:
    """Thirteen months of service, two of them in the horizon; on demand is dearer in one of two outlooks."""
    return make.a_scenario(
        run=make.run_settings(beyond_horizon_weight=usd("0.5")),
        policy=make.a_policy(
            budgets=(
                Budget(budget="february", window=BudgetWindow.MONTH, limit_usd=usd(3348), first_month=FEB),
                Budget(budget="all", window=BudgetWindow.HORIZON, limit_usd=usd(17604)),
            )
        ),
        catalog=make.ten_requests_a_node(),
        contracts=(
            make.an_on_demand(currency="EUR", price_per_node_hour=usd(8), net_days=30),
            make.a_reserved(
                term_months=13,
                upfront=Upfront.PARTIAL,
                upfront_share=0.25,
                escalator_share_per_year=usd("0.1"),
                most_favoured_of="od-a",
                most_favoured_share=usd("0.5"),
                due_day=DueDay.IN_ADVANCE,
                net_days=31,
            ),
            make.a_take_or_pay(
                term_months=13,
                price_usd_per_node_hour=usd(5),
                minimum_node_hours_per_month=usd(100),
                escalator_share_per_year=usd("-0.1"),
                due_day=DueDay.IN_ADVANCE,
                net_days=45,
            ),
        ),
        exchange_rates=(EURO,),
        demand=make.nodes_of_load(1.1),
        outlooks=(Outlook(outlook=DULL, probability=0.5), Outlook(outlook=DEAR, probability=0.5)),
        outlook_effects=(
            OutlookEffect(outlook=DEAR, effect=Effect.ON_DEMAND_PRICE, value=1.3),
            OutlookEffect(outlook=DEAR, effect=Effect.ON_DEMAND_PRICE, first_month=MAR, value=0.1),
        ),
    )
