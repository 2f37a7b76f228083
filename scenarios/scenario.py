"""Scenario: one run, fully specified."""

import hashlib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Field

from catalog.book import Catalog
from catalog.records import Id, NonNegative, Positive, Record, Share, Text
from contracts.approved import ApprovedOrder
from contracts.calendar import Horizon, Month
from contracts.clauses import ExchangeRate
from contracts.money import Valuation
from contracts.options import AnyTerms, Terms
from contracts.terms.agreement import Agreement, AgreementTier
from contracts.terms.api import ApiOffer, Provisioned
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.credit import Credit
from contracts.terms.held import HeldContract
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned, Site
from contracts.terms.reserved import Reserved
from contracts.terms.spend_commitment import CoveredRate, SpendCommitment
from contracts.terms.split import Split
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import TieredWindow, VolumePriced, VolumeTier, volume_windows
from scenarios.blocks import BlockModel
from scenarios.changes import ChangeMade
from scenarios.column_yields import ColumnYield, Outcomes, outcomes_on
from scenarios.forecasts import Forecast, ForecastOutlooks, ModelDates, QuantileRule
from scenarios.migrations import Migration
from scenarios.outlooks import BASE_OUTLOOK, Outlook, OutlookEffect
from scenarios.policy import Policy
from scenarios.token_tags import TokenTag
from scenarios.workloads import Demand, HourlyLoad, SizeClass, Workload


class HeadroomMethod(StrEnum):
    """Where the usable share of a node comes from."""

    STATED = "stated"
    """`usable_share` of the run, everywhere."""
    DERIVED = "derived"
    """From bursts and pool size, at most `usable_share` of the run (docs/decisions/0031)."""


class Headroom(Record):
    """How much of a node is kept free for bursts and queues."""

    method: HeadroomMethod = HeadroomMethod.STATED
    """Whether the usable share is the stated one, or derived from bursts and pool size."""
    wait_limit_share: Annotated[float, Field(gt=0.0, le=1.0, allow_inf_nan=False)] = 0.1
    """Share of a workload's TTFT limit that a request may wait for a replica, at its SLO percentile."""
    wait_limit_ms: Positive | None = None
    """That limit for all workloads instead; blank: the share of the TTFT limit, and none for workloads without one."""


