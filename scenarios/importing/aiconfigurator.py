"""Kind `aiconfigurator`: a CSV that AIConfigurator saves (pareto.csv, best_config_topn.csv) -> points, graded modelled.

A row is one worker at one load. Its `tokens/s` leaves out the first token of every answer (seq/s x (osl - 1)), so
output tokens/s are counted as seq/s/gpu x chips of the worker x osl. Latencies are estimates of the middle: p50.
"""

from math import prod

from catalog.reading_csv import RawRow
from catalog.records import Evidence
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest
from scenarios.importing.names import Names
from scenarios.importing.points import CHIPS_PER_NODE, Latency, Points, Run
from scenarios.importing.source import Cells, csv_rows, wanted
from scenarios.inputs import Inputs

REQUIRED = ("model", "isl", "osl", "seq/s/gpu", "ttft", "tpot", "backend", "system")
_WIDTHS = ("tp", "pp", "dp")
"""How many chips a worker has: their product."""


def read_aiconfigurator(inputs: Inputs, given: Given) -> Harvest:
    """The rows of the file as points; InputRejected if it has not the columns of one."""
    points = Points("aiconfigurator")
    rows = csv_rows(given.file, REQUIRED, points.refused)
    given.day()
    fitting, left_out = wanted(rows, given.where)
    names = Names(inputs, given.names)
    for row in fitting:
        _take(row, names, given, points)
    return points.harvest(len(rows), left_out)


def _take(row: RawRow, names: Names, given: Given, points: Points) -> None:
    cells, before = Cells(row, points.refused), len(points.refused)
    chips = prod(cells.count(width) for width in _WIDTHS if cells.has(width))
    _refuse_what_is_no_worker(cells, chips)
    model = names.of("model", cells.text("model"), cells, "model")
    accelerator = names.of("accelerator", cells.text("system"), cells, "system")
    precision = names.of("precision", cells.text("gemm"), cells, "gemm")
    output_tokens = cells.positive("osl")
    per_chip, ttft_ms, tpot_ms = (cells.positive(column) for column in ("seq/s/gpu", "ttft", "tpot"))
    input_tokens, concurrency = cells.positive("isl"), cells.positive_or_none("concurrency")
    backend = f"{cells.text('backend')}-{cells.text_or('', 'version')}".rstrip("-")
    if len(points.refused) > before or model is None or accelerator is None or precision is None:
        return
    width = cells.text_or("", "parallel") or "x".join(str(cells.count(width)) for width in _WIDTHS if cells.has(width))
    run = Run(
        model=model,
        precision=precision,
        accelerator=accelerator,
        stack=names.stack(accelerator),
        engine=backend,
        accelerators_per_replica=chips,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        output_tok_per_s=round(per_chip * chips * output_tokens, 6),
        source=f"{given.source or f'AIConfigurator estimate, {given.file.name}'}; {backend}, {width}",
        as_of=given.day(),
        evidence=Evidence.MODELLED,
        run=f"{width}-{backend}",
        concurrency=concurrency if cells.text_or(str(chips), "num_total_gpus") == str(chips) else None,
        ttft=(Latency(ttft_ms, 50),),
        tpot=(Latency(tpot_ms, 50),),
        licence=given.licence or "Apache-2.0",
    )
    points.add(run, row.where)


def _refuse_what_is_no_worker(cells: Cells, chips: int) -> None:
    """Rows that are no operating point of one aggregated worker inside a node."""
    if cells.has("(p)workers") or cells.has("(d)workers"):
        hint = "import the aggregated rows; prefill and decode apart are points of a role each, of kind points"
        cells.wrong("(p)workers", "an aggregated worker", hint)
    if not any(cells.has(width) for width in _WIDTHS):
        cells.wrong("tp", "how many chips a worker has", "save the results with their parallelism")
    if chips > CHIPS_PER_NODE:
        hint = "replicas over several nodes are not planned; estimate a smaller worker"
        cells.wrong("tp", f"a worker of at most {CHIPS_PER_NODE} chips (tp x pp x dp is {chips})", hint)
    if cells.text_or("0", "prefix") not in ("0", "0.0"):
        hint = "estimate with prefix 0; what a workload finds in its cache is said there"
        cells.wrong("prefix", "0: no cached prompt", hint)
