"""The families of rules in reading order: purchases first, then the rules that close over them."""

from collections.abc import Mapping
from typing import Any, Protocol

from optimizer.decisions import Decisions
from optimizer.families import (
    agreement,
    api,
    budget,
    capacity,
    capacity_block,
    carbon,
    concentration,
    credit,
    demand,
    expiry,
    fallback,
    held,
    migration,
    on_demand,
    outstanding,
    owned,
    power,
    provisioned,
    remaining_term,
    reserved,
    rights,
    share_floors,
    sites,
    sourcing,
    sovereignty,
    spend_commitment,
    split,
    spot,
    stability,
    stock,
    take_or_pay,
    volume,
)
from optimizer.ledger import Ledger
from optimizer.problem import Problem
from optimizer.supply import Supply


class Family(Protocol):
    """What every module of this package offers."""

    __name__: str
    @property
    def SENTENCES(self) -> Mapping[str, str]:
        """For rows whose binding is news: a sentence to be filled with the first parts of the row's index."""

    def build(
        self, block: Any, problem: Problem, decide: Decisions, supply: Supply, ledger: Ledger, /
    ) -> None:
        """Add variables, rows, offers and charges of the family to its own block."""


FAMILIES: tuple[Family, ...] = (
    held,
    reserved,
    take_or_pay,
    rights,
    capacity_block,
    owned,
    sites,
    stock,
    volume,
    on_demand,
    spend_commitment,
    spot,
    api,
    provisioned,
    split,
    demand,
    capacity,
    migration,
    agreement,
    credit,
    concentration,
    share_floors,
    outstanding,
    remaining_term,
    expiry,
    sourcing,
    sovereignty,
    power,
    carbon,
    fallback,
    budget,
    stability,
)
