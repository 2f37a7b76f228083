"""The inputs as plain look-ups, and the figures of time, load and capacity that follow from them."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from math import log

from catalog.accelerators import Accelerator
from catalog.offerings import Offering
from contracts.calendar import Month
from contracts.clauses import Rights
from contracts.terms.common import ContractTerms
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumeTier
from optimizer.audit.effects import Effects
from scenarios.scenario import Scenario
from scenarios.workloads import Demand, SizeClass, Workload

HOURS_OF_WEEK = 168


def hours_between(first: Month, end: Month) -> int:
    """Calendar hours from the first hour of `first` to the first hour of `end`.

    >>> hours_between(Month(2027, 2), Month(2027, 3))
    672
    """
    span = datetime(end.year, end.number, 1) - datetime(first.year, first.number, 1)
    return span.days * 24


def weekly_counts(month: Month) -> list[int]:
    """How often each hour of the week (0 = Monday 00:00) comes in the month.

    >>> counts = weekly_counts(Month(2027, 3))  # 31 days from a Monday
    >>> counts[0], counts[24 * 3], sum(counts)
    (5, 4, 744)
    """
    counts = [0] * HOURS_OF_WEEK
    day = datetime(month.year, month.number, 1)
    while day.month == month.number:
        monday_based = day.weekday() * 24
        for hour in range(24):
            counts[monday_based + hour] += 1
        day += timedelta(days=1)
    return counts


def first_start(order_date: date, lead_time_days: int) -> Month:
    """The first month whose first day is on or after the day of delivery."""
    delivered = order_date + timedelta(days=lead_time_days)
    month = Month(delivered.year, delivered.month)
    return month if delivered.day == 1 else month + 1


def productive_part(spot: Spot) -> float:
    """1 - interruptions per node-hour x recovery hours, never below 0."""
    per_hour = -log(1.0 - spot.interruption_share_per_month) / 730.0
    return max(0.0, 1.0 - per_hour * spot.recovery_hours)


def exact(value: float) -> Decimal:
    """A published float as the decimal number that is written in the plan."""
    return Decimal(repr(value))


class Inputs:
    """The embedded scenario by id, with hours and rates worked out by the calendar."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.run = scenario.run
        self.policy = scenario.policy
        self.first = scenario.run.first_month
        self.months = tuple(self.first + i for i in range(scenario.run.months))
        self.end = self.first + scenario.run.months
        self.hours = {month: hours_between(month, month + 1) for month in self.months}
        self.blocks = tuple(block.block for block in scenario.blocks.blocks)
        self.workloads = {w.workload: w for w in scenario.workloads}
        self.offerings = {o.offering: o for o in scenario.catalog.offerings}
        self.accelerators = {a.accelerator: a for a in scenario.catalog.accelerators}
        self.geographies = {r.region: r.geography for r in scenario.catalog.regions}
        self.terms = {terms.contract: terms for terms in scenario.contracts}
        self.held = {held.held: held for held in scenario.held_contracts}
        self.classes = {(c.workload, c.size_class): c for c in scenario.size_classes}
        self.probability = {o.outlook: exact(o.probability) for o in scenario.outlooks}
        self.migrations = {m.migration: m for m in scenario.migrations}
        self.spend_commitments = {row.contract: row for row in scenario.spend_commitments}
        self.agreements = {row.agreement: row for row in scenario.agreements}
        self.agreement_tiers = {(row.agreement, row.tier): row for row in scenario.agreement_tiers}
        self.api_offers = {row.api: row for row in scenario.api_offers}
        self.provisioned = {row.contract: row for row in scenario.provisioned}
        self.splits = {row.split: row for row in scenario.splits}
        self.credits = {row.credit: row for row in scenario.credits}
        self.covered_rates = {(row.contract, row.covers): row.price_usd_per_node_hour for row in scenario.covered_rates}
        self.sites = {row.site: row for row in scenario.sites}
        self.usd_per_unit = {row.currency: row.usd_per_unit for row in scenario.exchange_rates}
        self.effects = Effects(scenario)

    def geography(self, offering: Offering) -> str:
        """Geography of the offering's region."""
        return self.geographies[offering.region]

    def accelerator(self, offering: Offering) -> Accelerator:
        """Chip of the offering's node."""
        return self.accelerators[offering.accelerator]

    @cached_property
    def classes_of(self) -> dict[str, tuple[SizeClass, ...]]:
        """The size classes of each workload."""
        groups: dict[str, list[SizeClass]] = {name: [] for name in self.workloads}
        for size_class in self.classes.values():
            groups[size_class.workload].append(size_class)
        return {name: tuple(rows) for name, rows in groups.items()}

    @cached_property
    def block_hours(self) -> dict[Month, dict[str, int]]:
        """h[t,b]: the month's hours that fall into each block."""
        hours: dict[Month, dict[str, int]] = {}
        for month in self.months:
            counts = weekly_counts(month)
            hours[month] = {
                block.block: sum(counts[hour] for hour in block.hours_of_week) for block in self.scenario.blocks.blocks
            }
        return hours

    @cached_property
    def loads(self) -> dict[str, dict[str, float]]:
        """Relative load of each workload in each block, as stated."""
        loads: dict[str, dict[str, float]] = {name: {} for name in self.workloads}
        for row in self.scenario.blocks.loads:
            loads[row.workload][row.block] = row.relative_load
        return loads

    @cached_property
    def demand(self) -> dict[tuple[str, Month], Demand]:
        """Demand rows by workload and month."""
        return {(row.workload, row.month): row for row in self.scenario.demand}

    @cached_property
    def class_rates(self) -> dict[tuple[str, str, str, Month, str], float]:
        """Accepted output tok/s asked in each outlook of each workload, size class, month and block."""
        rates: dict[tuple[str, str, str, Month, str], float] = {}
        for name in self.workloads:
            shares = self._token_shares(name)
            for month in self.months:
                blocks = self._block_rates(name, month)
                for outlook in self.probability:
                    factor = self.effects.demand(outlook, name, month)
                    for block, rate in blocks.items():
                        for size_class, share in shares.items():
                            rates[outlook, name, size_class, month, block] = rate * factor * share
        return rates

    def _mean_output(self, workload: str) -> float:
        return sum(c.request_share * c.output_tokens for c in self.classes_of[workload])

    def _token_shares(self, workload: str) -> dict[str, float]:
        mean = self._mean_output(workload)
        return {c.size_class: c.request_share * c.output_tokens / mean for c in self.classes_of[workload]}

    def mean_rate(self, workload: str, month: Month) -> float:
        """Mean accepted output tok/s that a workload asks in a month, as typed (without any outlook)."""
        row = self.demand.get((workload, month))
        if row is None:
            return 0.0
        if row.accepted_output_mtok is not None:
            return row.accepted_output_mtok * 1e6 / (3600.0 * self.hours[month])
        return (row.accepted_requests_per_s or 0.0) * self._mean_output(workload)

    def _block_rates(self, workload: str, month: Month) -> dict[str, float]:
        stated = self.loads[workload]
        flat = not any(stated.values())
        load = {block: 1.0 if flat else stated.get(block, 0.0) for block in self.blocks}
        hours = self.block_hours[month]
        weighted = sum(hours[block] * load[block] for block in self.blocks)
        month_total = self.mean_rate(workload, month) * self.hours[month]
        return {block: month_total * load[block] / weighted for block in self.blocks}

    def stack(self, offering: str) -> str:
        """Software stack of the chip of an offering."""
        return self.accelerator(self.offerings[offering]).stack

    def node_seconds(self, measured: float, outlook: str, offering: str, month: Month) -> float:
        """Node-seconds of an attempt as they turn out in the outlook."""
        return measured / self.effects.goodput(outlook, offering, month)

    def accepted_per_attempt(self, workload: Workload, offering: str) -> float:
        """Of an attempt on an offering: as stated for it, else for its stack, else by the workload."""
        accepted, retried = workload.accepted_share, workload.retry_share
        for scope, name in (("stack", self.stack(offering)), ("offering", offering)):
            for row in self.scenario.column_yields:
                if (row.workload, row.scope, row.name) == (workload.workload, scope, name):
                    accepted = workload.accepted_share if row.accepted_share is None else row.accepted_share
                    retried = row.retry_share
        return accepted * (1.0 - retried)

    def nodes_per_tok_per_s(
        self, workload: Workload, size_class: SizeClass, offering: str, node_seconds: float
    ) -> float:
        """Nodes kept busy by one accepted tok/s on an offering, headroom included."""
        accepted_per_attempt = self.accepted_per_attempt(workload, offering)
        attempts_per_tok = 1.0 / size_class.output_tokens / accepted_per_attempt
        return attempts_per_tok * node_seconds / self.run.usable_share

    def stock(self, offering: Offering) -> int | None:
        """Most nodes under new orders; None when nobody states it."""
        return self.policy.unknown_stock_nodes if offering.stock_nodes is None else offering.stock_nodes

    def quota(self, offering: Offering) -> int | None:
        """Most on-demand nodes; None when nobody states it."""
        return self.policy.unknown_quota_nodes if offering.quota_nodes is None else offering.quota_nodes

    @cached_property
    def on_demand_of(self) -> dict[str, tuple[OnDemand, ...]]:
        """On-demand terms of each offering."""
        groups: dict[str, list[OnDemand]] = defaultdict(list)
        for terms in self.terms.values():
            if isinstance(terms, OnDemand):
                groups[terms.offering].append(terms)
        return {name: tuple(rows) for name, rows in groups.items()}

    @cached_property
    def volume_tiers(self) -> dict[str, tuple[VolumeTier, ...]]:
        """Tiers of each contract from the lowest threshold up."""
        groups: dict[str, list[VolumeTier]] = defaultdict(list)
        for tier in self.scenario.volume_tiers:
            groups[tier.contract].append(tier)
        return {name: tuple(sorted(rows, key=lambda row: row.from_node_hours)) for name, rows in groups.items()}

    @cached_property
    def can_be_had(self) -> frozenset[str]:
        """Offerings that have terms, that are held in the horizon, or to which either can be swapped."""
        held = [h for h in self.held.values() if h.start < self.end and self._is_there(h)]
        rows: list[ContractTerms | HeldContract] = [*held, *self.terms.values()]
        swapped = {row.swap_to for row in rows if isinstance(row, Rights) and row.swap_to is not None}
        return frozenset(swapped | {row.offering for row in rows})

    def _is_there(self, held: HeldContract) -> bool:
        """In the horizon by its term, or by a renewal that begins with the horizon."""
        return held.end > self.first or (held.end == self.first and held.renewal_months is not None)
