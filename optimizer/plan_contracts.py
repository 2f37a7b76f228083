"""What a Plan says of contracts beyond orders and use: rights, commitments, tiers, credits, tokens."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from catalog.records import Id, Record, Text
from contracts.calendar import Month


class TakeOrPayWindow(Record):
    """One window of a take-or-pay order in one outlook: use held against the minimum, in the unit of the minimum."""

    outlook: Id
    order: Text
    contract: Id
    first: Month
    end: Month
    """First month that is no longer part of it: of the window, or of the horizon."""
    unit: Literal["node_hour", "usd"]
    minimum: Decimal
    used: Decimal
    carried_in: Decimal
    """Excess of earlier windows that counts here."""
    true_up: Decimal
    """Paid without use."""
    made_up: Decimal
    """Used without pay: an earlier true-up has paid for it."""
    carried_out: Decimal
    bank_out: Decimal
    """Paid and not yet used after this window. What is left after the last one is worth nothing."""


class Right(StrEnum):
    """What is done with nodes of an order or of a held contract before or at their end."""

    TERMINATE = "terminate"
    SWAP = "swap"
    RENEW = "renew"


class RightUsed(Record):
    """Nodes of an order or of a held contract whose course is not the plain term (docs/decisions/0015)."""

    right: Right
    order: Text | None = None
    """The order, or None for a held contract."""
    held: Id | None = None
    """The held contract, or None for an order."""
    outlook: Id | None = None
    """None: decided before the outlook is known. Else only if this outlook comes."""
    nodes: int
    """Nodes of the order or the held contract that leave, are swapped or are renewed."""
    month: Month
    """First month that is different: no longer served, served by the other offering, or the first of the renewal."""
    notice_by: date
    """Last day to declare it."""
    renewals: int = 0
    """How often they are renewed; 0 for the other rights."""
    to_offering: Id | None = None
    to_nodes: int = 0
    """Nodes of the offering swapped to."""


class CommittedSpend(Record):
    """A spend commitment to sign."""

    order: Text
    """Contract and first month, and the outlook where it is signed only in that one."""
    contract: Id
    usd_per_hour: Decimal
    start: Month
    end: Month
    """First month that is no longer paid."""
    order_by: date
    outlook: Id | None = None


class Coverage(Record):
    """On-demand nodes in a block that spend commitments of one contract pay for."""

    outlook: Id
    contract: Id
    """The spend commitment."""
    covers: Id
    """The on-demand contract."""
    month: Month
    block: Id
    nodes: float
    """Average nodes over the hours of the block, of those in the usage of the on-demand contract."""


class VolumeWindow(Record):
    """What is bought under volume tiers in one window of an outlook."""

    outlook: Id
    contract: Id
    first: Month
    end: Month
    """First month that is no longer part of it: of the window, or of the horizon."""
    used_node_hours: Decimal
    bought_node_hours: Decimal
    """At least what is used; more where an all-units tier is cheaper."""


class SignedAgreement(Record):
    """An enterprise agreement to sign, or in force, at one of its tiers."""

    agreement: Id
    tier: Id
    start: Month
    end: Month
    order_by: date | None
    """Last day to sign; None for one in force."""


class AgreementYear(Record):
    """One contract year of an agreement in one outlook, as far as it lies in the horizon."""

    outlook: Id
    agreement: Id
    first: Month
    end: Month
    eligible_usd: Decimal
    """Eligible charges paid in its months."""
    discount_usd: Decimal
    commitment_usd: Decimal
    """That of the year, by months where the horizon cuts it."""
    shortfall_usd: Decimal


class CreditBought(Record):
    """Credits that are had: bought, or granted."""

    credit: Id
    lots: int


class CreditUse(Record):
    """Charges of a month that credits pay."""

    outlook: Id
    credit: Id
    month: Month
    usd: Decimal
    """In whole cents."""


class ApiPlacement(Record):
    """Where a size class is served by the token in a block."""

    outlook: Id
    month: Month
    block: Id
    workload: Id
    size_class: Id
    api: Id
    contract: Id | None = None
    """The provisioned throughput that carries it; None where it is paid by the token."""
    accepted_tok_per_s: float


class ApiReason(StrEnum):
    """Why an API offer may not serve a size class of its model."""

    REGION = "region"
    AUDIT_ANSWERS = "audit_answers"
    QUALITY = "quality"
    LENGTH = "length"
    TTFT = "ttft"
    TPOT = "tpot"


class ApiRefusal(Record):
    """A size class that an API offer of its model may not serve."""

    workload: Id
    size_class: Id
    api: Id
    reason: ApiReason


class ProvisionedOrder(Record):
    """Provisioned throughput to sign."""

    order: Text
    contract: Id
    units: int
    start: Month
    end: Month
    """First month that is no longer served."""
    order_by: date
    outlook: Id | None = None
