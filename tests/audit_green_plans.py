"""A plan with blocks and owned hardware, held to rules of power, carbon and sovereignty that it keeps exactly."""

from decimal import Decimal
from typing import Any

from catalog.footprint import (
    AcceleratorPower,
    Answer,
    AuditQuestion,
    Locality,
    RatedScope,
    RegionEnergy,
    SovereigntyRating,
)
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import CostLine, Plan
from optimizer.plan_footprint import FootprintMonth, SovereigntyMonth
from scenarios.policy import (
    AuditMinimum,
    BudgetWindow,
    CarbonCap,
    ConcentrationCap,
    Grouping,
    PowerCap,
    ShareFloor,
    ShareMeasure,
    SovereigntyFloor,
    Window,
)
from tests import builders as make
from tests.audit_hardware import APR, CALM, LATE
from tests.audit_hardware_plans import hardware_plan
from tests.audit_lines import FEB, JAN, MAR, line, usd
from tests.audit_lock_in_plans import an_outstanding
from tests.audit_planting import on, under

HOURS: dict[str, dict[str, dict[Month, int]]] = {
    CALM: {
        "node-a": {JAN: 816, FEB: 1344, MAR: 720, APR: 720},
        "node-b": {JAN: 1488, FEB: 1344, MAR: 1488, APR: 1440},
    },
    LATE: {"node-a": {JAN: 816, FEB: 1344, MAR: 720}, "node-b": {FEB: 1344, MAR: 1488, APR: 1440}},
}
"""Node-hours that are held."""
INDEX: dict[str, dict[Month, float]] = {
    CALM: {JAN: 159120 / 2304, FEB: 62.5, MAR: 155280 / 2208, APR: 70.0},
    LATE: {JAN: 40.0, FEB: 62.5, MAR: 155280 / 2208, APR: 85.0},
}
KW = {"node-a": 5, "node-b": 10}
PRICE = Decimal(50)


def a_rating(name: str, scores: tuple[float, float, float, float], **overrides: Any) -> SovereigntyRating:
    """Of an offering; of an accelerator where the scope says so. Firmware can be verified, what it serves moved."""
    parts = ("ip_ownership", "fabrication_diversity", "compiler_openness", "energy_integration")
    fields: dict[str, Any] = {
        "scope": RatedScope.OFFERING,
        "name": name,
        **dict(zip(parts, scores, strict=True)),
        "firmware_integrity": Answer.YES,
        "portable_in_24_hours": Answer.YES,
    }
    return SovereigntyRating(**(make.SOURCED | fields | overrides))


def an_accelerator_power(accelerator: str = "gpu-a", **overrides: Any) -> AcceleratorPower:
    return AcceleratorPower(**(make.SOURCED | {"accelerator": accelerator, "power_kw": 4.0} | overrides))


def a_region_energy(region: str = "region-a", **overrides: Any) -> RegionEnergy:
    """400 g of CO2e a kWh, and a quarter more for cooling."""
    fields = {"region": region, "grid_g_co2e_per_kwh": 400.0, "pue": 1.25}
    return RegionEnergy(**(make.SOURCED | fields | overrides))


def green_plan() -> Plan:
    """Blocks of node-a in a cloud, owned node-b on a site of one's own, which comes a month late in one outlook.

    *Node-hours.* node-a 816, 1,344, 720 and in the calm 720; node-b 1,488 (calm only), 1,344, 1,488, 1,440. In the calm
    3,600 + 5,760 = 9,360, late 2,880 + 4,272 = 7,152; all at the same list price.

    *Power.* A chip of node-a 4 kW * 1.25 = 5 kW; node-b by its terms, 8 kW * 1.25 = 10 kW. Two of each draw 30 kW in
    region-a, also in January, when the block runs for 17 days; node-b on its own site 20 kW. kWh: calm 18,960, 20,160,
    18,480, 18,000 (75,600, of which node-b 57,600), late 4,080, 20,160, 18,480, 14,400 (57,120; node-b 42,720).

    *Carbon*, 0.4 kg a kWh: calm 7.584, 8.064, 7.392, 7.2 (30.24 t), late 1.632, 8.064, 7.392, 5.76 (22.848 t). The
    first quarter 23.04; April, a month of three, may have 7.68 of it. A year of which four months are seen:
    90.72 / 3 = 30.24. At 50 USD a tonne 1,512 and 1,142.40: expected 1,327.20.

    *Index.* Chips of node-a 40; node-b 30 + 25 * 0.8 + 20 / 2 + 25 = 85 by a rating of its own. By month calm 69.06,
    62.5, 70.33, 70, late 40, 62.5, 70.33, 85; late over the horizon (2,880 * 40 + 4,272 * 85) / 7,152 = 66.88.
    Of both offerings two answers are yes, one of them that they can be moved.

    *Shares.* Capacity: own sites 59.7 % late, block-jan 30.8 % in the calm. Power: vendor-a 25.2 % late, local 74.8 %.
    *Owed* after January: late 20,000 for node-b; to cloud-a 4,320 after March in the calm, signed in that month.
    """
    plan = hardware_plan()
    catalog = plan.scenario.catalog
    node_a, node_b = catalog.offerings
    catalog = catalog.model_copy(
        update={
            "offerings": (node_a, node_b.model_copy(update={"locality": Locality.OWN_SITE})),
            "accelerator_power": (an_accelerator_power(), an_accelerator_power("gpu-b", power_kw=100.0)),
            "region_energy": (a_region_energy(),),
            "sovereignty": (
                a_rating("gpu-a", (40.0, 40.0, 40.0, 40.0), scope=RatedScope.ACCELERATOR),
                a_rating("gpu-b", (0.0, 0.0, 0.0, 0.0), scope=RatedScope.ACCELERATOR),
                a_rating("node-b", (100.0, 80.0, 50.0, 100.0)),
            ),
        }
    )
    plan = under(on(plan, catalog=catalog), **_policy(plan))
    return _with_carbon_price(plan).model_copy(
        update={
            "footprint": tuple(_footprint()),
            "sovereignty": tuple(
                SovereigntyMonth(outlook=outlook, month=month, index=round(index, 9))
                for outlook, months in INDEX.items()
                for month, index in months.items()
            ),
        }
    )


