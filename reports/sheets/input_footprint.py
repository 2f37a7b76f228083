"""The part of sheet Inputs about sovereignty, power and carbon."""

from __future__ import annotations

from decimal import Decimal

from optimizer.footprint_figures import FootprintFigures
from reports.facts import Facts
from reports.formulas import Expr
from reports.layout import Fmt
from reports.sheets.input_writer import AMOUNT, InputWriter

CARBON_PRICE = "CarbonPriceUSDPerT"
KW_PER_MW = "KWPerMW"
GRAMS_PER_TONNE = "GramsPerTonne"
FULL_INDEX = "FullIndex"
WEIGHTS = {
    "ip_ownership": "WeightIPOwnership",
    "fabrication_diversity": "WeightFabrication",
    "compiler_openness": "WeightCompiler",
    "energy_integration": "WeightEnergy",
}
"""Names of the weights of the four parts of the index."""


def write_footprint(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    """Limits by rule; weights, price and constants have names. Nothing where the plan tells neither."""
    figures = FootprintFigures(facts.scenario)
    limits: dict[str, Expr] = {}
    if figures.has_index:
        limits |= _sovereignty(write, facts)
    if figures.has_energy:
        limits |= _energy(write, facts)
    return limits


def _sovereignty(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    policy = facts.scenario.policy
    write.section("Sovereignty: the index of the fleet")
    for part, name in WEIGHTS.items():
        weight = getattr(policy.sovereignty_weights, part)
        label = f"Weight of {part.replace('_', ' ')}"
        write.add(label, weight, "points", f"policy.sovereignty_weights.{part}", name=name, check=AMOUNT)
    write.add("Index of what is best in every part", 100, "points", "definition", fmt=Fmt.WHOLE, name=FULL_INDEX)
    return {
        rule.rule: write.add(
            f"{rule.rule}: lowest index of the fleet",
            rule.index_at_least,
            f"points per {rule.window.value}",
            f"policy.sovereignty[{rule.rule}].index_at_least",
            check=AMOUNT,
        )
        for rule in policy.sovereignty
    }


def _energy(write: InputWriter, facts: Facts) -> dict[str, Expr]:
    policy = facts.scenario.policy
    write.section("Power and carbon")
    limits = {
        rule.rule: write.add(
            f"{rule.rule}: {rule.by.value} {'(each)' if rule.group == '*' else rule.group}",
            rule.limit_mw,
            "MW in any block",
            f"policy.power[{rule.rule}].limit_mw",
            check=AMOUNT,
        )
        for rule in policy.power
    }
    limits |= {
        rule.rule: write.add(
            f"{rule.rule}: most emissions of a whole window",
            rule.limit_t_co2e,
            f"t CO2e a {rule.window.value}",
            f"policy.carbon[{rule.rule}].limit_t_co2e",
            check=AMOUNT,
        )
        for rule in policy.carbon
    }
    path = "policy.carbon_price_usd_per_t"
    price: Decimal = policy.carbon_price_usd_per_t
    write.add("Price of carbon", price, "USD/t, billed by nobody", path, fmt=Fmt.PRICE, name=CARBON_PRICE, check=AMOUNT)
    write.add("Kilowatts in a megawatt", 1000, "kW", "definition", fmt=Fmt.WHOLE, name=KW_PER_MW)
    write.add("Grams in a tonne", 1_000_000, "g", "definition", fmt=Fmt.WHOLE, name=GRAMS_PER_TONNE)
    return limits
