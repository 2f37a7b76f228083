"""Kind `aiconfigurator`: a CSV that AIConfigurator saves (pareto.csv, best_config_topn.csv) -> points, graded modelled.

A row is an aggregated worker at one load, or a prefill and a decode worker, whose columns begin with (p) and (d).
`tokens/s` leaves out the first token of every answer (seq/s x (osl - 1)), so output tokens/s are counted as requests/s
of the worker x osl. Latencies are estimates of the middle: p50.
"""

from dataclasses import dataclass
from math import prod

from catalog.findings import Finding
from catalog.goodput import Role
from catalog.reading_csv import RawRow
from catalog.records import Evidence
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest
from scenarios.importing.names import Names
from scenarios.importing.points import CHIPS_PER_NODE, Latency, Points, Run
from scenarios.importing.source import Cells, csv_rows, wanted
from scenarios.inputs import Inputs

REQUIRED = ("model", "isl", "osl", "ttft", "tpot")
_WIDTHS = ("tp", "pp", "dp")
"""How many chips a worker has: their product."""


@dataclass(frozen=True)
class _Worker:
    """One kind of worker of a row, and the columns that speak of it."""

    role: Role
    prefix: str

    def column(self, name: str) -> str:
        return self.prefix + name


_WHOLE = _Worker(Role.AGGREGATED, "")
_SPLIT = (_Worker(Role.PREFILL, "(p)"), _Worker(Role.DECODE, "(d)"))


def read_aiconfigurator(inputs: Inputs, given: Given) -> Harvest:
    """The rows of the file as points; InputRejected if it has not the columns of one."""
    points = Points("aiconfigurator")
    rows = csv_rows(given.file, REQUIRED, points.refused)
    given.day()
    fitting, left_out = wanted(rows, given.where)
    names = Names(inputs, given.names)
    for row in fitting:
        for run in _runs(row, names, given, points.refused):
            points.add(run, row.where)
    return points.harvest(len(rows), left_out)


def _runs(row: RawRow, names: Names, given: Given, refused: list[Finding]) -> list[Run]:
    """A run for each kind of worker of a row; none if one of them cannot be planned with."""
    cells = Cells(row, refused)
    workers = _SPLIT if cells.has("(p)workers") else (_WHOLE,)
    runs = [_run(worker, cells, names, given) for worker in workers]
    return [run for run in runs if run is not None] if None not in runs else []


def _run(worker: _Worker, cells: Cells, names: Names, given: Given) -> Run | None:
    before = len(cells.findings)
    chips = _chips(worker, cells)
    model = names.of("model", cells.text("model"), cells, "model")
    system, gemm = worker.column("system"), worker.column("gemm")
    accelerator = names.of("accelerator", cells.text(system), cells, system)
    precision = names.of("precision", cells.text(gemm), cells, gemm)
    input_tokens, output_tokens = cells.positive("isl"), cells.positive("osl")
    ttft, tpot = (Latency(cells.positive(column), 50) for column in ("ttft", "tpot"))
    per_s, concurrency = _requests_per_s(worker, cells, chips), _concurrency(worker, cells, chips)
    engine = f"{cells.text(worker.column('backend'))}-{cells.text_or('', worker.column('version'))}".rstrip("-")
    if len(cells.findings) > before or model is None or accelerator is None or precision is None:
        return None
    width = cells.text_or(f"x{chips}", worker.column("parallel"))
    return Run(
        model=model,
        precision=precision,
        accelerator=accelerator,
        stack=names.stack(accelerator),
        engine=engine,
        accelerators_per_replica=chips,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        output_tok_per_s=round(per_s * output_tokens, 6),
        source=given.origin("AIConfigurator estimate", engine, width),
        as_of=given.day(),
        evidence=Evidence.MODELLED,
        run="-".join(part for part in (_said(worker.role), width, engine) if part),
        concurrency=concurrency,
        ttft=() if worker.role is Role.DECODE else (ttft,),
        tpot=() if worker.role is Role.PREFILL else (tpot,),
        licence=given.licence or "Apache-2.0",
        role=worker.role,
    )


def _said(role: Role) -> str:
    return "" if role is Role.AGGREGATED else role.value


def _chips(worker: _Worker, cells: Cells) -> int:
    """Chips of a worker; one that is over several nodes, or serves prompts that are cached, is refused."""
    stated = [worker.column(width) for width in _WIDTHS if cells.has(worker.column(width))]
    chips = prod(cells.count(width) for width in stated)
    if not stated:
        cells.wrong(worker.column("tp"), "how many chips a worker has", "save the results with their parallelism")
    if chips > CHIPS_PER_NODE:
        hint = "replicas over several nodes are not planned; estimate a smaller worker"
        expected = f"a worker of at most {CHIPS_PER_NODE} chips (tp x pp x dp is {chips})"
        cells.wrong(worker.column("tp"), expected, hint)
    if cells.text_or("0", "prefix") not in ("0", "0.0"):
        hint = "estimate with prefix 0; what a workload finds in its cache is said there"
        cells.wrong("prefix", "0: no cached prompt", hint)
    return chips


def _requests_per_s(worker: _Worker, cells: Cells, chips: int) -> float:
    if worker.role is Role.AGGREGATED:
        return cells.positive("seq/s/gpu") * chips
    return cells.positive(worker.column("seq/s/worker"))


def _concurrency(worker: _Worker, cells: Cells, chips: int) -> float | None:
    """Requests at once on the worker; unknown where the row counts those of several."""
    if worker.role is not Role.AGGREGATED:
        return cells.positive_or_none(worker.column("global_bs"))
    of_all = cells.count("num_total_gpus") if cells.has("num_total_gpus") else chips
    return cells.positive_or_none("concurrency") if of_all == chips else None
