"""The plan on one screen for a procurement manager, as plain lines of a given width."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from contracts.terms.common import Nature
from optimizer.plan import Plan, Status, StopReason
from optimizer.plan_binding import BindingRule
from optimizer.plan_headroom import HeadroomFound
from reports.change_words import what_if_in_words
from reports.console_accounts import account_facts
from reports.console_agreed import agreed_lines
from reports.console_changes import change_lines
from reports.console_comparison import comparison_lines
from reports.console_footprint import footprint_words
from reports.console_futures import capex_words, cost_range, knowing_lines, migration_lines, outlook_words
from reports.console_orders import MOST_ORDERS as MOST_ORDERS
from reports.console_orders import commitments as commitments
from reports.console_orders import next_decision, order_lines
from reports.console_rights import right_lines
from reports.console_savings import savings_lines
from reports.console_sensitivity import sensitivity_lines
from reports.console_spend import spend_lines
from reports.console_tables import wrapped
from reports.console_tokens import token_lines
from reports.console_unit_cost import unit_cost_lines
from reports.console_volume import volume_lines
from reports.console_why import why_lines
from reports.money_text import close_usd, dollars, usd

MOST_BINDING = 8
LABEL = 18
"""Width of the labels of the headline."""
INDENT = "  "

_STOPPED = {
    StopReason.GAP_REACHED: "the asked gap was reached",
    StopReason.TIME_LIMIT: "the time limit was reached",
    StopReason.STOPPED_BY_USER: "stopped by the user",
    StopReason.HEADROOM_ROUNDS: "each round of headroom reached the asked gap, the bound is for the widest pools",
}
_BOUGHT = {
    Nature.RESERVED_UPFRONT: "orders",
    Nature.RESERVED_RECURRING: "orders",
    Nature.HELD_UPFRONT: "held contracts",
    Nature.HELD_RECURRING: "held contracts",
    Nature.TERMINATION_FEE: "rights used",
    Nature.SWAPPED_RECURRING: "rights used",
    Nature.RENEWED_RECURRING: "rights used",
    Nature.ON_DEMAND_USAGE: "on demand",
    Nature.SPOT_USAGE: "spot",
    Nature.TAKE_OR_PAY_USAGE: "take-or-pay",
    Nature.TAKE_OR_PAY_TRUE_UP: "take-or-pay",
    Nature.TAKE_OR_PAY_MAKE_UP: "take-or-pay",
    Nature.TAKE_OR_PAY_OBLIGATION: "take-or-pay",
    Nature.VOLUME_USAGE: "volume tiers",
    Nature.SPEND_COMMITMENT_UPFRONT: "spend commitments",
    Nature.SPEND_COMMITMENT_RECURRING: "spend commitments",
    Nature.SPEND_COMMITMENT_COVERED: "on demand",
    Nature.AGREEMENT_DISCOUNT: "agreements",
    Nature.AGREEMENT_SHORTFALL: "agreements",
    Nature.AGREEMENT_OBLIGATION: "agreements",
    Nature.CREDIT_PURCHASE: "credits",
    Nature.CREDIT_USE: "credits",
    Nature.API_USAGE: "by the token",
    Nature.PROVISIONED_RECURRING: "provisioned units",
    Nature.KV_TRANSFER: "transfers of splits",
    Nature.CAPACITY_BLOCK: "capacity blocks",
    Nature.OWNED_CAPEX: "owned hardware",
    Nature.OWNED_RESIDUAL: "owned hardware",
    Nature.OWNED_UPKEEP: "owned hardware",
    Nature.OWNED_POWER: "owned hardware",
    Nature.MIGRATION_ENGINEERING: "migrations",
    Nature.MIGRATION_CAPITALISED: "migrations",
    Nature.MIGRATION_UPKEEP: "migrations",
}
_KINDS = (
    "held contracts",
    "orders",
    "rights used",
    "take-or-pay",
    "capacity blocks",
    "owned hardware",
    "spend commitments",
    "volume tiers",
    "on demand",
    "spot",
    "by the token",
    "provisioned units",
    "transfers of splits",
    "agreements",
    "credits",
    "migrations",
)
"""In the order in which they are told."""
_POLICY_FIRST = (
    "stability",
    "budget",
    "concentration",
    "share_floors",
    "outstanding",
    "remaining_term",
    "expiry",
    "sourcing",
    "sovereignty",
    "power",
    "carbon",
    "fallback",
    "demand",
    "migration",
    "take_or_pay",
    "stock",
    "on_demand",
    "spend_commitment",
    "agreement",
    "credit",
    "spot",
    "api",
    "provisioned",
)
"""Families of rules in the order in which a manager wants to hear of them."""


def plan_screen(plan: Plan, width: int) -> list[str]:
    """The lines of the screen; those without indentation are headings."""
    return [
        *_headline(plan, width),
        *order_lines(plan, width),
        *right_lines(plan, width),
        *spend_lines(plan, width),
        *volume_lines(plan),
        *change_lines(plan, width),
        *agreed_lines(plan, width),
        *token_lines(plan, width),
        *migration_lines(plan, width),
        *comparison_lines(plan, width),
        *unit_cost_lines(plan, width),
        *savings_lines(plan, width),
        *knowing_lines(plan, width),
        *sensitivity_lines(plan, width),
        *_binding(plan, width),
        *why_lines(plan, width),
        *_notes(plan, width),
    ]


def _headline(plan: Plan, width: int) -> Iterator[str]:
    run = plan.scenario.run
    yield f"{plan.scenario.scenario}: {run.months} months from {run.first_month}"
    for label, value in _facts(plan):
        yield from wrapped(value, width, first=INDENT + label.ljust(LABEL), rest=" " * (LABEL + len(INDENT)))


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    totals = plan.totals
    if plan.scenario.changes:
        yield "What-if", what_if_in_words(plan.scenario.changes).removeprefix("what-if: ")
    if plan.by_outlook:
        yield "Outlooks", outlook_words(plan)
        cost = f"{usd(totals.effective_usd)} expected over {len(plan.by_outlook)} outlooks, {_per_mtok(plan)}"
        yield "Cost of service", cost
        yield "... by outlook", cost_range(plan)
    else:
        yield "Cost of service", f"{usd(totals.effective_usd)}, {_per_mtok(plan)}"
    yield "Paid in horizon", f"{usd(totals.cash_usd)}: {_by_kind(plan)}{capex_words(plan)}"
    yield "After the horizon", f"{usd(totals.beyond_horizon_usd)} of all payments serve later months"
    yield "Minimised", f"{usd(totals.objective_usd)}, {_what_is_minimised(plan)}"
    yield from account_facts(plan)
    if plan.shortfalls:
        names = ", ".join(sorted({row.workload for row in plan.shortfalls}))
        yield "NOT SERVED", f"part of {names}; penalty {usd(totals.shortfall_penalty_usd)}"
    if footprint := footprint_words(plan):
        yield "Footprint", footprint
    yield "Proven", proof_words(plan)
    if plan.headroom is not None:
        yield "Headroom", headroom_words(plan.headroom)
    yield "Audit", _audit_words(plan)
    yield "Sign next", next_decision(plan)


def _per_mtok(plan: Plan) -> str:
    price = plan.totals.usd_per_mtok
    return "nothing is served" if price is None else f"{price:.4f} USD per million accepted output tokens"


def _by_kind(plan: Plan) -> str:
    """What is paid in the horizon, expected over the outlooks, by the way in which it was bought."""
    months = set(plan.scenario.horizon.months)
    weight = {row.outlook: Decimal(repr(row.probability)) for row in plan.scenario.outlooks}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in plan.cost_lines:
        if line.nature in _BOUGHT and line.paid_month in months:
            sums[_BOUGHT[line.nature]] += line.amount_usd * (weight[line.outlook] if line.outlook else 1)
    return ", ".join(f"{kind} {dollars(sums[kind])}" for kind in _KINDS if kind in sums) or "nothing"


def _what_is_minimised(plan: Plan) -> str:
    totals = plan.totals
    extras = [
        f"{words} {usd(amount)}"
        for words, amount in (
            ("expected emergencies of", totals.emergency_expected_usd),
            ("shortfall penalties of", totals.shortfall_penalty_usd),
            ("prices of changes of", totals.stability_price_usd),
            ("a price of carbon of", totals.carbon_price_usd),
        )
        if amount
    ]
    return " with ".join(["the present value", " and ".join(extras)]) if extras else "the present value"


def proof_words(plan: Plan) -> str:
    """How much another plan could save, as far as the solver can prove, and why it stopped."""
    gap = plan.incumbent_usd - plan.bound_usd
    short = "" if plan.status is Status.WITHIN_GAP else f"; SHORT of the asked {_asked(plan)}"
    return (
        f"any other plan saves at most {close_usd(gap)} ({plan.gap:.2%}), as far as HiGHS can prove"
        f" (bound {usd(plan.bound_usd)}); {_STOPPED[plan.stop_reason]}{short}"
    )


def headroom_words(found: HeadroomFound) -> str:
    """How much of the nodes may be used, and whether the pools are there on which that rests."""
    if not found.pools:
        return "derived, but nothing is served by nodes"
    low = min(row.lowest_usable_share for row in found.pools)
    high = max(row.highest_usable_share for row in found.pools)
    rounds = "1 round" if found.rounds == 1 else f"{found.rounds} rounds"
    shares = f"derived in {rounds}: {low:.1%} to {high:.1%} of a node may be used"
    if found.settled:
        return f"{shares}; every pool is as large as its share asks for"
    worst = max(found.left, key=lambda row: row.usable_share - row.derived_share)
    return (
        f"{shares}; NOT SETTLED, {len(found.left):,} pools are smaller than their share asks for, the worst"
        f" {worst.workload} on {worst.offering} in {worst.month}, {worst.block}: {worst.usable_share:.1%} used,"
        f" {worst.derived_share:.1%} derived"
    )


def _asked(plan: Plan) -> str:
    return f"{plan.asked_gap_share:.2%} or {usd(plan.asked_gap_usd)}"


def _audit_words(plan: Plan) -> str:
    if plan.audit is None:
        return "not audited"
    checks = sum(rule.checks for rule in plan.audit.rules)
    return f"{plan.audit.verdict}, {checks:,} checks of {len(plan.audit.rules)} rules by independent code"


def _binding(plan: Plan, width: int) -> Iterator[str]:
    if not plan.binding:
        return
    blocks = len(plan.scenario.blocks.blocks)
    yield ""
    yield f"What binds (and how often, in {plan.scenario.run.months} months of {blocks} load blocks)"
    for rule in sorted(plan.binding, key=_rank)[:MOST_BINDING]:
        yield from wrapped(f"{rule.place}: {rule.times} x", width, first=INDENT, rest=INDENT * 2)
    left = len(plan.binding) - MOST_BINDING
    if left > 0:
        yield f"{INDENT}... and {left} more (workbook, sheet Summary)"


def _rank(rule: BindingRule) -> tuple[int, int, str]:
    known = rule.rule in _POLICY_FIRST
    return _POLICY_FIRST.index(rule.rule) if known else len(_POLICY_FIRST), -rule.times, rule.place


def _notes(plan: Plan, width: int) -> Iterator[str]:
    if plan.notes:
        yield from ("", "Notes")
    for note in plan.notes:
        yield from wrapped(note, width, first=INDENT, rest=INDENT * 2)
