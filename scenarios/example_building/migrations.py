"""What it takes to bring a model to a stack on which the company does not run it: all of it assumed.

A pair that held contracts serve when the plan begins has no row, because it runs already: Llama 3 8B and 70B on neuron,
Llama 3 8B and Llama 3.1 405B on rocm.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalog.records import Evidence
from scenarios.migrations import Migration

ASSUMED_ON = date(2026, 11, 21)
SOURCE = "assumption of this example: cost, time, ramp and upkeep of a port; no public figure was found"


@dataclass(frozen=True, slots=True)
class _Port:
    """One port; work that takes more than half a year of engineers is put on the balance sheet."""

    migration: str
    model: str
    stack: str
    engineering_usd: int
    lead_months: int
    ramp_shares: tuple[float, ...]
    upkeep_usd_per_month: int
    capitalised: bool


PORTS = (
    _Port("port-70b-xla", "llama-3-70b", "xla", 600_000, 3, (0.25, 0.5), 25_000, True),
    _Port("port-235b-neuron", "qwen3-235b-a22b", "neuron", 1_000_000, 6, (0.2, 0.4, 0.7), 40_000, True),
    _Port("port-405b-neuron", "llama-3.1-405b", "neuron", 800_000, 5, (0.25, 0.5), 30_000, True),
    _Port("port-70b-rocm", "llama-3-70b", "rocm", 200_000, 2, (0.5,), 10_000, False),
)


def migrations() -> list[Migration]:
    """All ports; the work takes the whole time until the gate."""
    return [
        Migration(
            migration=port.migration,
            model=port.model,
            stack=port.stack,
            engineering_usd=Decimal(port.engineering_usd),
            engineering_months=port.lead_months,
            capitalised=port.capitalised,
            lead_months=port.lead_months,
            ramp_shares=port.ramp_shares,
            upkeep_usd_per_month=Decimal(port.upkeep_usd_per_month),
            source=SOURCE,
            as_of=ASSUMED_ON,
            evidence=Evidence.MODELLED,
        )
        for port in PORTS
    ]
