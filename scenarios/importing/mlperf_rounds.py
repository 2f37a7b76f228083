"""What the rules and data sets of MLPerf Inference rounds say, and the results file does not.

Limits: TTFT and TPOT that 99 % of the queries of a scenario must keep, by the rules of the round. Lengths: means of the
data set, where somebody has written them down.
"""

from dataclasses import dataclass
from datetime import date

PUBLISHED = {"5.1": date(2025, 9, 9)}
"""Day on which the results of a round were published."""


@dataclass(frozen=True)
class Lengths:
    """Mean tokens of a request of a data set."""

    input_tokens: float
    output_tokens: float
    source: str


LIMITS_MS = {
    ("llama2-70b", "Server"): (2000.0, 200.0),
    ("llama2-70b", "Interactive"): (450.0, 40.0),
    ("llama3.1-405b", "Server"): (6000.0, 175.0),
    ("llama3.1-405b", "Interactive"): (4500.0, 80.0),
    ("llama3.1-8b", "Server"): (2000.0, 100.0),
    ("mixtral-8x7b", "Server"): (2000.0, 200.0),
    ("deepseek-r1", "Server"): (2000.0, 80.0),
}
"""Benchmark and scenario of round 5.1 -> limit of TTFT and of TPOT at p99."""

LENGTHS = {
    "llama3.1-405b": Lengths(
        9400.0,
        684.68,
        "mean input mlcommons.org/2025/04/llm-inference-v5, "
        "tokens per sample mlcommons/inference language/llama3.1-405b/README.md",
    ),
}
"""Benchmark -> lengths, where both are known."""

OUTPUT_ONLY = {"llama2-70b": 294.45, "mixtral-8x7b": 144.84}
"""Benchmark -> tokens per sample that its README states, where the mean input was not found in writing."""


def benchmark_of(model: str) -> str:
    """A benchmark without its accuracy class.

    >>> benchmark_of("llama2-70b-99.9"), benchmark_of("llama3.1-405b")
    ('llama2-70b', 'llama3.1-405b')
    """
    return model.removesuffix("-99.9").removesuffix("-99")
