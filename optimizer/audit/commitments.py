"""Commitments without nodes, to spend or for throughput: starts, ends, days to sign, and what is in force when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, TypeAlias

from contracts.calendar import Month
from contracts.terms.api import Provisioned
from contracts.terms.spend_commitment import SpendCommitment
from optimizer.audit.checks import Checks, Place
from optimizer.audit.deliveries import outlooks_of
from optimizer.audit.figures import Inputs, first_start
from optimizer.audit.orders import check_stage

Dated: TypeAlias = SpendCommitment | Provisioned
"""Terms that are signed for a month and begin without a lead time."""

DAYS_AHEAD = 1
"""They are signed the day before their first month at the latest."""


class SignedForMonths(Protocol):
    """What the plan says of a commitment, whatever its size."""

    @property
    def order(self) -> str:
        """Its name."""

    @property
    def contract(self) -> str:
        """The terms."""

    @property
    def start(self) -> Month:
        """First month that is paid."""

    @property
    def end(self) -> Month:
        """First month that is no longer paid."""

    @property
    def order_by(self) -> date:
        """Last day to sign."""

    @property
    def outlook(self) -> str | None:
        """None where it is signed before the outlook is known."""


def check_dates(inputs: Inputs, kind: str, row: SignedForMonths, terms: Dated, checks: Checks) -> None:
    """Start, end, last day to sign and stage of one commitment; `kind` names its rules."""
    place: Place = (kind, row.order)
    fault = start_fault(inputs, terms, row.start)
    checks.true(f"{kind}.start", place, not fault, left=row.start, operator="within", right=fault)
    checks.same(f"{kind}.end", place, row.end, row.start + terms.term_months)
    last_day = last_day_to_sign(terms, row.start)
    checks.same(f"{kind}.order_by", place, row.order_by, last_day)
    check_stage(inputs, (f"{kind}.stage", place), row.outlook, last_day, checks)


def last_day_to_sign(terms: Dated, start: Month) -> date:
    """The day before the first month, and no later than the quote allows."""
    last_day = start.first_day - timedelta(days=DAYS_AHEAD)
    return last_day if terms.quote_valid_until is None else min(last_day, terms.quote_valid_until)


def check_starts(inputs: Inputs, kind: str, rows: Iterable[SignedForMonths], checks: Checks) -> None:
    """At most one commitment of a contract starts in a month, in each outlook."""
    starts: dict[tuple[str, Month, str], int] = defaultdict(int)
    for row in rows:
        for outlook in outlooks_of(inputs, row.outlook):
            starts[row.contract, row.start, outlook] += 1
    for start, count in starts.items():
        checks.true(f"{kind}.one_per_start", start, count == 1, left=count, operator="<=", right=1, unit="orders")


def in_force(
    inputs: Inputs, rows: Iterable[tuple[SignedForMonths, int, Decimal | int]]
) -> dict[tuple[str, Month, str], Decimal]:
    """Size by outlook, month and contract, over commitments (with term and size) that have begun and not ended."""
    there: dict[tuple[str, Month, str], Decimal] = defaultdict(Decimal)
    for row, term_months, size in rows:
        for outlook in outlooks_of(inputs, row.outlook):
            for month in inputs.months:
                if 0 <= month - row.start < term_months:
                    there[outlook, month, row.contract] += size
    return there


def start_fault(inputs: Inputs, terms: Dated, month: Month) -> str:
    """What a start in the month would break; empty when it may start."""
    base = terms.earliest_start or inputs.first
    latest = terms.latest_start or inputs.end + -1
    if not inputs.first <= month < inputs.end:
        return f"the horizon {inputs.first} to {inputs.end + -1}"
    if not base <= month <= latest:
        return f"the window {base} to {latest}"
    if (month - base) % terms.start_every_months:
        return f"the lattice {base} and every {terms.start_every_months} months"
    if month < first_start(inputs.run.order_date, DAYS_AHEAD):
        return f"the days from {inputs.run.order_date} on"
    if terms.quote_valid_until is not None and terms.quote_valid_until < inputs.run.order_date:
        return f"the quote, signed by {terms.quote_valid_until}"
    return ""
