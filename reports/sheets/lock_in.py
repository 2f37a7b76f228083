"""Lock_In: shares and floors, what is outstanding, terms, expiries and second sources, against their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.calendar import Month
from reports.facts import Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, count_where, quoted, ratio, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.check import Check
from reports.sheets.inputs import Inputs
from reports.sheets.lock_in_parts import LockInRule, Part, lock_in_parts, lock_in_parts_sheet, together
from scenarios.policy import (
    ConcentrationCap,
    ExpiryCap,
    OutstandingCap,
    RemainingTermCap,
    ShareFloor,
    SourcingRule,
)

_ABOUT: dict[type[LockInRule], str] = {
    ConcentrationCap: "most share",
    ShareFloor: "least share",
    OutstandingCap: "most outstanding",
    RemainingTermCap: "longest average term",
    ExpiryCap: "most that ends in a quarter",
    SourcingRule: "fewest providers",
}
_UNITS: dict[type[LockInRule], str] = {
    ConcentrationCap: "share",
    ShareFloor: "share",
    OutstandingCap: "USD",
    RemainingTermCap: "months",
    ExpiryCap: "share",
    SourcingRule: "providers",
}

_LOOKS: dict[str, Fmt] = {"share": Fmt.FACTOR, "USD": Fmt.CENTS, "months": Fmt.QUANTITY, "providers": Fmt.WHOLE}


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule for one group or provider, in one window and outlook."""

    rule: LockInRule
    group: str
    outlook: str
    first: Month
    end: Month
    """First month that no longer counts."""

    @property
    def is_floor(self) -> bool:
        """Whether more is better."""
        return isinstance(self.rule, ShareFloor | SourcingRule)

    @property
    def is_share(self) -> bool:
        """Whether the amount is a part of something; of an empty whole nothing is asked."""
        return not isinstance(self.rule, OutstandingCap | SourcingRule)


@dataclass(frozen=True)
class LockInSheets:
    """Rules, and what they count."""

    rules: Records[RuleRow]
    parts: Records[Part]


def lock_in_sheets(facts: Facts, inputs: Inputs) -> LockInSheets | None:
    """None where no rule of that kind is stated, or nothing is there to count."""
    parts = together(lock_in_parts(facts))
    if not parts:
        return None
    counted = lock_in_parts_sheet(parts)
    rows = {RuleRow(p.rule, p.group, p.outlook, p.first, p.first + p.months): None for p in parts}
    rules = write_records(
        Grid("Lock_In", "decisions"),
        "tblLockIn",
        [*_which(), *_amounts(inputs, counted), *_kept(inputs)],
        list(rows),
        "Lock-in: what one is bound to, against its limits",
        "Of a share the window that is nearest to its limit; outstanding after every month, terms on its first day,"
        " expiries by quarter. Caps on shares that no other property or month narrows: sheet Caps.",
    )
    return LockInSheets(rules, counted)


def _which() -> list[Field[RuleRow]]:
    return [
        Field("Rule", lambda r, _: r.rule.rule),
        Field("About", lambda r, _: _ABOUT[type(r.rule)]),
        Field("Group", lambda r, _: r.group),
        Field("Outlook", lambda r, _: r.outlook),
        Field("From", lambda r, _: r.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.end.first_day, fmt=Fmt.DATE),
    ]


def _amounts(inputs: Inputs, parts: Records[Part]) -> list[Field[RuleRow]]:
    def place(at: Line) -> list[Where]:
        return [Where(parts.column(name), "=", at[name]) for name in ("Rule", "Group", "Outlook", "From")]

    def counts(row: RuleRow, at: Line) -> Expr:
        if not isinstance(row.rule, SourcingRule):
            return sum_where(parts.column("Counts"), *place(at))
        return count_where(*place(at), Where(parts.column("Counts"), ">=", at["Part that counts"]))

    def least(row: RuleRow, _: Line) -> Expr | None:
        """A millionth less: what the solver may leave."""
        if not isinstance(row.rule, SourcingRule):
            return None
        return inputs.lock_in[row.rule.rule, "share_at_least"] * (ONE - inputs["ToleranceUnits"])

    def whole(row: RuleRow, at: Line) -> Expr | None:
        return sum_where(parts.column("Of"), *place(at)) if row.is_share else None

    def amount(row: RuleRow, at: Line) -> Expr:
        return ratio(at["Counts"], at["Of"]) if row.is_share else at["Counts"]

    calc = Kind.CALC
    return [
        Field("Part that counts", least, calc, Fmt.FACTOR),
        Field("Counts", counts, calc, Fmt.QUANTITY),
        Field("Of", whole, calc, Fmt.QUANTITY),
        Field("Amount", amount, calc, Fmt.FACTOR, fmt_of=_look),
        Field("Limit", lambda r, _: _limit(inputs, r.rule), Kind.LINK, Fmt.FACTOR, fmt_of=_look),
        Field("Unit", lambda r, _: _UNITS[type(r.rule)]),
    ]


def _look(row: RuleRow) -> Fmt:
    """Dollars have thousands marks, and providers no decimals."""
    return _LOOKS[_UNITS[type(row.rule)]]


def _limit(inputs: Inputs, rule: LockInRule) -> Expr:
    if isinstance(rule, ConcentrationCap):
        return inputs.caps[rule.rule]
    return inputs.lock_in[rule.rule, "providers_at_least" if isinstance(rule, SourcingRule) else "limit"]


def _kept(inputs: Inputs) -> list[Field[RuleRow]]:
    def slack(row: RuleRow, at: Line) -> Expr:
        return at["Amount"] - at["Limit"] if row.is_floor else at["Limit"] - at["Amount"]

    def verdict(row: RuleRow, at: Line) -> Expr:
        """Within a millionth of the limit; dollars within the cent, too."""
        near = at["Limit"] * inputs["ToleranceUnits"] + inputs["ToleranceUSD" if at_usd(row) else "ToleranceShare"]
        kept = when(compared(at["Slack"] + near, ">=", ZERO), quoted("OK"), quoted("FAIL"))
        return when(compared(at["Of"], ">", ZERO), kept, quoted("OK")) if row.is_share else kept

    def at_usd(row: RuleRow) -> bool:
        return isinstance(row.rule, OutstandingCap)

    return [
        Field("Slack", slack, Kind.CALC, Fmt.FACTOR, fmt_of=_look),
        Field("Kept", verdict, Kind.CALC),
    ]


def lock_in_checks(sheets: LockInSheets) -> Iterator[Check]:
    """Every rule is kept."""
    broken = count_where(Where(sheets.rules.column("Kept"), "=", quoted("FAIL")))
    text = "Rules on lock-in that are broken: shares, outstanding, terms, expiries, sources"
    yield Check(text, broken, ZERO, "windows", "the plan breaks one of its rules")