class RunSettings(Record):
    """What is planned, from when, and how hard the solver tries."""

    first_month: Month
    months: int = Field(ge=1, le=60)
    order_date: date
    """The day on which the orders of this plan can be signed; lead times count from it."""
    reveal_month: Month | None = None
    """Month from whose first day on it is known which outlook has come true; blank: all orders are signed before."""
    currency: Literal["USD"] = "USD"
    discount_rate_per_year: Annotated[Decimal, Field(ge=0, le=1)]
    beyond_horizon_weight: Annotated[Decimal, Field(ge=0, le=1)]
    """Weight of payments for service after the horizon: 0 free, 1 as if lost."""
    usable_share: Share = Field(default=0.85, gt=0.0)
    """Share of a node's goodput that may be used, the rest is headroom for bursts; with derived headroom the most."""
    headroom: Headroom = Headroom()
    """Where the usable share comes from, below."""
    load_blocks: int = Field(default=8, ge=1, le=168)
    """Load blocks for the shape of the week; extreme-hour blocks come on top."""
    forecast_outlooks: ForecastOutlooks = ForecastOutlooks.NONE
    """Outlooks made of forecasts: none (P50), joint (all at P10, P50 or P90), or apart (every combination)."""
    quantile_rule: QuantileRule = QuantileRule.SWANSON
    """Chances of P10, P50 and P90 in those outlooks, in per cent."""
    gap_share: Share = 0.005
    """The solver may stop when the proven gap is at most this share of the cost ..."""
    gap_usd: NonNegative = 1000.0
    """... or at most so many dollars, whichever is looser."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    time_limit_s: NonNegative = 600.0

    def searched(
        self, *, gap_share: float | None = None, time_limit_s: float | None = None, seed: int | None = None
    ) -> Self:
        """The settings with another search; None keeps what is there. A gap that is asked for is the only one."""
        asked = {"gap_share": gap_share, "time_limit_s": time_limit_s, "seed": seed}
        changed: dict[str, float] = {name: value for name, value in asked.items() if value is not None}
        if gap_share is not None:
            changed["gap_usd"] = 0.0
        return self.model_copy(update=changed)


class InputFile(Record):
    """One input file and the hash of its bytes."""

    name: Text
    sha256: str


class Scenario(Record):
    """Everything a plan depends on.

    A scenario that is read from a folder has the rows of every table sorted by their key columns, so that neither
    its fingerprint nor its plan depends on the order in which they were typed; only the hashes of the files do.
    """

    scenario: Id
    description: Text = ""
    run: RunSettings
    policy: Policy
    catalog: Catalog
    contracts: tuple[Terms, ...]
    held_contracts: tuple[HeldContract, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    spend_commitments: tuple[SpendCommitment, ...] = ()
    covered_rates: tuple[CoveredRate, ...] = ()
    volume_tiers: tuple[VolumeTier, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    agreement_tiers: tuple[AgreementTier, ...] = ()
    credits: tuple[Credit, ...] = ()
    sites: tuple[Site, ...] = ()
    api_offers: tuple[ApiOffer, ...] = ()
    provisioned: tuple[Provisioned, ...] = ()
    splits: tuple[Split, ...] = ()
    workloads: tuple[Workload, ...]
    size_classes: tuple[SizeClass, ...]
    demand: tuple[Demand, ...]
    """Of every workload and month, typed or made of its forecast."""
    forecast: tuple[Forecast, ...] = ()
    """What demand, and the outlooks that are made, come from."""
    model_dates: tuple[ModelDates, ...] = ()
    hourly_load: tuple[HourlyLoad, ...] = ()
    blocks: BlockModel
    outlooks: tuple[Outlook, ...] = (BASE_OUTLOOK,)
    outlook_effects: tuple[OutlookEffect, ...] = ()
    migrations: tuple[Migration, ...] = ()
    column_yields: tuple[ColumnYield, ...] = ()
    tags: tuple[TokenTag, ...] = ()
    approved_orders: tuple[ApprovedOrder, ...] = ()
    """What the last approved plan was going to sign."""
    input_files: tuple[InputFile, ...] = ()
    changes: tuple[ChangeMade, ...] = ()
    """What a what-if has changed of what the files say."""

    @cached_property
    def horizon(self) -> Horizon:
        """The planned months."""
        return Horizon(self.run.first_month, self.run.months)

    @cached_property
    def valuation(self) -> Valuation:
        """How the objective weighs payments."""
        return Valuation(self.horizon, self.run.discount_rate_per_year, self.run.beyond_horizon_weight)

    @cached_property
    def on_demand(self) -> tuple[OnDemand, ...]:
        """On-demand terms, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, OnDemand)), key=_by_id))

    @cached_property
    def spot(self) -> tuple[Spot, ...]:
        """Spot terms, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, Spot)), key=_by_id))

    @cached_property
    def reserved(self) -> tuple[Reserved, ...]:
        """Reserved terms, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, Reserved)), key=_by_id))

    @cached_property
    def capacity_blocks(self) -> tuple[CapacityBlock, ...]:
        """Capacity blocks on offer, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, CapacityBlock)), key=_by_id))

    @cached_property
    def owned(self) -> tuple[Owned, ...]:
        """Terms of hardware that can be bought, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, Owned)), key=_by_id))

    @cached_property
    def take_or_pay(self) -> tuple[TakeOrPay, ...]:
        """Take-or-pay terms, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, TakeOrPay)), key=_by_id))

    @cached_property
    def volume(self) -> tuple[VolumePriced, ...]:
        """Terms with volume tiers, by id."""
        return tuple(sorted((c for c in self.contracts if isinstance(c, VolumePriced)), key=_by_id))

    @cached_property
    def volume_windows(self) -> dict[str, tuple[TieredWindow, ...]]:
        """Windows of each contract with volume tiers, in order."""
        return {
            terms.contract: volume_windows(
                terms, (row for row in self.volume_tiers if row.contract == terms.contract), self.horizon
            )
            for terms in self.volume
        }

    def outcomes(self, workload: str, offering: str) -> Outcomes:
        """How attempts of a workload turn out on an offering."""
        return self._outcomes[workload, offering]

    @cached_property
    def _outcomes(self) -> dict[tuple[str, str], Outcomes]:
        stack = {o: self.catalog.accelerator_of(row).stack for o, row in self.catalog.offering.items()}
        return {(w.workload, o): outcomes_on(w, o, stack[o], self.column_yields) for w in self.workloads for o in stack}

    def fingerprint(self) -> str:
        """sha256 of the scenario's canonical JSON; file names, hashes and how a what-if came to it apart."""
        canonical = self.model_dump_json(exclude={"input_files", "changes"})
        return hashlib.sha256(canonical.encode()).hexdigest()


def _by_id(terms: AnyTerms) -> str:
    return terms.contract
