"""What a replay comes to, in sentences."""

from collections import defaultdict
from collections.abc import Iterator

from optimizer.replaying.records import KEPT_MISSED_SHARE, HoursFrom, Replay, SimulatedHour
from reports.money_text import usd


def share(part: float, whole: float) -> str:
    """A share in percent, with two decimals.

    >>> share(1, 8), share(0, 0)
    ('12.50 %', '0.00 %')
    """
    return f"{part / whole if whole else 0.0:.2%}".replace("%", " %")


def conclusions(found: Replay) -> Iterator[str]:
    """What to take away: the promise, the bill, what stood idle."""
    planned, replayed = found.planned, found.replayed
    lost = [row.workload for row in found.workloads if not row.kept]
    if lost:
        missed = share(replayed.missed_mtok, replayed.asked_mtok)
        yield (
            f"Not kept, with more than {share(KEPT_MISSED_SHARE, 1.0)} of its tokens missed beyond planned shortfall: "
            f"{', '.join(lost)}"
            f" ({missed} of all tokens)."
        )
    else:
        missed = share(replayed.missed_mtok, replayed.asked_mtok)
        yield f"Kept: every workload is served; {missed} of all tokens are missed."
    if replayed.squeezed_mtok:
        squeezed = share(replayed.squeezed_mtok, replayed.asked_mtok)
        yield f"{squeezed} of the tokens are served above the usable share, where no headroom is left."
    more = replayed.effective_usd - planned.effective_usd
    word = "more" if more >= 0 else "less"
    yield (
        f"The bill is {usd(replayed.effective_usd)}, {usd(abs(more))} or "
        f"{share(float(abs(more)), float(planned.effective_usd))} {word} than planned ({usd(planned.effective_usd)})."
    )
    idle = sum(row.idle_node_hours for row in found.pools)
    paid = sum(row.paid_node_hours for row in found.pools)
    if paid:
        yield f"Of the node-hours that are paid used or not, {share(idle, paid)} stand idle."
    hour = found.simulated
    if hour is not None:
        late = [row.workload for row in hour.workloads if not row.kept]
        where = f"In {hour.hour} ({'the fullest hour, ' if hour.fullest else ''}{hour.attempts:,} attempts simulated)"
        if late:
            yield f"{where}, beyond their latency limit or not all served: {', '.join(late)}."
        else:
            yield f"{where}, every workload keeps its latency limits."


def stretch_words(hour: SimulatedHour) -> str:
    """The hour and the part of it that is simulated."""
    return (
        f"{hour.hour} UTC, {hour.seconds:,} s from minute {hour.first_minute} (around its {hour.around.value} minute)"
    )


def source_words(found: Replay) -> Iterator[str]:
    """Where sizes and hours of each workload come from."""
    alike: dict[str, list[str]] = defaultdict(list)
    for row in found.traces:
        sizes = f"{row.requests:,} requests of {row.trace}" if row.trace else "the plan's classes"
        hours = {
            HoursFrom.PROFILE: "the scenario's week",
            HoursFrom.TRACE: f"{row.weeks} weeks of its trace",
            HoursFrom.SERIES: f"{row.weeks} weeks of the series",
        }[row.hours_from]
        alike[f"sizes of {sizes}, hours of {hours}"].append(row.workload)
    for said, workloads in alike.items():
        yield f"{', '.join(workloads)}: {said}"
