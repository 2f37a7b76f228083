"""Concentration: what groups of offerings and providers hold of tokens, spend and capacity in every window."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from catalog.offerings import Offering
from contracts.calendar import Month
from contracts.terms.common import Nature
from contracts.terms.on_demand import OnDemand
from contracts.terms.spot import Spot
from contracts.terms.volume import VolumePriced
from optimizer.audit.by_token import tokens_by_token
from optimizer.audit.checks import ROUNDING, Checks
from optimizer.audit.deliveries import active_nodes
from optimizer.audit.due import NOT_CASH
from optimizer.audit.figures import Inputs, hours_between
from optimizer.audit.splits import split_tokens
from optimizer.audit.statements import Statements
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure, Window

UNITS = {
    ShareMeasure.TOKENS: "tokens",
    ShareMeasure.SPEND: "usd",
    ShareMeasure.CAPACITY: "usd list",
}
HALF_A_CENT = 0.005
"""By how much the rounding of a line may move spend across a cap that the solver kept unrounded."""

TO_NO_PROVIDER = (Nature.MIGRATION_ENGINEERING, Nature.MIGRATION_CAPITALISED, Nature.MIGRATION_UPKEEP)
"""Work in-house, which is no share of anybody."""


@dataclass(frozen=True)
class OfNoOffering:
    """What is had of a provider, perhaps in a geography, and of no single offering."""

    provider: str
    geography: str | None = None


@dataclass(frozen=True)
class OfBoth:
    """What two offerings serve together."""

    offerings: tuple[str, str]


Holder: TypeAlias = str | OfNoOffering | OfBoth
"""An offering, a provider apart from its offerings, or both offerings of a split."""


class Holdings:
    """What offerings and providers hold in each outlook and month, and how far rounding may have moved the sum."""

    def __init__(self) -> None:
        self._amounts: dict[tuple[str, Month, Holder], float] = defaultdict(float)
        self._errors: dict[tuple[str, Month], float] = defaultdict(float)
        self.apart: dict[OfNoOffering, None] = {}
        """Holders that are no offering."""
        self.together: dict[OfBoth, None] = {}
        """Pairs of offerings."""

    def add(self, outlook: str, month: Month, holder: Holder, amount: float, error: float) -> None:
        """Add what a holder has, known to within an error."""
        self._amounts[outlook, month, holder] += amount
        self._errors[outlook, month] += error
        if isinstance(holder, OfNoOffering):
            self.apart[holder] = None
        if isinstance(holder, OfBoth):
            self.together[holder] = None

    def of(self, outlook: str, window: tuple[Month, ...], holder: Holder) -> float:
        """What a holder has in a window."""
        return sum(self._amounts.get((outlook, month, holder), 0.0) for month in window)

    def error(self, outlook: str, window: tuple[Month, ...]) -> float:
        """How far rounding may have moved the sum over all offerings."""
        return sum(self._errors.get((outlook, month), 0.0) for month in window)


def check_concentration(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every cap, for its group or for every group, in every outlook and window."""
    caps = inputs.policy.concentration
    if not caps:
        return
    makers = {
        ShareMeasure.TOKENS: tokens_served,
        ShareMeasure.SPEND: spend,
        ShareMeasure.CAPACITY: capacity_held,
    }
    holdings = {measure: makers[measure](inputs, stated) for measure in {cap.measure for cap in caps}}
    for cap in caps:
        for outlook in inputs.probability:
            for window in _windows(inputs, cap):
                _check_window(inputs, cap, outlook, window, holdings[cap.measure], checks)


def _windows(inputs: Inputs, cap: ConcentrationCap) -> Iterable[tuple[Month, ...]]:
    if cap.window is Window.HORIZON:
        return [inputs.months]
    return [(month,) for month in inputs.months]


