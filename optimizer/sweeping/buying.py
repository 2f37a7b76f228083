"""What a plan says to sign or to declare, in so few words that thousands of lists can be kept and compared."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from catalog.records import Record
from optimizer.comparing.buying import Way, bought
from optimizer.plan import Plan

COUNTED_IN = {Way.SPEND_COMMITMENT: " USD/hour", Way.PROVISIONED: " units", Way.CREDIT: " lots"}
"""Units that are said; orders and rights are of nodes, of all else there is one."""
SINGLE = (Way.AGREEMENT, Way.MIGRATION)


class ToSign(Record):
    """One thing to sign or to declare (decision 0023)."""

    way: Way
    what: str
    """Contract, agreement with its tier, credit, migration, or a right with what it is used on."""
    start: str = ""
    """First month, YYYY-MM; blank where it has none."""
    outlook: str = ""
    """The outlook in which alone it is signed; blank: whatever comes."""
    quantity: Decimal

    @property
    def name(self) -> str:
        """The line apart from its quantity: by it two lists are compared."""
        start = f" from {self.start}" if self.start else ""
        return f"{self.what}{start}{f' only if {self.outlook}' if self.outlook else ''}"

    def __str__(self) -> str:
        if self.way in SINGLE:
            return self.name
        return f"{self.quantity:f}{COUNTED_IN.get(self.way, '')} {self.name}"


def buy_list(plan: Plan) -> tuple[ToSign, ...]:
    """Everything that the plan signs or declares; what follows from use alone is left out."""
    return tuple(
        ToSign(way=key.way, what=key.what, start=key.start, outlook=key.outlook, quantity=line.quantity)
        for key, line in bought(plan).items()
        if key.way.is_signed and line.quantity
    )


def list_fingerprint(lines: Sequence[ToSign]) -> str:
    """Twelve digits that are the same for the same list."""
    text = "\n".join(sorted(f"{line.way.value} {line.quantity.normalize():f} {line.name}" for line in lines))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def differences(before: Sequence[ToSign], after: Sequence[ToSign]) -> tuple[str, ...]:
    """What one list has otherwise than the other, in words; nothing where they are alike."""
    had, has = ({(line.way, line.name): line for line in lines} for lines in (before, after))
    both = ((had.get(key), has.get(key)) for key in sorted({*had, *has}))
    return tuple(_difference(was, now) for was, now in both if _quantity(was) != _quantity(now))


def _quantity(line: ToSign | None) -> Decimal:
    return line.quantity if line else Decimal(0)


def _difference(was: ToSign | None, now: ToSign | None) -> str:
    if was is None:
        return f"+ {now}"
    if now is None:
        return f"- {was}"
    return f"{was.name}: {was.quantity:f} -> {now.quantity:f}"
