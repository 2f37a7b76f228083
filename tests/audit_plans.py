"""Two plans worked by hand, so that the audit is held against figures that no program made."""

from datetime import date
from typing import Any

from catalog.records import Evidence
from catalog.serving import Refusal, RefusalReason
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    ContingencyCase,
    ContingencyPlacement,
    CostLine,
    EmergencyUse,
    Goodput,
    Order,
    Placement,
    Plan,
    Pool,
    Shortfall,
    Totals,
    Usage,
)
from tests import builders as make
from tests.audit_lines import FEB, JAN, MAR, a_plan, line, serving, usd
from tests.audit_rich_inputs import rich_scenario


def small_plan() -> Plan:
    """Ten requests/s of 100 + 100 tokens, one reserved node and a tenth of a node on demand.

    Node-seconds of an attempt: 100 / 10,000 + 100 / 1,000 = 0.11. Nodes: 10/s * 0.11 = 1.1. January has
    744 hours, February 672. Reserved: 744 * 6 = 4,464 and 672 * 6 = 4,032. On demand: 74.4 h * 10 = 744 and
    67.2 h * 10 = 672. Together 9,912. Served: 1,000 tok/s * 1,416 h * 3,600 = 5,097.6 Mtok; at list price
    1.1 * 1,416 * 10 = 15,576; per Mtok 9,912 / 5,097.6 = 1.94444.
    """
    months = (JAN, FEB)
    scenario = make.a_scenario()
    totals = Totals(
        objective_usd=usd("9912.00"),
        effective_usd=usd("9912.00"),
        cash_usd=usd("9912.00"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd(0),
        shortfall_penalty_usd=usd(0),
        emergency_expected_usd=usd(0),
        list_usd=usd("15576.00"),
        served_mtok=usd("5097.6"),
        usd_per_mtok=usd("1.94444"),
    )
    order = Order(
        order="res-a 2027-01",
        contract="res-a",
        offering="node-a",
        nodes=1,
        start=JAN,
        end=MAR,
        order_by=date(2027, 1, 1),
    )
    moment: dict[str, Any] = {"outlook": "base", "block": "all"}
    pair: dict[str, Any] = {"workload": "chat", "size_class": "all", "offering": "node-a"}
    recurring, by_hour = Nature.RESERVED_RECURRING, Nature.ON_DEMAND_USAGE
    return a_plan(
        scenario,
        totals,
        orders=(order,),
        usages=tuple(Usage(**moment, contract="od-a", offering="node-a", month=m, nodes=0.1) for m in months),
        placements=tuple(
            Placement(**moment, **pair, month=m, pool=Pool.BASE, accepted_tok_per_s=1000.0, nodes=1.1) for m in months
        ),
        goodput=(Goodput(**pair, serving=serving(0.11, "gpu-a")),),
        cost_lines=(
            line(recurring, "res-a", (JAN, FEB), "744", "6", "4464.00", order="res-a 2027-01"),
            line(recurring, "res-a", (FEB, MAR), "672", "6", "4032.00", order="res-a 2027-01"),
            line(by_hour, "od-a", (JAN, FEB), "74.4", "10", "744.00"),
            line(by_hour, "od-a", (FEB, MAR), "67.2", "10", "672.00"),
        ),
    )


def rich_plan() -> Plan:
    """Every kind of line, a shortfall, spot, and two contingencies.

    *Rates.* 6 requests/s of half short (100 + 100) and half long (1,000 + 300): mean output 200, 1,200 tok/s;
    by day (load 1.5) 1,800, by night 600. Short has 0.5 * 100 / 200 = a quarter: 450 and 150; long 1,350 and 450.

    *Nodes per tok/s.* Prefill 10,000 and decode 1,000 tok/s of a chip, half of the input cached, yield
    0.875 * 0.8 = 0.7, usable share 0.5. Short on node-a: 50 / 10,000 + 100 / 1,000 = 0.105 s; / (100 * 0.7 * 0.5)
    = 0.003. Long: 500 / 10,000 + 300 / 1,000 = 0.35 s, output outside the box: modelled, haircut 0.2: 0.4375 s;
    / (300 * 0.35) = 1 / 240. On node-b a replica of four chips is four times as fast and two fit a node: all is
    an eighth: 0.013125 s and 0.0546875 s, 0.000375 and 1 / 1,920.

    *Spot.* f = 0.5 a month, 73 h lost: productive 1 - ln 2 / 10 = 0.9307; 2 running nodes carry up to 1.8614.

    *January* (372 h day, 372 h night), base of node-a: 1 held + 2 reserved + by day 0.5 on demand = 3.5.
    Day: short 450 (1.35 nodes) and long 516 (2.15) on base, long 432 (1.8) on spot, long 360 on node-b (0.1875),
    42 unserved (of 45 allowed). Night: 150 (0.45) and 450 (1.875) on base.
    *February* (336 h each), base 2 reserved + by day 1 on demand. Day: short 450 (1.35), long 396 (1.65) on base,
    432 on spot, 522 on node-b (0.271875). Night: 150 (0.45) and 372 (1.55) on base, 78 on node-b (0.040625).

    *Fees.* Term January to March, 2,160 h, 2 nodes, 6 USD, a quarter upfront: 4,320 * 1.5 = 6,480; then 4.5 an hour:
    1,488 h 6,696; 1,344 h 6,048; 1,488 h 6,696. Held 744 * 5 = 3,720. On demand a: 0.5 * 372 * 1.05 = 195.3 h,
    336 * 1.05 = 352.8 h. Spot: 2 * 372 * 1.1 = 818.4 h, 2 * 336 * 1.1 = 739.2 h. On demand b: 69.75 h and
    (0.271875 + 0.040625) * 336 = 105 h at 70. Shortfall: 42 * 372 * 3,600 = 56.2464 Mtok * 2 = 112.4928: 112.49.

    *Contingencies.* Without cloud-b half the day's demand needs 225 * 0.003 + 675 / 240 = 3.4875 nodes of node-a:
    firm 3, emergency 0.4875; in February 2 and 1.4875 (43 % of the capacity). Expected: 0.12 / 12 * 100 = 1 h:
    4.875 USD is 4.88 (to the even cent), 14.875 is 14.88. Without held-a a quarter: 112.5 (0.3375) and 337.5
    (1.40625) by day, 37.5 (0.1125) and 112.5 (0.46875) by night: the two reserved nodes suffice.

    *Totals.* January pays 19,706.70 of cash and 6,480 upfront; of the latter 1,416 of 2,160 h are inside: 4,248,
    and 2,232 beyond; weight one half: 5,364. February 19,143.60 of cash; with the emergency 19,158.48. March 6,696.
    Objective: 19,706.70 + 112.49 + 4.88 + 5,364 + 19,158.48 * 1.1^(-1/12) + 3,348 * 1.1^(-2/12).
    1.1^(-1/12) = 0.992088942, 1.1^(-2/12) = 0.984240468. Effective 19,706.70 + 4,248 + 19,143.60 = 43,098.30.
    At list price: node-a 372 * (5.3 + 2.325) + 336 * (4.8 + 2) = 5,121.3 h * 10, node-b 174.75 h * 80: 65,193.
    Served: 2,358 tok/s * 372 h + 2,400 tok/s * 336 h = 3,157.8336 + 2,903.04 Mtok.
    """
    scenario = rich_scenario()
    objective = 19706.70 + 112.49 + 4.88 + 5364 + 19158.48 * 1.1 ** (-1 / 12) + 3348 * 1.1 ** (-1 / 6)
    totals = Totals(
        objective_usd=round(usd(str(objective)), 2),
        effective_usd=usd("43098.30"),
        cash_usd=usd("45330.30"),
        capex_usd=usd(0),
        beyond_horizon_usd=usd("8928.00"),
        shortfall_penalty_usd=usd("112.49"),
        emergency_expected_usd=usd("19.76"),
        list_usd=usd("65193.00"),
        served_mtok=usd("6060.8736"),
        usd_per_mtok=round(usd("43098.30") / usd("6060.8736"), 6),
    )
    return a_plan(
        scenario,
        totals,
        orders=(
            Order(
                order="res-a 2027-01",
                contract="res-a",
                offering="node-a",
                nodes=2,
                start=JAN,
                end=Month(2027, 4),
                order_by=date(2026, 12, 1),
            ),
        ),
        usages=_rich_usages(),
        placements=_rich_placements(),
        shortfalls=(
            Shortfall(
                outlook="base",
                month=JAN,
                block="day",
                workload="chat",
                size_class="long",
                accepted_tok_per_s=42.0,
            ),
        ),
        goodput=_rich_goodput(),
        refusals=_rich_refusals(),
        contingencies=_rich_cases(),
        cost_lines=_rich_lines(),
    )


def _rich_usages() -> tuple[Usage, ...]:
    rows = [
        ("od-a", "node-a", JAN, "day", 0.5),
        ("od-a", "node-a", FEB, "day", 1.0),
        ("spot-a", "node-a", JAN, "day", 2.0),
        ("spot-a", "node-a", FEB, "day", 2.0),
        ("od-b", "node-b", JAN, "day", 0.1875),
        ("od-b", "node-b", FEB, "day", 0.271875),
        ("od-b", "node-b", FEB, "night", 0.040625),
    ]
    return tuple(Usage(outlook="base", contract=c, offering=o, month=m, block=b, nodes=n) for c, o, m, b, n in rows)


def _rich_placements() -> tuple[Placement, ...]:
    base, spot = Pool.BASE, Pool.SPOT
    rows = [
        (JAN, "day", "short", "node-a", base, 450.0, 1.35),
        (JAN, "day", "long", "node-a", base, 516.0, 2.15),
        (JAN, "day", "long", "node-a", spot, 432.0, 1.8),
        (JAN, "day", "long", "node-b", base, 360.0, 0.1875),
        (JAN, "night", "short", "node-a", base, 150.0, 0.45),
        (JAN, "night", "long", "node-a", base, 450.0, 1.875),
        (FEB, "day", "short", "node-a", base, 450.0, 1.35),
        (FEB, "day", "long", "node-a", base, 396.0, 1.65),
        (FEB, "day", "long", "node-a", spot, 432.0, 1.8),
        (FEB, "day", "long", "node-b", base, 522.0, 0.271875),
        (FEB, "night", "short", "node-a", base, 150.0, 0.45),
        (FEB, "night", "long", "node-a", base, 372.0, 1.55),
        (FEB, "night", "long", "node-b", base, 78.0, 0.040625),
    ]
    return tuple(
        Placement(
            outlook="base",
            month=month,
            block=block,
            workload="chat",
            size_class=size_class,
            offering=offering,
            pool=pool,
            accepted_tok_per_s=tok_per_s,
            nodes=nodes,
        )
        for month, block, size_class, offering, pool, tok_per_s, nodes in rows
    )


def _rich_goodput() -> tuple[Goodput, ...]:
    modelled: dict[str, Any] = {"evidence": Evidence.MODELLED, "haircut_share": 0.2}
    figures = {
        ("short", "node-a"): serving(0.105, "gpu-a", ttft_ms=100.0),
        ("long", "node-a"): serving(0.4375, "gpu-a", ttft_ms=100.0, **modelled),
        ("short", "node-b"): serving(0.013125, "gpu-b", ttft_ms=100.0, accelerators_per_replica=4),
        ("long", "node-b"): serving(0.0546875, "gpu-b", ttft_ms=100.0, accelerators_per_replica=4, **modelled),
    }
    return tuple(
        Goodput(workload="chat", size_class=c, offering=o, contingency=event, serving=row)
        for event in (None, "lose-cloud-b", "lose-held-a")
        for (c, o), row in figures.items()
        if event is None or o == "node-a"
    )


def _rich_refusals() -> tuple[Refusal, ...]:
    why = {"node-c": RefusalReason.RESIDENCY, "node-d": RefusalReason.NO_TERMS}
    return tuple(
        Refusal(workload="chat", size_class=c, offering=o, reason=reason, text="by hand")
        for c in ("short", "long")
        for o, reason in why.items()
    )


def _rich_cases() -> tuple[ContingencyCase, ...]:
    rows = [
        ("lose-cloud-b", JAN, "day", (225.0, 0.675), (675.0, 2.8125), 0.4875),
        ("lose-cloud-b", FEB, "day", (225.0, 0.675), (675.0, 2.8125), 1.4875),
        ("lose-held-a", JAN, "day", (112.5, 0.3375), (337.5, 1.40625), 0.0),
        ("lose-held-a", JAN, "night", (37.5, 0.1125), (112.5, 0.46875), 0.0),
        ("lose-held-a", FEB, "day", (112.5, 0.3375), (337.5, 1.40625), 0.0),
        ("lose-held-a", FEB, "night", (37.5, 0.1125), (112.5, 0.46875), 0.0),
    ]
    return tuple(
        ContingencyCase(
            contingency=event,
            outlook="base",
            month=month,
            block=block,
            placements=tuple(
                ContingencyPlacement(
                    workload="chat", size_class=c, offering="node-a", accepted_tok_per_s=rate, nodes=nodes
                )
                for c, (rate, nodes) in (("short", short), ("long", long))
            ),
            emergency=(EmergencyUse(offering="node-a", on_demand_nodes=leaned, not_firm_nodes=0.0),) if leaned else (),
        )
        for event, month, block, short, long, leaned in rows
    )


def _rich_lines() -> tuple[CostLine, ...]:
    upfront, recurring = Nature.RESERVED_UPFRONT, Nature.RESERVED_RECURRING
    od, spot, emergency = Nature.ON_DEMAND_USAGE, Nature.SPOT_USAGE, Nature.EMERGENCY_EXPECTED
    jan, feb, mar = (JAN, FEB), (FEB, MAR), (MAR, Month(2027, 4))
    order = {"order": "res-a 2027-01"}
    b: dict[str, Any] = {"payee": "cloud-b", "offering": "node-b"}
    short: dict[str, Any] = {"payee": "chat", "offering": None, "unit": "mtok"}
    return (
        line(upfront, "res-a", (JAN, Month(2027, 4)), "4320", "1.5", "6480.00", **order),
        line(recurring, "res-a", jan, "1488", "4.5", "6696.00", **order),
        line(recurring, "res-a", feb, "1344", "4.5", "6048.00", **order),
        line(recurring, "res-a", mar, "1488", "4.5", "6696.00", **order),
        line(Nature.HELD_RECURRING, "held-a", jan, "744", "5", "3720.00"),
        line(od, "od-a", jan, "195.3", "10", "1953.00"),
        line(od, "od-a", feb, "352.8", "10", "3528.00"),
        line(spot, "spot-a", jan, "818.4", "3", "2455.20"),
        line(spot, "spot-a", feb, "739.2", "3", "2217.60"),
        line(od, "od-b", jan, "69.75", "70", "4882.50", **b),
        line(od, "od-b", feb, "105", "70", "7350.00", **b),
        line(Nature.SHORTFALL_PENALTY, "chat", jan, "56.2464", "2", "112.49", **short),
        line(emergency, "lose-cloud-b", jan, "0.4875", "10", "4.88"),
        line(emergency, "lose-cloud-b", feb, "1.4875", "10", "14.88"),
    )
