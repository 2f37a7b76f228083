"""Lock_In_Parts: what every rule on lock-in counts, as the independent audit works it out of the plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import localcontext
from functools import cached_property

from contracts.calendar import Month
from optimizer.audit.checks import Checks
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs as AuditInputs
from optimizer.audit.groups import Groups, is_meant
from optimizer.audit.holdings import Holder, Holdings, holdings_of
from optimizer.audit.outstanding import by_provider
from optimizer.audit.owing import Owing, owings
from optimizer.audit.running_out import Bound, bound_nodes
from optimizer.audit.shares import months_of, windows
from optimizer.audit.sourcing import asked_of, served_by_provider
from optimizer.audit.statements import Statements, sift
from reports.facts import Facts
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Records, write_records
from scenarios.policy import (
    ConcentrationCap,
    ExpiryCap,
    Grouping,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
    SourcingRule,
)

LockInRule = ConcentrationCap | ShareFloor | OutstandingCap | RemainingTermCap | ExpiryCap | SourcingRule

ON_CAPS = (Grouping.PROVIDER, Grouping.CHIP_VENDOR, Grouping.STACK, Grouping.FAMILY, Grouping.GEOGRAPHY)
"""Groupings that sheet Caps can tell by formulas of its own."""
EVERY = "*"
QUARTER_MONTHS = 3


def is_on_caps(facts: Facts, rule: ConcentrationCap) -> bool:
    """Whether a cap is one that sheet Caps follows month by month; the others are on sheet Lock_In."""
    if rule.by not in ON_CAPS or rule.measure is ShareMeasure.POWER or rule.first_month or rule.last_month:
        return False
    is_of_spend = rule.measure is ShareMeasure.SPEND and rule.by is Grouping.GEOGRAPHY
    return not (is_of_spend and (facts.plan.api_placements or facts.plan.provisioned))


@dataclass(frozen=True, slots=True)
class Part:
    """What something has under a rule: what counts for the group, and what it is a part of."""

    rule: LockInRule
    group: str
    outlook: str
    first: Month
    months: int
    what: str
    counted: float
    whole: float


def lock_in_parts(facts: Facts) -> tuple[Part, ...]:
    """The parts of every rule that no other sheet tells: nothing where there is no such rule."""
    policy = facts.scenario.policy
    caps = tuple(rule for rule in policy.concentration if not is_on_caps(facts, rule))
    shares: tuple[ConcentrationCap | ShareFloor, ...] = (*caps, *policy.share_floors)
    if not (shares or policy.outstanding or policy.remaining_terms or policy.expiries or policy.sourcing):
        return ()
    found = _Found(facts, shares)
    return (*found.shares(), *found.outstanding(), *found.running_out(), *found.sources())


class _Found:
    """The plan as the audit reads it."""

    def __init__(self, facts: Facts, rules: tuple[ConcentrationCap | ShareFloor, ...]) -> None:
        self._rules = rules
        self._inputs = AuditInputs(facts.scenario)
        self._stated: Statements = sift(self._inputs, facts.plan, Checks())
        self._groups = Groups(self._inputs)

    @cached_property
    def _holdings(self) -> Mapping[ShareMeasure, Holdings]:
        return {m: holdings_of(self._inputs, self._stated, m) for m in {rule.measure for rule in self._rules}}

    def shares(self) -> Iterator[Part]:
        """For each group and outlook the window that is nearest to the limit."""
        for rule in self._rules:
            for s in self._inputs.probability:
                found: dict[str, list[list[Part]]] = defaultdict(list)
                for window in windows(self._inputs, rule, rule.window):
                    held = self._holdings[rule.measure].of(s, window)
                    if sum(held.values()) > 0:
                        for group in self._meant(rule, held):
                            found[group].append(list(self._parts(rule, group, s, window, held)))
                for several in found.values():
                    sign = -1.0 if isinstance(rule, ShareFloor) else 1.0
                    yield from max(several, key=lambda parts: sign * _share(parts))

    def _meant(self, rule: ConcentrationCap | ShareFloor, held: Mapping[Holder, float]) -> list[str]:
        if isinstance(rule, ShareFloor):
            return [rule.group]
        return sorted({g for holder in held for g in self._groups.in_part(holder, rule.by) if is_meant(g, rule.group)})

    def _parts(
        self,
        rule: ConcentrationCap | ShareFloor,
        group: str,
        outlook: str,
        window: tuple[Month, ...],
        held: Mapping[Holder, float],
    ) -> Iterator[Part]:
        of = self._groups.in_whole if isinstance(rule, ShareFloor) else self._groups.in_part
        for holder, amount in held.items():
            counted = amount if group in of(holder, rule.by) else 0.0
            yield Part(rule, group, outlook, window[0], len(window), _name(holder), counted, amount)

    def outstanding(self) -> Iterator[Part]:
        """What is owed to each provider after every month."""
        for s in self._inputs.probability if self._inputs.policy.outstanding else ():
            with localcontext(MONEY):
                found = owings(self._inputs, self._stated, s)
            for rule in self._inputs.policy.outstanding:
                for group, rows in by_provider(found, rule).items():
                    of: dict[str, list[Owing]] = defaultdict(list)
                    for row in rows:
                        of[row.provider].append(row)
                    for month in months_of(self._inputs, rule):
                        for provider, mine in sorted(of.items()):
                            with localcontext(MONEY):
                                owed = float(sum(row.after(month) for row in mine))
                            yield Part(rule, group, s, month, 1, provider, owed, 0.0)

    def running_out(self) -> Iterator[Part]:
        """Months left on the first day of every month, and what ends in every quarter, by offering."""
        policy = self._inputs.policy
        for s in self._inputs.probability if policy.remaining_terms or policy.expiries else ():
            found = tuple(bound_nodes(self._inputs, self._stated, s))
            for rule in policy.remaining_terms:
                for month in months_of(self._inputs, rule):
                    for row in _serving(found, month):
                        provider = self._inputs.offerings[row.offering].provider
                        if rule.provider in ("", EVERY, provider):
                            worth = self._worth(row)
                            group = provider if rule.provider else "all"
                            left = worth * row.months_left(month)
                            yield Part(rule, group, s, month, 1, row.offering, left, worth)
            for expiry in policy.expiries:
                for month in months_of(self._inputs, expiry):
                    if month.number % QUARTER_MONTHS == 1:
                        for row in _serving(found, month):
                            worth = self._worth(row)
                            ends = worth if row.end - month <= QUARTER_MONTHS else 0.0
                            yield Part(expiry, "all", s, month, QUARTER_MONTHS, row.offering, ends, worth)

    def _worth(self, row: Bound) -> float:
        return row.nodes * float(self._inputs.offerings[row.offering].list_price_usd_per_node_hour)

    def sources(self) -> Iterator[Part]:
        """What each provider serves of a workload's demand."""
        policy = self._inputs.policy
        served = served_by_provider(self._inputs, self._stated) if policy.sourcing else {}
        for rule in policy.sourcing:
            for s in self._inputs.probability:
                for month in months_of(self._inputs, rule):
                    asked = asked_of(self._inputs, s, month, rule.workload)
                    for provider, tokens in sorted(served.get((s, month, rule.workload), {}).items()):
                        if asked > 0:
                            yield Part(rule, rule.workload, s, month, 1, provider, tokens / asked, 1.0)


