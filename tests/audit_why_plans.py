"""Plans worked by hand that say why, so that the audit is held against figures that no program made."""

from optimizer.plan import Plan
from optimizer.plan_binding import BindingRule
from optimizer.plan_why import (
    CashSoFar,
    InsuranceCost,
    MigrationPayback,
    NotTaken,
    NotTakenReason,
    RuleWorth,
    Why,
    WhyEnded,
    WhyOutcome,
    Worth,
)
from tests.audit_commitment_plans import commitments_plan
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_plans import rich_plan

FULL = BindingRule(rule="on_demand", place="on-demand quota of node-b used up", times=2)
MINIMUM = BindingRule(rule="take_or_pay", place="minimum of top-a, service from 2027-01, no more than met", times=1)


def why_plan() -> Plan:
    """The plan with take-or-pay and a migration costs 32,056 USD, and at least 32,040.

    *Insurance.* Without the loss of node-b 31,556, at least 31,550: 500 less found, between 32,040 - 31,556 = 484 and
    32,056 - 31,550 = 506; 100 for each of five months. The event is never expected, so nothing is lost. Demand is
    18,403.2 Mtok in 3,624 h, at 1,000 USD each: up to the floor of 80 % 4,062.52 USD an hour. The other event was not
    solved; its floor is 40 %.

    *Migration.* Without it 32,100, at least 32,080: it saves 44, between 24 and 60. Paid without it 4,000, 8,000,
    15,500, 24,020 and 29,600: from April on no more was paid with it.

    *Rules.* One node more of the quota saves 6, between -10 and 16: no sign.
    """
    proof = {"bound_usd": 32040.0, "gap": 16 / 32056, "asked_gap_usd": 16.0, "binding": (FULL, MINIMUM)}
    plan = commitments_plan()
    insured = InsuranceCost(
        contingency="lose-node-b",
        outcome=WhyOutcome.SOLVED,
        with_usd=32056.0,
        with_bound_usd=32040.0,
        without_usd=31556.0,
        without_bound_usd=31550.0,
        premium=Worth(at_least_usd=484.0, usd=usd("500.00"), at_most_usd=506.0, distinguishable=True),
        premium_usd_per_month=usd("100.00"),
        expected_hours=0.0,
        loss_usd_per_hour=usd("4062.52"),
        expected_loss_usd=usd("0.00"),
    )
    left = InsuranceCost(
        contingency="lose-top-a",
        outcome=WhyOutcome.NOT_SOLVED,
        with_usd=32056.0,
        with_bound_usd=32040.0,
        expected_hours=0.0,
        loss_usd_per_hour=usd("2031.26"),
        expected_loss_usd=usd("0.00"),
        reason="the time for it was over",
    )
    told = Why(
        insurance=(insured, left),
        paybacks=(_payback(),),
        rules=(
            RuleWorth(
                rule=FULL.rule,
                place=FULL.place,
                times=2,
                outcome=WhyOutcome.SOLVED,
                path="offerings.node-b.quota_nodes",
                unit="one node",
                before="10",
                after="11",
                with_more_usd=32050.0,
                with_more_bound_usd=32040.0,
                saves=Worth(at_least_usd=-10.0, usd=usd("6.00"), at_most_usd=16.0, distinguishable=False),
            ),
            RuleWorth(
                rule=MINIMUM.rule,
                place=MINIMUM.place,
                times=1,
                outcome=WhyOutcome.NO_UNIT,
                reason="a clause of what is signed",
            ),
        ),
        not_taken=(_dear("od-a"),),
        solves=3,
        ended=WhyEnded.TIME_LIMIT,
    )
    return plan.model_copy(update={**proof, "why": told})


def _payback() -> MigrationPayback:
    paid = (
        (JAN, "4053.33", "4000.00"),
        (FEB, "8166.66", "8000.00"),
        (MAR, "15940.00", "15500.00"),
        (APR, "24020.00", "24020.00"),
        (MAY, "29556.00", "29600.00"),
    )
    return MigrationPayback(
        migration="to-b",
        outcome=WhyOutcome.SOLVED,
        without_usd=32100.0,
        without_bound_usd=32080.0,
        saves=Worth(at_least_usd=24.0, usd=usd("44.00"), at_most_usd=60.0, distinguishable=True),
        cash=tuple(CashSoFar(month=m, with_usd=usd(ours), without_usd=usd(theirs)) for m, ours, theirs in paid),
        payback_month=APR,
    )


def _dear(offer: str, kind: str = "on demand") -> NotTaken:
    return NotTaken(
        offer=offer,
        kind=kind,
        provider="cloud-a",
        offering="node-a",
        reason=NotTakenReason.PRICE,
        words="it costs more than what it would save",
        price_now=usd("10"),
        price_unit="USD per node-hour",
        entering_price=usd("5.000"),
        command=f"siliconmix negotiate SCENARIO {offer}",
    )


def insured_plan() -> Plan:
    """The rich plan, its events not solved again.

    Without cloud-b half of 6,117.12 Mtok in 1,416 h could be lost at 2 USD, 4.32 an hour; two months of 1 h: 8.64. The
    loss of held-a is never expected.
    """
    plan = rich_plan()
    rows = tuple(
        InsuranceCost(
            contingency=event,
            outcome=WhyOutcome.NOT_SOLVED,
            with_usd=plan.incumbent_usd,
            with_bound_usd=plan.bound_usd,
            expected_hours=hours,
            loss_usd_per_hour=usd(hourly),
            expected_loss_usd=usd(lost),
            reason="the time for it was over",
        )
        for event, hours, hourly, lost in (
            ("lose-cloud-b", 2.0, "4.32", "8.64"),
            ("lose-held-a", 0.0, "2.16", "0.00"),
        )
    )
    idle = NotTaken(
        offer="od-c",
        kind="on demand",
        provider="cloud-c",
        offering="node-c",
        reason=NotTakenReason.REGION,
        words="somewhere else",
    )
    told = Why(insurance=rows, paybacks=(), rules=(), not_taken=(idle,), solves=0, ended=WhyEnded.TIME_LIMIT)
    return plan.model_copy(update={"why": told})
