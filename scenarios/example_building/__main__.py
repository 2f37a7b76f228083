"""Writes the examples realistic, stochastic and procurement."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from scenarios.example_building.claims import assumed_claims, public_claims
from scenarios.example_building.demand import demand, hourly_load, size_classes, workloads
from scenarios.example_building.held import held_contracts
from scenarios.example_building.migrations import migrations
from scenarios.example_building.outlooks import OUTLOOKS, outlook_effects
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.procurement.building import build_procurement
from scenarios.example_building.quotes import flexible_terms, quoted_terms
from scenarios.example_building.rules import HORIZON, REALISTIC, STOCHASTIC, scenario_yaml
from scenarios.example_building.supply import offerings
from scenarios.example_building.tables import write_csv, write_table
from scenarios.example_building.terms import on_demand_terms, reserved_terms, spot_terms


def build_realistic(bundled: Path, out: Path) -> None:
    """All tables of the realistic example; README.md beside them is written by hand."""
    _tables(bundled, out)
    (out / "scenario.yaml").write_text(scenario_yaml(REALISTIC), encoding="utf-8")


def build_stochastic(bundled: Path, out: Path) -> None:
    """The same tables, and five outlooks; README.md beside them is written by hand."""
    _tables(bundled, out)
    build_outlooks(bundled, out)


def build_outlooks(bundled: Path, out: Path) -> None:
    """What the stochastic example has of its own."""
    write_csv(out / "outlooks.csv", OUTLOOKS)
    write_csv(out / "outlook_effects.csv", outlook_effects(bundled))
    (out / "scenario.yaml").write_text(scenario_yaml(STOCHASTIC), encoding="utf-8")


def _tables(bundled: Path, out: Path) -> None:
    """What the examples have in common. Each folder holds all of it, so that it can be copied and changed alone."""
    out.mkdir(parents=True, exist_ok=True)
    prices = PriceBook(bundled)
    contracts = [
        *on_demand_terms(prices),
        *spot_terms(prices),
        *reserved_terms(prices),
        *quoted_terms(prices),
        *flexible_terms(prices),
    ]
    write_table(out, "offerings", offerings(prices), ("offering",))
    write_table(out, "contracts", contracts, ("contract", "kind", "offering", "price_usd_per_node_hour"))
    write_table(out, "held_contracts", held_contracts(prices), ("held",))
    write_csv(out / "migrations.csv", migrations(), ("migration",))
    write_csv(out / "claims.csv", public_claims(bundled), ("claim",))
    write_csv(out / "claims.quotes.csv", assumed_claims(prices), ("claim",))
    write_csv(out / "workloads.csv", workloads())
    write_csv(out / "size_classes.csv", size_classes(bundled))
    write_csv(out / "demand.csv", demand(HORIZON))
    write_csv(out / "hourly_load.csv", hourly_load(bundled))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.example_building", description=__doc__)
    parser.add_argument("--bundled", type=Path, default=Path("catalog/bundled"), help="the bundled catalog")
    parser.add_argument("--out", type=Path, default=Path("scenarios/examples"), help="folder of the examples")
    given = parser.parse_args(arguments)
    build_realistic(given.bundled, given.out / "realistic")
    build_stochastic(given.bundled, given.out / "stochastic")
    build_procurement(given.bundled, given.out / "procurement")


if __name__ == "__main__":
    main()
