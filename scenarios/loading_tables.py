"""The tables of a scenario and the file scenario.yaml: what each of them can hold."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import catalog
from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.footprint import AcceleratorPower, RegionEnergy, SovereigntyRating
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.loading import Table, TableSpec
from catalog.offerings import Offering, Region
from catalog.records import Id, Record, Text
from contracts.approved import ApprovedOrder
from contracts.clauses import ExchangeRate
from contracts.options import AnyTerms
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
from contracts.terms.volume import VolumePriced, VolumeTier
from scenarios.column_yields import ColumnYield
from scenarios.forecasts import Forecast, ModelDates
from scenarios.migrations import Migration
from scenarios.outlooks import Outlook, OutlookEffect
from scenarios.policy import Policy
from scenarios.scenario import RunSettings
from scenarios.token_tags import TokenTag
from scenarios.workloads import Demand, HourlyLoad, SizeClass, Workload

SCENARIO_FILE = "scenario.yaml"
BUNDLED_FOLDER = Path(catalog.__file__).parent / "bundled"
BUNDLED_PREFIX = "bundled/"


class ScenarioFile(Record):
    """What scenario.yaml holds."""

    scenario: Id
    """Name of the scenario; it names the plan as well."""
    description: Text = ""
    """What the scenario is about, for the reader."""
    bundled_tables: tuple[Id, ...] = ()
    """Tables that are taken from the catalog that ships with the program, because the folder has none."""
    run: RunSettings
    """What is planned, from when, and how hard the solver tries."""
    policy: Policy
    """The rules that the plan must keep."""


ACCELERATORS = TableSpec("accelerators", (Accelerator,), ("accelerator",))
MODELS = TableSpec("models", (ModelPrecision,), ("model", "precision"))
QUALITY = TableSpec("quality", (Quality,), ("model", "precision", "stack"))
REGIONS = TableSpec("regions", (Region,), ("region",))
OFFERINGS = TableSpec("offerings", (Offering,), ("offering",))
GOODPUT_POINTS = TableSpec("goodput_points", (GoodputPoint,), ("point",))
CLAIMS = TableSpec("claims", (PricePerformanceClaim,), ("claim",))
EXCHANGE_RATES = TableSpec("exchange_rates", (ExchangeRate,), ("currency",))
CONTRACTS: TableSpec[AnyTerms] = TableSpec(
    "contracts",
    (OnDemand, Spot, Reserved, TakeOrPay, VolumePriced, CapacityBlock, Owned),
    ("contract",),
    kind_column="kind",
)
SITES = TableSpec("sites", (Site,), ("site",))
HELD_CONTRACTS = TableSpec("held_contracts", (HeldContract,), ("held",))
SPEND_COMMITMENTS = TableSpec("spend_commitments", (SpendCommitment,), ("contract",))
COVERED_RATES = TableSpec("covered_rates", (CoveredRate,), ("contract", "covers"))
AGREEMENTS = TableSpec("agreements", (Agreement,), ("agreement",))
AGREEMENT_TIERS = TableSpec("agreement_tiers", (AgreementTier,), ("agreement", "tier"))
CREDITS = TableSpec("credits", (Credit,), ("credit",))
API_OFFERS = TableSpec("api_offers", (ApiOffer,), ("api",))
PROVISIONED = TableSpec("provisioned", (Provisioned,), ("contract",))
SPLITS = TableSpec("splits", (Split,), ("split",))
VOLUME_TIERS = TableSpec("volume_tiers", (VolumeTier,), ("contract", "from_node_hours"))
WORKLOADS = TableSpec("workloads", (Workload,), ("workload",))
SIZE_CLASSES = TableSpec("size_classes", (SizeClass,), ("workload", "size_class"))
DEMAND = TableSpec("demand", (Demand,), ("workload", "month"))
FORECAST = TableSpec("forecast", (Forecast,), ("workload", "month"))
MODEL_DATES = TableSpec("model_dates", (ModelDates,), ("model",))
HOURLY_LOAD = TableSpec("hourly_load", (HourlyLoad,), ("workload", "hour_of_week"))
OUTLOOKS = TableSpec("outlooks", (Outlook,), ("outlook",))
OUTLOOK_EFFECTS = TableSpec("outlook_effects", (OutlookEffect,), ("outlook", "effect", "of", "name", "first_month"))
MIGRATIONS = TableSpec("migrations", (Migration,), ("migration",))
COLUMN_YIELDS = TableSpec("column_yields", (ColumnYield,), ("workload", "scope", "name"))
TAGS = TableSpec("tags", (TokenTag,), ("workload", "kind", "tag"))
SOVEREIGNTY = TableSpec("sovereignty", (SovereigntyRating,), ("scope", "name"))
ACCELERATOR_POWER = TableSpec("accelerator_power", (AcceleratorPower,), ("accelerator",))
REGION_ENERGY = TableSpec("region_energy", (RegionEnergy,), ("region",))
APPROVED_ORDERS = TableSpec("approved_orders", (ApprovedOrder,), ("contract", "start"))

OPTIONAL = frozenset(
    {
        "accelerator_power",
        "agreement_tiers",
        "agreements",
        "api_offers",
        "approved_orders",
        "claims",
        "column_yields",
        "covered_rates",
        "credits",
        "demand",
        "exchange_rates",
        "forecast",
        "held_contracts",
        "hourly_load",
        "migrations",
        "model_dates",
        "outlook_effects",
        "outlooks",
        "provisioned",
        "region_energy",
        "sites",
        "sovereignty",
        "spend_commitments",
        "splits",
        "tags",
        "volume_tiers",
    }
)


@dataclass
class Tables:
    """All tables of a scenario, in reading order. An optional table that is absent is empty."""

    accelerators: Table[Accelerator] = field(default_factory=lambda: Table(ACCELERATORS))
    models: Table[ModelPrecision] = field(default_factory=lambda: Table(MODELS))
    quality: Table[Quality] = field(default_factory=lambda: Table(QUALITY))
    regions: Table[Region] = field(default_factory=lambda: Table(REGIONS))
    offerings: Table[Offering] = field(default_factory=lambda: Table(OFFERINGS))
    goodput_points: Table[GoodputPoint] = field(default_factory=lambda: Table(GOODPUT_POINTS))
    claims: Table[PricePerformanceClaim] = field(default_factory=lambda: Table(CLAIMS))
    sovereignty: Table[SovereigntyRating] = field(default_factory=lambda: Table(SOVEREIGNTY))
    accelerator_power: Table[AcceleratorPower] = field(default_factory=lambda: Table(ACCELERATOR_POWER))
    region_energy: Table[RegionEnergy] = field(default_factory=lambda: Table(REGION_ENERGY))
    exchange_rates: Table[ExchangeRate] = field(default_factory=lambda: Table(EXCHANGE_RATES))
    contracts: Table[AnyTerms] = field(default_factory=lambda: Table(CONTRACTS))
    sites: Table[Site] = field(default_factory=lambda: Table(SITES))
    held_contracts: Table[HeldContract] = field(default_factory=lambda: Table(HELD_CONTRACTS))
    spend_commitments: Table[SpendCommitment] = field(default_factory=lambda: Table(SPEND_COMMITMENTS))
    covered_rates: Table[CoveredRate] = field(default_factory=lambda: Table(COVERED_RATES))
    agreements: Table[Agreement] = field(default_factory=lambda: Table(AGREEMENTS))
    agreement_tiers: Table[AgreementTier] = field(default_factory=lambda: Table(AGREEMENT_TIERS))
    credits: Table[Credit] = field(default_factory=lambda: Table(CREDITS))
    api_offers: Table[ApiOffer] = field(default_factory=lambda: Table(API_OFFERS))
    provisioned: Table[Provisioned] = field(default_factory=lambda: Table(PROVISIONED))
    splits: Table[Split] = field(default_factory=lambda: Table(SPLITS))
    volume_tiers: Table[VolumeTier] = field(default_factory=lambda: Table(VOLUME_TIERS))
    workloads: Table[Workload] = field(default_factory=lambda: Table(WORKLOADS))
    size_classes: Table[SizeClass] = field(default_factory=lambda: Table(SIZE_CLASSES))
    demand: Table[Demand] = field(default_factory=lambda: Table(DEMAND))
    forecast: Table[Forecast] = field(default_factory=lambda: Table(FORECAST))
    model_dates: Table[ModelDates] = field(default_factory=lambda: Table(MODEL_DATES))
    hourly_load: Table[HourlyLoad] = field(default_factory=lambda: Table(HOURLY_LOAD))
    outlooks: Table[Outlook] = field(default_factory=lambda: Table(OUTLOOKS))
    outlook_effects: Table[OutlookEffect] = field(default_factory=lambda: Table(OUTLOOK_EFFECTS))
    migrations: Table[Migration] = field(default_factory=lambda: Table(MIGRATIONS))
    column_yields: Table[ColumnYield] = field(default_factory=lambda: Table(COLUMN_YIELDS))
    tags: Table[TokenTag] = field(default_factory=lambda: Table(TAGS))
    approved_orders: Table[ApprovedOrder] = field(default_factory=lambda: Table(APPROVED_ORDERS))

    def all(self) -> tuple[Table[Any], ...]:
        """Every table, in reading order."""
        return tuple(getattr(self, each.name) for each in fields(self))


SPECS: dict[str, TableSpec[Any]] = {table.spec.name: table.spec for table in Tables().all()}
"""Every table by its name, in reading order."""
