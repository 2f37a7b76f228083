"""scenario.yaml of the examples: run settings and policy, which are a company's choices and so assumptions here."""

from dataclasses import dataclass

from contracts.calendar import Horizon, Month

HORIZON = Horizon(Month(2027, 1), 24)

CAPITALISED_PER_YEAR_USD = 2_000_000
"""Most capital expenditure of a year: enough for two of the three large ports (rows of migrations.csv), not for all."""
MIGRATIONS_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Settings:
    """In what the two examples differ."""

    scenario: str
    description: str
    opening: str
    """First lines of the file: what it is."""
    load_blocks: int
    cash_per_quarter_usd: int
    """Most cash of a quarter. In one outlook and without a limit, quarters pay between 13.4 and 17.7 million."""
    reveal_month: Month | None = None
    gap_share: float = 0.005
    events_in: tuple[str, ...] = ()
    """Outlooks in which the events must be survived; all if there are none."""

    @property
    def reveal(self) -> str:
        """The lines of the reveal month."""
        if self.reveal_month is None:
            return ""
        return (
            "  # From then on it is known which outlook has come true; what need not be signed before can wait.\n"
            f"  reveal_month: {self.reveal_month}\n"
        )

    @property
    def listed(self) -> str:
        """The line of an event that lists its outlooks."""
        return f"\n      outlooks: [{', '.join(self.events_in)}]" if self.events_in else ""


REALISTIC = Settings(
    scenario="realistic",
    description=(
        "Ten workloads in America, Europe and Asia over 24 months; public prices and measurements, made-up demand."
    ),
    opening="# A fleet for ten workloads of six models in three parts of the world, over two years.",
    load_blocks=6,
    cash_per_quarter_usd=17_300_000,
)
STOCHASTIC = Settings(
    scenario="stochastic",
    description="The realistic fleet in five futures, of which it is known after half a year which one has come true.",
    opening="""\
# The fleet of the realistic example in five futures (outlooks.csv, outlook_effects.csv; README.md says why).
# Its other tables are those of the realistic example, byte for byte.""",
    load_blocks=1,
    cash_per_quarter_usd=28_000_000,  # also where demand is a fifth higher and every list price a quarter
    reveal_month=Month(2027, 7),
    gap_share=0.01,
    events_in=("base",),
)


def scenario_yaml(settings: Settings) -> str:
    """The file scenario.yaml."""
    return f"""\
{settings.opening}
#
# Real: prices, measurements, request sizes and the shape of the week, each row with its source (docs/data.md).
# Assumed: demand, stock, quota, lead times, spot depth, held contracts, and every number of this file.
# Made up: what is in files named *.quotes.csv; each row states the rule that derives it from a public price.
# Built by `python -m scenarios.example_building`: change that, not the tables, if you want to keep your change.

scenario: {settings.scenario}
description: {settings.description}

bundled_tables: [accelerators, goodput_points, models, quality, regions]

run:
  first_month: {HORIZON.first}
  months: {HORIZON.count}
  order_date: 2026-11-21
{settings.reveal}  discount_rate_per_year: 0.08
  # A commitment after the horizon counts for three tenths of its price: it has a use, but nobody has planned it.
  beyond_horizon_weight: 0.3
  usable_share: 0.85
  load_blocks: {settings.load_blocks}
  gap_share: {settings.gap_share}
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

  # At most so much cash may leave: undiscounted, when it is paid.
  budgets:
    - budget: cash-of-a-quarter
      window: quarter
      limit_usd: {settings.cash_per_quarter_usd}
    - budget: capital-of-a-year     # engineering of ports that is put on the balance sheet
      spending: capex
      window: year
      limit_usd: {CAPITALISED_PER_YEAR_USD}
  # There are two teams, and a port takes one of them until its gate.
  migrations_at_once: {MIGRATIONS_AT_ONCE}

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
      duration_hours: 72{settings.listed}
    - contingency: lose-europe-north
      lost: geography
      name: europe-north
      floor_share: 0.9
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.05
      duration_hours: 24{settings.listed}
    - contingency: lose-blackwell     # a fault of a whole family of chips
      lost: family
      name: blackwell
      floor_share: 0.9
      ttft_factor: 1.5
      tpot_factor: 1.25
      probability_per_year: 0.1
      duration_hours: 168{settings.listed}
    - contingency: lose-spot
      lost: spot
      name: "*"
      floor_share: 0.95
      ttft_factor: 1.25
      tpot_factor: 1.25
      probability_per_year: 1
      duration_hours: 48{settings.listed}
    - contingency: lose-trainium2-quote
      lost: contract
      name: quote-trn2-use2-24m
      floor_share: 0.9
      ttft_factor: 1.25
      tpot_factor: 1.25
      probability_per_year: 0.15
      duration_hours: 720{settings.listed}
"""
