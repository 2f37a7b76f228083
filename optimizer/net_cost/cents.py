"""Rounding cells so that they add up: differences of running totals."""

from collections.abc import Sequence
from decimal import Decimal

from contracts.money import to_cents

NINE_DECIMALS = Decimal("0.000000001")
"""Quotients leave their mark far behind the cent; taken off first, half a cent is half a cent."""
MILLIONTH = Decimal("0.000001")


class DoesNotAddUp(RuntimeError):
    """What was split is not what the plan says it comes to."""


def cents_of(exact_usd: Sequence[Decimal], total_usd: Decimal | None = None) -> list[Decimal]:
    """Whole cents whose sum is `total_usd` (None: the rounded sum), each within a cent of its exact amount.

    >>> [str(usd) for usd in cents_of([Decimal(10) / 3] * 3)]
    ['3.33', '3.34', '3.33']
    """
    return _differences([to_cents(running.quantize(NINE_DECIMALS)) for running in _running(exact_usd)], total_usd)


def millionths_of(exact_mtok: Sequence[Decimal], total_mtok: Decimal) -> list[Decimal]:
    """The same for millions of tokens, to the token."""
    running = [total.quantize(NINE_DECIMALS).quantize(MILLIONTH) for total in _running(exact_mtok)]
    return _differences(running, total_mtok)


def _running(amounts: Sequence[Decimal]) -> list[Decimal]:
    totals, total = [], Decimal(0)
    for amount in amounts:
        total += amount
        totals.append(total)
    return totals


def _differences(running: list[Decimal], total: Decimal | None) -> list[Decimal]:
    if total is not None:
        _agree(running[-1] if running else Decimal(0), total)
        running = [*running[:-1], total] if running else []
    return [after - before for before, after in zip([Decimal(0), *running], running, strict=False)]


def _agree(found: Decimal, total: Decimal) -> None:
    if abs(found - total) > Decimal("0.01"):
        raise DoesNotAddUp(f"the parts add up to {found}, the plan to {total}")
