"""scenario.yaml of the example: run settings and policy. They are a company's choices, so they are assumptions here."""

from contracts.calendar import Horizon, Month

HORIZON = Horizon(Month(2027, 1), 24)

SCENARIO_YAML = f"""\
# A fleet for ten workloads of six models in three parts of the world, over two years.
#
# Real: prices, measurements, request sizes and the shape of the week, each row with its source (docs/data.md).
# Assumed: demand, stock, quota, lead times, spot depth, held contracts, and every number of this file.
# Made up: what is in files named *.quotes.csv; each row states the rule that derives it from a public price.
# Built by `python -m scenarios.example_building`: change that, not the tables, if you want to keep your change.

scenario: realistic
description: Ten workloads in America, Europe and Asia over 24 months; public prices and measurements, made-up demand.

bundled_tables: [accelerators, goodput_points, models, quality, regions]

run:
  first_month: {HORIZON.first}
  months: {HORIZON.count}
  order_date: 2026-11-21
  discount_rate_per_year: 0.08
  # A commitment after the horizon counts for three tenths of its price: it has a use, but nobody has planned it.
  beyond_horizon_weight: 0.3
  usable_share: 0.85
  load_blocks: 6
  gap_share: 0.005
  gap_usd: 1000
  seed: 7
  time_limit_s: 1200

policy:
  # Why these numbers: docs/data.md, "How far to trust a throughput".
  haircut_share: {{measured: 0, independent: 0.05, modelled: 0.45, vendor: 0.5, roofline: 0.55}}
  percentile_factor: {{measured: 1.5, independent: 1.5, modelled: 2, vendor: 1.5, roofline: 2.5}}
  memory_usable_share: 0.9
  # Most of a month's tokens of a workload on spot. Long batch work may take more, see workloads.csv.
  spot_share_cap: 0.1
  # After an event, at most so much of the capacity in use may be on demand or not firm.
  emergency_share: 0.6

  concentration:
    - rule: no-provider-above-40-percent
      measure: tokens
      by: provider
      group: "*"
      cap_share: 0.4
      window: month
    - rule: nvidia-spend-below-72-percent
      measure: spend
      by: chip_vendor
      group: nvidia
      cap_share: 0.72
      window: horizon

  contingencies:
    - contingency: lose-nebius        # the cheapest provider, and the one that serves most without commitment
      lost: provider
      name: nebius
      floor_share: 0.8
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.1
      duration_hours: 72
    - contingency: lose-europe-north
      lost: geography
      name: europe-north
      floor_share: 0.9
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.05
      duration_hours: 24
    - contingency: lose-blackwell     # a fault of a whole family of chips
      lost: family
      name: blackwell
      floor_share: 0.9
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.1
      duration_hours: 168
    - contingency: lose-spot
      lost: spot
      name: "*"
      floor_share: 0.95
      ttft_factor: 1.25
      tpot_factor: 1.25
      probability_per_year: 1
      duration_hours: 48
    - contingency: lose-trainium2-quote
      lost: contract
      name: quote-trn2-use2-24m
      floor_share: 0.9
      ttft_factor: 1.25
      tpot_factor: 1.25
      probability_per_year: 0.15
      duration_hours: 720
"""
