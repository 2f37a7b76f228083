"""The tables of a scenario, the file scenario.yaml, and where each of them is read from."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import catalog
from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.findings import Code, Finding, Location, did_you_mean, shown
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.loading import Table, TableSpec, nothing_to_fill, read_table
from catalog.offerings import Offering, Region
from catalog.reading_records import TreeReader
from catalog.reading_text import ReadText, Source
from catalog.records import Id, Record, Text
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
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced, VolumeTier
from scenarios.loading_currencies import priced_in_dollars
from scenarios.migrations import Migration
from scenarios.outlooks import Outlook, OutlookEffect
from scenarios.policy import Policy
from scenarios.scenario import RunSettings
from scenarios.workloads import Demand, HourlyLoad, SizeClass, Workload

SCENARIO_FILE = "scenario.yaml"
BUNDLED_FOLDER = Path(catalog.__file__).parent / "bundled"
BUNDLED_PREFIX = "bundled/"
_TAG = r"(\.[a-z0-9-]+)?\.csv"


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
VOLUME_TIERS = TableSpec("volume_tiers", (VolumeTier,), ("contract", "from_node_hours"))
WORKLOADS = TableSpec("workloads", (Workload,), ("workload",))
SIZE_CLASSES = TableSpec("size_classes", (SizeClass,), ("workload", "size_class"))
DEMAND = TableSpec("demand", (Demand,), ("workload", "month"))
HOURLY_LOAD = TableSpec("hourly_load", (HourlyLoad,), ("workload", "hour_of_week"))
OUTLOOKS = TableSpec("outlooks", (Outlook,), ("outlook",))
OUTLOOK_EFFECTS = TableSpec("outlook_effects", (OutlookEffect,), ("outlook", "effect", "of", "name", "first_month"))
MIGRATIONS = TableSpec("migrations", (Migration,), ("migration",))

OPTIONAL = frozenset(
    {
        "agreement_tiers",
        "agreements",
        "api_offers",
        "claims",
        "covered_rates",
        "credits",
        "exchange_rates",
        "held_contracts",
        "hourly_load",
        "migrations",
        "outlook_effects",
        "outlooks",
        "provisioned",
        "sites",
        "spend_commitments",
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
    volume_tiers: Table[VolumeTier] = field(default_factory=lambda: Table(VOLUME_TIERS))
    workloads: Table[Workload] = field(default_factory=lambda: Table(WORKLOADS))
    size_classes: Table[SizeClass] = field(default_factory=lambda: Table(SIZE_CLASSES))
    demand: Table[Demand] = field(default_factory=lambda: Table(DEMAND))
    hourly_load: Table[HourlyLoad] = field(default_factory=lambda: Table(HOURLY_LOAD))
    outlooks: Table[Outlook] = field(default_factory=lambda: Table(OUTLOOKS))
    outlook_effects: Table[OutlookEffect] = field(default_factory=lambda: Table(OUTLOOK_EFFECTS))
    migrations: Table[Migration] = field(default_factory=lambda: Table(MIGRATIONS))

    def all(self) -> tuple[Table[Any], ...]:
        """Every table, in reading order."""
        return tuple(getattr(self, each.name) for each in fields(self))


SPECS: dict[str, TableSpec[Any]] = {table.spec.name: table.spec for table in Tables().all()}
"""Every table by its name, in reading order."""


def read_tables(
    folder: Path,
    reader: TreeReader,
    findings: list[Finding],
    warnings: list[Finding],
) -> tuple[Tables, list[ReadText]]:
    """All tables of the folder and of the bundled catalog, and the texts that were read."""
    _refuse_unknown_files(folder, findings)
    bundled: Sequence[str] = reader.values.get("bundled_tables", ())
    is_listed = bool(reader.lines) and ("bundled_tables" in reader.values) == ("bundled_tables" in reader.lines)
    _refuse_what_is_not_bundled(bundled, reader, findings)
    tables = Tables()
    texts: list[ReadText] = []
    for name, spec in SPECS.items():
        sources = _sources_of(name, folder, bundled, reader, warnings)
        if sources:
            fill = priced_in_dollars(tables.exchange_rates) if spec is CONTRACTS else nothing_to_fill
            table, read = read_table(spec, sources, findings, fill)
            setattr(tables, name, table)
            texts += read
        elif name not in OPTIONAL:
            setattr(tables, name, Table(spec, whole=False))
            if is_listed or name not in _bundled_names():
                findings.append(_absent(name))
    return tables, texts


def _sources_of(
    name: str, folder: Path, bundled: Sequence[str], reader: TreeReader, warnings: list[Finding]
) -> list[Source]:
    own = [Source(path, path.name) for path in _files_of(name, folder)]
    if name not in bundled:
        return own
    if own:
        where = reader.where(f"bundled_tables[{list(bundled).index(name)}]")
        found = f"{own[0].name} in the folder"
        hint = f"delete {name} from bundled_tables; the folder's own table is used and the bundled one is not"
        warnings.append(Finding(Code.BUNDLED_UNUSED, where, found, "the table in one place", hint))
        return own
    return [Source(path, BUNDLED_PREFIX + path.name) for path in _files_of(name, BUNDLED_FOLDER)]


def _files_of(name: str, folder: Path) -> Iterator[Path]:
    """`table.csv` and `table.<tag>.csv`, sorted by name."""
    pattern = re.compile(re.escape(name) + _TAG)
    return (path for path in sorted(folder.glob("*.csv")) if pattern.fullmatch(path.name))


def _bundled_names() -> list[str]:
    return [name for name in SPECS if any(_files_of(name, BUNDLED_FOLDER))]


def _absent(name: str) -> Finding:
    hint = f"write {name}.csv"
    if name in _bundled_names():
        hint += f", or list {name} under bundled_tables in {SCENARIO_FILE}"
    return Finding(Code.NO_TABLE, Location(f"{name}.csv"), "no such table", "the table in the folder", hint)


def _refuse_what_is_not_bundled(bundled: Sequence[str], reader: TreeReader, findings: list[Finding]) -> None:
    names = _bundled_names()
    for number, name in enumerate(bundled):
        if name not in names:
            where = reader.where(f"bundled_tables[{number}]")
            expected = "a table that ships with the program"
            findings.append(Finding(Code.NOT_BUNDLED, where, shown(name), expected, did_you_mean(name, names)))


def _refuse_unknown_files(folder: Path, findings: list[Finding]) -> None:
    """A table under a wrong name would be left out in silence."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == SCENARIO_FILE or not path.is_file():
            continue
        suffix = path.suffix.casefold()
        is_table = any(re.fullmatch(re.escape(name) + _TAG, path.name) for name in SPECS)
        if suffix in (".yaml", ".yml") or (suffix == ".csv" and not is_table):
            known = [SCENARIO_FILE] if suffix != ".csv" else [f"{name}.csv" for name in SPECS]
            hint = f"{did_you_mean(path.name, known)} Otherwise move it out of the folder"
            where = Location(path.name)
            expected = "table.csv or table.tag.csv"
            findings.append(Finding(Code.UNKNOWN_FILE, where, "a file that is no table", expected, hint))
