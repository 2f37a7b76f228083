"""api_prices.csv: public prices by the token of the catalog's models, as they are offered under the provider's name."""

from collections.abc import Sequence
from datetime import date

from catalog.bundling.chips import READ_ON
from catalog.bundling.tables import RawRow, money
from catalog.records import Count, Id, Sourced, Text, Usd

OFFERED = {
    "cerebras/gpt-oss-120b": "gpt-oss-120b",
    "cerebras/llama-3.1-8b": "llama-3-8b",
    "databricks/databricks-gpt-oss-120b": "gpt-oss-120b",
    "databricks/databricks-meta-llama-3-1-8b-instruct": "llama-3-8b",
    "databricks/databricks-meta-llama-3-3-70b-instruct": "llama-3-70b",
    "deepinfra/Qwen/Qwen3-235B-A22B": "qwen3-235b-a22b",
    "deepinfra/Qwen/Qwen3-32B": "qwen3-32b",
    "deepinfra/deepseek-ai/DeepSeek-V3": "deepseek-v3",
    "deepseek/deepseek-v3": "deepseek-v3",
    "fireworks_ai/accounts/fireworks/models/deepseek-v3": "deepseek-v3",
    "groq/openai/gpt-oss-120b": "gpt-oss-120b",
    "meta.llama3-1-8b-instruct-v1:0": "llama-3-8b",
    "meta.llama3-3-70b-instruct-v1:0": "llama-3-70b",
    "mistral.mixtral-8x7b-instruct-v0:1": "mixtral-8x7b",
    "nebius/Qwen/Qwen3-235B-A22B": "qwen3-235b-a22b",
    "nebius/Qwen/Qwen3-32B": "qwen3-32b",
    "nebius/deepseek-ai/DeepSeek-V3": "deepseek-v3",
    "openai.gpt-oss-120b-1:0": "gpt-oss-120b",
    "qwen.qwen3-32b-v1:0": "qwen3-32b",
    "vertex_ai/meta/llama-3.1-405b-instruct-maas": "llama-3.1-405b",
}
"""Name under which the source lists it -> model of the catalog."""


class ApiPrice(Sourced):
    """Prices of a million tokens; limits, latency and quality of an offer are not public and not here."""

    provider: Id
    offered_as: Text
    model: Id
    price_usd_per_mtok_input: Usd
    price_usd_per_mtok_cached_input: Usd | None = None
    """Blank where none is published: it is then not known that cached input is cheaper."""
    price_usd_per_mtok_output: Usd
    longest_input_tok: Count | None = None


def api_prices(rows: Sequence[RawRow]) -> list[ApiPrice]:
    """Prices of the models above that had not been withdrawn, sorted."""
    found = [_price(row) for row in rows if row["model"] in OFFERED and _is_offered(row)]
    return sorted(found, key=lambda row: (row.model, row.provider, row.offered_as))


def _is_offered(row: RawRow) -> bool:
    until = row["deprecation_date"].strip()
    return not until or date.fromisoformat(until) > READ_ON


def _price(row: RawRow) -> ApiPrice:
    tokens = row["max_input_tokens"].strip()
    return ApiPrice(
        provider=row["provider"],
        offered_as=row["model"],
        model=OFFERED[row["model"]],
        price_usd_per_mtok_input=money(row, "input_usd_per_m_tok"),
        price_usd_per_mtok_cached_input=money(row, "cached_input_usd_per_m_tok"),
        price_usd_per_mtok_output=money(row, "output_usd_per_m_tok"),
        longest_input_tok=int(tokens) if tokens else None,
        source=row["source"],
        as_of=READ_ON,
        licence="MIT",
    )
