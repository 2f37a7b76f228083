"""Vendors: each provider beside the others: what it gets, what it could be, and why not more."""

from __future__ import annotations

from catalog.offerings import Offering
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import count_where, looked_up, ratio, sum_where
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.committed import Commitment
from reports.sheets.effective import Effective
from reports.sheets.inputs import Inputs
from reports.sheets.list_cost import ListCost
from reports.sheets.lock_in_parts import is_on_caps
from reports.sheets.tokens import Tokens
from reports.timeline import GROUP, ITEM
from reports.why_words import not_taken_words
from scenarios.policy import ConcentrationCap, Grouping, ShareMeasure


def vendors_sheet(
    facts: Facts,
    inputs: Inputs,
    offerings: Records[Offering],
    commitments: Records[Commitment],
    figures: tuple[Effective, ListCost, Tokens],
) -> Records[str]:
    """One line per provider, those in the plan first."""
    return write_records(
        Grid("Vendors", "decisions"),
        "tblVendors",
        [*_considered(offerings), *_money(inputs, facts, figures), *_more(facts, commitments, figures[2])],
        facts.providers,
        "Vendors: providers side by side",
        "Share of spend over the whole horizon; all caps and their worst month are on sheet Caps.",
    )


def _considered(offerings: Records[Offering]) -> list[Field[str]]:
    provider = offerings.column("Provider")
    active = offerings.column("In the plan")
    yes = Expr('"yes"', "yes")
    return [
        Field("Provider", lambda r, _: r),
        Field(
            "Offerings considered",
            lambda _, at: count_where(Where(provider, "=", at["Provider"])),
            Kind.CALC,
            Fmt.WHOLE,
        ),
        Field(
            "Offerings in the plan",
            lambda _, at: count_where(Where(provider, "=", at["Provider"]), Where(active, "=", yes)),
            Kind.CALC,
            Fmt.WHOLE,
        ),
    ]


def _money(inputs: Inputs, facts: Facts, figures: tuple[Effective, ListCost, Tokens]) -> list[Field[str]]:
    effective, listed, _tokens = figures
    rule = _spend_rule(facts)

    def spend(_: str, at: Line) -> Expr:
        return looked_up(at["Provider"], effective.by_provider.keys(ITEM), effective.by_provider.sums())

    def cap(row: str, _: Line) -> Expr | str:
        return inputs.caps[rule.rule] if rule and rule.group in ("*", row) else "none"

    def headroom(row: str, at: Line) -> Expr | str:
        return at["Spend cap"] - at["Share of spend"] if rule and rule.group in ("*", row) else "-"

    def at_list(_: str, at: Line) -> Expr:
        nodes = sum_where(listed.needed.sums(), Where(listed.needed.keys(GROUP), "=", at["Provider"]))
        if listed.by_api is None:
            return nodes
        return nodes + sum_where(listed.by_api.sums(), Where(listed.by_api.keys(GROUP), "=", at["Provider"]))

    calc, money, share = Kind.CALC, Fmt.MONEY, Fmt.SHARE
    return [
        Field("Effective USD", spend, Kind.LINK, money, total=True),
        Field("Share of spend", lambda _, at: ratio(at["Effective USD"], effective.billed_total.sum(0)), calc, share),
        Field("Spend cap", cap, Kind.LINK, share),
        Field("Headroom", headroom, calc, share),
        Field("Nodes in use at list USD", at_list, calc, money, total=True),
        Field(
            "Saving over list",
            lambda _, at: ratio(at["Nodes in use at list USD"] - at["Effective USD"], at["Nodes in use at list USD"]),
            calc,
            share,
        ),
    ]


def _spend_rule(facts: Facts) -> ConcentrationCap | None:
    """The tightest cap on a provider's share of spend, if the policy has one."""
    rules = [
        rule
        for rule in facts.scenario.policy.concentration
        if rule.by is Grouping.PROVIDER and rule.measure is ShareMeasure.SPEND and is_on_caps(facts, rule)
    ]
    return min(rules, key=lambda rule: (rule.cap_share, rule.rule), default=None)


def _more(facts: Facts, commitments: Records[Commitment], tokens: Tokens) -> list[Field[str]]:
    words = not_taken_words(facts.plan)

    def served(_: str, at: Line) -> Expr:
        nodes = sum_where(tokens.by_offering.sums(), Where(tokens.by_offering.keys(GROUP), "=", at["Provider"]))
        if tokens.by_api is None:
            return nodes
        return nodes + sum_where(tokens.by_api.sums(), Where(tokens.by_api.keys(GROUP), "=", at["Provider"]))

    def outstanding(_: str, at: Line) -> Expr:
        provider = Where(commitments.column("Provider"), "=", at["Provider"])
        return sum_where(commitments.column("Service after horizon USD"), provider)

    def why_not(provider: str, _: Line) -> str:
        told = [] if facts.plan.why is None else facts.plan.why.not_taken
        idle = [f"{row.offer}: {words[row.offer]}" for row in told if row.provider == provider]
        if idle:
            more = f" (and {len(idle) - 1} more offers: Not_Taken)" if len(idle) > 1 else ""
            return f"{idle[0]}{more}"
        reasons = [
            f"{o.offering}: {facts.why_not(o.offering)}"
            for o in facts.offerings
            if o.provider == provider and facts.why_not(o.offering)
        ]
        return reasons[0] if reasons else ""

    calc = Kind.CALC
    return [
        Field("Served Mtok", served, calc, Fmt.WHOLE, total=True),
        Field("Share of tokens", lambda _, at: ratio(at["Served Mtok"], tokens.total.sum(0)), calc, Fmt.SHARE),
        Field("Committed after horizon USD", outstanding, calc, Fmt.MONEY, total=True),
        Field("Why not or not more", why_not, wrap=True, max_width=60),
    ]
