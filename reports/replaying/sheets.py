"""The lists of the replay workbook; whatever follows from other cells is a formula."""

from __future__ import annotations

from optimizer.replaying.records import (
    KEPT_MISSED_SHARE,
    GroupLoad,
    MonthBilled,
    NatureBilled,
    PoolOutcome,
    Replay,
    StepOutcome,
    TracedClass,
    WorkloadLatency,
    WorkloadOutcome,
)
from reports.formulas import Expr
from reports.functions import compared, quoted, ratio, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.replaying.words import share, stretch_words

DECIDED, CALC = Kind.DECISION, Kind.CALC
KEPT_SHARE = Expr(str(KEPT_MISSED_SHARE), KEPT_MISSED_SHARE)


def ladder_sheet(found: Replay) -> Records[StepOutcome]:
    """The bill up to each step, and what the step adds."""
    before: dict[str, Expr | None] = {"last": None}

    def added(_: StepOutcome, at: Line) -> Expr:
        last, before["last"] = before["last"], at["Effective USD"]
        return at["Effective USD"] - (last or at["Effective USD"])

    fields: list[Field[StepOutcome]] = [
        Field("Step", lambda r, _: r.step.value),
        Field("What it adds", lambda r, _: r.step.meaning, Kind.NOTE, wrap=True, max_width=60),
        Field("Effective USD", lambda r, _: r.effective_usd, DECIDED, Fmt.CENTS),
        Field("Adds USD", added, CALC, Fmt.CENTS),
        Field("Penalty USD", lambda r, _: r.penalty_usd, DECIDED, Fmt.CENTS),
        Field("Asked Mtok", lambda r, _: r.asked_mtok, DECIDED, Fmt.QUANTITY),
        Field("Missed Mtok", lambda r, _: r.missed_mtok, DECIDED, Fmt.QUANTITY),
        Field("Missed share", lambda _, at: ratio(at["Missed Mtok"], at["Asked Mtok"]), CALC, Fmt.GAP),
        Field("No headroom Mtok", lambda r, _: r.squeezed_mtok, DECIDED, Fmt.QUANTITY),
    ]
    return write_records(
        Grid("Steps", "read"),
        "tblSteps",
        fields,
        found.ladder,
        "Steps: from the plan to the replay",
        "Effective cost of the horizon without penalties and expected emergencies; each step has all of the former.",
    )


