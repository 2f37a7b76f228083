"""How a goodput came about, on the terminal: the steps of decision 0002 with the numbers of this case."""

from collections.abc import Iterator, Sequence

from catalog.records import Evidence
from catalog.serving_words import number
from reports.console_tables import Column, table_lines, wrapped
from reports.explaining.records import (
    ClassExplained,
    ConfigurationTried,
    Explanation,
    Goodput,
    LatencyAttained,
    LatencySeen,
    PointSeen,
    SizeSeen,
)
from scenarios.scenario import HeadroomMethod

MOST_TRIED = 12
"""More configurations are counted; --json has all."""
MOST_POINTS = 8
"""More points of a size are counted; --json has all."""
LABEL = 14
INDENT = " " * (LABEL + 2)
DEEPER = INDENT + "  "


def explanation_screen(found: Explanation, width: int) -> Iterator[str]:
    """All size classes, step by step."""
    yield f"{found.workload} on {found.offering}"
    yield from _step("Asked", _asked(found), width)
    node = f"{found.accelerators_per_node} x {found.accelerator} in {found.region}"
    yield from _step("Node", node, width)
    yield from _step("Terms", ", ".join(found.terms) or "none of its own", width)
    if found.migration:
        yield from _step("Migration", found.migration, width)
    for i, split in enumerate(found.splits):
        yield from _step("" if i else "Splits", f"{split} (sheet Splits of a plan)", width)
    shown: dict[str, str] = {}
    for size in found.classes:
        yield ""
        yield from _class(found, size, shown, width)


def _asked(found: Explanation) -> str:
    limits = [
        f"{name} at most {number(limit)} ms"
        for name, limit in (("TTFT", found.ttft_limit_ms), ("TPOT", found.tpot_limit_ms))
        if limit is not None
    ]
    slo = f"{' and '.join(limits)} at p{found.slo_percentile}" if limits else "no latency limits"
    bar = f", quality {number(found.quality_bar)} or better" if found.quality_bar else ""
    return f"{found.model}, {slo}{bar}"


def _class(found: Explanation, size: ClassExplained, shown: dict[str, str], width: int) -> Iterator[str]:
    """One class; `shown` keeps where the points of a configuration were shown already."""
    cached = f", {size.cache_hit_share:.0%} of the prompt cached" if size.cache_hit_share else ""
    yield f"Class {size.size_class}: {_tokens(size.input_tokens)} tokens in, {_tokens(size.output_tokens)} out{cached}"
    if size.reason is not None:
        yield from _step("Not served", f"{size.reason}: {size.text}", width)
    yield from _tried(size.tried, width)
    spoken = _spoken_of(size)
    if spoken is not None and spoken.sizes:
        name = spoken.claim or spoken.curve
        before = shown.setdefault(name, size.size_class)
        yield from _points(spoken, width) if before == size.size_class else _step("Points", f"as in {before}", width)
    if size.goodput is not None:
        yield from _goodput(found, size, size.goodput, width)


def _spoken_of(size: ClassExplained) -> ConfigurationTried | None:
    """Whose points are shown: the chosen one's, or of the one that speaks for the refusal."""
    wanted = (row for row in size.tried if row.verdict == "chosen" or (size.text and row.text == size.text))
    return next(wanted, None)


def _tried(tried: Sequence[ConfigurationTried], width: int) -> Iterator[str]:
    for i, row in enumerate(tried[:MOST_TRIED]):
        yield from _step("" if i else "Tried", f"{row.verdict}: {_named(row)}{_result(row)}", width)
    if len(tried) > MOST_TRIED:
        yield from _step("", f"and {len(tried) - MOST_TRIED} more (--json)", width)


def _named(row: ConfigurationTried) -> str:
    if row.claim is not None:
        return f"the claim {row.claim}"
    chips = "1 chip" if row.accelerators_per_replica == 1 else f"{row.accelerators_per_replica} chips"
    return f"{row.curve} ({row.engine}, {row.precision}, {chips} a replica)"


