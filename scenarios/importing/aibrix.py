"""Kind `aibrix`: a profile of AIBrix's GPU optimizer (aibrix_gen_profile) -> points of the grade that its maker says.

`tputs[i][j]` are requests/s at `indexes[0][i]` output and `indexes[1][j]` input tokens while the limits under `slos`,
in seconds, held at their percentile; 0 says that they could not be met. A first token comes before the last one, so a
limit of `e2e` bounds TTFT by e2e and TPOT by e2e / (output - 1). Limits that held in the mean only are no percentile.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from catalog.findings import Code, Finding, InputRejected, Location
from catalog.reading_csv import RawRow
from catalog.records import Evidence
from scenarios.importing.given import Given
from scenarios.importing.harvest import Harvest
from scenarios.importing.names import Names
from scenarios.importing.points import Latency, Percentile, Points, Run
from scenarios.importing.source import Cells, json_tree, wanted
from scenarios.inputs import Inputs

_PERCENTILES: dict[str, Percentile] = {"50": 50, "90": 90, "99": 99}


@dataclass(frozen=True)
class Deployment:
    """What a profile does not say of itself."""

    model: str
    accelerator: str
    precision: str
    accelerators_per_replica: int
    engine: str
    evidence: Evidence


@dataclass(frozen=True)
class _Limits:
    """The SLO of a profile; seconds, None where there is none, and no percentile where means were held against it."""

    percentile: Percentile | None
    ttft_s: float | None
    tpot_s: float | None
    e2e_s: float | None

    def ttft(self) -> tuple[Latency, ...]:
        return self._latency(_least(self.ttft_s, self.e2e_s))

    def tpot(self, output_tokens: float) -> tuple[Latency, ...]:
        whole = None if self.e2e_s is None or output_tokens <= 1 else self.e2e_s / (output_tokens - 1)
        return self._latency(_least(self.tpot_s, whole))

    def _latency(self, seconds: float | None) -> tuple[Latency, ...]:
        if seconds is None or self.percentile is None:
            return ()
        return (Latency(round(seconds * 1000, 6), self.percentile),)


def _least(*seconds: float | None) -> float | None:
    return min((each for each in seconds if each is not None), default=None)


def read_aibrix(inputs: Inputs, given: Given, deployment: Deployment) -> Harvest:
    """The cells of the profile as points; InputRejected if it is none."""
    profile = _profile(given)
    points, findings = Points("aibrix"), list[Finding]()
    names = Names(inputs, given.names)
    served = _served(names, deployment, findings)
    limits = _limits(profile, findings, given.file.name)
    as_of = given.as_of or _created(profile) or given.day()
    if findings or served is None:
        raise InputRejected(findings)
    rows = tuple(_grid(profile, given.file.name))
    fitting, left_out = wanted(rows, given.where)
    name = str(profile.get("gpu", "unnamed"))
    source = given.origin("AIBrix profile", name)
    unmet = 0
    for row in fitting:
        cells, before = Cells(row, points.refused), len(points.refused)
        if cells.text_or("", "requests_per_s") in ("0", "0.0"):
            unmet += 1
            continue
        output_tokens, per_s = cells.positive("output_tokens"), cells.positive("requests_per_s")
        run = Run(
            model=served.model,
            precision=served.precision,
            accelerator=served.accelerator,
            stack=names.stack(served.accelerator),
            engine=served.engine,
            accelerators_per_replica=served.accelerators_per_replica,
            input_tokens=cells.positive("input_tokens"),
            output_tokens=output_tokens,
            output_tok_per_s=round(per_s * output_tokens, 6),
            source=source,
            as_of=as_of,
            evidence=served.evidence,
            run=name,
            ttft=limits.ttft(),
            tpot=limits.tpot(output_tokens),
            licence=given.licence,
        )
        if len(points.refused) == before:
            points.add(run, row.where)
    return points.harvest(len(rows), left_out, tuple(_notes(limits, unmet)))


def _served(names: Names, deployment: Deployment, findings: list[Finding]) -> Deployment | None:
    """The deployment in the words of the scenario."""
    stated = {name: str(getattr(deployment, name)) for name in ("model", "accelerator", "precision")}
    cells = Cells(RawRow(Location("options"), {f"--{name}": text for name, text in stated.items()}), findings)
    model = names.of("model", deployment.model, cells, "--model")
    accelerator = names.of("accelerator", deployment.accelerator, cells, "--accelerator")
    precision = names.of("precision", deployment.precision, cells, "--precision")
    if model is None or accelerator is None or precision is None:
        return None
    return replace(deployment, model=model, accelerator=accelerator, precision=precision)


def _notes(limits: _Limits, unmet: int) -> Iterator[str]:
    if unmet:
        yield f"{unmet} sizes of requests could not be served within the limits of the profile; they are no points"
    if limits.percentile is None:
        yield "its limits held in the mean, which is no percentile: the points serve only workloads without limits"


def _profile(given: Given) -> dict[str, Any]:
    """The profile, if it has the shape of one; a list of one is one."""
    tree = json_tree(given.file)
    profile = tree[0] if isinstance(tree, list) and len(tree) == 1 else tree
    if not isinstance(profile, dict) or not _is_a_grid(profile):
        expected = "an object with indexes (output tokens, input tokens) and tputs, a row for each output length"
        hint = "make it with aibrix_gen_profile"
        raise InputRejected([Finding(Code.SHAPE, Location(given.file.name), "something else", expected, hint)])
    return profile


def _is_a_grid(profile: dict[str, Any]) -> bool:
    indexes, tputs = profile.get("indexes"), profile.get("tputs")
    if not (isinstance(indexes, list) and len(indexes) == 2 and all(isinstance(each, list) for each in indexes)):
        return False
    return (
        isinstance(tputs, list)
        and len(tputs) == len(indexes[0])
        and all(isinstance(row, list) and len(row) == len(indexes[1]) for row in tputs)
    )


def _grid(profile: dict[str, Any], file: str) -> Iterator[RawRow]:
    """A row for every cell, counted line by line from 1."""
    outputs, inputs = profile["indexes"]
    cells = (
        (output_tokens, input_tokens, per_s)
        for output_tokens, row in zip(outputs, profile["tputs"], strict=True)
        for input_tokens, per_s in zip(inputs, row, strict=True)
    )
    for number, (output_tokens, input_tokens, per_s) in enumerate(cells, start=1):
        where = Location(file, number, subject=f"{output_tokens} output, {input_tokens} input tokens")
        named = {"output_tokens": output_tokens, "input_tokens": input_tokens, "requests_per_s": per_s}
        yield RawRow(where, {name: str(value) for name, value in named.items()})


def _limits(profile: dict[str, Any], findings: list[Finding], file: str) -> _Limits:
    slos = profile.get("slos")
    stated = {name: str(value) for name, value in slos.items()} if isinstance(slos, dict) else {}
    cells = Cells(RawRow(Location(file), stated), findings)
    ttft_s, tpot_s, e2e_s = (cells.positive_or_none(name) for name in ("ttft", "tpot", "e2e"))
    return _Limits(_PERCENTILES.get(cells.text_or("0", "percentile")), ttft_s, tpot_s, e2e_s)


def _created(profile: dict[str, Any]) -> date | None:
    """The day on which the profile was made, from seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(str(profile["created"])), UTC).date()
    except (KeyError, ValueError, OverflowError, OSError):
        return None
