"""What every kind of contract states, and the lines that its bill is made of."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from catalog.records import Id, Sourced, Text, Usd
from contracts.calendar import Month
from contracts.clauses import DOLLARS, Currency, DueDay, NetDays, paid_after
from contracts.money import Payment, to_cents


class Nature(StrEnum):
    """What a line of cost is for."""

    ON_DEMAND_USAGE = "on_demand_usage"
    SPOT_USAGE = "spot_usage"
    RESERVED_UPFRONT = "reserved_upfront"
    RESERVED_RECURRING = "reserved_recurring"
    TAKE_OR_PAY_USAGE = "take_or_pay_usage"
    TAKE_OR_PAY_TRUE_UP = "take_or_pay_true_up"
    """What is owed at the end of a window because less than its minimum was used."""
    TAKE_OR_PAY_MAKE_UP = "take_or_pay_make_up"
    """Credit for use that an earlier true-up has paid for; its unit price is negative."""
    TAKE_OR_PAY_OBLIGATION = "take_or_pay_obligation"
    """The minimum of a month after the horizon, owed whether it will be used or not."""
    MIGRATION_ENGINEERING = "migration_engineering"
    MIGRATION_CAPITALISED = "migration_capitalised"
    """Engineering that is put on the balance sheet: capital expenditure."""
    MIGRATION_UPKEEP = "migration_upkeep"
    HELD_UPFRONT = "held_upfront"
    HELD_RECURRING = "held_recurring"
    TERMINATION_FEE = "termination_fee"
    """Owed on leaving before the term is over."""
    SWAPPED_RECURRING = "swapped_recurring"
    """Nodes of the offering that an order or a held contract was swapped to."""
    RENEWED_RECURRING = "renewed_recurring"
    """Nodes that go on serving after the term."""
    SPEND_COMMITMENT_UPFRONT = "spend_commitment_upfront"
    SPEND_COMMITMENT_RECURRING = "spend_commitment_recurring"
    """Dollars committed for every hour of a month, used or not."""
    SPEND_COMMITMENT_COVERED = "spend_commitment_covered"
    """On-demand use that a spend commitment pays for: the on-demand price is taken off; its unit price is negative."""
    VOLUME_USAGE = "volume_usage"
    AGREEMENT_DISCOUNT = "agreement_discount"
    """What an enterprise agreement takes off eligible charges; its unit price is negative."""
    AGREEMENT_SHORTFALL = "agreement_shortfall"
    """What eligible charges of a contract year lack of the commitment."""
    AGREEMENT_OBLIGATION = "agreement_obligation"
    """The commitment of a month after the horizon."""
    CREDIT_PURCHASE = "credit_purchase"
    CREDIT_USE = "credit_use"
    """Credits set against eligible charges; its unit price is negative."""
    CAPACITY_BLOCK = "capacity_block"
    OWNED_CAPEX = "owned_capex"
    OWNED_RESIDUAL = "owned_residual"
    """What owned nodes are worth at the end of their life; its unit price is negative."""
    OWNED_UPKEEP = "owned_upkeep"
    OWNED_POWER = "owned_power"
    API_USAGE = "api_usage"
    PROVISIONED_RECURRING = "provisioned_recurring"
    KV_TRANSFER = "kv_transfer"
    """Key-value cache that a split moves from the offering that reads prompts to the one that writes answers."""
    EMERGENCY_EXPECTED = "emergency_expected"
    SHORTFALL_PENALTY = "shortfall_penalty"
    CARBON_PRICE = "carbon_price"
    """What the policy counts for emissions."""
    STABILITY_PRICE = "stability_price"
    """What the policy counts for changes against the approved orders."""

    @property
    def is_cash(self) -> bool:
        """False for penalties, expected emergencies and prices of the policy: nobody bills them."""
        return self not in NOT_CASH

    @property
    def is_capex(self) -> bool:
        """Capital expenditure; every other cash nature is operating expenditure."""
        return self in (Nature.MIGRATION_CAPITALISED, Nature.OWNED_CAPEX)


NOT_CASH = (
    Nature.EMERGENCY_EXPECTED,
    Nature.SHORTFALL_PENALTY,
    Nature.CARBON_PRICE,
    Nature.STABILITY_PRICE,
)
"""What counts in the objective and is paid to nobody."""


class ContractTerms(Sourced):
    """The part that all kinds of contract share."""

    contract: Id
    offering: Id
    price_usd_per_node_hour: Usd
    """Price of one node for one hour of service; where another currency is stated, blank in the file and filled in."""
    currency: Currency = "USD"
    """Currency in which the price is agreed; any but USD needs its rate in exchange_rates.csv."""
    price_per_node_hour: Usd | None = None
    """Price of one node for one hour in that currency; blank where it is USD."""
    due_day: DueDay = DueDay.IN_ARREARS
    """Whether a month is due on its first day or its last; upfront parts are paid when service starts."""
    net_days: NetDays = 0
    """Days after the due day until it is paid."""
    quote: Text = ""
    """Number of the quote; blank for public prices."""
    quote_valid_until: date | None = None
    """Last day on which the quote can be signed; blank when it does not expire."""
    fictitious: bool = False
    """True for a made-up private quote; its pricing_rule then derives the price from a real row."""
    pricing_rule: Text = ""

    @model_validator(mode="after")
    def _one_currency(self) -> Self:
        if (self.price_per_node_hour is None) != (self.currency == DOLLARS):
            raise ValueError("price_per_node_hour goes with a currency other than USD, and only with one")
        return self

    def paid_in(self, month: Month) -> Month:
        """The month in which a month of service is paid."""
        return paid_after(self.due_day.day_of(month), self.net_days)

    def settled_in(self, last: Month) -> Month:
        """The month in which is paid what is settled at the end of a month: in arrears, whenever use is due."""
        return paid_after(DueDay.IN_ARREARS.day_of(last), self.net_days)


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of a bill: quantity x unit price, rounded half-even once, paid in a month for months of service."""

    nature: Nature
    paid_month: Month
    service_first: Month
    service_end: Month
    quantity: Decimal
    unit_price_usd: Decimal

    @property
    def amount_usd(self) -> Decimal:
        """The amount in whole cents."""
        return to_cents(self.exact_usd)

    @property
    def exact_usd(self) -> Decimal:
        """The amount before rounding."""
        return self.quantity * self.unit_price_usd

    def payment(self, amount_usd: Decimal) -> Payment:
        """The line as a payment of `amount_usd`."""
        return Payment(amount_usd, self.paid_month, self.service_first, self.service_end)
