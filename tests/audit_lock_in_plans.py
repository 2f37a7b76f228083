"""Plans worked by hand elsewhere, held to rules of lock-in that they keep exactly."""

from decimal import Decimal
from typing import Any

from catalog.footprint import Answer
from optimizer.plan import Plan
from scenarios.policy import (
    ConcentrationCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
    Window,
)
from tests.audit_commitment_plans import commitments_plan
from tests.audit_lines import MAR
from tests.audit_planting import on, under
from tests.audit_right_plans import rights_plan
from tests.audit_rights import APR
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_token_plans import tokens_plan


def an_outstanding(rule: str, limit_usd: str, **overrides: Any) -> OutstandingCap:
    return OutstandingCap(**({"rule": rule, "limit_usd": Decimal(limit_usd)} | overrides))


def rights_bound_plan() -> Plan:
    """Three held nodes, two that may leave (res-a) and two that are swapped (res-b): what they still owe, and how long.

    *Owed after January.* Held as signed: February, 3 * 672 h * 5 = 10,080 (the last day to leave with February is
    past), and the renewal that came by itself in November, 4,092 + 3,960 = 8,052. res-a: three months 6,696 + 6,048 +
    6,696 = 19,440; who leaves with February, notice on the 1st, pays January, 6,696, and a fee of 2 * 1,416 h *
    4.50 / 4 = 3,186: 9,882; with March 12,744 + 1,674. res-b as signed, at 5 USD: 6,720 + 7,440 + 7,200 = 21,360.
    Together 49,374.
    *Later.* February 8,052, 6,048 + 1,674 = 7,722, 14,640: 30,414. March 3,960, 6,696, 7,200: 17,856, in the storm
    9,662.40 more, because the renewal of res-a is declared on 1 March: 27,518.40. April: 9,662.40 in the storm.

    *Months left.* January: of the held nodes the one that leaves 1, the swapped one 2, the renewed one 4; of res-a 1
    and 1 (notice on 1 February); of res-b 4 and 4: 17 of seven nodes. February: 1, 3; 0, 0 (they could leave at once);
    3, 3: 10 of six. March: 2; 0, in the storm 0 and 3 (renewed by now); 2, 2: 6 of four, in the storm 9 of five.
    April: 3 of three, in the storm 5 of four.

    *Ends* of the first quarter: held nodes in February and March, res-a in March and April (calm): 4 of 7. In the storm
    one of res-a goes on to June: 3 of 7. From April on everything ends within the quarter: May, June, July.
    """
    return under(
        rights_plan(),
        outstanding=(
            an_outstanding("owed", "49374"),
            an_outstanding("owed-late", "27518.40", provider="*", first_month=MAR),
        ),
        remaining_terms=(
            RemainingTermCap(rule="term", limit_months=17 / 7),
            RemainingTermCap(rule="term-late", provider="cloud-a", limit_months=1.8, first_month=MAR),
        ),
        expiries=(
            ExpiryCap(rule="first-quarter", cap_share=4 / 7, last_month=MAR),
            ExpiryCap(rule="second-quarter", cap_share=1.0, first_month=APR),
        ),
    )


def minimums_bound_plan() -> Plan:
    """Take-or-pay owes its minimums, whatever is used: 7,500 and 10,000 in windows of two months, then 5,000 a month.

    After January half of the first window, 3,750, and 20,000 more. Its two nodes end with June: six months left.
    """
    return under(
        commitments_plan(),
        outstanding=(an_outstanding("owed", "23750"),),
        remaining_terms=(RemainingTermCap(rule="term", provider="*", limit_months=6),),
    )


def spending_bound_plan() -> Plan:
    """7.50 USD an hour from January and from March, both signed by 20 December; in the storm 5 more in March.

    After January 2,520 + 2,790, and all 16,560 of the second: 21,870. After February 2,790 + 16,560, and in the storm
    3,720 that were signed on the 28th: 23,070. After March 5,490.
    """
    return under(commitments_to_spend_plan(), outstanding=(an_outstanding("owed", "23070", provider="cloud-a"),))


def tokens_shared_plan() -> Plan:
    """Half on nodes, half by the token (portable), in the storm of January and February 1,000 of 2,400 on nodes.

    *Tokens.* Nodes, which no one says can be moved, serve half at most, and in the storm five of twelve: that much two
    providers serve in every month. *Spend* of the horizon: nodes 20,250, units 28,320, by the token 18,645.12, together
    67,215.12; in the storm 21,645, 35,760, 24,316.20, together 81,721.20. All of it is spent in region-a and in clouds.
    The units have 43.8 % in the storm, by the token 27.7 % in the calm, chips of vendor-a 26.5 % in the storm.

    *Owed* to token-x: after January 13,440, in the storm after February 7,440 + 7,200 for the units of March and April.
    """
    tokens: dict[str, Any] = {"measure": ShareMeasure.TOKENS}
    spend: dict[str, Any] = {"measure": ShareMeasure.SPEND, "window": Window.HORIZON}
    contract: dict[str, Any] = spend | {"by": Grouping.CONTRACT}
    plan = tokens_plan()
    first, *others = plan.scenario.api_offers
    portable = first.model_copy(update={"portable_in_24_hours": Answer.YES})
    return under(
        on(plan, api_offers=(portable, *others)),
        concentration=(
            *plan.scenario.policy.concentration,
            ConcentrationCap(rule="fixed", by=Grouping.PORTABILITY, group="not_portable", cap_share=0.5, **tokens),
            ConcentrationCap(rule="units", group="ptu-x", cap_share=35760 / 81721.2, **contract),
        ),
        share_floors=(
            ShareFloor(rule="moves", by=Grouping.PORTABILITY, group="portable", floor_share=0.5, **tokens),
            ShareFloor(rule="clouds", by=Grouping.LOCALITY, group="cloud", floor_share=1.0, **tokens),
            ShareFloor(rule="region", by=Grouping.REGION, group="region-a", floor_share=1.0, **spend),
            ShareFloor(rule="chips", by=Grouping.CHIP_VENDOR, group="vendor-a", floor_share=21645 / 81721.2, **spend),
            ShareFloor(rule="by-token", group="api-x", floor_share=18645.12 / 67215.12, **contract),
        ),
        sourcing=(SourcingRule(rule="two", workload="chat", providers_at_least=2, share_at_least=5 / 12),),
        outstanding=(an_outstanding("owed", "14640", provider="token-x"),),
    )
