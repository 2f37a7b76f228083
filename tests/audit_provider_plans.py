"""A plan with volume tiers, enterprise agreements and credits in two outlooks, worked by hand."""

from datetime import date
from typing import Any

from contracts.calendar import Month
from contracts.terms.agreement import Agreement, AgreementTier, Charge
from contracts.terms.common import Nature
from contracts.terms.credit import Credit
from contracts.terms.volume import TierRule, VolumePriced, VolumeTier
from optimizer.plan import ContingencyCase, ContingencyPlacement, CostLine, Order, OutlookTotals, Plan, Totals, Usage
from optimizer.plan_contracts import AgreementYear, CreditBought, CreditUse, SignedAgreement, VolumeWindow
from scenarios.outlooks import Effect, Outlook, OutlookEffect
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, Window
from scenarios.scenario import Scenario
from tests import builders as make
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, usd
from tests.audit_outlooks import CALM, STORM
from tests.audit_spending_plans import MONTHS, placed, two_goodputs

BOTH = (CALM, STORM)
NEXT_FEB = Month(2028, 2)


def a_volume(contract: str, offering: str, rule: TierRule, **overrides: Any) -> VolumePriced:
    fields = {"contract": contract, "offering": offering, "tier_rule": rule, "price_usd_per_node_hour": usd(10)}
    return VolumePriced(**(make.SOURCED | fields | overrides))


def tiers(contract: str, *rows: tuple[int, int]) -> tuple[VolumeTier, ...]:
    return tuple(
        VolumeTier(contract=contract, from_node_hours=usd(hours), price_usd_per_node_hour=usd(price), **make.SOURCED)
        for hours, price in rows
    )


def agreements() -> dict[str, Any]:
    """One of cloud-a that can be signed from February, one of cloud-b that began a year earlier."""
    charges = (Charge.ON_DEMAND, Charge.RESERVED, Charge.VOLUME)
    rows = (
        Agreement(agreement="edp-a", provider="cloud-a", start=FEB, years=1, eligible=charges, **make.SOURCED),
        Agreement(
            agreement="edp-b",
            provider="cloud-b",
            start=Month(2026, 2),
            years=2,
            eligible=(Charge.VOLUME,),
            in_force=True,
            **make.SOURCED,
        ),
    )
    levels = (("edp-a", "silver", 60000, 0.05), ("edp-a", "gold", 130000, 0.1), ("edp-b", "only", 60000, 0.05))
    return {
        "agreements": (rows[0].model_copy(update={"quote_valid_until": date(2027, 1, 15)}), rows[1]),
        "agreement_tiers": tuple(
            AgreementTier(agreement=a, tier=t, commitment_usd_per_year=usd(c), discount_share=d, **make.SOURCED)
            for a, t, c, d in levels
        ),
    }


def credits() -> tuple[Credit, ...]:
    """One granted until February, one sold by the lot for February and March."""
    return (
        Credit(
            credit="grant-a",
            provider="cloud-a",
            balance_usd=usd(3000),
            first_month=Month(2026, 12),
            last_month=FEB,
            eligible=(Charge.RESERVED,),
            invoice_share_cap=0.5,
            **make.SOURCED,
        ),
        Credit(
            credit="pre-a",
            provider="cloud-a",
            balance_usd=usd(1000),
            price_usd=usd(900),
            lots_at_most=3,
            first_month=FEB,
            last_month=MAR,
            eligible=(Charge.ON_DEMAND, Charge.RESERVED),
            invoice_cap_usd=usd(3000),
            quote_valid_until=date(2026, 12, 1),
            **make.SOURCED,
        ),
    )


