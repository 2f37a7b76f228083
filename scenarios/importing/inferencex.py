"""Kind `inferencex`: result points of InferenceX (agg_*.json, a list of them, rows of its API, or a CSV) -> points.

A row is a model on one machine at one concurrency. Output tokens/s are output_tput_per_gpu x chips; latencies are
seconds, the median and the tails that are there. Mean latencies are no percentile and are not used.
"""

from itertools import pairwise

from catalog.records import Evidence
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest
from scenarios.importing.names import Names
from scenarios.importing.points import CHIPS_PER_NODE, Latency, Percentile, Points, Run
from scenarios.importing.source import Cells, csv_rows, json_rows, wanted
from scenarios.inputs import Inputs

REQUIRED = ("model", "framework", "precision", "isl", "osl", "output_tput_per_gpu")
_HARDWARE = ("hw", "hardware", "device")
_CHIPS = ("tp", "num_decode_gpu")
"""Chips of the machine; tensor, expert and attention parallelism share them."""
_DRAFTS = ("spec_decoding", "spec_method")
_TRUE = ("true", "True", "1")
_PERCENTILES: tuple[tuple[str, Percentile], ...] = (("median", 50), ("p90", 90), ("p95", 95), ("p99", 99))


def read_inferencex(inputs: Inputs, given: Given) -> Harvest:
    """The rows of the file as points; InputRejected if it holds none."""
    points = Points("inferencex")
    if given.file.suffix.casefold() == ".csv":
        rows = csv_rows(given.file, REQUIRED, points.refused)
    else:
        rows = json_rows(given.file, points.refused, opened="metrics")
    fitting, left_out = wanted(rows, given.where)
    names = Names(inputs, given.names)
    without = 0
    for row in fitting:
        run = _run(Cells(row, points.refused), names, given)
        if run is not None:
            points.add(run, row.where)
            without += not (run.ttft and run.tpot)
    note = f"{without} points state no percentile of a latency: they serve only workloads without that limit"
    return points.harvest(len(rows), left_out, (note,) if without else ())


def _run(cells: Cells, names: Names, given: Given) -> Run | None:
    before = len(cells.findings)
    hardware = next((column for column in _HARDWARE if cells.has(column)), _HARDWARE[0])
    model = names.of("model", cells.text("model"), cells, "model")
    accelerator = names.of("accelerator", cells.text(hardware), cells, hardware)
    precision = names.of("precision", cells.text("precision"), cells, "precision")
    chips = _chips(cells)
    as_of = cells.day("date") if given.as_of is None and cells.has("date") else given.day()
    tokens = cells.positive("isl"), cells.positive("osl")
    per_chip, concurrency = cells.positive("output_tput_per_gpu"), cells.positive_or_none("conc")
    ttft, tpot = _latencies(cells, "ttft"), _latencies(cells, "tpot")
    framework = cells.text("framework")
    if len(cells.findings) > before or model is None or accelerator is None or precision is None or as_of is None:
        return None
    parts = [cells.text_or("", "image"), cells.text_or("", "run_url")]
    how = "-".join(part for part in (f"tp{chips}", _drafts(cells), _attention(cells)) if part)
    return Run(
        model=model,
        precision=precision,
        accelerator=accelerator,
        stack=names.stack(accelerator),
        engine=framework,
        accelerators_per_replica=chips,
        input_tokens=tokens[0],
        output_tokens=tokens[1],
        output_tok_per_s=round(per_chip * chips, 6),
        source=given.origin("InferenceX", how, *parts),
        as_of=as_of,
        evidence=Evidence.INDEPENDENT,
        run=f"{framework}-{how}",
        concurrency=concurrency,
        ttft=ttft,
        tpot=tpot,
        licence=given.licence,
    )


def _chips(cells: Cells) -> int:
    """Chips of the replica; a run on several nodes, or on two kinds of workers, is refused."""
    for column in ("is_multinode", "disagg"):
        if cells.text_or("false", column) in _TRUE:
            hint = "replicas over several nodes, or prefill and decode apart, are points of kind points"
            cells.wrong(column, "false: one machine that serves whole requests", hint)
    column = next((column for column in _CHIPS if cells.has(column)), _CHIPS[0])
    chips = cells.count(column)
    if chips > CHIPS_PER_NODE:
        cells.wrong(column, f"at most {CHIPS_PER_NODE} chips", "replicas over several nodes are not planned")
    return chips


def _drafts(cells: Cells) -> str:
    """The way tokens are drafted ahead, where there is one."""
    drafts = cells.text_or("none", *_DRAFTS)
    return "" if drafts in ("none", "false", "False") else drafts


def _attention(cells: Cells) -> str:
    return "dpa" if cells.text_or("false", "dp_attention") in _TRUE else ""


def _latencies(cells: Cells, name: str) -> tuple[Latency, ...]:
    """Every percentile that is there, from seconds."""
    found = ((cells.positive_or_none(f"{prefix}_{name}"), percentile) for prefix, percentile in _PERCENTILES)
    stated = tuple(Latency(round(seconds * 1000, 6), at) for seconds, at in found if seconds is not None)
    if any(low.ms > high.ms for low, high in pairwise(stated)):
        cells.wrong(f"p99_{name}", "at least the lower percentiles", "one of them is wrong; which is not known")
    return stated
