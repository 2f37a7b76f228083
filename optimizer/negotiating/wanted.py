"""What is asked of an offer, and what the answers do not say."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from optimizer.negotiating.offers import Offer
from scenarios.policy import ShareMeasure
from scenarios.scenario import Scenario


@dataclass(frozen=True)
class ShareAsked:
    """The price at which an offer takes a share of spend, or of the tokens of a workload."""

    share: Decimal
    workload: str | None = None
    """None: of spend."""

    @property
    def name(self) -> str:
        """An id for it."""
        return f"spend-{self._percent}" if self.workload is None else f"tokens-{self.workload}-{self._percent}"

    @property
    def said(self) -> str:
        """What is asked."""
        of = "spend" if self.workload is None else f"the tokens of {self.workload}"
        return f"price up to which it takes {self._percent} % of {of}"

    @property
    def _percent(self) -> str:
        return f"{(self.share * 100).normalize():f}"


@dataclass(frozen=True)
class Wanted:
    """What is asked of an offer, beyond the price at which it enters the plan."""

    shares: tuple[ShareAsked, ...] = ()
    with_clauses: bool = True
    with_haircut: bool = True
    tolerance_share: Decimal = Decimal("0.01")
    """Brackets of prices are to be so narrow, as a share of the asked price."""
    time_limit_s: float = 1800.0


def caveats(scenario: Scenario, offer: Offer, wanted: Wanted) -> Iterator[str]:
    """What the figures do not say, for the reader."""
    yield (
        "Prices of other offers, and what the vendor would accept, are taken as they stand; the numbers are those of"
        " this scenario and its outlooks"
    )
    caps = [cap.rule for cap in scenario.policy.concentration if cap.measure is ShareMeasure.SPEND]
    if caps:
        yield (
            f"with caps on shares of spend ({', '.join(sorted(caps))}) a higher price can also loosen a rule: each end"
            " of a bracket is proven, but that nothing else lies beyond it is not"
        )
    if any(asked.workload is None for asked in wanted.shares):
        yield (
            "a share of spend is also missed where the price is so low that the same use is a smaller part of the"
            " bill: only the upper end is looked for"
        )
    others = {terms.contract for terms in scenario.contracts if terms.offering == offer.offering} - {offer.name}
    others |= {held.held for held in scenario.held_contracts if held.offering == offer.offering}
    if others and any(asked.workload is not None for asked in wanted.shares):
        yield (
            f"tokens do not know contracts: what {offer.offering} serves under {', '.join(sorted(others))} counts in a"
            " share of tokens, too"
        )
