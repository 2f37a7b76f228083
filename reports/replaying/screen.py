"""A replay on the terminal: what to take away, the bill in steps, workloads, pools, the simulated hour."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from optimizer.replaying.records import Replay, SimulatedHour
from reports.console_tables import Column, table_lines, wrapped
from reports.money_text import dollars
from reports.replaying.words import conclusions, share, source_words, stretch_words

INDENT = "  "
MOST_POOLS = 15


def replay_screen(found: Replay, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""

    def listed(texts: Iterator[str]) -> list[str]:
        return [line for text in texts for line in wrapped(text, width, first=INDENT + "- ", rest=INDENT + "  ")]

    return [
        f"Replay of {found.scenario}, outlook {found.outlook}",
        *listed(conclusions(found)),
        *_ladder(found),
        *_workloads(found),
        *_pools(found),
        *(_simulated(found.simulated) if found.simulated is not None else ()),
        "",
        "Traces",
        *listed(source_words(found)),
        *listed(iter(found.notes)),
    ]


def _table(columns: list[Column], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    yield from (INDENT + line for line in table_lines(columns, rows))


def _right(*names: str) -> list[Column]:
    return [Column(name, right=True) for name in names]


def _ladder(found: Replay) -> Iterator[str]:
    yield ""
    yield "From plan to replay: effective cost of the horizon, each step with all of the former"
    rows = [("plan", dollars(found.planned.effective_usd), "", "", found.planned.step.meaning)]
    for before, step in pairwise(found.ladder):
        added = step.effective_usd - before.effective_usd
        missed = share(step.missed_mtok, step.asked_mtok)
        rows.append((step.step.value, dollars(step.effective_usd), dollars(added), missed, step.step.meaning))
    yield from _table([Column("step"), *_right("USD", "adds", "missed"), Column("what it adds")], rows)


def _workloads(found: Replay) -> Iterator[str]:
    yield ""
    yield "Workloads: shares of what is asked"
    rows = [
        (
            row.workload,
            f"{row.asked_mtok:,.0f}",
            *(
                share(part, row.asked_mtok)
                for part in (
                    row.as_planned_mtok,
                    row.moved_mtok,
                    row.rented_more_mtok,
                    row.squeezed_mtok,
                    row.missed_mtok,
                )
            ),
            f"{row.missed_hours:,}",
            row.worst_hour or "-",
            "yes" if row.kept else "NO",
        )
        for row in found.workloads
    ]
    figures = ("Mtok", "as planned", "moved", "rented more", "no headroom", "missed", "hours")
    yield from _table([Column("workload"), *_right(*figures), Column("worst"), Column("kept")], rows)


def _pools(found: Replay) -> Iterator[str]:
    yield ""
    yield "Node-hours: paid used or not, rented, and planned to be rented"
    most = sorted(found.pools, key=lambda row: -(row.paid_node_hours + row.rented_node_hours))
    rows = [
        (
            row.offering,
            row.pool.value,
            f"{row.paid_node_hours:,.0f}",
            share(row.idle_node_hours, row.paid_node_hours) if row.paid_node_hours else "-",
            f"{row.rented_node_hours:,.0f}",
            f"{row.planned_rented_node_hours:,.0f}",
            f"{row.full_hours:,}",
        )
        for row in most[:MOST_POOLS]
    ]
    figures = ("paid", "idle", "rented", "planned", "full hours")
    yield from _table([Column("offering"), Column("pool"), *_right(*figures)], rows)
    if len(most) > MOST_POOLS:
        yield f"{INDENT}and {len(most) - MOST_POOLS} more in the workbook"


def _simulated(hour: SimulatedHour) -> Iterator[str]:
    yield ""
    yield f"Request by request in {stretch_words(hour)}: latencies in ms, upper bounds"
    rows = [
        (
            row.workload,
            f"{row.attempts:,}",
            share(row.waited_share, 1.0),
            f"{row.wait.p99_ms:,.0f}",
            _against(row.ttft_attained_ms, row.ttft_limit_ms),
            _against(row.tpot_attained_ms, row.tpot_limit_ms),
            f"p{row.percentile}",
            "-" if row.ttft_beyond_share is None else share(row.ttft_beyond_share, 1.0),
            "yes" if row.kept else "NO",
        )
        for row in hour.workloads
    ]
    figures = ("attempts", "waited", "wait p99", "TTFT / limit", "TPOT / limit", "at", "TTFT beyond")
    yield from _table([Column("workload"), *_right(*figures), Column("kept")], rows)


def _against(attained_ms: float | None, limit_ms: float | None) -> str:
    return "-" if attained_ms is None or limit_ms is None else f"{attained_ms:,.0f} / {limit_ms:,.0f}"
