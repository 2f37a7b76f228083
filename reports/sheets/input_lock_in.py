"""The part of sheet Inputs about floors of shares, outstanding commitments, terms, expiries and second sources."""

from __future__ import annotations

from reports.facts import Facts
from reports.formulas import Expr
from reports.layout import Fmt
from reports.sheets.input_writer import AMOUNT, SHARE, InputWriter

LockInLimits = dict[tuple[str, str], Expr]
"""By rule, and which of its figures: limit, providers_at_least or share_at_least."""


def write_lock_in(write: InputWriter, facts: Facts) -> LockInLimits:
    """The figures of every rule; nothing where there is none."""
    policy = facts.scenario.policy
    found: LockInLimits = {}
    if not any((policy.share_floors, policy.outstanding, policy.remaining_terms, policy.expiries, policy.sourcing)):
        return found
    write.section("Lock-in: least shares, what is outstanding, terms, expiries, second sources")
    for floor in policy.share_floors:
        found[floor.rule, "limit"] = write.add(
            f"{floor.rule}: {floor.by.value} {floor.group}",
            floor.floor_share,
            f"least share of {floor.measure.value} per {floor.window.value}",
            f"policy.share_floors[{floor.rule}].floor_share",
            fmt=Fmt.SHARE,
            check=SHARE,
        )
    for owed in policy.outstanding:
        found[owed.rule, "limit"] = write.add(
            f"{owed.rule}: still to be paid {_to(owed.provider)}",
            owed.limit_usd,
            "USD after any month",
            f"policy.outstanding[{owed.rule}].limit_usd",
            fmt=Fmt.MONEY,
            check=AMOUNT,
        )
    for term in policy.remaining_terms:
        found[term.rule, "limit"] = write.add(
            f"{term.rule}: average remaining term {_to(term.provider)}",
            term.limit_months,
            "months, weighed with list price",
            f"policy.remaining_terms[{term.rule}].limit_months",
            check=AMOUNT,
        )
    for ends in policy.expiries:
        found[ends.rule, "limit"] = write.add(
            f"{ends.rule}: ends in one quarter",
            ends.cap_share,
            "share of what is under commitment",
            f"policy.expiries[{ends.rule}].cap_share",
            fmt=Fmt.SHARE,
            check=SHARE,
        )
    for several in policy.sourcing:
        found[several.rule, "providers_at_least"] = write.add(
            f"{several.rule}: sources of {several.workload}",
            several.providers_at_least,
            "providers in every month",
            f"policy.sourcing[{several.rule}].providers_at_least",
            fmt=Fmt.WHOLE,
            check=AMOUNT,
        )
        found[several.rule, "share_at_least"] = write.add(
            f"{several.rule}: from which part on a provider counts",
            several.share_at_least,
            "share of the workload's tokens",
            f"policy.sourcing[{several.rule}].share_at_least",
            fmt=Fmt.SHARE,
            check=SHARE,
        )
    return found


def _to(provider: str) -> str:
    return {"": "(all together)", "*": "(each provider)"}.get(provider, f"({provider})")
