"""What shares, sources, sovereignty, power and carbon need of the inputs: names, measures, months, figures."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import localcontext

from optimizer.audit.checks import Checks, Place
from optimizer.audit.drawn import Drawn
from optimizer.audit.due import MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.groups import Groups, is_meant
from optimizer.audit.shares import shares_of
from scenarios.policy import (
    ConcentrationCap,
    Grouping,
    OutstandingCap,
    PowerCap,
    RemainingTermCap,
    ShareFloor,
    ShareMeasure,
)

EVERY = "*"
CERTAIN = 1e-9
"""By how much shares typed as decimals may miss 1."""


def check_policy_inputs(inputs: Inputs, checks: Checks) -> None:
    """Every rule that names, shares or needs something."""
    _check_groups(inputs, checks)
    _check_sources(inputs, checks)
    _check_rows(inputs, checks)
    with localcontext(MONEY):
        _check_figures(inputs, checks)


def _check_groups(inputs: Inputs, checks: Checks) -> None:
    """Groups that are there; a floor is of one of them, and tokens and power go by no contract."""
    groups, policy = Groups(inputs), inputs.policy
    grouped: tuple[ConcentrationCap | ShareFloor | PowerCap, ...] = (*shares_of(inputs), *policy.power)
    for rule in grouped:
        is_known = rule.group in groups.names(rule.by) or _is_no_limit(rule)
        named = f"{rule.by.value} {rule.group}"
        checks.true("inputs.groups", (rule.rule,), is_known, left=named, operator="but", right="no such group")
    for share in shares_of(inputs):
        is_told = share.by is not Grouping.CONTRACT or share.measure is not ShareMeasure.TOKENS
        checks.true("inputs.groups", (share.rule,), is_told, left="tokens", operator="but", right="of no contract")
    for cap in policy.power:
        is_told = cap.by not in (Grouping.CONTRACT, Grouping.PORTABILITY)
        checks.true("inputs.groups", (cap.rule,), is_told, left=cap.by.value, operator="but", right="power has a place")
    for rule_id, provider in _providers(inputs):
        is_known = provider in _payees(inputs)
        checks.true("inputs.groups", (rule_id,), is_known, left=provider, operator="is", right="no provider")


def _is_no_limit(rule: ConcentrationCap | ShareFloor | PowerCap) -> bool:
    """A cap may be of every group; a share of a group that nothing on offer belongs to limits nothing."""
    if isinstance(rule, ShareFloor):
        return False
    is_told = rule.by in (Grouping.LOCALITY, Grouping.PORTABILITY, Grouping.CONTRACT)
    return rule.group == EVERY or (isinstance(rule, ConcentrationCap) and not is_told)


def _providers(inputs: Inputs) -> Iterator[tuple[str, str]]:
    """Rules of commitments that are for one provider."""
    rules: tuple[OutstandingCap | RemainingTermCap, ...] = (*inputs.policy.outstanding, *inputs.policy.remaining_terms)
    for rule in rules:
        if rule.provider not in ("", EVERY):
            yield rule.rule, rule.provider


def _payees(inputs: Inputs) -> frozenset[str]:
    return frozenset(
        {
            *(row.provider for row in inputs.offerings.values()),
            *(row.provider for row in inputs.api_offers.values()),
            *(row.provider for row in inputs.spend_commitments.values()),
        }
    )


def _check_sources(inputs: Inputs, checks: Checks) -> None:
    """A workload that is there, and parts that leave room for each other."""
    for rule in inputs.policy.sourcing:
        place: Place = (rule.rule, rule.workload)
        is_known = rule.workload in inputs.workloads
        checks.true("inputs.sources", place, is_known, left=rule.workload, operator="is", right="no workload")
        together = rule.providers_at_least * rule.share_at_least
        checks.true(
            "inputs.sources", place, together <= 1 + CERTAIN, left=together, operator="<=", right=1, unit="of demand"
        )
    for answers in inputs.policy.audit_answers:
        is_known = answers.workload in ("*", *inputs.workloads)
        place = (answers.rule, answers.workload)
        checks.true("inputs.sources", place, is_known, left=answers.workload, operator="is", right="no workload")


def _check_rows(inputs: Inputs, checks: Checks) -> None:
    """One row for each rating, chip and region."""
    catalog = inputs.scenario.catalog
    keys: tuple[tuple[str, Iterable[tuple[str, ...]]], ...] = (
        ("rating", ((row.scope.value, row.name) for row in catalog.sovereignty)),
        ("power", ((row.accelerator,) for row in catalog.accelerator_power)),
        ("energy", ((row.region,) for row in catalog.region_energy)),
    )
    for kind, rows in keys:
        for key, count in Counter(rows).items():
            checks.same("inputs.figures", (kind, *key), count, 1, "rows")


def _check_figures(inputs: Inputs, checks: Checks) -> None:
    """Power for shares and caps of power, and the grid besides for everything about carbon."""
    drawn, groups, policy = Drawn(inputs), Groups(inputs), inputs.policy
    needed = sorted(inputs.can_be_had & inputs.offerings.keys())
    for share in shares_of(inputs):
        if share.measure is ShareMeasure.POWER:
            _tell(share.rule, drawn.without_power(needed), checks)
    for cap in policy.power:
        of_group = [
            name for name in needed if any(is_meant(group, cap.group) for group in groups.of_offering(name, cap.by))
        ]
        _tell(cap.rule, drawn.without_power(of_group), checks)
    for rule in policy.carbon:
        _tell(rule.rule, drawn.without_grid(needed), checks)
    if policy.carbon_price_usd_per_t:
        _tell("carbon_price_usd_per_t", drawn.without_grid(needed), checks)


def _tell(rule: str, unknown: list[str], checks: Checks) -> None:
    checks.true(
        "inputs.figures",
        (rule,),
        not unknown,
        left=", ".join(unknown),
        operator="but",
        right="nobody states what they draw or emit",
    )
