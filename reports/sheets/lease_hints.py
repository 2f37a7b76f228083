"""Lease_Hints: which of the usual criteria of a lease a commitment meets, as far as the data say; never a verdict.

over the limit     the term is longer than LeaseMonths (IFRS 16 and ASC 842 let leases of up to 12 months be expensed)
identified asset   "may be" for whole nodes that are firm, "no" for a discount on any node; whether the supplier may
                   put others in their place is not in the data
share of life      term / life of such nodes, where owned terms for the same accelerator state one
share of value     present value of all payments / purchase price of such nodes, where owned terms state one
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from contracts.terms.owned import Owned
from optimizer.plan import CostLine
from reports.facts import Facts
from reports.formulas import Expr, Where
from reports.functions import compared, looked_up, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.charge_values import PRESENT_VALUE
from reports.sheets.committed import Commitment, commitments
from reports.sheets.inputs import Inputs

UNKNOWN = "unknown"
ASK = "ask your accountants"


@dataclass(frozen=True, slots=True)
class Hinted:
    """A commitment of nodes, and what owned terms say of such nodes."""

    commitment: str
    kind: str
    offering: str
    nodes: int
    firm: str
    life_months: int | None
    value_usd: Decimal | None


def hinted(facts: Facts) -> tuple[Hinted, ...]:
    """Held contracts and orders, each once."""
    firm = {h.held: h.firm for h in facts.held} | {c.contract: getattr(c, "firm", True) for c in facts.contracts}
    found: dict[str, Hinted] = {}
    for row in commitments(facts):
        like = _owned_like(facts, row.offering)
        found.setdefault(
            row.id,
            Hinted(
                commitment=row.id,
                kind=row.kind,
                offering=row.offering,
                nodes=row.nodes,
                firm="may be" if firm[row.contract] else "no",
                life_months=like.term_months if like else None,
                value_usd=like.capex_usd_per_node * row.nodes if like else None,
            ),
        )
    return tuple(found.values())


def _owned_like(facts: Facts, offering: str) -> Owned | None:
    """Owned terms for nodes of the same accelerators."""
    catalog = facts.scenario.catalog.offering
    of = catalog[offering]
    return next(
        (
            terms
            for terms in facts.contracts
            if isinstance(terms, Owned)
            and (catalog[terms.offering].accelerator, catalog[terms.offering].accelerators_per_node)
            == (of.accelerator, of.accelerators_per_node)
        ),
        None,
    )


def lease_hints_sheet(
    facts: Facts, inputs: Inputs, committed: Records[Commitment], payments: Records[CostLine]
) -> Records[Hinted]:
    """One line for each commitment of nodes."""

    def term(row: Hinted, at: Line) -> Expr:
        return looked_up(at["Commitment"], committed.column("Commitment"), committed.column("Term months"))

    def is_long(_: Hinted, at: Line) -> Expr:
        return when(compared(at["Term months"], ">", inputs["LeaseMonths"]), quoted("yes"), quoted("no"))

    def paid(_: Hinted, at: Line) -> Expr:
        return sum_where(payments.column(PRESENT_VALUE), Where(payments.column("Commitment"), "=", at["Commitment"]))

    def share_of_life(row: Hinted, at: Line) -> Expr | str:
        return UNKNOWN if row.life_months is None else ratio(at["Term months"], at["Life months"])

    def share_of_value(row: Hinted, at: Line) -> Expr | str:
        return UNKNOWN if row.value_usd is None else ratio(at[PRESENT_VALUE], at["Value of the nodes USD"])

    def of_class(_: Hinted, what: object) -> Kind:
        return Kind.CALC if isinstance(what, Expr) else Kind.INPUT

    def hint(row: Hinted, at: Line) -> Expr | str:
        if row.kind == "owned":
            return "an asset of yours"
        if row.firm == "no":
            return f"no asset is kept for you: {ASK}"
        long = compared(at["Over the limit"], "=", quoted("yes"))
        return when(long, quoted("review: " + ASK), quoted("short term: " + ASK))

    given = Kind.INPUT
    return write_records(
        Grid("Lease_Hints", "decisions"),
        "tblLease",
        [
            Field("Commitment", lambda r, _: r.commitment),
            Field("Kind", lambda r, _: r.kind),
            Field("Offering", lambda r, _: r.offering),
            Field("Term months", term, Kind.LINK, Fmt.WHOLE),
            Field("Over the limit", is_long, Kind.CALC),
            Field("Identified asset", lambda r, _: r.firm, given),
            Field("Supplier may substitute", lambda *_: UNKNOWN, given),
            Field("Life months", lambda r, _: r.life_months, given, Fmt.WHOLE),
            Field("Share of life", share_of_life, Kind.CALC, Fmt.SHARE, kind_of=of_class),
            Field(PRESENT_VALUE, paid, Kind.CALC, Fmt.MONEY),
            Field("Value of the nodes USD", lambda r, _: r.value_usd, given, Fmt.MONEY),
            Field("Share of value", share_of_value, Kind.CALC, Fmt.SHARE, kind_of=of_class),
            Field("Hint", hint, Kind.CALC, kind_of=of_class),
        ],
        hinted(facts),
        "Lease hints: which usual criteria a commitment meets",
        "Hints, never a verdict: ask your accountants. Life and value only where owned terms for the same accelerators"
        " state them.",
    )