def _serving(found: Iterable[Bound], month: Month) -> Iterator[Bound]:
    return (row for row in found if row.nodes and row.serves(month))


def _share(parts: list[Part]) -> float:
    whole = sum(part.whole for part in parts)
    return sum(part.counted for part in parts) / whole if whole else 0.0


def _name(holder: Holder) -> str:
    names = [*holder.offerings, holder.api or "", holder.provider if not holder.offerings and not holder.api else ""]
    where = " + ".join(name for name in names if name)
    return f"{holder.source}: {where}" if holder.source and holder.source != where else where or "-"


def together(parts: Iterable[Part]) -> list[Part]:
    """Parts of the same thing added up."""
    found: dict[tuple[str, str, str, Month, str], Part] = {}
    for part in parts:
        place = part.rule.rule, part.group, part.outlook, part.first, part.what
        known = found.get(place)
        if known is None:
            found[place] = part
        else:
            found[place] = replace(known, counted=known.counted + part.counted, whole=known.whole + part.whole)
    return list(found.values())


def _look(part: Part) -> Fmt:
    """Shares of a demand need their decimals; tokens, dollars and node-hours thousands marks."""
    return Fmt.FACTOR if isinstance(part.rule, SourcingRule) else Fmt.QUANTITY


def lock_in_parts_sheet(parts: list[Part]) -> Records[Part]:
    """One line for each."""
    decided = Kind.DECISION
    return write_records(
        Grid("Lock_In_Parts", "workings"),
        "tblLockInParts",
        [
            Field("Rule", lambda r, _: r.rule.rule),
            Field("Group", lambda r, _: r.group),
            Field("Outlook", lambda r, _: r.outlook),
            Field("From", lambda r, _: r.first.first_day, fmt=Fmt.DATE),
            Field("What", lambda r, _: r.what),
            Field("Counts", lambda r, _: r.counted, decided, Fmt.QUANTITY, fmt_of=_look),
            Field("Of", lambda r, _: r.whole, decided, Fmt.QUANTITY, fmt_of=_look),
        ],
        parts,
        "What rules on lock-in count: by offering, contract or provider",
        "As the independent audit works it out of the plan. Shares: tokens, USD, node-hours x list price, or kWh, in"
        " the window nearest to the limit.",
        "Outstanding: USD still to be paid after the month. Remaining terms: list"
        " price x nodes x months left, of list price x nodes. Second sources: share of the workload's demand.",
    )
