"""Terms of what is ordered and held, by the id that FOCUS columns call CommitmentDiscountId."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from contracts.calendar import Month
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.plan import Plan


@dataclass(frozen=True, slots=True)
class Committed:
    """What a row says of its commitment."""

    contract: str
    start: Month
    end: Month
    price_usd: Decimal | None
    upfront_share: Decimal | None
    firm: bool


@dataclass(frozen=True)
class Commitments:
    """Of a plan."""

    plan: Plan

    @cached_property
    def by_id(self) -> Mapping[str, Committed]:
        """Orders, committed spend, provisioned throughput and held contracts."""
        plan, scenario = self.plan, self.plan.scenario
        terms = {c.contract: c for c in scenario.contracts}
        found = {h.held: _held(h) for h in scenario.held_contracts}
        for order in plan.orders:
            signed = terms[order.contract]
            share = Decimal(str(signed.upfront_share)) if isinstance(signed, Reserved) else None
            price = signed.price_usd_per_node_hour if isinstance(signed, Reserved | TakeOrPay | CapacityBlock) else None
            firm = bool(getattr(signed, "firm", isinstance(signed, CapacityBlock)))
            found[order.order] = Committed(order.contract, order.start, order.end, price, share, firm)
        for spend in plan.committed_spend:
            found[spend.order] = Committed(spend.contract, spend.start, spend.end, None, None, firm=False)
        for units in plan.provisioned:
            found[units.order] = Committed(units.contract, units.start, units.end, None, None, firm=False)
        return found

    def spend_used_share(self, contract: str, month: Month) -> Fraction:
        """Dollars of a spend commitment that on-demand use draws in a month, of those that are committed."""
        committed, drawn = self._committed_usd[contract, month], self._drawn_usd[contract, month]
        return min(Fraction(1), Fraction(drawn / committed).limit_denominator(10**9)) if committed else Fraction(0)

    @cached_property
    def _committed_usd(self) -> Mapping[tuple[str, Month], float]:
        sums: dict[tuple[str, Month], float] = defaultdict(float)
        for order in self.plan.committed_spend:
            weight = self._chance[order.outlook] if order.outlook else 1.0
            for month in self.plan.scenario.horizon.months:
                if order.start <= month < order.end:
                    sums[order.contract, month] += float(order.usd_per_hour) * month.hours * weight
        return sums

    @cached_property
    def _drawn_usd(self) -> Mapping[tuple[str, Month], float]:
        scenario = self.plan.scenario
        rate = {(r.contract, r.covers): float(r.price_usd_per_node_hour) for r in scenario.covered_rates}
        uplift = {c.contract: float(c.startup_uplift_share) for c in scenario.contracts if isinstance(c, OnDemand)}
        sums: dict[tuple[str, Month], float] = defaultdict(float)
        for row in self.plan.coverage:
            nodes = row.nodes * (1 + uplift[row.covers])
            usd = nodes * self._block_hours[row.block, row.month] * rate[row.contract, row.covers]
            sums[row.contract, row.month] += usd * self._chance[row.outlook]
        return sums

    def throughput_used_share(self, contract: str, month: Month) -> Fraction:
        """Unit-hours of provisioned throughput that tokens draw in a month, of those that are ordered."""
        ordered, drawn = self._unit_hours[contract, month], self._drawn_unit_hours[contract, month]
        return min(Fraction(1), Fraction(drawn / ordered).limit_denominator(10**9)) if ordered else Fraction(0)

    @cached_property
    def _unit_hours(self) -> Mapping[tuple[str, Month], float]:
        sums: dict[tuple[str, Month], float] = defaultdict(float)
        for order in self.plan.provisioned:
            weight = self._chance[order.outlook] if order.outlook else 1.0
            for month in self.plan.scenario.horizon.months:
                if order.start <= month < order.end:
                    sums[order.contract, month] += order.units * month.hours * weight
        return sums

    @cached_property
    def _drawn_unit_hours(self) -> Mapping[tuple[str, Month], float]:
        scenario = self.plan.scenario
        terms = {p.contract: p for p in scenario.provisioned}
        workloads = {w.workload: w for w in scenario.workloads}
        sizes = {(s.workload, s.size_class): s for s in scenario.size_classes}
        sums: dict[tuple[str, Month], float] = defaultdict(float)
        for row in (p for p in self.plan.api_placements if p.contract is not None):
            unit, workload = terms[row.contract or ""], workloads[row.workload]
            size = sizes[row.workload, row.size_class]
            gross = row.accepted_tok_per_s / (workload.accepted_share * (1 - workload.retry_share))
            read = gross * size.input_tokens / size.output_tokens * (1 - workload.cache_hit_share)
            units = read / unit.input_tok_per_s_per_unit + gross / unit.output_tok_per_s_per_unit
            hours = self._block_hours[row.block, row.month]
            sums[unit.contract, row.month] += units * hours * self._chance[row.outlook]
        return sums

    @cached_property
    def _block_hours(self) -> Mapping[tuple[str, Month], int]:
        scenario = self.plan.scenario
        return {(b.block, m): b.hours_in(m) for b in scenario.blocks.blocks for m in scenario.horizon.months}

    @cached_property
    def _chance(self) -> Mapping[str, float]:
        return {row.outlook: row.probability for row in self.plan.scenario.outlooks}


def _held(row: HeldContract) -> Committed:
    share = Decimal(str(row.upfront_share))
    return Committed(row.held, row.start, row.end, row.price_usd_per_node_hour, share, row.firm)
