"""Outstanding commitments: what is still to be paid after any month, of a provider or of all together."""

from collections import defaultdict
from decimal import Decimal, localcontext

from optimizer.audit.checks import ROUNDING, Checks
from optimizer.audit.due import CENT, MONEY
from optimizer.audit.figures import Inputs
from optimizer.audit.owing import Owing, owings
from optimizer.audit.shares import months_of
from optimizer.audit.statements import Statements
from scenarios.policy import OutstandingCap

EVERY = "*"


def check_outstanding(inputs: Inputs, stated: Statements, checks: Checks) -> None:
    """Every cap after every one of its months, in every outlook; a cent is allowed for each line."""
    caps = inputs.policy.outstanding
    if not caps:
        return
    with localcontext(MONEY):
        for outlook in inputs.probability:
            found = owings(inputs, stated, outlook)
            for cap in caps:
                for provider, owed in by_provider(found, cap).items():
                    _check(inputs, cap, (outlook, provider), owed, checks)


def by_provider(found: tuple[Owing, ...], cap: OutstandingCap) -> dict[str, list[Owing]]:
    """Commitments together, of one provider, or of each by itself."""
    if not cap.provider:
        return {"all": list(found)}
    groups: dict[str, list[Owing]] = defaultdict(list)
    if cap.provider != EVERY:
        groups[cap.provider] = []
    for row in found:
        if cap.provider in (EVERY, row.provider):
            groups[row.provider].append(row)
    return groups


def _check(inputs: Inputs, cap: OutstandingCap, where: tuple[str, str], found: list[Owing], checks: Checks) -> None:
    rounded = float(CENT) * sum(len(row.lines) + len(row.renewed) for row in found) / ROUNDING
    for month in months_of(inputs, cap):
        owed = sum((row.after(month) for row in found), Decimal(0))
        checks.at_most(
            "policy.outstanding",
            (cap.rule, *where, month),
            float(owed),
            float(cap.limit_usd),
            "usd",
            rounded=rounded,
        )
