"""The clauses of an offer: what each is compared with, as changes of inputs (decision 0024).

A clause that the offer has is compared with the offer without it; one that it lacks with the offer that has it, on
stated standard terms. Clauses that a kind of offer cannot carry are named, with the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from contracts.options import AnyTerms
from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.ordering import OrderedTerms
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.take_or_pay import TakeOrPay
from optimizer.negotiating.offers import Offer
from scenarios.changes import Change, Verb
from scenarios.scenario import Scenario

LEAVING_FEE = "0.25"
NOTICE_DAYS = 90
RENEWAL_MONTHS = 12
RAMP = ("0.25", "0.5", "0.75")
LATER_DAYS = 30
MOST_NET_DAYS = 366
YEAR = 12


@dataclass(frozen=True)
class Clause:
    """One clause and what it is compared with; `better` and `worse` are changes of the offer as it is asked."""

    name: str
    is_there: bool
    """Whether the offer has it: its worth is then that of keeping it, else that of getting it."""
    said: str
    """What is compared."""
    better: tuple[Change, ...] = ()
    worse: tuple[Change, ...] = ()


@dataclass(frozen=True)
class NotCarried:
    """A clause that cannot be asked of an offer."""

    name: str
    reason: str


Asked = Clause | NotCarried


def clauses_of(scenario: Scenario, offer: Offer) -> tuple[Asked, ...]:
    """Every clause, in the order of the note."""
    if offer.table == "spend_commitments":
        return tuple(_of_spend(scenario, offer))
    if offer.table == "provisioned":
        return tuple(_of_units(scenario, offer))
    if offer.terms is None:
        return (NotCarried("all clauses", "tokens are paid as they are used: there is no term to negotiate"),)
    terms = offer.terms
    sides = _Sides(f"contracts.{offer.name}")
    if isinstance(terms, Reserved):
        return (
            *_rights(scenario, terms, sides),
            NotCarried("ramp", "a reserved order is there in full from its first month: order in steps instead"),
            *_ordered(terms, sides),
            *_upfront(terms, sides),
            *_later(terms, sides),
        )
    if isinstance(terms, TakeOrPay):
        return (
            *(NotCarried(name, "take-or-pay terms carry no such right here") for name in _RIGHTS),
            *_ramp(terms, sides),
            *_window(terms, sides),
            *_ordered(terms, sides),
            *_later(terms, sides),
        )
    return tuple(_of_the_rest(terms, sides))


_RIGHTS = ("termination", "swap", "renewal", "price cap of the renewal")


_Cell = tuple[str, str]
"""A column and what is put into it; a blank takes a clause out."""


def _blank(*columns: str) -> tuple[_Cell, ...]:
    return tuple((column, "") for column in columns)


@dataclass(frozen=True)
class _Sides:
    """Makes the changes of one row."""

    row: str

    def kept(self, name: str, said: str, *without: _Cell) -> Clause:
        """A clause that is there: worse without it."""
        return Clause(name, True, said, worse=self._set(without))

    def got(self, name: str, said: str, *having: _Cell) -> Clause:
        """A clause that is not there: better with it."""
        return Clause(name, False, said, better=self._set(having))

    def _set(self, cells: tuple[_Cell, ...]) -> tuple[Change, ...]:
        return tuple(
            Change(verb=Verb.SET, path=f"{self.row}.{column}", value=f"={value}" if value else "")
            for column, value in cells
        )


def _rights(scenario: Scenario, terms: Reserved, sides: _Sides) -> Iterator[Asked]:
    half = max(1, terms.term_months // 2)
    yield _termination(terms, sides, half)
    yield _swap(scenario, terms, sides, half)
    yield from _renewal(scenario, terms, sides)
    if terms.most_favoured_of is not None:
        yield sides.kept(
            "most favoured price",
            f"never above {terms.most_favoured_share:f} times the price of {terms.most_favoured_of}, against a price"
            " that stays",
            *_blank("most_favoured_of", "most_favoured_share"),
        )


def _termination(terms: Reserved, sides: _Sides, half: int) -> Asked:
    name = "termination"
    if terms.terminable_after_months is not None:
        said = f"may be left after {counted(terms.terminable_after_months, 'month')}, against no right to leave"
        cells = _blank("terminable_after_months", "termination_notice_days", "termination_fee_share")
        return sides.kept(name, said, *cells)
    if terms.term_months < 2:
        return NotCarried(name, "a term of one month cannot be left before its end")
    return sides.got(
        name,
        f"a right to leave after {counted(half, 'month')}, with {NOTICE_DAYS} days' notice and for a quarter of what is"
        " given up",
        ("terminable_after_months", f"{half}"),
        ("termination_notice_days", f"{NOTICE_DAYS}"),
        ("termination_fee_share", LEAVING_FEE),
    )


def _swap(scenario: Scenario, terms: Reserved, sides: _Sides, half: int) -> Asked:
    name = "swap"
    if terms.swap_to is not None:
        said = f"may be swapped to {terms.swap_to} after {terms.swap_after_months} months, against no swap"
        return sides.kept(name, said, *_blank("swap_to", "swap_after_months", "swap_price_usd_per_node_hour"))
    if terms.upfront_share > 0:
        return NotCarried(name, "what is paid upfront cannot be swapped")
    if terms.term_months < 2:
        return NotCarried(name, "a term of one month cannot be swapped before its end")
    offerings = scenario.catalog.offering
    own = offerings[terms.offering]
    others = [
        row
        for row in scenario.catalog.offerings
        if row.provider == own.provider and row.accelerator != own.accelerator and row.list_price_usd_per_node_hour
    ]
    if not others or not own.list_price_usd_per_node_hour:
        return NotCarried(name, f"{own.provider} sells nothing here that it could be swapped to")
    newest = max(others, key=lambda row: (row.region == own.region, row.list_price_usd_per_node_hour, row.offering))
    discount = terms.price_usd_per_node_hour / own.list_price_usd_per_node_hour
    price = (newest.list_price_usd_per_node_hour * discount).quantize(Decimal("0.0001"))
    return sides.got(
        name,
        f"a right to swap to {newest.offering} after {counted(half, 'month')}, at {price:f} USD per node-hour: the same"
        " share of its list price",
        ("swap_to", newest.offering),
        ("swap_after_months", f"{half}"),
        ("swap_price_usd_per_node_hour", f"{price:f}"),
    )


def _renewal(scenario: Scenario, terms: Reserved, sides: _Sides) -> Iterator[Asked]:
    name, cap = "renewal", "price cap of the renewal"
    if terms.renewal_months is None:
        yield sides.got(
            name,
            f"a right to renew once for {RENEWAL_MONTHS} months at the signed price, {NOTICE_DAYS} days' notice",
            ("renewal_months", f"{RENEWAL_MONTHS}"),
            ("renewal_notice_days", f"{NOTICE_DAYS}"),
        )
        yield NotCarried(cap, "there is no renewal whose price could be capped: the renewal above has one")
        return
    blanks = _blank("renewal_months", "renewals_at_most", "renewal_price_factor", "renewal_notice_days", "auto_renews")
    yield sides.kept(name, f"may be renewed for {terms.renewal_months} months, against no renewal", *blanks)
    at_list = scenario.catalog.offering[terms.offering].list_price_usd_per_node_hour
    if terms.price_usd_per_node_hour * terms.renewal_price_factor >= at_list:
        yield NotCarried(cap, "the cap is not below the list price: without it the renewal would cost no more")
        return
    factor = (at_list / terms.price_usd_per_node_hour).quantize(Decimal("0.0001"))
    yield sides.kept(
        cap,
        f"renewals at {terms.renewal_price_factor:f} times the signed price, against renewals at list price",
        ("renewal_price_factor", f"{factor:f}"),
    )


def _ramp(terms: TakeOrPay, sides: _Sides) -> Iterator[Asked]:
    name = "ramp"
    if terms.ramp_shares:
        shares = ", ".join(f"{share:.0%}" for share in terms.ramp_shares)
        said = f"a minimum of {shares} in the first months, against all of it from the first"
        yield sides.kept(name, said, ("ramp_shares", ""))
        return
    ramp = RAMP[: terms.term_months]
    said = f"a minimum of {', '.join(f'{float(share):.0%}' for share in ramp)} in the first months"
    yield sides.got(name, said, ("ramp_shares", ";".join(ramp)))


def _window(terms: TakeOrPay, sides: _Sides) -> Iterator[Asked]:
    """The two clauses that keep paid or excess use from being lost, and the minimum itself."""
    if terms.excess_carries_forward:
        said = "excess use counts towards the next window, against use that is lost"
        yield sides.kept("excess carries forward", said, ("excess_carries_forward", "false"))
    else:
        said = "use above the minimum counts towards the next window"
        yield sides.got("excess carries forward", said, ("excess_carries_forward", "true"))
    if terms.make_up_right:
        said = "what was paid and not used may be used later, against pay that is lost"
        yield sides.kept("make-up right", said, ("make_up_right", "false"))
    else:
        yield sides.got("make-up right", "what was paid and not used may be used later", ("make_up_right", "true"))
    if terms.minimum_usd_per_month is not None:
        half = terms.minimum_usd_per_month / 2
        column, unit = "minimum_usd_per_month", "USD"
    else:
        assert terms.minimum_node_hours_per_month is not None
        half = terms.minimum_node_hours_per_month / 2
        column, unit = "minimum_node_hours_per_month", "node-hours"
    yield sides.got("lower minimum", f"half the minimum: {half:f} {unit} per lot and month", (column, f"{half:f}"))


def _ordered(terms: OrderedTerms, sides: _Sides) -> Iterator[Asked]:
    name = "lower minimum order"
    if terms.minimum_order_nodes <= terms.lot_nodes:
        yield NotCarried(name, "a single lot can be ordered")
    else:
        half = terms.minimum_order_nodes // 2
        said = f"orders from {counted(half, 'node')} on, instead of {terms.minimum_order_nodes}"
        yield sides.got(name, said, ("minimum_order_nodes", f"{half}"))
    if isinstance(terms, Owned):
        yield NotCarried("shorter term", "the term of what is bought is its life")
    else:
        yield _shorter(terms, terms.term_months, sides)
    if terms.escalator_share_per_year > 0:
        said = f"a fixed price, instead of a rise of {float(terms.escalator_share_per_year):.1%} a year"
        yield sides.got("no escalator", said, ("escalator_share_per_year", "0"))


def counted(number: int, what: str) -> str:
    """A number of things.

    >>> counted(1, "month"), counted(3, "node")
    ('1 month', '3 nodes')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def shorter_term(months: int) -> int | None:
    """The next shorter whole year, or half of a year or less; None for a month.

    >>> [shorter_term(months) for months in (36, 30, 24, 12, 6, 1)]
    [24, 24, 12, 6, 3, None]
    """
    if months <= YEAR:
        return months // 2 or None
    return (months - 1) // YEAR * YEAR


