"""Who asks for what, and the nodes to choose from: five streams in America, ten public nodes and one of one's own."""

from dataclasses import dataclass

from catalog.offerings import Offering, Region
from contracts.calendar import Month
from scenarios.example_building.demand import AMERICA, CODE, CONVERSATIONS, Place, Stream
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.supply import listed_offering
from scenarios.example_building.terms import BY_ID

EAST = Place(("us-east",), AMERICA.series, AMERICA.utc_offset_hours)
"""Data of some customers must stay on the east coast."""

STREAMS = (
    Stream("chat-70b", "llama-3-70b", EAST, "chat", CONVERSATIONS, 360.0, 0.03, 400, 0.2),
    Stream("code-oss", "gpt-oss-120b", AMERICA, "code", CODE, 2800.0, 0.02, 1000, 0.4),
    Stream("reasoning-235b", "qwen3-235b-a22b", AMERICA, "reasoning", CONVERSATIONS, 240.0, 0.04, 800, 0.3),
    Stream("assistant-32b", "qwen3-32b", EAST, "assistant", CONVERSATIONS, 480.0, 0.01, 600, 0.3),
    Stream("batch-8b", "llama-3-8b", AMERICA, "batch", CONVERSATIONS, 2000.0, 0.01, 100),
)


@dataclass(frozen=True, slots=True)
class Campaign:
    """Months in which a workload has more users than its growth says."""

    workload: str
    months: tuple[Month, ...]
    factor: float


CAMPAIGN = Campaign("chat-70b", (Month(2027, 6), Month(2027, 7), Month(2027, 8)), 1.5)
"""A summer campaign: what a dated block of nodes is for."""

PUBLIC = (
    "aws-h100-use1",
    "aws-h200-use1",
    "aws-b200-use1",
    "gcp-h100-use4",
    "azure-h200-eus2",
    "azure-mi300x-eus2",
    "oci-mi300x-iad",
    "nebius-h200-usc1",
    "nebius-b200-usc1",
)
OWN = "own-b200-ash"
OWN_SITE = "ashburn"
_GROUPED = "grouped by this project into what one event may take away together"


def offerings(prices: PriceBook) -> list[Offering]:
    """The public nodes, and one that stands in a cage of one's own."""
    return [*(listed_offering(BY_ID[offering], prices) for offering in PUBLIC), _owned(prices)]


def _owned(prices: PriceBook) -> Offering:
    block = prices.price("aws", "p6-b200.48xlarge", "us-east-1", "capacity_block")
    return Offering(
        offering=OWN,
        provider="reseller",
        region="own-ashburn",
        accelerator="B200-180GB",
        accelerators_per_node=8,
        list_price_usd_per_node_hour=block.usd_per_node_hour,
        stock_nodes=24,
        quota_nodes=0,
        on_demand_confidence=0.0,
        lead_time_days=120,
        fictitious=True,
        pricing_rule=f"list price of the same node rented: {block.what}",
        source="fictitious; stock and delivery time: assumptions of this example",
        as_of=block.as_of,
        evidence="vendor",
        licence="",
    )


def regions() -> list[Region]:
    """The regions of the example."""
    named = {"own-ashburn": "us-east", "deepinfra-us": "us-central"}
    source = f"assumed to stand where the name says; {_GROUPED}"
    own = [Region(region=region, geography=geography, source=source) for region, geography in named.items()]
    public = {
        "aws-us-east-1": "us-east",
        "gcp-us-east4": "us-east",
        "azure-eastus2": "us-east",
        "oci-us-ashburn-1": "us-east",
        "nebius-us-central1": "us-central",
    }
    said = f"provider's region name; {_GROUPED}"
    return [*(Region(region=r, geography=g, source=said) for r, g in public.items()), *own]
