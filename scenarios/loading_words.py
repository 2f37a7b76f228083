"""What fields mean whose records leave it to their names; docs/inputs.md and `siliconmix paths` show it."""

from decimal import Decimal
from enum import Enum
from typing import Any

from catalog.records import Record

WORDS = {
    "accelerator": "Name of the chip, as in accelerators.",
    "accelerators_per_node": "Chips of one node.",
    "accelerators_per_replica": "Chips that one replica of the model takes.",
    "agreement": "Name of the agreement.",
    "baseline_accelerator": "The chip that it is compared with.",
    "baseline_list_price_usd_per_accelerator_hour": "List price of the baseline chip in the comparison.",
    "blocks": "Survived in all blocks, or in those than which no other asks at least as much of every workload.",
    "budget": "Name of the budget.",
    "budgets": "Most cash that may leave, below.",
    "budgets.window": "Over which months payments are added up; quarters and years are those of the calendar.",
    "by": "The property by which offerings are grouped.",
    "cap_share": "Most that a group may have.",
    "claim": "Name of the claim.",
    "concentration": "Caps on the share of a group, below.",
    "concurrency": "Requests in flight in the run; blank if not known (then nothing is interpolated).",
    "contingencies": "Events to be survived, below.",
    "contingency": "Name of the event.",
    "contract": "Name of the contract.",
    "credit": "Name of the credit.",
    "currency": "All money is in this currency.",
    "demand.month": "Month of the horizon; every workload states every month once.",
    "discount_rate_per_year": "Cost of capital: 0.08 for 8 % a year.",
    "duration_hours": "How long the event lasts.",
    "effect": "What is different: the list below.",
    "engine": "Serving engine and version of the run.",
    "forecast.month": "Month of the quantiles; with growth, the first that they are of. It may lie before the horizon.",
    "expiries": "Most that may end in one quarter, below.",
    "firm": "Whether the nodes are there in a contingency; false for what is a discount and not capacity.",
    "first_month": "First month of the horizon.",
    "floor_share": "Least that the group must have.",
    "held": "Name of the held contract.",
    "independent": "For figures of independent benchmarks.",
    "input_tokens": "Mean prompt tokens of a request of this class.",
    "kind": "Which kind of contract the row is.",
    "load": "Load in this hour, on any scale.",
    "lost": "What the event takes away.",
    "measure": "What the share is a share of.",
    "measured": "For figures that we measured ourselves.",
    "migration": "Name of the migration.",
    "model": "Name of the model.",
    "modelled": "For figures of a calculator that was checked against measurements.",
    "months": "Months of the horizon.",
    "nodes": "Nodes under the contract.",
    "of": "What the effect is on; which effect can be on what: the list below.",
    "offering": "Name of the offering.",
    "outlook": "Name of the outlook.",
    "outstanding": "Most that may still have to be paid under commitments, below.",
    "output_tok_per_s": "Output tokens per second of the replica at this point.",
    "output_tokens": "Mean generated tokens of a request of this class.",
    "own_list_price_usd_per_accelerator_hour": "List price of the chip in the comparison.",
    "point": "Name of the point.",
    "precision": "Precision of the weights, as in models.",
    "price_usd_per_node_hour": "Price of one node for one hour of service.",
    "pricing_rule": "For a fictitious row: the rule that derives its price from a real row.",
    "probability": "How likely the outlook is; the probabilities of all outlooks add up to 1.",
    "probability_per_year": "How likely the event is in a year; for the expected cost of the emergency.",
    "provider": "Who offers it.",
    "quote": "Number of the contract; blank if it has none.",
    "providers_at_least": "Providers that must serve the workload.",
    "region": "Name of the provider's region.",
    "remaining_terms": "Most months that commitments may still run, below.",
    "request_share": "Share of the workload's requests; the classes of a workload add up to 1.",
    "roofline": "For figures from peak compute and bandwidth.",
    "rule": "Name of the rule; all rules of the policy share their names.",
    "seed": "Seed of the solver.",
    "share_floors": "Least shares of a group, below.",
    "size_class": "Name of the class.",
    "sourcing": "Workloads that several providers must serve, below.",
    "source": "Where the row was read.",
    "spending": "Which payments count: all, opex (all but capital expenditure), or capex (capitalised migration work).",
    "stack": "Software stack, as in accelerators.",
    "startup_uplift_share": "Billed on top of the hours used, for nodes that start before they serve.",
    "term_months": "Months that an order serves and is paid for.",
    "tier": "Name of the tier.",
    "time_limit_s": "Seconds after which the solver stops with the best plan it has.",
    "tpot_factor": "The TPOT limit may be longer by this factor while the event lasts.",
    "tpot_percentile": "Percentile that the TPOT is of.",
    "ttft_percentile": "Percentile that the TTFT is of.",
    "upfront": "How much of the fee is paid on the first day of service.",
    "vendor": "For figures that only the vendor states.",
    "whole_nodes": "Whether the nodes of a block must be whole rather than an average.",
    "window": "Over which months the share is taken.",
    "workload": "Name of the workload.",
}
"""By field, or by table and field where one table differs."""


def meaning_of(place: str, name: str, description: str) -> str:
    """What a field of a table or mapping means: its own description, else the words here."""
    return " ".join((description or WORDS.get(f"{place}.{name}") or WORDS.get(name, "")).split())


def default_in_words(value: Any) -> str:
    """What holds where nothing is stated, as it would be typed; blank, if nothing does."""
    if value is None or value in ("", ()):
        return "blank"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Record):
        return "as below"
    if isinstance(value, Enum):
        return str(value.value)
    return f"{value:g}" if isinstance(value, int | float | Decimal) else str(value)