def _shorter(terms: OrderedTerms, months: int, sides: _Sides) -> Asked:
    shorter = shorter_term(months)
    if shorter is None:
        return NotCarried("shorter term", "a term of one month is as short as there is")
    cells = [("term_months", f"{shorter}")]
    if isinstance(terms, TakeOrPay) and terms.window_months > shorter:
        cells.append(("window_months", f"{shorter}"))
    return sides.got(
        "shorter term", f"a term of {counted(shorter, 'month')}, instead of {months}, at the same price", *cells
    )


def _upfront(terms: Reserved, sides: _Sides) -> Iterator[Asked]:
    if terms.upfront_share > 0:
        said = f"all of it paid month by month, instead of {terms.upfront_share:.0%} of it upfront, at the same price"
        yield sides.got("nothing upfront", said, ("upfront", "none"), ("upfront_share", "0"))


def _later(terms: AnyTerms, sides: _Sides) -> Iterator[Asked]:
    name = "later payment"
    if terms.net_days + LATER_DAYS > MOST_NET_DAYS:
        yield NotCarried(name, "a year's credit is the most that is accepted")
        return
    days = terms.net_days + LATER_DAYS
    yield sides.got(name, f"invoices open for {days} days, instead of {terms.net_days}", ("net_days", f"{days}"))


