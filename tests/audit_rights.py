"""Inputs with rights to leave, to swap and to stay, of held contracts and of orders."""

from contracts.calendar import Month
from contracts.clauses import DueDay
from contracts.terms.reserved import Upfront
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import ConcentrationCap, Grouping, Lost, ShareMeasure, Window
from scenarios.scenario import Scenario
from scenarios.workloads import Demand
from tests import builders as make
from tests.audit_lines import FEB, JAN, MAR, usd

APR, MAY = Month(2027, 4), Month(2027, 5)
CALM, STORM = "calm", "storm"


def rights_scenario() -> Scenario:
    """Four months, the outlook known from March on; node-b can be had by a swap only."""
    requests = {JAN: 70.0, FEB: 60.0, MAR: 40.0, APR: 30.0}
    return make.a_scenario(
        run=make.run_settings(months=4, reveal_month=MAR, beyond_horizon_weight=usd("0.5")),
        policy=make.a_policy(
            contingencies=(make.a_contingency("lose-res-b", lost=Lost.CONTRACT, name="res-b", floor_share=0.25),),
            concentration=(
                ConcentrationCap(
                    rule="capacity",
                    measure=ShareMeasure.CAPACITY,
                    by=Grouping.CHIP_VENDOR,
                    group="vendor-b",
                    cap_share=0.344,
                    window=Window.HORIZON,
                ),
            ),
        ),
        catalog=make.two_clouds(node_b={"provider": "cloud-a", "stock_nodes": 3, "lead_time_days": 10}),
        contracts=(
            make.a_reserved(
                term_months=3,
                upfront=Upfront.PARTIAL,
                upfront_share=0.25,
                due_day=DueDay.IN_ADVANCE,
                net_days=31,
                terminable_after_months=1,
                termination_fee_share=0.25,
                renewal_months=2,
                renewal_price_factor=usd("1.1"),
                renewal_notice_days=31,
            ),
            make.a_reserved(
                "res-b",
                price_usd_per_node_hour=usd(5),
                term_months=4,
                lot_nodes=2,
                swap_to="node-b",
                swap_after_months=1,
                swap_price_usd_per_node_hour=usd(8),
            ),
        ),
        held_contracts=(
            make.a_held(
                nodes=3,
                end=MAR,
                terminable_after_months=6,
                termination_notice_days=31,
                termination_fee_share=0.5,
                swap_to="node-b",
                swap_after_months=7,
                swap_price_usd_per_node_hour=usd(8),
                renewal_months=1,
                renewals_at_most=3,
                renewal_price_factor=usd("1.1"),
                renewal_notice_days=120,
                auto_renews=True,
            ),
        ),
        demand=tuple(Demand(workload="chat", month=m, accepted_requests_per_s=r) for m, r in requests.items()),
        outlooks=(Outlook(outlook=CALM, probability=0.5), Outlook(outlook=STORM, probability=0.5)),
        outlook_effects=(OutlookEffect(outlook=STORM, effect=Effect.DEMAND, first_month=MAR, value=1.25),),
    )
