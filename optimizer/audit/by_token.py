"""Served by the token again: who may serve what, rate limits, and the units that carry a mix of tokens."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from catalog.records import Evidence
from contracts.calendar import Month
from contracts.terms.api import ApiOffer
from optimizer.audit.checks import ROUNDING, Checks, Place
from optimizer.audit.commitments import check_dates, check_starts, in_force
from optimizer.audit.figures import Inputs
from optimizer.audit.latency import by_grade
from optimizer.audit.ratings import Ratings
from optimizer.audit.serving import AS_STATED, Factors
from optimizer.audit.statements import Statements
from optimizer.plan_contracts import ApiPlacement, ApiReason
from scenarios.workloads import SizeClass, Workload

KIND = "provisioned"
Moment = tuple[str, Month, str]


def check_by_token(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Refusals, placements, rate limits, and provisioned throughput."""
    if not inputs.api_offers:
        return
    _check_refusals(inputs, stated, checks)
    for row in stated.bought.api_placements:
        fault = reason_against(inputs, row.workload, row.size_class, inputs.api_offers[row.api])
        checks.true(
            "api.allowed", _place(row), fault is None, left="placed", operator="but", right=f"refused: {fault or ''}"
        )
    _check_limits(inputs, stated, checks)
    _check_units(inputs, stated, checks)
    _check_orders(inputs, stated, checks)


def _place(row: ApiPlacement) -> Place:
    return row.outlook, row.month, row.block, row.workload, row.size_class, row.api, row.contract or "by the token"


def reason_against(
    inputs: Inputs, workload: str, size_class: str, api: ApiOffer, factors: Factors = AS_STATED
) -> ApiReason | None:
    """The first reason why an API of the workload's model may not serve a size class; None if it may.

    Its limits of TTFT and TPOT are stretched by the factors.
    """
    asks, requests = inputs.workloads[workload], inputs.classes[workload, size_class]
    if inputs.geographies.get(api.region) not in asks.geographies:
        return ApiReason.REGION
    if inputs.policy.audit_answers and Ratings(inputs).fault_of_api(workload, api) is not None:
        return ApiReason.AUDIT_ANSWERS
    if api.quality_score < asks.quality_bar:
        return ApiReason.QUALITY
    if requests.input_tokens + requests.output_tokens > api.longest_request_tok:
        return ApiReason.LENGTH
    factor = _stretch(inputs, asks, api.percentile, api.evidence)
    if asks.ttft_limit_ms is not None and api.ttft_ms * factor > asks.ttft_limit_ms * factors[0]:
        return ApiReason.TTFT
    if asks.tpot_limit_ms is not None and api.tpot_ms * factor > asks.tpot_limit_ms * factors[1]:
        return ApiReason.TPOT
    return None


def _stretch(inputs: Inputs, workload: Workload, percentile: int, evidence: Evidence) -> float:
    """A latency of a lower percentile than the limit's is stretched by the factor of its grade."""
    return by_grade(inputs.policy.percentile_factor, evidence) if percentile < workload.slo_percentile else 1.0


