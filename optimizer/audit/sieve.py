"""Keeps what can be reasoned about: records whose ids exist and whose numbers are finite."""

from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal
from math import isfinite
from typing import TypeVar

from catalog.records import Record
from contracts.terms.common import Nature
from optimizer.audit.checks import Checks, Place
from optimizer.plan import CostLine

R = TypeVar("R", bound=Record)

CREDITED = (
    Nature.TAKE_OR_PAY_MAKE_UP,
    Nature.SPEND_COMMITMENT_COVERED,
    Nature.AGREEMENT_DISCOUNT,
    Nature.CREDIT_USE,
    Nature.OWNED_RESIDUAL,
)
"""Natures whose lines have a negative price: they take off what other lines charge."""


class Sieve:
    """Keeps records that are known and finite; tells of the others."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def known(self, place: Place, exists: bool) -> bool:
        """Tell of a record that names what is not there."""
        return self._checks.true(
            "records.ids", place, exists, left="ids, month and block", operator="are", right="known together"
        )

    def unique(self, kind: str, rows: Iterable[R], key: Callable[[R], Hashable]) -> None:
        """Tell of everything that is stated more than once."""
        seen: set[Hashable] = set()
        for row in rows:
            at = key(row)
            self._checks.true("records.unique", (kind, at), at not in seen, left="stated", operator="=", right="once")
            seen.add(at)

    def sound(self, place: Place, row: Record) -> bool:
        """Whether all numbers of a record are finite; tells of negative ones as well."""
        for name, value in row:
            if isinstance(value, float | Decimal):
                if not self._checks.true(
                    "records.finite",
                    (*place, name),
                    isfinite(value),
                    left=value,
                    operator="is",
                    right="finite",
                ):
                    return False
                if not _is_credit(row, name):
                    self._checks.true(
                        "records.not_negative", (*place, name), value >= 0, left=value, operator=">=", right=0
                    )
        return True

    def keep(
        self, kind: str, rows: tuple[R, ...], key: Callable[[R], Hashable], exists: Callable[[R], bool]
    ) -> tuple[R, ...]:
        """The records that are known and finite."""
        self.unique(kind, rows, key)
        kept = []
        for row in rows:
            place = (kind, key(row))
            if self.known(place, exists(row)) and self.sound(place, row):
                kept.append(row)
        return tuple(kept)


def _is_credit(row: Record, name: str) -> bool:
    """The price and the amount of a line that is taken off."""
    return isinstance(row, CostLine) and row.nature in CREDITED and name in ("unit_price_usd", "amount_usd")
