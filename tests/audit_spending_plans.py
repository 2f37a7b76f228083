"""A plan with spend commitments in two outlooks, worked by hand."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from optimizer.plan import CostLine, Goodput, OutlookTotals, Placement, Plan, Pool, Totals, Usage
from optimizer.plan_contracts import CommittedSpend, Coverage
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, Window
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_commitments import APR, JUN
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, one_size, usd
from tests.audit_outlooks import CALM, STORM

MONTHS = (JAN, FEB, MAR)


def a_commitment(contract: str = "plan-a", **overrides: Any) -> SpendCommitment:
    """Steps of 2.50 USD an hour for three months, half of them upfront, every second month."""
    fields: dict[str, Any] = {
        "contract": contract,
        "provider": "cloud-a",
        "flexible": True,
        "term_months": 3,
        "step_usd_per_hour": usd("2.5"),
        "minimum_usd_per_hour": usd(5),
        "maximum_usd_per_hour": usd(10),
        "upfront_share": 0.5,
        "start_every_months": 2,
        "quote_valid_until": date(2026, 12, 20),
    }
    return SpendCommitment(**(make.SOURCED | fields | overrides))


def commitments_to_spend_scenario() -> Scenario:
    late: dict[str, Any] = {"term_months": 1, "upfront_share": 0.0, "start_every_months": 1, "quote_valid_until": None}
    share: dict[str, Any] = {"measure": ShareMeasure.SPEND, "window": Window.HORIZON}
    return make.a_scenario(
        run=make.run_settings(months=3, reveal_month=FEB, beyond_horizon_weight=usd("0.25")),
        policy=make.a_policy(
            concentration=(
                ConcentrationCap(rule="cloud", by=Grouping.PROVIDER, group="cloud-a", cap_share=0.71, **share),
                ConcentrationCap(rule="chip", by=Grouping.CHIP_VENDOR, group="vendor-b", cap_share=0.31, **share),
            )
        ),
        catalog=make.two_clouds(),
        contracts=(
            make.an_on_demand(startup_uplift_share=0.25),
            make.an_on_demand("od-b", offering="node-b", price_usd_per_node_hour=usd(8)),
        ),
        spend_commitments=(a_commitment(), a_commitment("late-a", earliest_start=MAR, **late)),
        covered_rates=tuple(
            CoveredRate(contract=contract, covers="od-a", price_usd_per_node_hour=usd(rate), **make.SOURCED)
            for contract, rate in (("plan-a", 6), ("late-a", 8))
        ),
        demand=make.nodes_of_load(3, months=3),
        outlooks=(Outlook(outlook=CALM, probability=0.75), Outlook(outlook=STORM, probability=0.25)),
        outlook_effects=(OutlookEffect(outlook=STORM, effect=Effect.ON_DEMAND_PRICE, value=1.1),),
    )


def commitments_to_spend_plan() -> Plan:
    """Two nodes of node-a and one of node-b on demand; 7.50 USD an hour from January and from March, 5 in the storm.

    *Covered.* A node of node-a is charged 1.25 * 6 = 7.50 USD an hour under plan-a, 1.25 * 8 = 10 under late-a. So one
    node in January and February and two in March; in the storm half a node under late-a and 1.5 under plan-a.

    *Fees.* From January 2,160 h: 16,200 USD, half upfront; then 7.50 * 744, 672, 744 at one half: 2,790, 2,520, 2,790.
    From March 2,208 h: 16,560, half upfront 8,280; 2,790, 2,700, 2,790. In the storm 5 * 744 = 3,720.

    *Use.* od-a 2 nodes with uplift 1,860, 1,680, 1,860 h at 10 (in the storm 11); od-b 744, 672, 744 h at 8 (8.80).
    Covered 930, 840, 1,860 h at -10; in the storm 930, 840, 1,395 h at -11, and 465 h by late-a.

    *Totals.* Signed before: 21,780 serve the horizon, 10,980 what follows, 27,270 are paid in it. Calm: 54,000 + 17,280
    - 36,300 = 34,980. Storm: 59,400 + 19,008 - 34,815 - 5,115 + 3,720 = 42,198. Objective: + 10,980 / 4.

    *Shares.* cloud-a receives 39,480 of 56,760 in the calm (69.6 %), 44,970 of 63,978 in the storm (70.3 %); chips of
    vendor-b 17,280 of 56,760 (30.4 %) and 19,008 of 63,978 (29.7 %): of what has an offering alone it were 49 %.
    """
    return a_plan(
        commitments_to_spend_scenario(),
        _totals("61309.50", "58564.50", "64054.50"),
        by_outlook=(
            OutlookTotals(outlook=CALM, probability=0.75, totals=_totals("59505.00", "56760.00", "62250.00")),
            OutlookTotals(outlook=STORM, probability=0.25, totals=_totals("66723.00", "63978.00", "69468.00")),
        ),
        orders=(),
        committed_spend=(
            _committed("plan-a", "7.5", JAN, APR, date(2026, 12, 20)),
            _committed("plan-a", "7.5", MAR, JUN, date(2026, 12, 20)),
            _committed("late-a", "5", MAR, APR, date(2027, 2, 28), STORM),
        ),
        coverage=_coverage(),
        usages=tuple(
            Usage(outlook=o, block="all", contract=f"od-{x}", offering=f"node-{x}", month=m, nodes=nodes)
            for o in (CALM, STORM)
            for m in MONTHS
            for x, nodes in (("a", 2.0), ("b", 1.0))
        ),
        placements=tuple(
            placed(o, m, f"node-{x}", nodes)
            for o in (CALM, STORM)
            for m in MONTHS
            for x, nodes in (("a", 2.0), ("b", 1.0))
        ),
        goodput=two_goodputs(),
        cost_lines=(*_fees(), *_usage_lines(CALM, "10", "8"), *_usage_lines(STORM, "11", "8.8"), *_covered_lines()),
    )


def placed(outlook: str, month: Month, offering: str, nodes: float) -> Placement:
    """A node carries 1,000 tok/s."""
    return Placement(
        outlook=outlook,
        month=month,
        block="all",
        workload="chat",
        size_class="all",
        offering=offering,
        pool=Pool.BASE,
        accepted_tok_per_s=1000.0 * nodes,
        nodes=nodes,
    )


def two_goodputs() -> tuple[Goodput, ...]:
    """Chips of two vendors with the same stack."""
    figures = {"a": one_size("a"), "b": one_size("b").model_copy(update={"quality_score": 99.0})}
    return tuple(
        Goodput(workload="chat", size_class="all", offering=f"node-{x}", serving=row) for x, row in figures.items()
    )


def _totals(objective: str, effective: str, cash: str) -> Totals:
    """3 nodes * 2,160 h at 10 USD list price; 3,000 tok/s."""
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(cash),
        capex_usd=usd(0),
        beyond_horizon_usd=usd("10980.00"),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("64800.00"),
        served_mtok=usd(23328),
        usd_per_mtok=round(usd(effective) / 23328, 6),
    )


def _committed(
    contract: str, dollars: str, start: Month, end: Month, order_by: date, outlook: str | None = None
) -> CommittedSpend:
    return CommittedSpend(
        order=_name(contract, start, outlook),
        contract=contract,
        usd_per_hour=usd(dollars),
        start=start,
        end=end,
        order_by=order_by,
        outlook=outlook,
    )


def _name(contract: str, start: Month, outlook: str | None = None) -> str:
    return f"{contract} {start}" + (f" {outlook}" if outlook else "")


def _coverage() -> tuple[Coverage, ...]:
    rows = [
        (CALM, "plan-a", (1.0, 1.0, 2.0)),
        (STORM, "plan-a", (1.0, 1.0, 1.5)),
        (STORM, "late-a", (0.0, 0.0, 0.5)),
    ]
    return tuple(
        Coverage(outlook=outlook, contract=contract, covers="od-a", month=month, block="all", nodes=nodes)
        for outlook, contract, by_month in rows
        for month, nodes in zip(MONTHS, by_month, strict=True)
        if nodes
    )


def _fees() -> tuple[CostLine, ...]:
    upfront, recurring = Nature.SPEND_COMMITMENT_UPFRONT, Nature.SPEND_COMMITMENT_RECURRING
    own: dict[str, Any] = {"offering": None, "unit": "usd", "outlook": None}
    first, second = {"order": _name("plan-a", JAN)}, {"order": _name("plan-a", MAR)}
    late = {"order": _name("late-a", MAR, STORM), "outlook": STORM}
    return (
        line(upfront, "plan-a", (JAN, APR), "16200", "0.5", "8100.00", **own | first),
        line(recurring, "plan-a", (JAN, FEB), "5580", "0.5", "2790.00", **own | first),
        line(recurring, "plan-a", (FEB, MAR), "5040", "0.5", "2520.00", **own | first),
        line(recurring, "plan-a", (MAR, APR), "5580", "0.5", "2790.00", **own | first),
        line(upfront, "plan-a", (MAR, JUN), "16560", "0.5", "8280.00", **own | second),
        line(recurring, "plan-a", (MAR, APR), "5580", "0.5", "2790.00", line="second-march", **own | second),
        line(recurring, "plan-a", (APR, APR + 1), "5400", "0.5", "2700.00", **own | second),
        line(recurring, "plan-a", (APR + 1, JUN), "5580", "0.5", "2790.00", **own | second),
        line(recurring, "late-a", (MAR, APR), "3720", "1", "3720.00", **own | late),
    )


def _usage_lines(outlook: str, price_a: str, price_b: str) -> list[CostLine]:
    lines = []
    for month, on_a, on_b in ((JAN, 1860, 744), (FEB, 1680, 672), (MAR, 1860, 744)):
        for x, hours, price in (("a", on_a, price_a), ("b", on_b, price_b)):
            lines.append(
                line(
                    Nature.ON_DEMAND_USAGE,
                    f"od-{x}",
                    (month, month + 1),
                    str(hours),
                    price,
                    str(round(hours * usd(price), 2)),
                    line=f"{outlook}-{x}-{month}",
                    outlook=outlook,
                    payee=f"cloud-{x}",
                    offering=f"node-{x}",
                )
            )
    return lines


def _covered_lines() -> tuple[CostLine, ...]:
    rows = [
        (CALM, "plan-a", JAN, "930", "-10", "-9300.00"),
        (CALM, "plan-a", FEB, "840", "-10", "-8400.00"),
        (CALM, "plan-a", MAR, "1860", "-10", "-18600.00"),
        (STORM, "plan-a", JAN, "930", "-11", "-10230.00"),
        (STORM, "plan-a", FEB, "840", "-11", "-9240.00"),
        (STORM, "plan-a", MAR, "1395", "-11", "-15345.00"),
        (STORM, "late-a", MAR, "465", "-11", "-5115.00"),
    ]
    return tuple(
        line(
            Nature.SPEND_COMMITMENT_COVERED,
            contract,
            (month, month + 1),
            hours,
            price,
            amount,
            line=f"covered-{outlook}-{contract}-{month}",
            outlook=outlook,
        )
        for outlook, contract, month, hours, price, amount in rows
    )