def _check_refusals(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    refused = {(row.workload, row.size_class, row.api): row.reason for row in stated.bought.api_refusals}
    for workload, size_class in inputs.classes:
        for api in inputs.api_offers.values():
            if api.model != inputs.workloads[workload].model:
                continue
            place: Place = (workload, size_class, api.api)
            due = reason_against(inputs, workload, size_class, api)
            found = refused.get((workload, size_class, api.api))
            checks.true(
                "api.refused",
                place,
                (found is None) == (due is None),
                left=found or "not refused",
                operator="but",
                right=due or "able to serve",
            )
            if due is not None and found is not None:
                checks.same("api.refusal_reason", place, found.value, due.value)


@dataclass(frozen=True)
class Gross:
    """Tokens of all attempts for one accepted output token."""

    uncached: float
    cached: float
    output: float

    @property
    def input(self) -> float:
        """All input tokens, cached or not."""
        return self.uncached + self.cached


def gross_tokens(workload: Workload, size_class: SizeClass) -> Gross:
    """Every attempt reads all its input and writes all its output; the cache has its share of the input."""
    attempts = 1.0 / (workload.accepted_share * (1.0 - workload.retry_share))
    read = attempts * size_class.input_tokens / size_class.output_tokens
    return Gross(read * (1.0 - workload.cache_hit_share), read * workload.cache_hit_share, attempts)


class Rates:
    """Gross tokens a second that APIs read and write at one moment, held against their rate limits."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._read: dict[str, float] = defaultdict(float)
        self._written: dict[str, float] = defaultdict(float)
        self._rounded: dict[str, float] = defaultdict(float)

    def add(self, api: str, workload: str, size_class: str, accepted_tok_per_s: float) -> None:
        """Serve a size class with so many accepted tokens a second; cached input counts."""
        gross = gross_tokens(self._inputs.workloads[workload], self._inputs.classes[workload, size_class])
        self._read[api] += accepted_tok_per_s * gross.input
        self._written[api] += accepted_tok_per_s * gross.output
        self._rounded[api] += gross.input + gross.output

    def compared(self) -> Iterator[tuple[str, str, float, float, float]]:
        """API, input or output, its rate and its limit, and how many rounded figures are in the rate."""
        for name, read in self._read.items():
            api, rounded = self._inputs.api_offers[name], self._rounded[name]
            yield name, "input", read, api.input_tok_per_s_limit, rounded
            yield name, "output", self._written[name], api.output_tok_per_s_limit, rounded


def _check_limits(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """What is paid by the token is within both rate limits."""
    moments: dict[Moment, Rates] = defaultdict(lambda: Rates(inputs))
    for row in stated.bought.api_placements:
        if row.contract is None:
            rates = moments[row.outlook, row.month, row.block]
            rates.add(row.api, row.workload, row.size_class, row.accepted_tok_per_s)
    for moment, rates in moments.items():
        for name, kind, rate, limit, rounded in rates.compared():
            checks.at_most(f"api.{kind}_limit", (*moment, name), rate, limit, "tok/s", rounded=rounded)


def _check_units(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """The mix of uncached input and output keeps no more units busy than are in force."""
    busy: dict[tuple[Moment, str], list[float]] = defaultdict(list)
    rounded: dict[tuple[Moment, str], float] = defaultdict(float)
    for row in stated.bought.api_placements:
        if row.contract is not None:
            terms = inputs.provisioned[row.contract]
            gross = gross_tokens(inputs.workloads[row.workload], inputs.classes[row.workload, row.size_class])
            per_tok = gross.uncached / terms.input_tok_per_s_per_unit + gross.output / terms.output_tok_per_s_per_unit
            key = ((row.outlook, row.month, row.block), row.contract)
            busy[key].append(row.accepted_tok_per_s * per_tok)
            rounded[key] += per_tok
    units = in_force(
        inputs,
        ((row, inputs.provisioned[row.contract].term_months, row.units) for row in stated.bought.provisioned),
    )
    for (moment, contract), shares in busy.items():
        there = float(units.get((moment[0], moment[1], contract), 0))
        checks.at_most(
            "provisioned.capacity",
            (*moment, contract),
            sum(shares),
            there,
            "units",
            rounded=rounded[moment, contract],
        )


def _check_orders(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    for row in stated.bought.provisioned:
        terms = inputs.provisioned[row.contract]
        place: Place = (KIND, row.order)
        checks.true(
            "provisioned.step",
            place,
            row.units > 0 and row.units % terms.step_units == 0,
            left=row.units,
            operator="multiple of",
            right=terms.step_units,
            unit="units",
        )
        for least, most in ((terms.minimum_units, row.units), (row.units, terms.maximum_units)):
            checks.at_most("provisioned.limits", place, least, most, "units", rounded=0)
        check_dates(inputs, KIND, row, terms, checks)
    check_starts(inputs, KIND, stated.bought.provisioned, checks)


def tokens_by_token(inputs: Inputs, row: ApiPlacement) -> tuple[float, float]:
    """Accepted tokens of a placement over its block, and how far rounding may be off."""
    seconds = 3600.0 * inputs.block_hours[row.month][row.block]
    return row.accepted_tok_per_s * seconds, ROUNDING * seconds
