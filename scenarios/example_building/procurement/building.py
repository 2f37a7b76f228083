"""Writes the tables of the procurement example; README.md beside them is written by hand."""

from pathlib import Path

from contracts.calendar import Horizon, Month
from scenarios.example_building.demand import (
    demand_of,
    hourly_load_of,
    size_classes_of,
)
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.procurement import money, terms
from scenarios.example_building.procurement.fleet import CAMPAIGN, STREAMS, offerings, regions
from scenarios.example_building.tables import write_csv, write_table
from scenarios.workloads import Demand

HORIZON = Horizon(Month(2027, 1), 18)
_CONTRACT = ("contract", "kind", "offering", "price_usd_per_node_hour")


def build_procurement(bundled: Path, out: Path) -> None:
    """All tables and scenario.yaml."""
    out.mkdir(parents=True, exist_ok=True)
    prices = PriceBook(bundled)
    write_csv(out / "regions.csv", regions())
    write_table(out, "offerings", offerings(prices), ("offering",))
    write_table(out, "contracts", terms.contracts(prices), _CONTRACT)
    write_csv(out / "volume_tiers.csv", terms.volume_tiers(prices), ("contract",))
    write_csv(out / "held_contracts.csv", terms.held_contracts(prices), ("held",))
    write_csv(out / "exchange_rates.csv", [money.EUR_USD], ("currency",))
    write_table(out, "spend_commitments", money.spend_commitments(), ("contract",))
    write_csv(out / "covered_rates.csv", money.covered_rates(prices), ("contract",))
    write_table(out, "agreements", money.agreements(), ("agreement",))
    write_csv(out / "agreement_tiers.csv", money.agreement_tiers(), ("agreement",))
    write_table(out, "credits", money.credits(), ("credit",))
    write_csv(out / "api_offers.csv", money.api_offers(), ("api",))
    write_table(out, "provisioned", money.provisioned(), ("contract",))
    write_csv(out / "sites.csv", money.sites(), ("site",))
    write_csv(out / "workloads.csv", [stream.record for stream in STREAMS])
    write_csv(out / "size_classes.csv", size_classes_of(STREAMS, bundled))
    write_csv(out / "demand.csv", _demand())
    write_csv(out / "hourly_load.csv", hourly_load_of(STREAMS, bundled))
    (out / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")


def _demand() -> list[Demand]:
    """Steady growth, and a campaign on top."""
    return [_with_campaign(row) for row in demand_of(STREAMS, HORIZON)]


def _with_campaign(row: Demand) -> Demand:
    if row.accepted_requests_per_s is None or row.workload != CAMPAIGN.workload or row.month not in CAMPAIGN.months:
        return row
    return row.model_copy(update={"accepted_requests_per_s": round(row.accepted_requests_per_s * CAMPAIGN.factor, 3)})


SCENARIO = f"""\
# Every way of buying and most clauses, for five workloads in America over a year and a half.
#
# Real: list prices, measurements, request sizes and the shape of the week, each row with its source (docs/data.md).
# Assumed: demand, stock, quota, lead times, limits, and every number of this file.
# Made up: what is in files named *.quotes.csv, tiers, rates and held contracts; each row states its rule.
# Built by `python -m scenarios.example_building`: change that, not the tables, if you want to keep your change.

scenario: procurement
description: Every way of buying and most clauses, in one plan; public prices and measurements, made-up quotes.

bundled_tables: [accelerators, goodput_points, models, quality]

run:
  first_month: {HORIZON.first}
  months: {HORIZON.count}
  order_date: 2026-11-21
  discount_rate_per_year: 0.08
  # What is committed after the horizon counts for two fifths: it has a use, but nobody has planned it.
  beyond_horizon_weight: 0.4
  usable_share: 0.85
  load_blocks: 3
  gap_share: 0.005
  gap_usd: 1000
  seed: 7
  time_limit_s: 600

policy:
  # Why these numbers: docs/data.md, "How far to trust a throughput".
  haircut_share: {{measured: 0, independent: 0.05, modelled: 0.45, vendor: 0.5, roofline: 0.55}}
  percentile_factor: {{measured: 1.5, independent: 1.5, modelled: 2, vendor: 1.5, roofline: 2.5}}
  memory_usable_share: 0.9
  spot_share_cap: 0.1
  emergency_share: 0.5

  budgets:
    - budget: capital-of-the-horizon
      spending: capex
      window: horizon
      limit_usd: 15000000

  concentration:
    - rule: no-provider-above-half
      measure: tokens
      by: provider
      group: "*"
      cap_share: 0.5
      window: horizon

  contingencies:
    - contingency: lose-nebius
      lost: provider
      name: nebius
      floor_share: 0.6
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.1
      duration_hours: 72
"""