def _check_window(
    inputs: Inputs,
    cap: ConcentrationCap,
    outlook: str,
    window: tuple[Month, ...],
    held: Holdings,
    checks: Checks,
) -> None:
    groups: dict[str, float] = defaultdict(float)
    for name, offering in inputs.offerings.items():
        groups[group_of(inputs, offering, cap.by)] += held.of(outlook, window, name)
    of_no_group = 0.0
    for holder in held.apart:
        group = {Grouping.PROVIDER: holder.provider, Grouping.GEOGRAPHY: holder.geography}.get(cap.by)
        if group is None:
            of_no_group += held.of(outlook, window, holder)
        else:
            groups[group] += held.of(outlook, window, holder)
    total = sum(groups.values()) + of_no_group
    for both in held.together:
        amount = held.of(outlook, window, both)
        total += amount
        for group in {group_of(inputs, inputs.offerings[name], cap.by) for name in both.offerings}:
            groups[group] += amount
    when = str(window[0]) if len(window) == 1 else f"{window[0]} to {window[-1]}"
    for group, amount in sorted(groups.items()):
        if cap.group in ("*", group) and total > 0:
            checks.at_most(
                f"policy.concentration_{cap.measure.value}",
                (cap.rule, group, outlook, when),
                amount,
                cap.cap_share * total,
                UNITS[cap.measure],
                rounded=held.error(outlook, window) / ROUNDING,
            )


def group_of(inputs: Inputs, offering: Offering, by: Grouping) -> str:
    """The group of an offering."""
    chip = inputs.accelerator(offering)
    return {
        Grouping.PROVIDER: offering.provider,
        Grouping.CHIP_VENDOR: chip.chip_vendor,
        Grouping.STACK: chip.stack,
        Grouping.FAMILY: chip.family,
        Grouping.GEOGRAPHY: inputs.geography(offering),
    }[by]


def tokens_served(inputs: Inputs, stated: Statements) -> Holdings:
    """Accepted tokens served on base and spot, and by the token."""
    held = Holdings()
    for row in stated.placements:
        seconds = 3600.0 * inputs.block_hours[row.month][row.block]
        tokens = row.accepted_tok_per_s * seconds
        held.add(row.outlook, row.month, row.offering, tokens, ROUNDING * seconds)
    for by_token in stated.bought.api_placements:
        api = inputs.api_offers[by_token.api]
        holder = OfNoOffering(api.provider, inputs.geographies.get(api.region))
        held.add(by_token.outlook, by_token.month, holder, *tokens_by_token(inputs, by_token))
    for split in stated.bought.split_placements:
        pair = inputs.splits[split.split]
        both = OfBoth((pair.prefill_offering, pair.decode_offering))
        seconds = 3600.0 * inputs.block_hours[split.month][split.block]
        held.add(split.outlook, split.month, both, split_tokens(inputs, split), ROUNDING * seconds)
    return held


def spend(inputs: Inputs, stated: Statements) -> Holdings:
    """Undiscounted effective cost of cash lines to providers, spread by the hour over the service."""
    held = Holdings()
    for line in stated.lines:
        if line.nature in NOT_CASH or line.nature in TO_NO_PROVIDER:
            continue
        holder = OfNoOffering(line.payee) if line.offering is None else line.offering
        total = hours_between(line.service_first, line.service_end)
        for month in inputs.months:
            if line.service_first <= month < line.service_end:
                share = inputs.hours[month] / total
                for outlook in inputs.probability if line.outlook is None else (line.outlook,):
                    usd = float(line.amount_usd) * share
                    held.add(outlook, month, holder, usd, HALF_A_CENT * share)
    return held


def capacity_held(inputs: Inputs, stated: Statements) -> Holdings:
    """Node-hours held (used or not) or bought by the hour, at list price."""
    held = Holdings()
    price = {name: float(row.list_price_usd_per_node_hour) for name, row in inputs.offerings.items()}
    for (outlook, month), rows in active_nodes(inputs, stated).items():
        for row in rows:
            usd = row.node_hours(inputs.hours[month]) * price[row.offering]
            held.add(outlook, month, row.offering, usd, 0.0)
    for usage in stated.usages:
        terms = inputs.terms[usage.contract]
        if isinstance(terms, OnDemand | Spot | VolumePriced):
            hour_usd = inputs.block_hours[usage.month][usage.block] * price[terms.offering]
            held.add(usage.outlook, usage.month, terms.offering, usage.nodes * hour_usd, ROUNDING * hour_usd)
    return held