def providers_scenario() -> Scenario:
    return make.a_scenario(
        run=make.run_settings(months=3, beyond_horizon_weight=usd("0.5")),
        policy=make.a_policy(
            concentration=(
                ConcentrationCap(
                    rule="capacity",
                    measure=ShareMeasure.CAPACITY,
                    by=Grouping.PROVIDER,
                    group="cloud-b",
                    cap_share=0.34,
                    window=Window.HORIZON,
                ),
            ),
            contingencies=(make.a_contingency("lose-cloud-b", name="cloud-b", floor_share=0.25),),
        ),
        catalog=make.two_clouds(quota_nodes=2),
        contracts=(
            make.an_on_demand(),
            a_volume("vol-a", "node-a", TierRule.INCREMENTAL, window_months=2, net_days=30),
            a_volume("vol-b", "node-b", TierRule.ALL_UNITS, price_usd_per_node_hour=usd(8)),
            make.a_reserved(term_months=4),
        ),
        volume_tiers=(*tiers("vol-a", (1000, 8), (0, 10), (1500, 6)), *tiers("vol-b", (0, 8), (700, 6))),
        credits=credits(),
        demand=make.nodes_of_load(3, months=3),
        outlooks=(Outlook(outlook=CALM, probability=0.75), Outlook(outlook=STORM, probability=0.25)),
        outlook_effects=(
            OutlookEffect(outlook=STORM, effect=Effect.DEMAND, value=1.25),
            OutlookEffect(outlook=CALM, effect=Effect.DEMAND, value=1.0),
        ),
        **agreements(),
    )


def providers_plan() -> Plan:
    """One node reserved, one under tiers of cloud-a, one of cloud-b; in the storm 3.75 nodes are asked, 0.75 on demand.

    *Tiers.* vol-a adds up two months: 744 + 672 = 1,416 h: 1,000 at 10 and 416 at 8, 13,328 USD, paid 30 days after
    February, in March. March is half a window: 500 at 10 and 244 at 8, 6,952, paid in April. vol-b prices all units,
    month by month: 744 at 6, 4,464; February uses 672 and buys 700 at 6, 4,200; March 4,464.

    *cloud-a* charges 4,464 (no agreement yet), 4,032, 4,464 + 13,328 = 17,792; in the storm 5,580, 5,040, 5,580 more.
    Gold is a tenth: 403.20 and 1,779.20; in the storm 907.20 and 2,337.20. Two months of twelve of 130,000 are
    21,666.67: in the calm 19,641.60 are reached, 2,025.07 are missing; in the storm 29,199.60 are. Ten months follow.

    *cloud-b*: a twentieth of 4,464, 4,200, 4,464: 223.20, 210, 223.20. January ends a year: 4,240.80 of 5,000; then
    8,230.80 of 10,000: 759.20 and 1,769.20 are missing.

    *Credits.* The grant pays 2,232 of January (a half of 4,464) and 768 of February. Three lots of 1,000 for 900. In
    the calm February has 4,032 - 403.20 = 3,628.80 to pay: 768 and 2,860.80; March 139.20. In the storm 3,000.

    *Totals.* Signed before: 12,960 and 2,700; after the horizon 4,320 + 10 * 10,833.33 + 10 * 5,000. Calm: 20,280
    + 13,128 - 2,182.40 + 2,025.07 - 656.40 + 2,528.40 - 6,000 = 29,122.67, of which 6,952 are paid in April. Storm:
    16,200 more on demand, 1,062 more discount, nothing missing of cloud-a: 42,235.60.
    """
    return a_plan(
        providers_scenario(),
        _totals("129387.55", "48060.90", "41108.90", "68850.00", "24786"),
        incumbent_usd=129387.5525,
        bound_usd=129387.5525,
        by_outlook=(
            OutlookTotals(
                outlook=CALM,
                probability=0.75,
                totals=_totals("126109.32", "44782.67", "37830.67", "64800.00", "23328"),
            ),
            OutlookTotals(
                outlook=STORM,
                probability=0.25,
                totals=_totals("139222.25", "57895.60", "50943.60", "81000.00", "29160"),
            ),
        ),
        orders=(
            Order(
                order="res-a 2027-01",
                contract="res-a",
                offering="node-a",
                nodes=1,
                start=JAN,
                end=MAY,
                order_by=date(2027, 1, 1),
            ),
        ),
        usages=_usages(),
        placements=tuple(
            placed(outlook, month, offering, nodes)
            for outlook, on_a in ((CALM, 2.0), (STORM, 2.75))
            for month in MONTHS
            for offering, nodes in (("node-a", on_a), ("node-b", 1.0))
        ),
        goodput=two_goodputs(),
        contingencies=tuple(_case(outlook, month) for outlook in BOTH for month in MONTHS),
        volume=tuple(_window(outlook, *row) for outlook in BOTH for row in WINDOWS),
        agreements=(
            SignedAgreement(agreement="edp-a", tier="gold", start=FEB, end=NEXT_FEB, order_by=date(2027, 1, 15)),
            SignedAgreement(agreement="edp-b", tier="only", start=Month(2026, 2), end=NEXT_FEB, order_by=None),
        ),
        agreement_years=_years(),
        credits=(CreditBought(credit="grant-a", lots=1), CreditBought(credit="pre-a", lots=3)),
        credit_uses=tuple(
            CreditUse(outlook=outlook, credit=credit, month=month, usd=usd(dollars))
            for outlook, credit, month, dollars in USES
        ),
        cost_lines=tuple(_lines()),
    )