def _of_the_rest(terms: AnyTerms, sides: _Sides) -> Iterator[Asked]:
    """Bought, dated, or paid by the hour."""
    for name in _RIGHTS:
        yield NotCarried(name, f"{terms.kind.replace('_', ' ')} terms carry no such right")
    if isinstance(terms, Owned):
        yield from _ordered(terms, sides)
        yield NotCarried("later payment", "capital expenditure is paid on delivery")
    elif isinstance(terms, CapacityBlock):
        yield NotCarried("later payment", "a capacity block is paid when it begins")
    else:
        yield NotCarried("shorter term", "there is no term")
        yield from _later(terms, sides)


def _of_spend(scenario: Scenario, offer: Offer) -> Iterator[Asked]:
    terms = next(row for row in scenario.spend_commitments if row.contract == offer.name)
    sides = _Sides(f"spend_commitments.{offer.name}")
    if terms.fewest_steps > 1:
        half = terms.minimum_usd_per_hour / 2
        yield sides.got(
            "lower minimum", f"commitments from {half:f} USD an hour on", ("minimum_usd_per_hour", f"{half:f}")
        )
    else:
        yield NotCarried("lower minimum", "a single step can be committed")
    yield from _shorter_row(terms.term_months, sides)
    if terms.upfront_share > 0:
        yield sides.got("nothing upfront", "all of it paid month by month, at the same rates", ("upfront_share", "0"))


def _of_units(scenario: Scenario, offer: Offer) -> Iterator[Asked]:
    terms = next(row for row in scenario.provisioned if row.contract == offer.name)
    sides = _Sides(f"provisioned.{offer.name}")
    if terms.fewest_steps > 1:
        half = max(1, terms.minimum_units // 2)
        said = f"orders from {half} units on, instead of {terms.minimum_units}"
        yield sides.got("lower minimum order", said, ("minimum_units", f"{half}"))
    else:
        yield NotCarried("lower minimum order", "a single step can be ordered")
    yield from _shorter_row(terms.term_months, sides)


def _shorter_row(months: int, sides: _Sides) -> Iterator[Asked]:
    shorter = shorter_term(months)
    if shorter is None:
        yield NotCarried("shorter term", "a term of one month is as short as there is")
    else:
        yield sides.got(
            "shorter term", f"a term of {counted(shorter, 'month')}, instead of {months}", ("term_months", f"{shorter}")
        )
