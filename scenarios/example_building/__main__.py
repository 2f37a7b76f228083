"""Writes scenarios/examples/realistic."""

import argparse
from pathlib import Path

from scenarios.example_building.claims import assumed_claims, public_claims
from scenarios.example_building.demand import demand, hourly_load, size_classes, workloads
from scenarios.example_building.held import held_contracts
from scenarios.example_building.prices import PriceBook
from scenarios.example_building.quotes import quoted_terms
from scenarios.example_building.rules import HORIZON, SCENARIO_YAML
from scenarios.example_building.supply import offerings
from scenarios.example_building.tables import write_csv, write_table
from scenarios.example_building.terms import on_demand_terms, reserved_terms, spot_terms


def build(bundled: Path, out: Path) -> None:
    """All tables of the example; README.md beside them is written by hand."""
    out.mkdir(parents=True, exist_ok=True)
    prices = PriceBook(bundled)
    contracts = [*on_demand_terms(prices), *spot_terms(prices), *reserved_terms(prices), *quoted_terms(prices)]
    write_table(out, "offerings", offerings(prices), ("offering",))
    write_table(out, "contracts", contracts, ("contract", "kind", "offering", "price_usd_per_node_hour"))
    write_table(out, "held_contracts", held_contracts(prices), ("held",))
    write_csv(out / "claims.csv", public_claims(bundled), ("claim",))
    write_csv(out / "claims.quotes.csv", assumed_claims(prices), ("claim",))
    write_csv(out / "workloads.csv", workloads())
    write_csv(out / "size_classes.csv", size_classes(bundled))
    write_csv(out / "demand.csv", demand(HORIZON))
    write_csv(out / "hourly_load.csv", hourly_load(bundled))
    (out / "scenario.yaml").write_text(SCENARIO_YAML, encoding="utf-8")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m scenarios.example_building", description=__doc__)
    parser.add_argument("--bundled", type=Path, default=Path("catalog/bundled"), help="the bundled catalog")
    parser.add_argument("--out", type=Path, default=Path("scenarios/examples/realistic"), help="where the tables go")
    arguments = parser.parse_args()
    build(arguments.bundled, arguments.out)


if __name__ == "__main__":
    main()
