"""What rules are called: their kind, their name, and what they say, in the user's words."""

from decimal import Decimal

from scenarios.policy import (
    AuditMinimum,
    Budget,
    CarbonCap,
    ConcentrationCap,
    Contingency,
    ExpiryCap,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    ShareFloor,
    SourcingRule,
    SovereigntyFloor,
)
from scenarios.policy_shares import InMonths
from scenarios.workloads import Workload


def cap(rule: ConcentrationCap) -> str:
    """A share cap."""
    group = "" if rule.group == "*" else f" {rule.group}"
    return f"cap {rule.rule} ({rule.measure} by {rule.by}{group} at most {rule.cap_share:.1%}{_months(rule)})"


def floor(rule: ShareFloor) -> str:
    """A share floor."""
    least = f"at least {rule.floor_share:.1%}"
    return f"floor {rule.rule} ({rule.measure} of {rule.by} {rule.group} {least}{_months(rule)})"


def outstanding(rule: OutstandingCap) -> str:
    """A cap on what is still to be paid."""
    return f"outstanding {rule.rule} (to {_provider(rule.provider)} at most {rule.limit_usd:,.0f} USD{_months(rule)})"


def remaining_term(rule: RemainingTermCap) -> str:
    """A cap on the average remaining term."""
    limit = f"at most {rule.limit_months:g} months on average"
    return f"remaining term {rule.rule} (with {_provider(rule.provider)} {limit}{_months(rule)})"


def expiry(rule: ExpiryCap) -> str:
    """A cap on what ends in one quarter."""
    return f"expiry {rule.rule} (at most {rule.cap_share:.1%} end in a quarter{_months(rule)})"


def sourcing(rule: SourcingRule) -> str:
    """A second source."""
    least = f"{rule.providers_at_least} providers with {rule.share_at_least:.1%} each"
    return f"sourcing {rule.rule} ({rule.workload} from at least {least}{_months(rule)})"


def contingency(event: Contingency) -> str:
    """An event that must be survived."""
    where = f" in {event.in_geography}" if event.in_geography else ""
    return f"contingency {event.contingency} ({event.lost} {event.name}{where}, floor {event.floor_share:.0%})"


def budget(row: Budget) -> str:
    """A budget."""
    limit = f"at most {row.limit_usd:,.0f} USD"
    return f"budget {row.budget} ({row.spending} payments of a {row.window} {limit}{_months(row)})"


def sovereignty(rule: SovereigntyFloor) -> str:
    """A floor of the index."""
    return f"sovereignty {rule.rule} (index at least {rule.index_at_least:g}{_months(rule)})"


def audit_answers(rule: AuditMinimum) -> str:
    """Answers without which an offering may not serve."""
    whose = "every workload" if rule.workload == "*" else rule.workload
    asked = [f"at least {rule.yes_at_least} of 5 answered with yes"] if rule.yes_at_least else []
    asked += [f"{question} answered with yes" for question in rule.required]
    return f"audit answers {rule.rule} ({whose}: {', '.join(asked) or 'nothing asked'})"


def power(rule: PowerCap) -> str:
    """A power cap."""
    group = f"each {rule.by}" if rule.group == "*" else f"{rule.by} {rule.group}"
    return f"power {rule.rule} ({group} at most {rule.limit_mw:g} MW{_months(rule)})"


def carbon(rule: CarbonCap) -> str:
    """A carbon cap."""
    return f"carbon {rule.rule} (a {rule.window} at most {rule.limit_t_co2e:,g} t CO2e)"


def spot_share_cap(share: float) -> str:
    """The spot cap of all workloads."""
    return f"spot_share_cap (at most {share:.1%} of a workload's tokens of a month)"


def own_spot_share_cap(workload: Workload) -> str:
    """The spot cap of one workload."""
    share = workload.spot_share_cap or 0.0
    return f"spot_share_cap of {workload.workload} (at most {share:.1%} of its tokens of a month)"


def emergency_share(share: float) -> str:
    """The limit of what is leaned on after an event."""
    return f"emergency_share (at most {share:.1%} of the capacity after an event is rented or not firm)"


def changed_usd(limit_usd: Decimal) -> str:
    """The cap on changed value."""
    return f"changed_usd_at_most ({limit_usd:,.0f} USD of approved orders)"


def changed_orders(most: int) -> str:
    """The cap on changed orders."""
    return f"changed_orders_at_most ({most} of the approved orders)"


def migrations_at_once(most: int) -> str:
    """The limit of migrations at once."""
    return f"migrations_at_once (at most {most})"


def _provider(provider: str) -> str:
    return {"": "all providers together", "*": "each provider"}.get(provider, provider)


def _months(rule: InMonths) -> str:
    if rule.first_month is None and rule.last_month is None:
        return ""
    begin = f" from {rule.first_month}" if rule.first_month else ""
    return f",{begin}{f' to {rule.last_month}' if rule.last_month else ''}"
