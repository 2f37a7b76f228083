"""Writes catalog/bundled from the raw data folder."""

import argparse
from pathlib import Path
from shutil import copyfile

from catalog.accelerators import Accelerator, ModelPrecision, Quality
from catalog.bundling.api_prices import ApiPrice, api_prices
from catalog.bundling.chips import accelerators
from catalog.bundling.claims import claims
from catalog.bundling.energy import accelerator_power, region_energy
from catalog.bundling.interruptions import SpotInterruption, interruptions
from catalog.bundling.models import model_precisions, quality_scores
from catalog.bundling.price_history import PastPrice, price_history
from catalog.bundling.prices import ListPrice, list_prices, share_alike_prices
from catalog.bundling.regions import regions
from catalog.bundling.tables import read_rows, write_records
from catalog.bundling.throughput import iter_sources, points_of
from catalog.footprint import AcceleratorPower, RegionEnergy
from catalog.goodput import GoodputPoint, PricePerformanceClaim
from catalog.offerings import Region

TRACES = ("azure_llm_2023_code.csv.gz", "azure_llm_2023_conv.csv.gz", "servegen_hourly.csv")


def bundle(data: Path, out: Path) -> None:
    """Every table and trace of the bundled catalog; NOTICE.md beside them is written by hand."""
    out.mkdir(parents=True, exist_ok=True)
    write_records(out / "accelerators.csv", Accelerator, accelerators(read_rows(data / "hardware.csv")))
    write_records(out / "models.csv", ModelPrecision, model_precisions())
    write_records(out / "quality.csv", Quality, quality_scores())
    write_records(out / "regions.csv", Region, regions())
    energy = read_rows(data / "power_carbon.csv")
    write_records(out / "accelerator_power.csv", AcceleratorPower, accelerator_power(energy))
    write_records(out / "region_energy.csv", RegionEnergy, region_energy(energy))
    _write_goodput(data, out)
    _write_prices(data, out)
    for name in TRACES:
        copyfile(data / "traces" / name, out / name)


def _write_goodput(data: Path, out: Path) -> None:
    rows = read_rows(data / "throughput.csv.gz")
    for name, share_alike in (("goodput_points.csv", False), ("goodput_points.cc-by-sa.csv", True)):
        points = [point for source in iter_sources(share_alike=share_alike) for point in points_of(rows, source)]
        write_records(out / name, GoodputPoint, points)


def _write_prices(data: Path, out: Path) -> None:
    aws, others = read_rows(data / "prices_aws.csv"), read_rows(data / "prices_other.csv")
    prices = list_prices(aws, others)
    history = price_history(
        read_rows(data / "prices_aws_ondemand_history.csv"), read_rows(data / "prices_gcp_history.csv")
    )
    write_records(out / "prices.csv", ListPrice, prices)
    write_records(out / "prices.cc-by-sa.csv", ListPrice, share_alike_prices(aws))
    write_records(out / "price_history.csv", PastPrice, history)
    write_records(out / "api_prices.csv", ApiPrice, api_prices(read_rows(data / "api_prices.csv")))
    write_records(out / "spot_interruption.csv", SpotInterruption, interruptions(aws))
    write_records(out / "claims.csv", PricePerformanceClaim, claims(prices))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m catalog.bundling", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the raw CSV files")
    parser.add_argument("--out", type=Path, default=Path("catalog/bundled"), help="where the tables go")
    arguments = parser.parse_args()
    bundle(arguments.data, arguments.out)


if __name__ == "__main__":
    main()