WINDOWS = (
    ("vol-a", JAN, MAR, "1416", "1416"),
    ("vol-a", MAR, APR, "744", "744"),
    ("vol-b", JAN, FEB, "744", "744"),
    ("vol-b", FEB, MAR, "672", "700"),
    ("vol-b", MAR, APR, "744", "744"),
)
USES = (
    (CALM, "grant-a", JAN, "2232.00"),
    (CALM, "grant-a", FEB, "768.00"),
    (CALM, "pre-a", FEB, "2860.80"),
    (CALM, "pre-a", MAR, "139.20"),
    (STORM, "grant-a", JAN, "2232.00"),
    (STORM, "grant-a", FEB, "768.00"),
    (STORM, "pre-a", FEB, "3000.00"),
)


def _totals(objective: str, effective: str, cash: str, at_list: str, served: str) -> Totals:
    return Totals(
        objective_usd=usd(objective),
        effective_usd=usd(effective),
        cash_usd=usd(cash),
        capex_usd=usd(0),
        beyond_horizon_usd=usd("162653.30"),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd(at_list),
        served_mtok=usd(served),
        usd_per_mtok=round(usd(effective) / usd(served), 6),
    )


def _usages() -> tuple[Usage, ...]:
    rows = [(o, c, x, m, 1.0) for o in BOTH for m in MONTHS for c, x in (("vol-a", "node-a"), ("vol-b", "node-b"))]
    rows += [(STORM, "od-a", "node-a", m, 0.75) for m in MONTHS]
    return tuple(Usage(outlook=o, block="all", contract=c, offering=x, month=m, nodes=n) for o, c, x, m, n in rows)


def _case(outlook: str, month: Month) -> ContingencyCase:
    """A quarter of 3 or of 3.75 nodes, on the reserved one."""
    nodes = 0.75 if outlook == CALM else 0.9375
    placement = ContingencyPlacement(
        workload="chat", size_class="all", offering="node-a", accepted_tok_per_s=1000.0 * nodes, nodes=nodes
    )
    return ContingencyCase(
        contingency="lose-cloud-b", outlook=outlook, month=month, block="all", placements=(placement,), emergency=()
    )


def _window(outlook: str, contract: str, first: Month, end: Month, used: str, bought: str) -> VolumeWindow:
    return VolumeWindow(
        outlook=outlook,
        contract=contract,
        first=first,
        end=end,
        used_node_hours=usd(used),
        bought_node_hours=usd(bought),
    )


def _years() -> tuple[AgreementYear, ...]:
    rows = [
        (CALM, "edp-a", FEB, APR, "21824.00", "2182.40", "21666.67", "2025.07"),
        (STORM, "edp-a", FEB, APR, "32444.00", "3244.40", "21666.67", "0"),
    ]
    for outlook in BOTH:
        rows.append((outlook, "edp-b", JAN, FEB, "4464.00", "223.20", "5000.00", "759.20"))
        rows.append((outlook, "edp-b", FEB, APR, "8664.00", "433.20", "10000.00", "1769.20"))
    names = ("eligible_usd", "discount_usd", "commitment_usd", "shortfall_usd")
    return tuple(
        AgreementYear(
            outlook=outlook,
            agreement=agreement,
            first=first,
            end=end,
            **dict(zip(names, map(usd, figures), strict=True)),
        )
        for outlook, agreement, first, end, *figures in rows
    )


