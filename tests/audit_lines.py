"""Parts of plans worked by hand: amounts, serving figures, lines of cost, and the plan around them."""

from decimal import Decimal
from typing import Any

from catalog.records import Evidence
from catalog.serving import Serving
from contracts.calendar import Month
from contracts.terms.common import Nature
from optimizer.plan import (
    CostLine,
    Plan,
    Status,
    StopReason,
    Totals,
)
from optimizer.plan_solver import SolverRecord, Versions
from scenarios.scenario import Scenario

JAN, FEB, MAR = Month(2027, 1), Month(2027, 2), Month(2027, 3)


def usd(text: str | int) -> Decimal:
    return Decimal(text)


def serving(seconds: float, accelerator: str, **overrides: Any) -> Serving:
    fields: dict[str, Any] = {
        "node_seconds_per_attempt": seconds,
        "precision": "fp8",
        "engine": "engine-a",
        "accelerators_per_replica": 1,
        "evidence": Evidence.MEASURED,
        "haircut_share": 0.0,
        "percentile_factor": 1.0,
        "ttft_ms": None,
        "tpot_ms": None,
        "quality_score": 99.0,
        "points": (f"{accelerator}-short", f"{accelerator}-long"),
    }
    return Serving(**(fields | overrides))


def one_size(letter: str, **overrides: Any) -> Serving:
    """1,000 tok/s at one measured size: 0.1 s for 100 + 100 tokens, one grade lower for want of a second size."""
    fields: dict[str, Any] = {
        "quality_score": 99.0 if letter == "a" else None,
        "points": (f"point-{letter}",),
        "evidence": Evidence.INDEPENDENT,
    }
    return serving(0.1, f"gpu-{letter}", **(fields | overrides))


def line(
    nature: Nature,
    source: str,
    months: tuple[Month, Month],
    quantity: str,
    price: str,
    amount: str,
    **overrides: Any,
) -> CostLine:
    """A line paid in its first month of service; recourse carries the outlook "base"."""
    first, end = months
    committed = nature.value.startswith(("reserved", "held"))
    fields: dict[str, Any] = {
        "line": f"{nature.value}-{source}-{first}-{overrides.get('offering', '')}-{end}",
        "nature": nature,
        "outlook": None if committed else "base",
        "payee": "cloud-a",
        "offering": "node-a",
        "source": source,
        "order": None,
        "paid_month": first,
        "service_first": first,
        "service_end": end,
        "quantity": usd(quantity),
        "unit": "node_hour",
        "unit_price_usd": usd(price),
        "amount_usd": usd(amount),
    }
    return CostLine(**(fields | overrides))


def a_plan(scenario: Scenario, totals: Totals, **parts: Any) -> Plan:
    """A plan solved to the end."""
    incumbent = float(totals.objective_usd)
    fields: dict[str, Any] = {
        "status": Status.WITHIN_GAP,
        "stop_reason": StopReason.GAP_REACHED,
        "incumbent_usd": incumbent,
        "bound_usd": incumbent,
        "gap": 0.0,
        "asked_gap_share": 0.0,
        "asked_gap_usd": 0.0,
        "totals": totals,
        "shortfalls": (),
        "refusals": (),
        "contingencies": (),
        "input_hashes": scenario.input_files,
        "fingerprint": scenario.fingerprint(),
        "versions": Versions(siliconmix="0", python="3", pyomo="6", highspy="1"),
        "solver": SolverRecord(
            options=(),
            seed=0,
            columns=1,
            rows=1,
            nonzeros=1,
            integers=1,
            money_scale_usd=1.0,
            smallest_coefficient=1.0,
            largest_coefficient=1.0,
        ),
        "scenario": scenario,
    }
    return Plan(**(fields | parts))
