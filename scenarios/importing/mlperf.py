"""Kind `mlperf`: summary_results.json of an MLPerf Inference round -> points (docs/decisions/0034).

A row is one entry in one scenario. The system counts as one replica; its result is output tokens/s. Latencies are the
limits of the scenario, which held at p99; Offline states none. Lengths are those of the data set.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from catalog.findings import Finding, InputRejected
from catalog.loading import TableSpec, read_table
from catalog.reading_csv import RawRow
from catalog.reading_text import Source
from catalog.records import Evidence, Positive, Record, Text
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest
from scenarios.importing.mlperf_rounds import LENGTHS, LIMITS_MS, OUTPUT_ONLY, PUBLISHED, Lengths, benchmark_of
from scenarios.importing.names import Names
from scenarios.importing.points import CHIPS_PER_NODE, Latency, Points, Run
from scenarios.importing.source import Cells, json_rows, wanted
from scenarios.inputs import Inputs

LICENCE = "MLPerf result rules: attributed, not endorsed by MLCommons"
_WITHOUT_LIMITS = "Offline"


class LengthsGiven(Record):
    """Mean tokens of a request of a benchmark."""

    model: Text
    """Benchmark as the results file writes it, with or without its accuracy class."""
    input_tokens: Positive
    output_tokens: Positive
    source: Text


_LENGTHS_GIVEN = TableSpec("lengths", (LengthsGiven,), ("model",))


def read_mlperf(inputs: Inputs, given: Given, lengths: Path | None = None) -> Harvest:
    """The rows of the file as points; InputRejected if it is no results file."""
    points = Points("mlperf")
    rows = json_rows(given.file, points.refused)
    fitting, left_out = wanted(rows, given.where)
    reader = _Reader(Names(inputs, given.names), given, LENGTHS | _given_lengths(lengths), points)
    for row in fitting:
        reader.take(row)
    return points.harvest(len(rows), left_out)


class _Reader:
    """Makes runs of rows; whatever does not fit is reported."""

    def __init__(self, names: Names, given: Given, lengths: Mapping[str, Lengths], points: Points) -> None:
        self._names, self._given, self._lengths, self._points = names, given, lengths, points

    def take(self, row: RawRow) -> None:
        """A row as a point, or why it is none: the first reason, because most rows are of other benchmarks."""
        cells = Cells(row, self._points.refused)
        if not self._is_a_kind_of_result_that_counts(cells):
            return
        before = len(self._points.refused)
        run = self._run(cells)
        if run is not None and len(self._points.refused) == before:
            self._points.add(run, row.where)

    @staticmethod
    def _is_a_kind_of_result_that_counts(cells: Cells) -> bool:
        if cells.text_or("", "Performance_Units").casefold() != "tokens/s":
            cells.wrong("Performance_Units", "Tokens/s", "only results in tokens are planned with")
        elif cells.text_or("", "Category") != "closed":
            cells.wrong("Category", "closed", "in the open division the model may be another; use its own points")
        elif "datacenter" not in cells.text_or("", "Suite"):
            cells.wrong("Suite", "datacenter", "edge results are of other limits")
        else:
            return True
        return False

    def _run(self, cells: Cells) -> Run | None:
        entry, benchmark, scenario = cells.text("ID"), cells.text("Model", "UsedModel"), cells.text("Scenario")
        chips, nodes = cells.count("a#"), cells.count("Nodes")
        if chips > CHIPS_PER_NODE or nodes > 1:
            expected = f"a system of one node with at most {CHIPS_PER_NODE} chips"
            hint = "replicas over several nodes are not planned; use a smaller system"
            cells.wrong("Nodes" if nodes > 1 else "a#", expected, hint)
        model = self._names.of("model", benchmark, cells, "Model")
        accelerator = self._names.of("accelerator", cells.text("Accelerator"), cells, "Accelerator")
        precision = self._names.of("precision", cells.text("weight_data_types"), cells, "weight_data_types")
        lengths, as_of = self._lengths_of(benchmark, cells), self._day(entry, cells)
        limits = self._limits(benchmark, scenario, cells)
        tokens = cells.positive("Performance_Result")
        if model is None or accelerator is None or precision is None or lengths is None or as_of is None:
            return None
        return Run(
            model=model,
            precision=precision,
            accelerator=accelerator,
            stack=self._names.stack(accelerator),
            engine=cells.text_or("unstated", "Software"),
            accelerators_per_replica=chips,
            input_tokens=lengths.input_tokens,
            output_tokens=lengths.output_tokens,
            output_tok_per_s=tokens,
            source=self._attribution(entry, scenario, cells, lengths),
            as_of=as_of,
            evidence=Evidence.INDEPENDENT,
            run=entry if benchmark == benchmark_of(benchmark) else f"{entry}-{benchmark.rpartition('-')[2]}",
            ttft=() if limits is None else (Latency(limits[0], 99),),
            tpot=() if limits is None else (Latency(limits[1], 99),),
            licence=LICENCE,
            tag=f"-{scenario.casefold()}",
        )

    def _attribution(self, entry: str, scenario: str, cells: Cells, lengths: Lengths) -> str:
        origin = self._given.source or f"MLPerf v{_round(entry)} Inference"
        who = ", ".join(cells.text_or("", column) for column in ("Submitter", "System") if cells.has(column))
        state = cells.text_or("availability unstated", "Availability")
        return f"{origin}, closed, entry {entry} ({who}; {state}), {scenario}; lengths: {lengths.source}"

    def _lengths_of(self, benchmark: str, cells: Cells) -> Lengths | None:
        family = benchmark_of(benchmark)
        lengths = self._lengths.get(benchmark) or self._lengths.get(family)
        if lengths is None:
            known = f"; its rules state {OUTPUT_ONLY[family]} output tokens" if family in OUTPUT_ONLY else ""
            hint = f"state the mean tokens of a request of {family} in a table for --lengths{known}"
            cells.wrong("Model", "a benchmark whose mean lengths are known", hint)
        return lengths

    def _day(self, entry: str, cells: Cells) -> date | None:
        day = PUBLISHED.get(_round(entry))
        if day is None:
            hint = "its limits and date are not known here; write the rows as kind points"
            cells.wrong("ID", f"an entry of round {', '.join(PUBLISHED)}", hint)
        return self._given.as_of or day

    @staticmethod
    def _limits(benchmark: str, scenario: str, cells: Cells) -> tuple[float, float] | None:
        if scenario == _WITHOUT_LIMITS:
            return None
        limits = LIMITS_MS.get((benchmark_of(benchmark), scenario))
        if limits is None:
            expected = "Offline, or a scenario whose limits are known"
            cells.wrong("Scenario", expected, "write the row as kind points, with the limits that it kept")
        return limits


def _round(entry: str) -> str:
    """The round of an entry.

    >>> _round("5.1-0075")
    '5.1'
    """
    return entry.partition("-")[0]


def _given_lengths(path: Path | None) -> dict[str, Lengths]:
    if path is None:
        return {}
    findings: list[Finding] = []
    table, _ = read_table(_LENGTHS_GIVEN, [Source(path, path.name)], findings)
    if findings:
        raise InputRejected(findings)
    return {row.model: Lengths(row.input_tokens, row.output_tokens, row.source) for row in table.records}
