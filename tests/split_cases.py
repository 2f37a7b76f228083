"""Points of a split's roles."""

from typing import Any

from catalog.goodput import GoodputPoint, Role
from tests.builders import a_point


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
