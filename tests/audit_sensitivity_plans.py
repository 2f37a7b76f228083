"""A plan worked by hand with two inputs that were moved, so that the audit is held against figures no program made."""

from typing import Any

from optimizer.plan import Plan
from optimizer.plan_sensitivity import (
    CostMoved,
    EndOutcome,
    LeftOut,
    SensitiveInput,
    Sensitivity,
    SensitivityEnd,
    SensitivityEnded,
    Varied,
)
from tests.audit_lines import usd
from tests.audit_plans import small_plan


def sensitivity_plan() -> Plan:
    """The small plan costs 9,912 USD, and at least 9,900. On demand 1,416 and reserved 8,496 USD are in it.

    Reserved at 5.40: 849.60 less found, between 9,000 - 9,912 = -912 and 9,062.40 - 9,900 = -837.60. Reserved at 6.60:
    the plan moves on; found 10,761.60. A tenth more demand has no plan.
    """
    proof = {"bound_usd": 9900.0, "gap": 12 / 9912, "asked_gap_usd": 12.0}
    return small_plan().model_copy(update={**proof, "sensitivity": _sensitivity()})


def an_end(value: str, incumbent: str, bound: float, at_least: float, moved: str, at_most: float) -> SensitivityEnd:
    sure = at_least > 0 or at_most < 0
    return SensitivityEnd(
        value=value,
        outcome=EndOutcome.SOLVED,
        incumbent_usd=float(incumbent),
        bound_usd=bound,
        moved=CostMoved(at_least_usd=at_least, usd=usd(moved), at_most_usd=at_most, distinguishable=sure),
        buy_list="same",
    )


def an_input(varied: Varied, of: str, name: str, path: str, **overrides: Any) -> SensitiveInput:
    fields: dict[str, Any] = {"varied": varied, "of": of, "name": name, "path": path, "cells": 1, "value": ""}
    return SensitiveInput(**(fields | overrides))


def _sensitivity() -> Sensitivity:
    demand = an_input(
        Varied.DEMAND,
        "chat",
        "demand of chat",
        "demand.chat/*.accepted_requests_per_s",
        cells=2,
        low=an_end("-10 %", "9000.00", 8990.0, -922.0, "-912.00", -900.0),
        high=SensitivityEnd(value="+10 %", outcome=EndOutcome.IMPOSSIBLE, reason="there is no more"),
    )
    price = an_input(
        Varied.PRICE,
        "res-a",
        "price of res-a",
        "contracts.res-a.price_usd_per_node_hour",
        value="6",
        low=an_end("5.4", "9062.40", 9000.0, -912.0, "-849.60", -837.6),
        high=an_end("6.6", "10761.60", 10000.0, 88.0, "849.60", 861.6).model_copy(
            update={"buy_list": "changed", "buy_changes": ("res-a from 2027-01: 1 -> 0 nodes",)}
        ),
    )
    usable = an_input(
        Varied.USABLE_SHARE,
        "",
        "usable share of nodes",
        "run.usable_share",
        value="1",
        low=an_end("0.9", "9920.00", 9905.0, -7.0, "8.00", 20.0),
        high=None,
    )
    hourly = LeftOut(
        varied=Varied.ON_DEMAND_PRICES,
        of="cloud-a",
        name="on-demand prices of cloud-a",
        estimate_usd=141.6,
        reason="not solved: 20 others are expected to move the cost more",
    )
    return Sensitivity(
        inputs=(demand, price, usable), left_out=(hourly,), solves=6, ended=SensitivityEnded.FINISHED
    )