def _result(row: ConfigurationTried) -> str:
    if row.node_seconds_per_attempt is None:
        return f"; {row.reason}: {row.text}"
    return f"; {row.evidence}, {_figures(row.node_seconds_per_attempt)} node-seconds"


def _points(row: ConfigurationTried, width: int) -> Iterator[str]:
    columns = (
        Column("in", right=True),
        Column("out", right=True),
        Column("concurrency", right=True),
        Column("tok/s", right=True),
        Column("TTFT ms", right=True),
        Column("TPOT ms", right=True),
        Column("inside"),
        Column("grade"),
        Column("point"),
    )
    rows = [cells for size in row.sizes for cells in _rows(size)]
    lines = table_lines(columns, rows)
    yield from _step("Points", f"of one replica{_whose(row)}, as the limits see them{_room(row)}", width)
    yield from (line if len(line) <= width else f"{line[: width - 3]}..." for line in map(INDENT.__add__, lines))
    hidden = sum(max(0, len(size.points) - MOST_POINTS) for size in row.sizes)
    if hidden:
        yield from _step("", f"and {hidden} more points (--json)", width)
    for i, words in enumerate(_best_of_sizes(row.sizes)):
        yield from _step("" if i else "Best", words, width)


def _room(row: ConfigurationTried) -> str:
    if row.most_at_once is None:
        return ""
    return (
        f"; the cache of {_figures(row.most_at_once)} requests of this class fits, of shorter ones that were measured"
    )


def _whose(row: ConfigurationTried) -> str:
    return "" if row.claim is None else " of the baseline"


def _rows(size: SizeSeen) -> Iterator[list[str]]:
    for point in _nearest_to_the_best(size):
        yield [
            _tokens(size.input_tokens),
            _tokens(size.output_tokens),
            "-" if point.concurrency is None else number(point.concurrency),
            number(point.output_tok_per_s),
            _seen(point.ttft),
            _seen(point.tpot),
            "yes" if point.passes else "no",
            point.evidence.value,
            point.point,
        ]


def _best_of_sizes(sizes: Sequence[SizeSeen]) -> Iterator[str]:
    """For each measured size, what the law rests on."""
    for size in sizes:
        at = f"{_tokens(size.input_tokens)} + {_tokens(size.output_tokens)} tokens"
        if size.best is None:
            yield f"{at}: none of {_counted(size)} is inside the limits; the size is left out"
            continue
        where = size.best.points[0]
        if size.best.share_of_the_way is not None:
            where = f"{size.best.share_of_the_way:.1%} of the way between {' and '.join(size.best.points)}"
        yield (
            f"{at}: {number(round(size.best.output_tok_per_s, 1))} tok/s, a request in "
            f"{_figures(size.best.replica_seconds)} replica-seconds, at {where}"
        )


def _counted(size: SizeSeen) -> str:
    return "1 point" if len(size.points) == 1 else f"{len(size.points)} points"


