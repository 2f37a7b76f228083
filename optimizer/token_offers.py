"""What may be served by the token: which API offers may serve which class, and what units can be ordered for it.

For each workload, size class and API offer of its model, the first that applies (docs/decisions/0019):

    region          the geography of the offer's region is not among the workload's
    audit_answers   what the policy asks of it is not answered with yes (docs/decisions/0037)
    quality         quality_score is below the workload's bar
    length          input and output tokens of the class are more than longest_request_tok
    ttft            ttft_ms is above the limit, after the percentile factor where it is known at a lower percentile only
    tpot            the same of tpot_ms

A price by the token is a price, not a goodput: there is no haircut.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import localcontext
from functools import cached_property

from catalog.footprint import Locality
from contracts.money import exact
from contracts.terms.api import ApiOffer, GrossTokens, Provisioned
from optimizer.answers_asked import api_answers_text
from optimizer.asked import Asked
from optimizer.keys import ClassKey
from optimizer.month_calendar import MonthCalendar
from optimizer.order_calendar import OrderCalendar
from optimizer.plan_contracts import ApiReason, ApiRefusal
from scenarios.footprint import api_portability
from scenarios.policy import Grouping
from scenarios.workloads import Workload

QUOTIENT_DIGITS = 28
"""Tokens per accepted token are quotients without a finite decimal form."""

TokenRoute = tuple[str, str, str, int, str, str]
"""Workload, size class, API offer or provisioned contract, month, block, outlook."""


@dataclass(frozen=True)
class UnitCalendar(MonthCalendar[Provisioned]):
    """All orders of provisioned units that could be made."""

    @cached_property
    def terms(self) -> dict[str, Provisioned]:
        """Provisioned throughput by contract, sorted."""
        rows = {row.contract: row for row in self.scenario.provisioned}
        return {contract: rows[contract] for contract in sorted(rows)}


@dataclass(frozen=True)
class TokenOffers:
    """API offers and provisioned throughput of one scenario, as sorted index sets and coefficients."""

    asked: Asked
    calendar: OrderCalendar

    @cached_property
    def offer(self) -> dict[str, ApiOffer]:
        """API offers by id, sorted."""
        rows = {row.api: row for row in self.asked.scenario.api_offers}
        return {api: rows[api] for api in sorted(rows)}

    @cached_property
    def orders(self) -> UnitCalendar:
        """What can be ordered of provisioned units, and when."""
        return UnitCalendar(self.asked.scenario, self.calendar)

    @property
    def provisioned(self) -> dict[str, Provisioned]:
        """Provisioned throughput by contract, sorted."""
        return self.orders.terms

    @cached_property
    def _verdicts(self) -> dict[tuple[ClassKey, str], ApiReason | None]:
        return self._judged(1.0, 1.0)

    def _judged(self, ttft_factor: float, tpot_factor: float) -> dict[tuple[ClassKey, str], ApiReason | None]:
        """The first no of every class and offer of its model, at limits that are longer by factors."""
        return {
            (key, api): self._first_no(key, offer, ttft_factor, tpot_factor)
            for key in self.asked.size_class
            for api, offer in self.offer.items()
            if offer.model == self.asked.workload[key.workload].model
        }

    def _first_no(self, key: ClassKey, offer: ApiOffer, ttft_factor: float, tpot_factor: float) -> ApiReason | None:
        workload, size = self.asked.workload[key.workload], self.asked.size_class[key]
        factor = self.percentile_factor(offer, workload)
        if self.geography(offer.api) not in workload.geographies:
            return ApiReason.REGION
        if api_answers_text(self.asked.scenario, workload, offer) is not None:
            return ApiReason.AUDIT_ANSWERS
        if offer.quality_score < workload.quality_bar:
            return ApiReason.QUALITY
        if size.input_tokens + size.output_tokens > offer.longest_request_tok:
            return ApiReason.LENGTH
        if workload.ttft_limit_ms is not None and offer.ttft_ms * factor > workload.ttft_limit_ms * ttft_factor:
            return ApiReason.TTFT
        if workload.tpot_limit_ms is not None and offer.tpot_ms * factor > workload.tpot_limit_ms * tpot_factor:
            return ApiReason.TPOT
        return None

    def percentile_factor(self, offer: ApiOffer, workload: Workload) -> float:
        """What latencies of an offer count for against the limits of a workload."""
        if offer.percentile < workload.slo_percentile:
            return self.asked.scenario.policy.percentile_factor.of(offer.evidence)
        return 1.0

    @cached_property
    def refusals(self) -> tuple[ApiRefusal, ...]:
        """Every pair of a class and an offer of its model that may not serve it, sorted."""
        return tuple(
            ApiRefusal(workload=key.workload, size_class=key.size_class, api=api, reason=reason)
            for (key, api), reason in self._verdicts.items()
            if reason is not None
        )

    @cached_property
    def apis_of(self) -> dict[ClassKey, tuple[str, ...]]:
        """API offers that may serve a class."""
        return self._allowed(self._verdicts)

    @cached_property
    def apis_after(self) -> dict[str, dict[ClassKey, tuple[str, ...]]]:
        """By contingency: API offers that may serve a class at its relaxed limits, whatever it takes away."""
        return {
            event.contingency: self._allowed(self._judged(event.ttft_factor, event.tpot_factor))
            for event in self.asked.scenario.policy.contingencies
        }

    def _allowed(self, verdicts: Mapping[tuple[ClassKey, str], ApiReason | None]) -> dict[ClassKey, tuple[str, ...]]:
        return {
            key: tuple(api for api in self.offer if verdicts.get((key, api), ApiReason.REGION) is None)
            for key in self.asked.size_class
        }

    def served_by(self, contract: str) -> ApiOffer:
        """The API offer whose tokens a provisioned contract carries."""
        return self.offer[self.provisioned[contract].api]

    def contracts_of(self, key: ClassKey, t: int, s: str) -> tuple[str, ...]:
        """Provisioned contracts on those offers that could have units in a month and outlook."""
        apis = self.apis_of[key]
        return tuple(k for k, terms in self.provisioned.items() if terms.api in apis and self.orders.active(k, t, s))

    @cached_property
    def by_token(self) -> tuple[TokenRoute, ...]:
        """Where a class may be served and paid by the token."""
        return tuple((*key, api, t, b, s) for key, t, b, s in self.asked.tok_per_s for api in self.apis_of[key])

    @cached_property
    def by_unit(self) -> tuple[TokenRoute, ...]:
        """Where a class may be served by provisioned units."""
        return tuple(
            (*key, k, t, b, s) for key, t, b, s in self.asked.tok_per_s for k in self.contracts_of(key, t, s)
        )

    @cached_property
    def gross(self) -> dict[ClassKey, GrossTokens]:
        """Gross tokens for one accepted output token of a class, to 28 digits: every attempt pays all of its tokens."""
        with localcontext(prec=QUOTIENT_DIGITS):
            return {key: self._gross(key) for key in self.asked.size_class}

    def _gross(self, key: ClassKey) -> GrossTokens:
        workload, size = self.asked.workload[key.workload], self.asked.size_class[key]
        accepted, retry = exact(workload.accepted_share), exact(workload.retry_share)
        attempts = 1 / (accepted * (1 - retry))
        prompt = exact(size.input_tokens) / exact(size.output_tokens) * attempts
        cached = prompt * exact(workload.cache_hit_share)
        return GrossTokens(uncached_input=prompt - cached, cached_input=cached, output=attempts)

    def rate(self, key: ClassKey, t: int, b: str, s: str) -> tuple[float, float, float]:
        """Uncached input, cached input and output tok/s of the whole demand of a class in a block."""
        accepted, gross = self.asked.tok_per_s[key, t, b, s], self.gross[key]
        return (
            accepted * float(gross.uncached_input),
            accepted * float(gross.cached_input),
            accepted * float(gross.output),
        )

    def units(self, key: ClassKey, contract: str, t: int, b: str, s: str) -> float:
        """Units that the whole demand of a class keeps busy in a block; cached input is free."""
        terms = self.provisioned[contract]
        uncached, _, output = self.rate(key, t, b, s)
        return uncached / terms.input_tok_per_s_per_unit + output / terms.output_tok_per_s_per_unit

    def geography(self, api: str) -> str:
        """The geography of an offer's region."""
        return self.asked.scenario.catalog.region[self.offer[api].region].geography

    def group(self, api: str, by: Grouping) -> str | None:
        """The group of an offer; None for what is not known of it: chips, stacks."""
        offer = self.offer[api]
        return {
            Grouping.PROVIDER: offer.provider,
            Grouping.REGION: offer.region,
            Grouping.GEOGRAPHY: self.geography(api),
            Grouping.PORTABILITY: api_portability(offer),
            Grouping.LOCALITY: Locality.CLOUD.value,
        }.get(by)