def _policy(plan: Plan) -> dict[str, Any]:
    horizon: dict[str, Any] = {"window": Window.HORIZON}
    capacity: dict[str, Any] = horizon | {"measure": ShareMeasure.CAPACITY}
    power: dict[str, Any] = horizon | {"measure": ShareMeasure.POWER}
    return {
        "concentration": (
            *plan.scenario.policy.concentration,
            ConcentrationCap(rule="draws", by=Grouping.CHIP_VENDOR, group="vendor-a", cap_share=144 / 571.2, **power),
        ),
        "share_floors": (
            ShareFloor(rule="own", by=Grouping.LOCALITY, group="local", floor_share=4272 / 7152, **capacity),
            ShareFloor(rule="block", by=Grouping.CONTRACT, group="block-jan", floor_share=2880 / 9360, **capacity),
            ShareFloor(rule="own-power", by=Grouping.LOCALITY, group="local", floor_share=427.2 / 571.2, **power),
        ),
        "outstanding": (an_outstanding("owed", "20000"), an_outstanding("owed-a", "4320", provider="cloud-a")),
        "power": (
            PowerCap(rule="region", group="region-a", limit_mw=0.03),
            PowerCap(rule="ground", by=Grouping.LOCALITY, limit_mw=0.02),
        ),
        "carbon": (
            CarbonCap(rule="monthly", window=BudgetWindow.MONTH, limit_t_co2e=8.064),
            CarbonCap(rule="quarterly", window=BudgetWindow.QUARTER, limit_t_co2e=23.04),
            CarbonCap(rule="yearly", window=BudgetWindow.YEAR, limit_t_co2e=90.72),
            CarbonCap(rule="together", window=BudgetWindow.HORIZON, limit_t_co2e=30.24),
        ),
        "carbon_price_usd_per_t": PRICE,
        "sovereignty": (
            SovereigntyFloor(rule="spring", index_at_least=62.5, first_month=FEB),
            SovereigntyFloor(rule="fleet", index_at_least=478320 / 7152, **horizon),
        ),
        "audit_answers": (
            AuditMinimum(rule="two-answers", yes_at_least=2),
            AuditMinimum(rule="moves", workload="chat", required=(AuditQuestion.PORTABLE_IN_24_HOURS,)),
        ),
    }


def _with_carbon_price(plan: Plan) -> Plan:
    """Its lines, and what they add to the objectives."""
    added = {None: usd("1327.20"), CALM: usd("1512.00"), LATE: usd("1142.40")}
    totals = {None: plan.totals} | {row.outlook: row.totals for row in plan.by_outlook}
    new = {
        outlook: row.model_copy(
            update={"objective_usd": row.objective_usd + added[outlook], "carbon_price_usd": added[outlook]}
        )
        for outlook, row in totals.items()
    }
    return plan.model_copy(
        update={
            "cost_lines": (*plan.cost_lines, *_lines()),
            "totals": new[None],
            "by_outlook": tuple(row.model_copy(update={"totals": new[row.outlook]}) for row in plan.by_outlook),
            "incumbent_usd": float(new[None].objective_usd),
            "bound_usd": float(new[None].objective_usd),
        }
    )


def _lines() -> list[CostLine]:
    lines = []
    for outlook, offerings in HOURS.items():
        for offering, months in offerings.items():
            for month, hours in months.items():
                tonnes = usd(hours * KW[offering]) * usd("0.0004")
                of: dict[str, Any] = {
                    "line": f"carbon-{outlook}-{offering}-{month}",
                    "outlook": outlook,
                    "payee": "cloud-b" if offering == "node-b" else "cloud-a",
                    "offering": offering,
                    "unit": "t_co2e",
                }
                amount = str(round(tonnes * PRICE, 2))
                lines.append(
                    line(Nature.CARBON_PRICE, offering, (month, month + 1), str(tonnes), str(PRICE), amount, **of)
                )
    return lines


def _footprint() -> list[FootprintMonth]:
    return [
        FootprintMonth(
            outlook=outlook,
            month=month,
            offering=offering,
            node_hours=usd(hours),
            energy_kwh=usd(hours * KW[offering]),
            t_co2e=usd(hours * KW[offering]) * usd("0.0004"),
        )
        for outlook, offerings in HOURS.items()
        for offering, months in offerings.items()
        for month, hours in months.items()
    ]
