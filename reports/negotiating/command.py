"""What `siliconmix negotiate` does: read, ask until all is answered or the time is up, publish, tell."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import click

from optimizer.negotiating.negotiation import negotiate
from optimizer.negotiating.records import Negotiation
from optimizer.negotiating.wanted import ShareAsked, Wanted
from reports.commands import RunChanges
from reports.console import screen_width, show_screen
from reports.exits import Exit
from reports.live_line import LiveLine
from reports.negotiating.answer import exit_of, negotiation_answer
from reports.negotiating.publishing import BOOK, DATA, publish_negotiation
from reports.negotiating.screen import negotiation_screen
from reports.publishing import output_folder, refuse_folders_in_the_way
from reports.telling import faults_told, teller
from scenarios.changes import Change
from scenarios.inputs import Inputs
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class Asked:
    """An offer, what is asked of it, and the inputs it is asked of."""

    offer: str
    wanted: Wanted
    changes: tuple[Change, ...] = ()
    """Made to the inputs before anything is asked."""
    gap_share: float | None = None


def negotiate_offer(folder: Path, out: Path, asked: Asked, *, as_json: bool) -> Exit:
    """Answer what is asked of an offer; publish negotiation.json and negotiation.xlsx."""
    with faults_told("negotiate", teller(as_json=as_json)) as outcome, output_folder(out) as target:
        refuse_folders_in_the_way(target, DATA, BOOK)
        found = _asked(folder, asked)
        files = publish_negotiation(found, target)
        _tell(found, files, as_json=as_json)
        outcome.exit = exit_of(found)
    return outcome.exit


def _asked(folder: Path, asked: Asked) -> Negotiation:
    inputs = Inputs.read(folder)
    settings = RunChanges(gap_share=asked.gap_share)

    def load(changes: Sequence[Change]) -> Scenario:
        return settings.applied(inputs.load((*asked.changes, *changes)).scenario)

    standing = Standing(asked.wanted.time_limit_s)
    with LiveLine(standing) as line:

        def tell(what: str) -> None:
            with line.writing:
                standing.what = what
                line.show(always=True)

        return negotiate(load, asked.offer, asked.wanted, tell=tell)


class Standing:
    """Where a negotiation stands, for the line on stderr."""

    def __init__(self, limit_s: float) -> None:
        self.what = "read"
        self._limit_s = limit_s
        self._begun = time.monotonic()

    def elapsed_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self._begun

    def line(self, width: int | None = None) -> str:
        """Seconds, the solve at hand, the best bracket so far; what does not fit is cut."""
        left_s = max(0.0, self._limit_s - self.elapsed_s())
        said = f"{self.elapsed_s():6.1f} s  {self.what} ... at most {left_s:,.0f} s left (Ctrl-C keeps what is known)"
        return said if width is None or len(said) <= width else said[: width - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _tell(found: Negotiation, files: Sequence[Path], *, as_json: bool) -> None:
    if as_json:
        click.echo(negotiation_answer(found, files).model_dump_json(indent=1))
        return
    show_screen(negotiation_screen(found, screen_width()))
    click.echo(f"\nWritten: {' and '.join(map(str, files))}")


def wanted(
    shares: Sequence[str],
    *,
    with_clauses: bool,
    with_haircut: bool,
    tolerance_share: float,
    time_limit_s: float,
) -> Wanted:
    """What the command line asks for; click.BadParameter for a share that cannot be read."""
    return Wanted(
        shares=tuple(map(_share_of, shares)),
        with_clauses=with_clauses,
        with_haircut=with_haircut,
        tolerance_share=Decimal(repr(tolerance_share)),
        time_limit_s=time_limit_s,
    )


def _share_of(text: str) -> ShareAsked:
    """One share.

    >>> _share_of("spend=25%"), _share_of("tokens:chat=40 %").workload
    (ShareAsked(share=Decimal('0.25'), workload=None), 'chat')
    """
    of, _, percent = text.partition("=")
    number = percent.strip().removesuffix("%").strip()
    kind, _, workload = of.strip().partition(":")
    is_share = number.replace(".", "", 1).isdigit() and percent.strip().endswith("%")
    if kind not in ("spend", "tokens") or (kind == "tokens") != bool(workload) or not is_share:
        raise click.BadParameter(f'"{text}": write spend=25% or tokens:WORKLOAD=25%', param_hint="--share")
    share = Decimal(number) / 100
    if not 0 < share <= 1:
        raise click.BadParameter(f'"{text}": a share is above 0 and at most 100 %', param_hint="--share")
    return ShareAsked(share, workload or None)
