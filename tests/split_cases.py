"""Splits: points of their roles, and a fleet in which one pays."""

from decimal import Decimal
from typing import Any

from catalog.book import Catalog
from catalog.goodput import GoodputPoint, Role
from contracts.terms.split import Split
from scenarios.scenario import Scenario
from tests.builders import (
    SOURCED,
    a_catalog,
    a_point,
    a_scenario,
    a_size_class,
    a_workload,
    an_accelerator,
    an_offering,
    an_on_demand,
    flat_demand,
)


def reads(name: str = "reads", **overrides: Any) -> GoodputPoint:
    """Prefill of 20 requests of 1,000 prompt tokens a second, first token after 300 ms."""
    fields: dict[str, Any] = {
        "curve": "reads",
        "role": Role.PREFILL,
        "input_tokens": 1000.0,
        "output_tokens": 100.0,
        "output_tok_per_s": 2000.0,
        "ttft_ms": 300.0,
        "tpot_ms": None,
        "tpot_percentile": None,
    }
    return a_point(name, **(fields | overrides))


def writes(name: str = "writes", **overrides: Any) -> GoodputPoint:
    """Decode of four requests of 100 tokens a second, a token every 15 ms."""
    fields: dict[str, Any] = {
        "curve": "writes",
        "role": Role.DECODE,
        "input_tokens": 1000.0,
        "output_tokens": 100.0,
        "output_tok_per_s": 400.0,
        "ttft_ms": None,
        "ttft_percentile": None,
        "tpot_ms": 15.0,
    }
    return a_point(name, **(fields | overrides))


def a_split(name: str = "a-to-b", **overrides: Any) -> Split:
    """node-a reads, node-b writes; a GB of cache costs a tenth of a cent and moves in 0.1 s, the rest takes 10 ms."""
    fields: dict[str, Any] = {
        "split": name,
        "model": "model-a",
        "precision": "fp8",
        "prefill_offering": "node-a",
        "decode_offering": "node-b",
        "transfer_usd_per_gb": Decimal("0.001"),
        "transfer_gb_per_s": 10.0,
        "handover_ms": 10.0,
    }
    return Split(**(SOURCED | fields | overrides))


def two_chips(**overrides: Any) -> Catalog:
    """gpu-a reads 20 prompts of 1,000 tokens a second, gpu-b writes 20 answers of 100.

    Alone, either serves four whole requests a second: gpu-a is slow at writing, gpu-b at reading.
    """
    alone = {"input_tokens": 1000.0, "output_tokens": 100.0, "output_tok_per_s": 400.0}
    fields: dict[str, Any] = {
        "accelerators": (an_accelerator(), an_accelerator("gpu-b", chip_vendor="vendor-b", stack="stack-b")),
        "offerings": (an_offering(), an_offering("node-b", provider="cloud-b", accelerator="gpu-b")),
        "goodput_points": (
            reads(),
            writes(accelerator="gpu-b", stack="stack-b", output_tok_per_s=2000.0),
            a_point("a-alone", **alone),
            a_point("b-alone", curve="curve-b", accelerator="gpu-b", stack="stack-b", **alone),
        ),
    }
    return a_catalog(**(fields | overrides))


def a_split_fleet(requests_per_s: float = 20.0, **overrides: Any) -> Scenario:
    """20 requests/s of 1,000 + 100 tokens for two months, on demand at 10 USD an hour.

    A split keeps one node of each offering busy; either alone needs five. A prompt has 0.1 GB of cache.
    """
    fields: dict[str, Any] = {
        "catalog": two_chips(),
        "contracts": (an_on_demand(), an_on_demand("od-b", offering="node-b")),
        "splits": (a_split(),),
        "workloads": (a_workload(ttft_limit_ms=500.0, tpot_limit_ms=20.0),),
        "size_classes": (a_size_class(input_tokens=1000.0),),
        "demand": flat_demand(requests_per_s=requests_per_s),
    }
    return a_scenario(**(fields | overrides))
