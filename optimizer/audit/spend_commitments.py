"""Spend commitments again: their steps, and use that is covered within use and within dollars an hour."""

from collections import defaultdict
from decimal import Decimal

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from optimizer.audit.checks import Checks, Place
from optimizer.audit.commitments import check_dates, check_starts, in_force
from optimizer.audit.figures import Inputs
from optimizer.audit.statements import Statements

KIND = "spend_commitment"
Moment = tuple[str, Month, str]


def check_spend_commitments(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every commitment against its terms, and all that is covered against use and commitments."""
    for row in stated.bought.committed:
        terms = inputs.spend_commitments[row.contract]
        place: Place = (KIND, row.order)
        usd = row.usd_per_hour
        checks.true(
            "spend_commitment.step",
            place,
            usd > 0 and usd % terms.step_usd_per_hour == 0,
            left=usd,
            operator="multiple of",
            right=terms.step_usd_per_hour,
            unit="usd/h",
        )
        for least, most in ((terms.minimum_usd_per_hour, usd), (usd, terms.maximum_usd_per_hour)):
            checks.at_most_usd("spend_commitment.limits", place, least, most)
        check_dates(inputs, KIND, row, terms, checks)
    check_starts(inputs, KIND, stated.bought.committed, checks)
    _check_covered_use(inputs, stated, checks)
    _check_covered_dollars(inputs, stated, checks)


def _check_covered_use(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """All commitments together cover no more of an on-demand contract than is in use."""
    covered: dict[tuple[Moment, str], list[float]] = defaultdict(list)
    for row in stated.bought.coverage:
        covered[(row.outlook, row.month, row.block), row.covers].append(row.nodes)
    if not covered:
        return
    used: dict[tuple[Moment, str], float] = defaultdict(float)
    for usage in stated.usages:
        used[(usage.outlook, usage.month, usage.block), usage.contract] += usage.nodes
    for (moment, contract), nodes in covered.items():
        checks.at_most(
            "coverage.use",
            (*moment, contract),
            sum(nodes),
            used.get((moment, contract), 0.0),
            "nodes",
            rounded=len(nodes) + 1,
        )


def _check_covered_dollars(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """In every hour of a block, covered nodes at their rates, with uplift, are within the dollars that are in force."""
    charged: dict[tuple[Moment, str], float] = defaultdict(float)
    rounded: dict[tuple[Moment, str], float] = defaultdict(float)
    for row in stated.bought.coverage:
        on_demand = inputs.terms[row.covers]
        assert isinstance(on_demand, OnDemand), "sifted"
        per_node = float(inputs.covered_rates[row.contract, row.covers]) * (1.0 + on_demand.startup_uplift_share)
        key = ((row.outlook, row.month, row.block), row.contract)
        charged[key] += row.nodes * per_node
        rounded[key] += per_node
    dollars = in_force(
        inputs,
        (
            (row, inputs.spend_commitments[row.contract].term_months, row.usd_per_hour)
            for row in stated.bought.committed
        ),
    )
    for (moment, contract), usd in charged.items():
        there = dollars.get((moment[0], moment[1], contract), Decimal(0))
        checks.at_most(
            "coverage.commitment",
            (*moment, contract),
            usd,
            float(there),
            "usd/h",
            rounded=rounded[moment, contract],
        )
