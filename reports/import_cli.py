"""The commands `siliconmix import KIND`. Bodies hand over at once; everything slow is imported inside them."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.import_options import FILE, FOLDER, given_options
from reports.tracing.cli import hours, trace

if TYPE_CHECKING:
    from scenarios.importing.given import Given

_GRADES = ("measured", "independent", "modelled", "vendor", "roofline")


@click.group("import")
def import_() -> None:
    """Turn rows of another program into rows of a scenario's tables."""


import_.add_command(trace)
import_.add_command(hours)


@import_.command()
@click.argument("export", type=FILE)
@click.option("--mapping", type=FILE, required=True, help="CSV: which offering a commitment, resource or price is.")
@click.option("--out", type=FILE, default=Path("held_contracts.csv"), show_default=True, help="The table to write.")
@click.option("--json", "as_json", is_flag=True, help="What was written, or the findings, as JSON.")
def focus(export: Path, mapping: Path, out: Path, as_json: bool) -> None:
    """Write held contracts for the commitments in EXPORT, a CSV in FOCUS 1.2 columns."""
    from reports import importing

    sys.exit(importing.focus(export, mapping, out, as_json=as_json))


@import_.command()
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--to", "--into", "into", type=FOLDER, required=True, help="Scenario folder of the next plan.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
def approved(plan: Path, into: Path, as_json: bool) -> None:
    """Write approved_orders.csv from the orders of PLAN (plan.json, or a folder with it)."""
    from reports.approving import import_approved

    sys.exit(import_approved(plan, into, as_json=as_json))


@import_.command()
@given_options
def points(given: "Given", into: Path, as_json: bool) -> None:
    """Add your own points: a CSV in columns of goodput_points."""
    from reports.import_command import bring_in
    from scenarios.importing.points_csv import read_points

    sys.exit(bring_in("points", into, lambda inputs: read_points(inputs, given), as_json=as_json))


@import_.command()
@given_options
@click.option("--lengths", type=FILE, help="CSV (model,input_tokens,output_tokens,source): mean tokens of a request.")
def mlperf(given: "Given", lengths: Path | None, into: Path, as_json: bool) -> None:
    """Add MLPerf Inference results: summary_results.json."""
    from reports.import_command import bring_in
    from scenarios.importing.mlperf import read_mlperf

    sys.exit(bring_in("mlperf", into, lambda inputs: read_mlperf(inputs, given, lengths), as_json=as_json))


@import_.command()
@given_options
def aiconfigurator(given: "Given", into: Path, as_json: bool) -> None:
    """Add estimates of AIConfigurator: a CSV."""
    from reports.import_command import bring_in
    from scenarios.importing.aiconfigurator import read_aiconfigurator

    sys.exit(bring_in("aiconfigurator", into, lambda inputs: read_aiconfigurator(inputs, given), as_json=as_json))


@import_.command()
@given_options
def inferencex(given: "Given", into: Path, as_json: bool) -> None:
    """Add result points of InferenceX: JSON or CSV."""
    from reports.import_command import bring_in
    from scenarios.importing.inferencex import read_inferencex

    sys.exit(bring_in("inferencex", into, lambda inputs: read_inferencex(inputs, given), as_json=as_json))


@import_.command()
@given_options
@click.option("--model", required=True, help="The model that was served.")
@click.option("--accelerator", required=True, help="The chip.")
@click.option("--precision", required=True, help="Precision of the weights.")
@click.option("--accelerators-per-replica", type=click.IntRange(min=1), required=True, help="Chips of the deployment.")
@click.option("--engine", default="vllm", show_default=True, help="The engine.")
@click.option(
    "--evidence", type=click.Choice(_GRADES), default="measured", show_default=True, help="Modelled: simulated."
)
def aibrix(
    given: "Given",
    model: str,
    accelerator: str,
    precision: str,
    accelerators_per_replica: int,
    engine: str,
    evidence: str,
    into: Path,
    as_json: bool,
) -> None:
    """Add a profile of AIBrix's GPU optimizer: JSON."""
    from catalog.records import Evidence
    from reports.import_command import bring_in
    from scenarios.importing.aibrix import Deployment, read_aibrix

    served = Deployment(model, accelerator, precision, accelerators_per_replica, engine, Evidence(evidence))
    sys.exit(bring_in("aibrix", into, lambda inputs: read_aibrix(inputs, given, served), as_json=as_json))


@import_.command()
@given_options
@click.option("--provider", required=True, help="Whose catalog it is; regions are PROVIDER-REGION unless --names says.")
def skypilot(given: "Given", provider: str, into: Path, as_json: bool) -> None:
    """Add prices by the hour: vms.csv of a SkyPilot catalog."""
    from reports.import_command import bring_in
    from scenarios.importing.skypilot import read_skypilot

    sys.exit(bring_in("skypilot", into, lambda inputs: read_skypilot(inputs, given, provider), as_json=as_json))


@import_.command()
@given_options
@click.option(
    "--offers", type=FILE, required=True, help="CSV: what the list does not say of the entries that are wanted."
)
def litellm(given: "Given", offers: Path, into: Path, as_json: bool) -> None:
    """Add prices by the token: the JSON list of litellm."""
    from reports.import_command import bring_in
    from scenarios.importing.litellm import read_litellm

    sys.exit(bring_in("litellm", into, lambda inputs: read_litellm(inputs, given, offers), as_json=as_json))