def _nearest_to_the_best(size: SizeSeen) -> Sequence[PointSeen]:
    """The points around the best one, in order of load; all where they are few."""
    ordered = sorted(size.points, key=lambda point: (point.concurrency or 0.0, point.output_tok_per_s, point.point))
    used = [i for i, point in enumerate(ordered) if size.best is not None and point.point in size.best.points]
    first = max(0, min((used[-1] if used else 0) - MOST_POINTS // 2, len(ordered) - MOST_POINTS))
    return ordered[first : first + MOST_POINTS]


def _seen(latency: LatencySeen | None) -> str:
    if latency is None:
        return "-"
    factor = "" if latency.factor == 1.0 else f" (p{latency.stated_percentile} x {number(latency.factor)})"
    return f"{number(round(latency.ms, 1))}{factor}"


def _goodput(found: Explanation, size: ClassExplained, goodput: Goodput, width: int) -> Iterator[str]:
    yield from _step("Rates", _rates(goodput), width)
    yield from _step("Replica", _replica(size, goodput), width)
    grade = [f"points {goodput.evidence_of_points}", *goodput.evidence_steps]
    yield from _step("Grade", f"{goodput.evidence} ({'; '.join(grade)})", width)
    yield from _step(
        "Node",
        f"{_figures(goodput.replica_seconds)} / {number(goodput.replicas_per_node)} replicas / (1 - "
        f"{goodput.haircut_share:.0%} haircut of the grade) = "
        f"{_figures(goodput.node_seconds_per_attempt)} node-seconds an attempt",
        width,
    )
    yield from _step("Attained", _attained("TTFT", found.ttft_limit_ms, found, goodput), width)
    yield from _step("", _attained("TPOT", found.tpot_limit_ms, found, goodput), width)
    yield from _step(
        "Goodput",
        f"{_figures(goodput.attempts_per_s_and_node)} attempts/s x {_tokens(size.output_tokens)} tokens x "
        f"{goodput.yield_share:.4g} accepted x {goodput.usable_share:.4g} usable{_at_most(goodput)} = "
        f"{number(round(goodput.accepted_tok_per_s_and_node, 1))} accepted tok/s and node",
        width,
    )
    yield from _step(
        "At list",
        f"{goodput.list_price_usd_per_node_hour:,.2f} USD a node-hour = "
        f"{goodput.usd_per_mtok_at_list:,.4f} USD per million accepted output tokens of a full node",
        width,
    )


def _at_most(goodput: Goodput) -> str:
    """With derived headroom it is the pools of a plan that say how much."""
    return " at most (headroom is derived with the plan)" if goodput.headroom is HeadroomMethod.DERIVED else ""


def _rates(goodput: Goodput) -> str:
    if goodput.single_rate:
        return f"{_figures(goodput.prefill_tok_per_s)} tok/s, prompt and answer alike: they cannot be told apart"
    return (
        f"prefill {_figures(goodput.prefill_tok_per_s)} tok/s, decode {_figures(goodput.decode_tok_per_s)} tok/s,"
        f" of a replica, {_by(goodput)}"
    )


def _by(goodput: Goodput) -> str:
    if goodput.evidence_of_points is Evidence.ROOFLINE:
        return "by peak compute and bandwidth"
    return "by least squares through the best points"


def _replica(size: ClassExplained, goodput: Goodput) -> str:
    law = (
        f"{_tokens(goodput.prefilled_tokens)} / {_figures(goodput.prefill_tok_per_s)} + "
        f"{_tokens(size.output_tokens)} / {_figures(goodput.decode_tok_per_s)} = "
        f"{_figures(goodput.law_replica_seconds)} replica-seconds an attempt"
    )
    claim = goodput.claim
    if claim is None:
        return law
    return (
        f"{law} on {claim.baseline_accelerators_per_replica} x {claim.baseline_accelerator}; a chip does "
        f"{claim.own_list_price_usd_per_accelerator_hour:,.2f} / "
        f"{claim.baseline_list_price_usd_per_accelerator_hour:,.2f} USD x (1 {claim.gain_share:+.0%}) = "
        f"{_figures(claim.relative_performance)} of its work by the claim, {goodput.accelerators_per_replica} chips "
        f"hold the model: {_figures(goodput.replica_seconds)} replica-seconds"
    )


def _attained(name: str, limit_ms: float | None, found: Explanation, goodput: Goodput) -> str:
    limit = "no limit" if limit_ms is None else f"limit {number(limit_ms)} ms at p{found.slo_percentile}"
    return f"{name} {', '.join(_percentile(name, at) for at in goodput.attained)}; {limit}"


def _percentile(name: str, at: LatencyAttained) -> str:
    ms, known = (at.ttft_ms, at.ttft_known) if name == "TTFT" else (at.tpot_ms, at.tpot_known)
    if ms is None or known is None:
        return f"p{at.percentile} unknown"
    return f"p{at.percentile} {number(round(ms, 1))} ms ({known})"


def _step(label: str, text: str, width: int) -> list[str]:
    return wrapped(text, width, first=f"  {label:<{LABEL}}", rest=DEEPER)


def _tokens(count: float) -> str:
    return number(round(count, 1))


def _figures(value: float) -> str:
    """Four figures that count.

    >>> _figures(0.000123456), _figures(12345.678), _figures(2.5)
    ('0.0001235', '12,346', '2.5')
    """
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:,.4g}"
