"""What can be had where: regions, their geographies, and the nodes that providers offer there."""

from catalog.footprint import Locality
from catalog.records import Count, Id, Record, Share, Sourced, Text, Usd, Whole


class Region(Record):
    """A provider's region and the geography (one coast, one country group) that it shares with others."""

    region: Id
    geography: Id
    """Residency and the loss of a region refer to the geography."""
    source: Text = ""


class Offering(Sourced):
    """A node that can be ordered: provider, region, accelerator and size."""

    offering: Id
    provider: Id
    region: Id
    accelerator: Id
    accelerators_per_node: Count
    list_price_usd_per_node_hour: Usd
    """Public list price; the yardstick of capacity shares and savings, not necessarily what is paid."""
    stock_nodes: Whole | None = None
    """Most nodes that can be under new commitments at any time; blank means unknown (the policy states a bound)."""
    quota_nodes: Whole | None = None
    """Most nodes on demand in any block; blank means unknown (the policy states a bound)."""
    on_demand_confidence: Share = 1.0
    """Share of the quota that can be counted on in a contingency."""
    lead_time_days: Whole = 0
    """Days between the order and the first day of service."""
    locality: Locality = Locality.CLOUD
    """Whose ground the node stands on: cloud, edge or own_site."""
    fictitious: bool = False
    """True when the offering stands for a private quote that is not public."""
    pricing_rule: Text = ""
    """For a fictitious offering: the rule that derives its price from a real row."""