def _lines() -> list[CostLine]:
    lines = [
        line(Nature.RESERVED_RECURRING, "res-a", (m, m + 1), hours, "6", fee, order="res-a 2027-01")
        for m, hours, fee in (
            (JAN, "744", "4464.00"),
            (FEB, "672", "4032.00"),
            (MAR, "744", "4464.00"),
            (APR, "720", "4320.00"),
        )
    ]
    none: dict[str, Any] = {"offering": None, "outlook": None, "unit": "usd"}
    for i in range(10):
        month = (APR + i, APR + i + 1)
        owed = Nature.AGREEMENT_OBLIGATION
        lines.append(line(owed, "edp-a", month, "10833.33", "1", "10833.33", **none))
        lines.append(line(owed, "edp-b", month, "5000", "1", "5000.00", payee="cloud-b", **none))
    lots = {"offering": None, "outlook": None, "unit": "lot"}
    lines.append(line(Nature.CREDIT_PURCHASE, "pre-a", (FEB, APR), "3", "900", "2700.00", **lots))
    for outlook in BOTH:
        lines += _lines_of_outlook(outlook)
    return lines


def _lines_of_outlook(outlook: str) -> list[CostLine]:
    volume, discount, missing = Nature.VOLUME_USAGE, Nature.AGREEMENT_DISCOUNT, Nature.AGREEMENT_SHORTFALL
    jan, feb, mar = ((m, m + 1) for m in MONTHS)
    b: dict[str, Any] = {"payee": "cloud-b", "offering": "node-b"}
    agreed: dict[str, Any] = {"offering": None, "unit": "usd"}
    agreed_b = agreed | {"payee": "cloud-b"}
    rows: list[CostLine] = [
        line(volume, "vol-a", (JAN, MAR), "1000", "10", "10000.00", paid_month=MAR, line="v1"),
        line(volume, "vol-a", (JAN, MAR), "416", "8", "3328.00", paid_month=MAR, line="v2"),
        line(volume, "vol-a", mar, "500", "10", "5000.00", paid_month=APR, line="v3"),
        line(volume, "vol-a", mar, "244", "8", "1952.00", paid_month=APR, line="v4"),
        line(volume, "vol-b", jan, "744", "6", "4464.00", **b),
        line(volume, "vol-b", feb, "700", "6", "4200.00", **b),
        line(volume, "vol-b", mar, "744", "6", "4464.00", **b),
        line(discount, "edp-b", jan, "4464", "-0.05", "-223.20", **agreed_b),
        line(discount, "edp-b", feb, "4200", "-0.05", "-210.00", **agreed_b),
        line(discount, "edp-b", mar, "4464", "-0.05", "-223.20", **agreed_b),
        line(missing, "edp-b", jan, "759.20", "1", "759.20", **agreed_b),
        line(missing, "edp-b", (FEB, APR), "1769.20", "1", "1769.20", paid_month=MAR, **agreed_b),
    ]
    if outlook == CALM:
        rows += [
            line(discount, "edp-a", feb, "4032", "-0.1", "-403.20", **agreed),
            line(discount, "edp-a", mar, "17792", "-0.1", "-1779.20", **agreed),
            line(missing, "edp-a", (FEB, APR), "2025.07", "1", "2025.07", paid_month=MAR, **agreed),
        ]
    else:
        rows += [
            line(Nature.ON_DEMAND_USAGE, "od-a", jan, "558", "10", "5580.00"),
            line(Nature.ON_DEMAND_USAGE, "od-a", feb, "504", "10", "5040.00"),
            line(Nature.ON_DEMAND_USAGE, "od-a", mar, "558", "10", "5580.00"),
            line(discount, "edp-a", feb, "9072", "-0.1", "-907.20", **agreed),
            line(discount, "edp-a", mar, "23372", "-0.1", "-2337.20", **agreed),
        ]
    rows += [
        line(Nature.CREDIT_USE, credit, (month, month + 1), dollars, "-1", f"-{dollars}", **agreed)
        for at, credit, month, dollars in USES
        if at == outlook
    ]
    return [row.model_copy(update={"outlook": outlook, "line": f"{outlook}-{row.line}"}) for row in rows]
