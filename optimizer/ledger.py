"""Ledger: every charge once; the objective and the spend shares read the same list."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from catalog.offerings import Offering
from contracts.money import Valuation
from contracts.terms.common import BillLine, Nature
from optimizer.linear import Term


class PaidAlone(NamedTuple):
    """A provider, where it is paid for no single offering: spend commitments, agreements, credits, tokens."""

    provider: str


class ServedByToken(NamedTuple):
    """An API offer, whose tokens are served by no offering."""

    api: str


class ServedBySplit(NamedTuple):
    """A split, whose tokens are served by two offerings."""

    split: str


class UnderContract(NamedTuple):
    """What is paid or there under a contract, by its id, on an offering; blank where no contract or offering is."""

    contract: str
    offering: str


Holder = str | PaidAlone | ServedByToken | ServedBySplit | UnderContract
"""Whose an amount is: an offering's, a provider's apart from its offerings, an API offer's, a split's, a contract's."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What one unit of a variable costs (or a constant, where the variable is None).

    `objective_usd`: present value per unit, outlook probability included.
    `cash_usd`: undiscounted cash per unit by month of payment, inside the horizon.
    `effective_usd`: undiscounted effective cost per unit by month index, inside the horizon.
    `node_hours`: node-hours per unit by month index; none for what is not capacity.
    """

    nature: Nature
    offering: str | None
    provider: str | None
    """Who is paid: the provider of the offering, or the one that is paid for no single offering; None in-house."""
    outlook: str | None
    variable: Any | None
    objective_usd: float
    cash_usd: tuple[tuple[int, float], ...]
    effective_usd: tuple[tuple[int, float], ...]
    node_hours: tuple[tuple[int, float], ...]
    source: str = ""
    """The contract, held contract, API offer or split that it is of; blank for anything else."""
    api: str | None = None
    """The API offer whose tokens are paid."""
    is_held: bool = False
    """Whether it is of a contract that was signed before the plan."""


@dataclass(frozen=True, slots=True)
class _Value:
    """What a bill comes to: present value, cash and effective cost by month index."""

    objective_usd: float
    cash_usd: tuple[tuple[int, float], ...]
    effective_usd: tuple[tuple[int, float], ...]


class Ledger:
    """Charges of all families, in the order in which they are made."""

    def __init__(self, valuation: Valuation, offerings: Mapping[str, Offering]) -> None:
        self._valuation = valuation
        self._offerings = offerings
        self._charges: list[Charge] = []
        self._values: dict[tuple[BillLine, ...], _Value] = {}

    def charge_bill(
        self,
        lines: Iterable[BillLine],
        *,
        offering: str | None,
        variable: Any | None,
        bills: float = 1.0,
        node_hours: Sequence[tuple[int, float]] = (),
        outlook: str | None = None,
        probability: float = 1.0,
        provider: str | None = None,
        source: str = "",
        api: str | None = None,
        is_held: bool = False,
    ) -> None:
        """Charge a unit of the variable with so many times the exact, unrounded lines of a bill, by their nature.

        `provider` is stated only where no single offering is paid for; that of an offering is known. `source` is the
        contract, held contract, API offer or split, `api` the API offer whose tokens are paid.
        Stating the bill of an hour and its hours apart lets blocks and outlooks at one price share its valuation.
        """
        lines = tuple(lines)
        for nature in dict.fromkeys(line.nature for line in lines):
            value = self._valued(tuple(line for line in lines if line.nature is nature))
            self._charges.append(
                Charge(
                    nature=nature,
                    offering=offering,
                    provider=self._payee(offering, provider),
                    outlook=outlook,
                    variable=variable,
                    objective_usd=probability * bills * value.objective_usd,
                    cash_usd=tuple((month, bills * usd) for month, usd in value.cash_usd),
                    effective_usd=tuple((month, bills * usd) for month, usd in value.effective_usd),
                    node_hours=tuple(node_hours) if nature is lines[0].nature else (),
                    source=source,
                    api=api,
                    is_held=is_held,
                )
            )

    def _payee(self, offering: str | None, provider: str | None) -> str | None:
        return provider if offering is None else self._offerings[offering].provider

    def _valued(self, lines: tuple[BillLine, ...]) -> "_Value":
        known = self._values.get(lines)
        if known is not None:
            return known
        effective: dict[int, float] = defaultdict(float)
        cash: dict[int, float] = defaultdict(float)
        for line in lines:
            for month, share in self._valuation.service_shares(line.payment(line.exact_usd)):
                effective[month] += float(line.exact_usd * share)
            if line.paid_month in self._valuation.horizon:
                cash[self._valuation.horizon.index(line.paid_month)] += float(line.exact_usd)
        value = _Value(
            objective_usd=float(sum(self._valuation.objective_usd(line.payment(line.exact_usd)) for line in lines)),
            cash_usd=tuple(sorted(cash.items())),
            effective_usd=tuple(sorted(effective.items())),
        )
        self._values[lines] = value
        return value

    def hold(
        self,
        nature: Nature,
        *,
        offering: str,
        variable: Any,
        node_hours: Iterable[tuple[int, float]],
        outlook: str | None,
        source: str,
    ) -> None:
        """Count the node-hours of what is held without being billed by itself."""
        payee = self._payee(offering, None)
        self._charges.append(Charge(nature, offering, payee, outlook, variable, 0.0, (), (), tuple(node_hours), source))

    @property
    def charges(self) -> tuple[Charge, ...]:
        """All charges."""
        return tuple(self._charges)

    def objective_terms(self, money_scale_usd: float) -> tuple[list[Term], float]:
        """Terms and constant of the objective, in units of `money_scale_usd`."""
        terms = [
            (charge.objective_usd / money_scale_usd, charge.variable)
            for charge in self._charges
            if charge.variable is not None
        ]
        constant = sum(c.objective_usd for c in self._charges if c.variable is None)
        return terms, constant / money_scale_usd

    def cash(self, outlook: str) -> "list[Charge]":
        """Charges in an outlook that are cash in some month of the horizon."""
        return [c for c in self._charges if c.nature.is_cash and c.cash_usd and c.outlook in (None, outlook)]

    def spend(self, outlook: str, *, by_contract: bool = False) -> "ByHolderAndMonth":
        """Effective cost in an outlook, in dollars; cash that a provider is paid."""
        return self._gather(outlook, lambda charge: charge.effective_usd, by_contract)

    def node_hours(self, outlook: str, *, by_contract: bool = False) -> "ByHolderAndMonth":
        """Node-hours held or used in an outlook."""
        return self._gather(outlook, lambda charge: charge.node_hours, by_contract)

    def _gather(
        self, outlook: str, amounts: Callable[[Charge], tuple[tuple[int, float], ...]], by_contract: bool
    ) -> "ByHolderAndMonth":
        found = ByHolderAndMonth()
        for charge in self._charges:
            if charge.provider is None or not charge.nature.is_cash or charge.outlook not in (None, outlook):
                continue
            holder: Holder = PaidAlone(charge.provider) if charge.offering is None else charge.offering
            if charge.api is not None:
                holder = ServedByToken(charge.api)
            if by_contract:
                holder = UnderContract(charge.source, charge.offering or "")
            for month, amount in amounts(charge):
                found.add(holder, month, amount, charge.variable)
        return found


class ByHolderAndMonth:
    """Linear terms and constants by holder and month index."""

    def __init__(self) -> None:
        self._terms: dict[tuple[Holder, int], list[Term]] = defaultdict(list)
        self._constants: dict[tuple[Holder, int], float] = defaultdict(float)

    def add(self, holder: Holder, month: int, amount: float, variable: Any | None) -> None:
        """Add amount x variable, or the amount itself where there is no variable."""
        if variable is None:
            self._constants[holder, month] += amount
        else:
            self._terms[holder, month].append((amount, variable))

    @property
    def apart(self) -> tuple[Holder, ...]:
        """All that hold something and are no offerings, by kind and name."""
        holders = {holder for holder, _ in (*self._terms, *self._constants) if not isinstance(holder, str)}
        return tuple(sorted(holders, key=lambda holder: (type(holder).__name__, holder)))

    def weighed(self, weight: Callable[[str], float]) -> "ByHolderAndMonth":
        """Every amount times the weight of the offering that it is on; what is on none has no weight."""
        found = ByHolderAndMonth()
        for (holder, month), terms in self._terms.items():
            if (offering := _offering_of(holder)) is not None:
                for amount, variable in terms:
                    found.add(holder, month, amount * weight(offering), variable)
        for (holder, month), amount in self._constants.items():
            if (offering := _offering_of(holder)) is not None:
                found.add(holder, month, amount * weight(offering), None)
        return found

    def terms(self, holder: Holder, month: int) -> list[Term]:
        """The terms of a holder in a month."""
        return self._terms.get((holder, month), [])

    def constant(self, holder: Holder, month: int) -> float:
        """The constant of a holder in a month."""
        return self._constants.get((holder, month), 0.0)


def _offering_of(holder: Holder) -> str | None:
    if isinstance(holder, str):
        return holder
    return holder.offering or None if isinstance(holder, UnderContract) else None
