"""The command line. Bodies hand over at once; everything slow is imported inside them."""

import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reports.change_options import change_options
from reports.import_cli import import_
from reports.path_completion import complete_path
from reports.sweeping.over_option import over_option
from scenarios.starting import EXAMPLE_NAMES, STARTER

if TYPE_CHECKING:
    from optimizer.sweeping.axes import Axis
    from scenarios.changes import Change

_FOLDER = click.Path(path_type=Path, file_okay=False)
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("siliconmix"), prog_name="siliconmix")
def main() -> None:
    """Choose what inference capacity to order, from whom, on what terms and when."""


@main.command()
@click.argument("directory", type=_FOLDER)
@click.option("--example", type=click.Choice(EXAMPLE_NAMES), default=STARTER, show_default=True, help="Which one.")
def init(directory: Path, example: str) -> None:
    """Write a runnable, commented example scenario into DIRECTORY."""
    from reports import starting

    sys.exit(starting.init(directory, example))


@main.command()
@click.argument("scenario", type=_FOLDER)
@change_options
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
def check(scenario: Path, changes: "tuple[Change, ...]", as_json: bool) -> None:
    """Read the SCENARIO folder and list everything that is wrong with it; nothing is solved."""
    from reports import commands

    sys.exit(commands.check(scenario, changes, as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@click.argument("pattern", default="", shell_complete=complete_path)
@click.option("--json", "as_json", is_flag=True, help="Every path that fits, with its value, as JSON.")
def paths(scenario: Path, pattern: str, as_json: bool) -> None:
    """List the paths of the inputs of SCENARIO that hold PATTERN (* for any text); without it, count them."""
    from reports import paths_command

    sys.exit(paths_command.paths(scenario, pattern, as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@click.option("--out", type=_FOLDER, default=Path("out"), show_default=True, help="Folder for plan.json and plan.xlsx.")
@change_options
@click.option("--gap", type=click.FloatRange(0, 1), help="Asked gap as a share (0.005 is 0.5 %).")
@click.option("--time-limit", type=click.FloatRange(min=1), help="Most seconds for the solver.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), help="Random seed of the solver.")
@click.option("--blocks", type=click.IntRange(1, 168), help="Load blocks for the shape of the week.")
@click.option("--baselines/--no-baselines", default=True, help="Compare with other ways of serving the demand.")
@click.option("--why", type=click.IntRange(min=0), default=12, show_default=True, help="Most plans made again for it.")
@click.option("--why-time", type=click.FloatRange(min=0), default=120, show_default=True, help="Seconds; 0: none.")
@click.option("--sensitivity", is_flag=True, help="Also find the ten inputs that move the cost most.")
@click.option("--sensitivity-time-limit", type=click.FloatRange(min=1), help="Most seconds for that.")
@click.option("--explain-time-limit", type=click.FloatRange(min=0), help="Most seconds to say why there is no plan.")
@click.option("--json", "as_json", is_flag=True, help="The answer, or why there is none, as JSON.")
def plan(
    scenario: Path,
    out: Path,
    changes: "tuple[Change, ...]",
    gap: float | None,
    time_limit: float | None,
    seed: int | None,
    blocks: int | None,
    baselines: bool,
    why: int,
    why_time: float,
    sensitivity: bool,
    sensitivity_time_limit: float | None,
    explain_time_limit: float | None,
    as_json: bool,
) -> None:
    """Plan the SCENARIO folder: an audited plan.json, a workbook plan.xlsx, and a summary here."""
    from reports import commands
    from reports.why_run import WhyAsked

    settings = commands.RunChanges(
        gap_share=gap,
        time_limit_s=time_limit,
        seed=seed,
        load_blocks=blocks,
        with_baselines=baselines,
        why=WhyAsked(most=why, time_limit_s=why_time),
        with_sensitivity=sensitivity or sensitivity_time_limit is not None,
        sensitivity_time_limit_s=sensitivity_time_limit,
        explain_time_limit_s=explain_time_limit,
        inputs=changes,
    )
    sys.exit(commands.plan(scenario, out, settings, as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@over_option
@change_options
@click.option("--out", type=_FOLDER, default=Path("sweep"), show_default=True, help="Folder for results and workbook.")
@click.option("--workers", type=click.IntRange(min=1), help="Processes on this machine; one for each core by default.")
@click.option("--scheduler", metavar="ADDRESS", help="Use the workers of this Dask scheduler: tcp://HOST:8786.")
@click.option("--gap", type=click.FloatRange(0, 1), help="Asked gap of each point as a share (0.005 is 0.5 %).")
@click.option("--time-limit", type=click.FloatRange(min=1), help="Most seconds for the solver at each point.")
@click.option("--blocks", type=click.IntRange(1, 168), help="Load blocks for the shape of the week.")
@click.option("--json", "as_json", is_flag=True, help="All points, or why there are none, as JSON.")
def sweep(
    scenario: Path,
    axes: "tuple[Axis, ...]",
    changes: "tuple[Change, ...]",
    out: Path,
    workers: int | None,
    scheduler: str | None,
    gap: float | None,
    time_limit: float | None,
    blocks: int | None,
    as_json: bool,
) -> None:
    """Plan the SCENARIO folder at every point of a grid over some of its inputs; a second call goes on."""
    from reports.sweeping import command

    asked = command.SweepAsked(axes, changes, gap, time_limit, blocks, workers, scheduler)
    sys.exit(command.sweep(scenario, out, asked, as_json=as_json))


@main.command()
@click.argument("plan_json", type=_FILE)
@click.option("--out", type=_FILE, default=Path("plan.xlsx"), show_default=True, help="The workbook to write.")
@click.option("--focus", type=_FILE, help="Also write the planned charges as CSV, in FOCUS 1.2 columns.")
@click.option("--json", "as_json", is_flag=True, help="The answer, or why there is none, as JSON.")
def report(plan_json: Path, out: Path, focus: Path | None, as_json: bool) -> None:
    """Audit PLAN_JSON, write its workbook again and show its summary; nothing is solved."""
    from reports import commands

    sys.exit(commands.report(plan_json, out, focus, as_json=as_json))


@main.command()
@click.argument("plan_json", type=_FILE)
@click.option("--scenario", type=_FOLDER, help="Also compare with the input files in this folder.")
@change_options
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def audit(plan_json: Path, scenario: Path | None, changes: "tuple[Change, ...]", as_json: bool) -> None:
    """Recompute PLAN_JSON by independent code: every rule and every dollar; nothing is solved."""
    from reports import commands

    sys.exit(commands.audit(plan_json, scenario, changes, as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@change_options
@click.option("--changes", "file", type=_FILE, help="YAML: named variants, each with its changes.")
@click.option("--name", default="what-if", show_default=True, help="What the variant given here is called.")
@click.option("--out", type=_FOLDER, default=Path("whatif"), show_default=True, help="Folder for comparison and plans.")
@click.option("--gap", type=click.FloatRange(0, 1), help="Asked gap of every plan as a share (0.005 is 0.5 %).")
@click.option("--time-limit", type=click.FloatRange(min=1), help="Most seconds for the solver, for each plan.")
@click.option("--bridge/--no-bridge", default=True, help="Solve each change of a variant alone, too.")
@click.option("--resolve", is_flag=True, help="Solve closer what the gaps do not let tell apart.")
@click.option("--json", "as_json", is_flag=True, help="The comparison, or why there is none, as JSON.")
def whatif(
    scenario: Path,
    changes: "tuple[Change, ...]",
    file: Path | None,
    name: str,
    out: Path,
    gap: float | None,
    time_limit: float | None,
    bridge: bool,
    resolve: bool,
    as_json: bool,
) -> None:
    """Plan the SCENARIO folder as it is and with changes; compare cost, proof and buy lists. No file is edited."""
    from reports.commands import RunChanges
    from reports.whatif import command
    from reports.whatif.given import Given

    settings = RunChanges(gap_share=gap, time_limit_s=time_limit)
    asked = command.WhatIf(Given(name, changes, file), settings, bridges=bridge, resolve=resolve)
    sys.exit(command.whatif(scenario, out, asked, as_json=as_json))


@main.command()
@click.argument("base_json", type=_FILE)
@click.argument("plan_json", type=_FILE, nargs=-1, required=True)
@click.option("--out", type=_FILE, default=Path("comparison.xlsx"), show_default=True, help="The workbook to write.")
@click.option("--json", "as_json", is_flag=True, help="The comparison, or why there is none, as JSON.")
def compare(base_json: Path, plan_json: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Audit plans and compare each PLAN_JSON with BASE_JSON; nothing is solved."""
    from reports.comparison.command import compare_files

    sys.exit(compare_files(base_json, plan_json, out, as_json=as_json))


@main.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--solves", type=click.IntRange(min=0), default=20, show_default=True, help="Most plans to work out.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=600, show_default=True, help="Seconds in all.")
@click.option("--out", type=_FILE, default=Path("diff.xlsx"), show_default=True, help="The workbook to write.")
@click.option("--json", "as_json", is_flag=True, help="The difference, or why there is none, as JSON.")
def diff(old: Path, new: Path, solves: int, time_limit: float, out: Path, as_json: bool) -> None:
    """Tell which orders moved from plan OLD to plan NEW, and which input moved each (plan.json, or folders with it)."""
    from reports.differing.command import Asked, diff_plans

    sys.exit(diff_plans(old, new, Asked(solves, time_limit, out), as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@click.argument("offer")
@click.option("--share", multiple=True, metavar="OF=SHARE", help="Price for a share: spend=25%, tokens:WORKLOAD=25%.")
@click.option("--clauses/--no-clauses", default=True, help="What each clause is worth.")
@click.option("--haircut/--no-haircut", default=True, help="What may be taken off its goodput.")
@click.option("--tolerance", type=click.FloatRange(0.0001, 0.5), default=0.01, show_default=True, help="Width asked.")
@click.option("--time-limit", type=click.FloatRange(min=1), default=1800, show_default=True, help="Seconds in all.")
@click.option("--gap", type=click.FloatRange(0, 1), help="Asked gap of a solve as a share (0.005 is 0.5 %).")
@change_options
@click.option("--out", type=_FOLDER, default=Path("negotiation"), show_default=True, help="Folder for the two files.")
@click.option("--json", "as_json", is_flag=True, help="The answer, or why there is none, as JSON.")
def negotiate(
    scenario: Path,
    offer: str,
    share: tuple[str, ...],
    clauses: bool,
    haircut: bool,
    tolerance: float,
    time_limit: float,
    gap: float | None,
    changes: "tuple[Change, ...]",
    out: Path,
    as_json: bool,
) -> None:
    """Numbers to negotiate OFFER with: the price at which it enters the plan, the worth of each clause."""
    from reports.negotiating import command

    wanted = command.wanted(
        share, with_clauses=clauses, with_haircut=haircut, tolerance_share=tolerance, time_limit_s=time_limit
    )
    sys.exit(command.negotiate_offer(scenario, out, command.Asked(offer, wanted, changes, gap), as_json=as_json))


@main.command()
@click.argument("scenario", type=_FOLDER)
@click.argument("workload", required=False)
@click.argument("offering", required=False)
@change_options
@click.option("--time-limit", type=click.FloatRange(min=1), help="Most seconds to find whether a plan exists.")
@click.option("--explain-time-limit", type=click.FloatRange(min=0), help="Most seconds to find what would mend it.")
@click.option("--json", "as_json", is_flag=True, help="The explanation, or why there is none, as JSON.")
def explain(
    scenario: Path,
    workload: str | None,
    offering: str | None,
    changes: "tuple[Change, ...]",
    time_limit: float | None,
    explain_time_limit: float | None,
    as_json: bool,
) -> None:
    """Tell whether a plan can exist, and if not why; or how fast a node of OFFERING serves WORKLOAD."""
    from reports.commands import RunChanges
    from reports.explaining import command, possible

    if workload is None:
        settings = RunChanges(time_limit_s=time_limit, explain_time_limit_s=explain_time_limit, inputs=changes)
        sys.exit(possible.explain_scenario(scenario, settings, as_json=as_json))
    sys.exit(command.explain_goodput(scenario, workload, offering, changes, as_json=as_json))


@main.command()
@click.argument("plan_json", type=_FILE)
@click.argument("trace", type=_FILE)
@click.option("--trace", "own", multiple=True, metavar="WORKLOAD=FILE", help="A trace of its own for a workload.")
@click.option("--hours", type=_FILE, help="CSV: workload, hour, load; hours in place of the week of the scenario.")
@click.option("--outlook", help="Which outlook; the likeliest by default.")
@click.option("--hour", metavar="YYYY-MM-DDTHH", help="Hour to simulate (UTC); the fullest by default.")
@click.option("--requests/--no-requests", default=True, help="Simulate an hour request by request.")
@click.option(
    "--minutes", type=click.Choice(["busiest", "typical"]), default="busiest", show_default=True, help="Which."
)
@click.option(
    "--most-requests", type=click.IntRange(1000), default=500_000, show_default=True, help="Simulated at most."
)
@click.option("--out", type=_FOLDER, default=Path("replay"), show_default=True, help="Folder for the two files.")
@click.option("--json", "as_json", is_flag=True, help="The replay, or why there is none, as JSON.")
def replay(
    plan_json: Path,
    trace: Path,
    own: tuple[str, ...],
    hours: Path | None,
    outlook: str | None,
    hour: str | None,
    requests: bool,
    minutes: str,
    most_requests: int,
    out: Path,
    as_json: bool,
) -> None:
    """Replay the requests of TRACE, scaled to the demand, over the fleet of PLAN_JSON; nothing is solved."""
    from optimizer.replaying.records import Around
    from reports.replaying import command

    given = command.own_traces(own)
    asked = command.Asked(trace, given, hours, outlook, hour, requests, Around(minutes), most_requests)
    sys.exit(command.replay_plan(plan_json, out, asked, as_json=as_json))


main.add_command(import_)


if __name__ == "__main__":
    main()
