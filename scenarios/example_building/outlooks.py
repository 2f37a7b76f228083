"""Five futures of the same fleet: how likely each is, and what is different in it.

Probabilities, growth, depth and delays are assumptions. Price moves have happened once and are looked up in the bundled
history; the gain that is lost where a claim fails is the one that is claimed. README.md of the example says why, row
by row.
"""

import csv
from decimal import Decimal
from pathlib import Path

from contracts.calendar import Month
from scenarios.example_building.history import FACTOR_STEP, PriceHistory
from scenarios.outlooks import Effect, Outlook, OutlookEffect, Subject

BASE, LOW, HIGH, LATE, FAILED = "base", "low", "high", "late-chips", "failed-port"

OUTLOOKS = (
    Outlook(outlook=BASE, probability=0.4, description="As planned: demand, prices and goodput as in the tables."),
    Outlook(outlook=LOW, probability=0.2, description="Demand grows less, and prices fall as they did in 2025."),
    Outlook(outlook=HIGH, probability=0.2, description="Demand grows more, and spot rises as it did in 2025-26."),
    Outlook(
        outlook=LATE, probability=0.1, description="Trainium comes late: Trainium3 half a year, Trainium2 a quarter."
    ),
    Outlook(
        outlook=FAILED,
        probability=0.1,
        description="Qwen3 235B fails its gate on Trainium, and Trainium is only as good as H100 for its price.",
    ),
)

AWS_CUT = {
    "p4de.24xlarge": ("2023-09-18", ("aws-a100-use1",)),
    "p5.48xlarge": ("2023-09-18", ("aws-h100-use1", "aws-h100-eun1")),
    "p5en.48xlarge": ("2025-03-31", ("aws-h200-use1", "aws-h200-eun1", "aws-h200-apne1")),
}
"""Instances whose on-demand list fell on AWS_CUT_SEEN, when the price before was first seen, and their offerings."""
AWS_CUT_SEEN = "2025-06-23"
CLAIMED = ("aws-trn2-use2", "quote-aws-trn3-use1")
"""Offerings whose goodput rests on the claim of Trainium2."""


def outlook_effects(bundled: Path) -> list[OutlookEffect]:
    """Every effect, outlook by outlook."""
    history = PriceHistory(bundled)
    return [*_low(history), *_high(history), *_late(), *_failed(bundled)]


def _low(history: PriceHistory) -> list[OutlookEffect]:
    spot = history.factor("gcp", "a3-highgpu-8g", "us-east4", "spot", "2024-10-31", "2025-03-13")
    return [
        *_demand(LOW, {"2027-04": 0.95, "2027-10": 0.88, "2028-04": 0.8}),
        *(
            _on(LOW, Effect.ON_DEMAND_PRICE, Subject.OFFERING, offering, factor, "2027-07")
            for instance, (before, offerings) in AWS_CUT.items()
            for factor in [history.factor("aws", instance, "us-east-1", "on_demand", before, AWS_CUT_SEEN)]
            for offering in offerings
        ),
        _on(LOW, Effect.SPOT_PRICE, Subject.FAMILY, "hopper", spot, "2027-07"),
    ]


def _high(history: PriceHistory) -> list[OutlookEffect]:
    first_half = history.factor("gcp", "a3-highgpu-8g", "us-central1", "spot", "2025-05-01", "2026-04-02")
    whole = history.factor("gcp", "a3-highgpu-8g", "us-central1", "spot", "2025-05-01", "2026-07-22")
    listed = history.factor("gcp", "a2-ultragpu-8g", "us-central1", "on_demand", "2022-09-11", "2022-10-02")
    return [
        *_demand(HIGH, {"2027-04": 1.05, "2027-10": 1.12, "2028-04": 1.2}),
        _on(HIGH, Effect.SPOT_PRICE, Subject.FAMILY, "hopper", first_half, "2027-07"),
        _on(HIGH, Effect.SPOT_PRICE, Subject.FAMILY, "hopper", whole, "2028-01"),
        _on(HIGH, Effect.SPOT_DEPTH, Subject.ALL, "*", 0.5, "2027-07"),
        _on(HIGH, Effect.ON_DEMAND_PRICE, Subject.ALL, "*", listed, "2027-10"),
    ]


def _late() -> list[OutlookEffect]:
    return [
        _on(LATE, Effect.DELIVERY_DELAY, Subject.OFFERING, "quote-aws-trn3-use1", 6),
        _on(LATE, Effect.DELIVERY_DELAY, Subject.OFFERING, "aws-trn2-use2", 3),
    ]


def _failed(bundled: Path) -> list[OutlookEffect]:
    with (bundled / "claims.csv").open(encoding="utf-8", newline="") as file:
        gain = next(Decimal(row["gain_share"]) for row in csv.DictReader(file) if row["claim"] == "aws-trn2-vs-h100")
    without_gain = float((1 / (1 + gain)).quantize(FACTOR_STEP))
    return [
        _on(FAILED, Effect.GATE, Subject.MIGRATION, "port-235b-neuron", 0),
        *(_on(FAILED, Effect.GOODPUT, Subject.OFFERING, offering, without_gain) for offering in CLAIMED),
    ]


def _demand(outlook: str, factors: dict[str, float]) -> list[OutlookEffect]:
    """Factors on the demand of all workloads, each from a month on."""
    return [_on(outlook, Effect.DEMAND, Subject.ALL, "*", value, month) for month, value in factors.items()]


def _on(
    outlook: str, effect: Effect, of: Subject, name: str, value: float, first_month: str | None = None
) -> OutlookEffect:
    month = Month.parse(first_month) if first_month else None
    return OutlookEffect(outlook=outlook, effect=effect, of=of, name=name, first_month=month, value=value)