def workloads_sheet(found: Replay) -> Records[WorkloadOutcome]:
    """Tokens of each workload by what became of them."""
    fields: list[Field[WorkloadOutcome]] = [
        Field("Workload", lambda r, _: r.workload),
        Field("Asked Mtok", lambda r, _: r.asked_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("As planned Mtok", lambda r, _: r.as_planned_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Moved Mtok", lambda r, _: r.moved_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Rented more Mtok", lambda r, _: r.rented_more_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("No headroom Mtok", lambda r, _: r.squeezed_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Planned shortfall Mtok", lambda r, _: r.planned_shortfall_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Missed Mtok", lambda r, _: r.missed_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Missed share", lambda _, at: ratio(at["Missed Mtok"], at["Asked Mtok"]), CALC, Fmt.GAP),
        Field("Hours with a miss", lambda r, _: r.missed_hours, DECIDED, Fmt.WHOLE, total=True),
        Field("Worst hour (UTC)", lambda r, _: r.worst_hour or "-", DECIDED),
        Field("Missed in it", lambda r, _: r.worst_hour_missed_share, DECIDED, Fmt.GAP),
        Field(
            "Kept",
            lambda _, at: when(
                compared(at["Missed Mtok"], "<=", KEPT_SHARE * at["Asked Mtok"]), quoted("yes"), quoted("NO")
            ),
            CALC,
        ),
    ]
    return write_records(
        Grid("Workloads", "read"),
        "tblWorkloads",
        fields,
        found.workloads,
        "Workloads: what became of their tokens",
        f"Kept: at most {share(KEPT_MISSED_SHARE, 1.0)} of the tokens are missed beyond planned shortfall.",
    )


def pools_sheet(found: Replay) -> Records[PoolOutcome]:
    """Node-hours of each pool."""

    def more_rented(_: PoolOutcome, at: Line) -> Expr:
        return at["Rented node-hours"] - at["Planned rented node-hours"]

    fields: list[Field[PoolOutcome]] = [
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda r, _: r.pool.value),
        Field("Paid node-hours", lambda r, _: r.paid_node_hours, DECIDED, Fmt.QUANTITY),
        Field("Rented node-hours", lambda r, _: r.rented_node_hours, DECIDED, Fmt.QUANTITY),
        Field("Planned rented node-hours", lambda r, _: r.planned_rented_node_hours, DECIDED, Fmt.QUANTITY),
        Field("More rented", more_rented, CALC, Fmt.QUANTITY),
        Field("Busy node-hours", lambda r, _: r.busy_node_hours, DECIDED, Fmt.QUANTITY),
        Field("Idle node-hours", lambda r, _: r.idle_node_hours, DECIDED, Fmt.QUANTITY),
        Field("Idle share of paid", lambda _, at: ratio(at["Idle node-hours"], at["Paid node-hours"]), CALC, Fmt.SHARE),
        Field("Hours without headroom", lambda r, _: r.full_hours, DECIDED, Fmt.WHOLE),
    ]
    return write_records(
        Grid("Pools", "read"),
        "tblPools",
        fields,
        found.pools,
        "Pools: node-hours paid used or not, rented by the hour, busy and idle",
        "Productive node-hours; busy ones with their headroom. Different nodes do not add up.",
    )


def natures_sheet(found: Replay) -> Records[NatureBilled]:
    """Effective cost by nature of charge."""
    fields: list[Field[NatureBilled]] = [
        Field("Nature", lambda r, _: r.nature.value),
        Field("Planned USD", lambda r, _: r.planned_usd, DECIDED, Fmt.CENTS, total=True),
        Field("Replayed USD", lambda r, _: r.replayed_usd, DECIDED, Fmt.CENTS, total=True),
        Field("Difference USD", lambda _, at: at["Replayed USD"] - at["Planned USD"], CALC, Fmt.CENTS, total=True),
    ]
    return write_records(
        Grid("Bill", "read"),
        "tblBill",
        fields,
        found.natures,
        "Bill: effective cost of the horizon by nature of charge",
        "Take-or-pay, volume, agreements and commitments are settled on the replayed use. Penalties are on Steps.",
    )


def months_sheet(found: Replay) -> Records[MonthBilled]:
    """Cash by month."""

    def difference(_: MonthBilled, at: Line) -> Expr:
        return at["Replayed cash USD"] - at["Planned cash USD"]

    fields: list[Field[MonthBilled]] = [
        Field("Month", lambda r, _: r.month.first_day, fmt=Fmt.MONTH),
        Field("Planned cash USD", lambda r, _: r.planned_usd, DECIDED, Fmt.CENTS, total=True),
        Field("Replayed cash USD", lambda r, _: r.replayed_usd, DECIDED, Fmt.CENTS, total=True),
        Field("Difference USD", difference, CALC, Fmt.CENTS, total=True),
        Field("Asked Mtok", lambda r, _: r.asked_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Missed Mtok", lambda r, _: r.missed_mtok, DECIDED, Fmt.QUANTITY, total=True),
        Field("Missed share", lambda _, at: ratio(at["Missed Mtok"], at["Asked Mtok"]), CALC, Fmt.GAP),
    ]
    return write_records(
        Grid("Months", "read"),
        "tblMonths",
        fields,
        found.months,
        "Months: cash as it is paid, and what is missed",
        "Undiscounted, in the months of the horizon.",
    )


def latency_sheet(found: Replay) -> Records[WorkloadLatency]:
    """Attained latencies of the simulated hour."""

    def within(attained: str, limit: str) -> Field[WorkloadLatency]:
        def of(_: WorkloadLatency, at: Line) -> Expr:
            known = compared(at[limit], "=", quoted("-"))
            holds = compared(at[attained], "<=", at[limit])
            return when(known, quoted("no limit"), when(holds, quoted("yes"), quoted("NO")))

        return Field(f"{limit.removesuffix(' limit ms')} kept", of, CALC)

    milli = Fmt.QUANTITY
    fields: list[Field[WorkloadLatency]] = [
        Field("Workload", lambda r, _: r.workload),
        Field("Attempts", lambda r, _: r.attempts, DECIDED, Fmt.WHOLE, total=True),
        Field("Waited", lambda r, _: r.waited_share, DECIDED, Fmt.GAP),
        Field("Wait p50 ms", lambda r, _: r.wait.p50_ms, DECIDED, milli),
        Field("Wait p95 ms", lambda r, _: r.wait.p95_ms, DECIDED, milli),
        Field("Wait p99 ms", lambda r, _: r.wait.p99_ms, DECIDED, milli),
        Field("TTFT p50 ms", lambda r, _: "-" if r.ttft is None else r.ttft.p50_ms, DECIDED, milli),
        Field("TTFT p95 ms", lambda r, _: "-" if r.ttft is None else r.ttft.p95_ms, DECIDED, milli),
        Field("TTFT p99 ms", lambda r, _: "-" if r.ttft is None else r.ttft.p99_ms, DECIDED, milli),
        Field("TPOT p50 ms", lambda r, _: "-" if r.tpot is None else r.tpot.p50_ms, DECIDED, milli),
        Field("TPOT p95 ms", lambda r, _: "-" if r.tpot is None else r.tpot.p95_ms, DECIDED, milli),
        Field("TPOT p99 ms", lambda r, _: "-" if r.tpot is None else r.tpot.p99_ms, DECIDED, milli),
        Field("SLO percentile", lambda r, _: r.percentile, Kind.INPUT, Fmt.WHOLE),
        Field("TTFT attained ms", lambda r, _: _or_dash(r.ttft_attained_ms), DECIDED, milli),
        Field("TTFT limit ms", lambda r, _: _or_dash(r.ttft_limit_ms), Kind.INPUT, milli),
        within("TTFT attained ms", "TTFT limit ms"),
        Field("TTFT beyond limit", lambda r, _: _or_dash(r.ttft_beyond_share), DECIDED, Fmt.GAP),
        Field("TPOT attained ms", lambda r, _: _or_dash(r.tpot_attained_ms), DECIDED, milli),
        Field("TPOT limit ms", lambda r, _: _or_dash(r.tpot_limit_ms), Kind.INPUT, milli),
        within("TPOT attained ms", "TPOT limit ms"),
    ]
    return write_records(
        Grid("Latency", "read"),
        "tblLatency",
        fields,
        found.simulated.workloads if found.simulated is not None else (),
        f"Latency: request by request{_hour_of(found)}",
        "TTFT = wait + that of the points used; upper bounds, since a replica below its point is quicker.",
    )


def _or_dash(value: float | None) -> float | str:
    return "-" if value is None else value


def _hour_of(found: Replay) -> str:
    hour = found.simulated
    if hour is None:
        return " (not simulated)"
    return f" in {stretch_words(hour)}"


def groups_sheet(found: Replay) -> Records[GroupLoad]:
    """Replicas of the simulated hour."""
    fields: list[Field[GroupLoad]] = [
        Field("Offering", lambda r, _: r.offering),
        Field("Pool", lambda r, _: r.pool.value),
        Field("Model", lambda r, _: r.model),
        Field("Precision", lambda r, _: r.precision),
        Field("Engine", lambda r, _: r.engine),
        Field("Chips per replica", lambda r, _: r.accelerators_per_replica, DECIDED, Fmt.WHOLE),
        Field("Replicas", lambda r, _: r.replicas, DECIDED, Fmt.WHOLE),
        Field("Needed", lambda r, _: r.needed_replicas, DECIDED, Fmt.QUANTITY),
        Field("Spare", lambda _, at: at["Replicas"] - at["Needed"], CALC, Fmt.QUANTITY),
        Field("Attempts", lambda r, _: r.attempts, DECIDED, Fmt.WHOLE, total=True),
        Field("Busy", lambda r, _: r.busy_share, DECIDED, Fmt.SHARE),
        Field("Longest queue", lambda r, _: r.longest_queue, DECIDED, Fmt.WHOLE),
    ]
    return write_records(
        Grid("Replicas", "workings"),
        "tblReplicas",
        fields,
        found.simulated.groups if found.simulated is not None else (),
        f"Replicas: groups that share a queue{_hour_of(found)}",
        "Whole replicas of the nodes that are there; needed with headroom, as the plan counts.",
    )


def sizes_sheet(found: Replay) -> Records[TracedClass]:
    """Size classes as planned and as traced."""
    fields: list[Field[TracedClass]] = [
        Field("Workload", lambda r, _: r.workload),
        Field("Class", lambda r, _: r.size_class),
        Field("Planned share", lambda r, _: r.planned_request_share, Kind.INPUT, Fmt.SHARE),
        Field("Traced share", lambda r, _: r.traced_request_share, Kind.INPUT, Fmt.SHARE),
        Field("Planned input tok", lambda r, _: r.planned_input_tokens, Kind.INPUT, Fmt.QUANTITY),
        Field("Traced input tok", lambda r, _: r.traced_input_tokens, Kind.INPUT, Fmt.QUANTITY),
        Field("Planned output tok", lambda r, _: r.planned_output_tokens, Kind.INPUT, Fmt.QUANTITY),
        Field("Traced output tok", lambda r, _: r.traced_output_tokens, Kind.INPUT, Fmt.QUANTITY),
    ]
    return write_records(
        Grid("Sizes", "inputs"),
        "tblSizes",
        fields,
        found.classes,
        "Sizes: classes as planned and as traced",
        "A traced request joins the class nearest in the logarithms of its input and output tokens.",
    )
