"""Take_or_Pay: every window settled again, from the minimum and the use (docs/decisions/0009).

excess      = used + carried in - minimum
true-up     = max(0, -excess)                              paid without use
made up     = min(bank before, max(0, excess), used)       where it may be made up
carried out = max(0, excess - made up)                     where excess carries forward
bank after  = bank before + true-up - made up              where it may be made up
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from contracts.terms.common import Nature
from optimizer.plan import Usage
from optimizer.plan_contracts import TakeOrPayWindow
from reports.facts import ALL_OUTLOOKS, Facts
from reports.formulas import ONE, ZERO, Expr, Where
from reports.functions import compared, greatest, least, looked_up, months_later, quoted, size, sum_where, when
from reports.grid import Grid
from reports.layout import Fmt, Kind
from reports.records import Field, Line, Records, write_records
from reports.sheets.delivery import Delivery
from reports.sheets.inputs import Inputs
from reports.sheets.minimums import Owed
from reports.sheets.offers import OfferRow
from reports.sheets.prices import Prices

YES = quoted("yes")


@dataclass(frozen=True, slots=True)
class WindowRow:
    """A window with its place among the windows of its order in its outlook."""

    window: TakeOrPayWindow
    delivery: str
    """The outlook under which its minimum is listed."""
    is_first: bool
    is_last: bool
    lines: str
    """The bill lines that settle it."""


class _Before:
    """The cells of the window above, while windows are written one below the other."""

    def __init__(self) -> None:
        self._above: Line | None = None
        self._here: Line | None = None

    def begin(self, at: Line) -> None:
        """A new line begins."""
        self._above, self._here = self._here, at

    def of(self, row: WindowRow, header: str) -> Expr:
        """What the window before left; nothing before the first."""
        return ZERO if row.is_first or self._above is None else self._above[header]


def take_or_pay_sheet(
    facts: Facts,
    inputs: Inputs,
    offers: Records[OfferRow],
    usage: Records[Usage],
    minimums: Records[Owed],
    delivered: list[Delivery],
    prices: Prices | None,
) -> Records[WindowRow]:
    """One line per window, order and outlook."""
    before = _Before()
    return write_records(
        Grid("Take_or_Pay", "decisions"),
        "tblWindows",
        [
            *_which(facts, before),
            *_clauses(facts, offers, prices),
            *_use(facts, usage, minimums),
            *_settled(before),
            *_money(inputs),
            *_against_plan(inputs),
        ],
        _rows(facts, delivered),
        "Take-or-pay: the use of each window held against its minimum",
        "Figures are in the unit of the minimum. A true-up is paid at the end of its window for what was not used; what"
        " is carried or banked after the last window is worth nothing.",
    )


def _rows(facts: Facts, delivered: list[Delivery]) -> list[WindowRow]:
    once = {row.order for row in delivered if row.outlook == ALL_OUTLOOKS}
    lines = _settling_lines(facts)
    windows = sorted(facts.plan.take_or_pay, key=lambda w: (w.order, w.outlook, w.first))
    keys = [(w.order, w.outlook) for w in windows]
    return [
        WindowRow(
            window=window,
            delivery=ALL_OUTLOOKS if window.order in once else window.outlook,
            is_first=keys[i] not in keys[:i][-1:],
            is_last=keys[i] not in keys[i + 1 :][:1],
            lines=", ".join(lines[window.order, window.outlook, str(window.first)]) or "none",
        )
        for i, window in enumerate(windows)
    ]


def _settling_lines(facts: Facts) -> dict[tuple[str | None, str | None, str], list[str]]:
    found: dict[tuple[str | None, str | None, str], list[str]] = defaultdict(list)
    for line in facts.plan.cost_lines:
        if line.nature in (Nature.TAKE_OR_PAY_TRUE_UP, Nature.TAKE_OR_PAY_MAKE_UP):
            found[line.order, line.outlook, str(line.service_first)].append(line.line)
    return found


def _which(facts: Facts, before: _Before) -> list[Field[WindowRow]]:
    def order(row: WindowRow, at: Line) -> str:
        before.begin(at)
        return row.window.order

    delivery = Field[WindowRow]("Minimum of", lambda r, _: r.delivery)
    return [
        Field("Order", order),
        Field("Contract", lambda r, _: r.window.contract),
        Field("Outlook", lambda r, _: r.window.outlook),
        *([delivery] if facts.several else []),
        Field("From", lambda r, _: r.window.first.first_day, fmt=Fmt.DATE),
        Field("Until", lambda r, _: r.window.end.first_day, fmt=Fmt.DATE),
    ]


def _clauses(facts: Facts, offers: Records[OfferRow], prices: Prices | None) -> list[Field[WindowRow]]:
    def term(header: str, fmt: Fmt = Fmt.TEXT) -> Field[WindowRow]:
        keys, values = offers.column("Contract"), offers.column(header)
        return Field(header, lambda _, at: looked_up(at["Contract"], keys, values), Kind.LINK, fmt)

    signed = term("USD per unit of minimum", Fmt.PRICE)

    def per_unit(row: WindowRow, at: Line) -> Expr:
        """A window in node-hours is settled at the price of its last month."""
        if prices is None or not facts.moves_by_unit(row.window.contract):
            return signed.of(row, at)  # type: ignore[no-any-return]
        return prices.of(row.window.order, at, months_later(at["Until"], ZERO - ONE))

    return [
        term("Unit of the minimum"),
        term("Excess carries forward"),
        term("Unused can be made up"),
        term("Price USD per node hour", Fmt.PRICE),
        Field("USD per unit of minimum", per_unit, Kind.LINK, Fmt.PRICE),
    ]


def _use(facts: Facts, usage: Records[Usage], minimums: Records[Owed]) -> list[Field[WindowRow]]:
    def minimum(row: WindowRow, at: Line) -> Expr:
        whose = quoted(ALL_OUTLOOKS) if row.delivery == ALL_OUTLOOKS else at["Outlook"]
        return sum_where(
            minimums.column("Minimum"),
            Where(minimums.column("Order"), "=", at["Order"]),
            Where(minimums.column("Outlook"), "=", whose),
            Where(minimums.column("Month"), ">=", at["From"]),
            Where(minimums.column("Month"), "<", at["Until"]),
        )

    def hours(_: WindowRow, at: Line) -> Expr:
        return in_usage(at, "Node hours")

    def in_usage(at: Line, header: str) -> Expr:
        return sum_where(
            usage.column(header),
            Where(usage.column("Order"), "=", at["Order"]),
            Where(usage.column("Outlook"), "=", at["Outlook"]),
            Where(usage.column("Month"), ">=", at["From"]),
            Where(usage.column("Month"), "<", at["Until"]),
        )

    def used(row: WindowRow, at: Line) -> Expr:
        """Node-hours, or dollars at the price of their month."""
        if row.window.contract not in facts.moving:
            return at["Used node hours"] * at["Price USD per node hour"] / at["USD per unit of minimum"]
        return at["Used node hours"] if facts.moves_by_unit(row.window.contract) else in_usage(at, "Used USD")

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Minimum", minimum, calc, number),
        Field("Used node hours", hours, calc, number),
        Field("Used", used, calc, number),
    ]


def _settled(before: _Before) -> list[Field[WindowRow]]:
    def excess(_: WindowRow, at: Line) -> Expr:
        return at["Used"] + at["Carried in"] - at["Minimum"]

    def made_up(row: WindowRow, at: Line) -> Expr:
        bank = before.of(row, "Bank after")
        drawn = least(bank, greatest(ZERO, at["Excess"]), at["Used"])
        return when(compared(at["Unused can be made up"], "=", YES), drawn, ZERO)

    def carried_out(_: WindowRow, at: Line) -> Expr:
        left = greatest(ZERO, at["Excess"] - at["Made up"])
        return when(compared(at["Excess carries forward"], "=", YES), left, ZERO)

    def bank(row: WindowRow, at: Line) -> Expr:
        kept = before.of(row, "Bank after") + at["True up"] - at["Made up"]
        return when(compared(at["Unused can be made up"], "=", YES), kept, ZERO)

    calc, number = Kind.CALC, Fmt.QUANTITY
    return [
        Field("Carried in", lambda r, _: before.of(r, "Carried out"), calc, number, new_page=True),
        Field("Excess", excess, calc, number),
        Field("True up", lambda _, at: greatest(ZERO, ZERO - at["Excess"]), calc, number),
        Field("Made up", made_up, calc, number),
        Field("Carried out", carried_out, calc, number),
        Field("Bank after", bank, calc, number),
    ]


def _money(inputs: Inputs) -> list[Field[WindowRow]]:
    def usd(header: str) -> Field[WindowRow]:
        return Field(
            f"{header} USD",
            lambda _, at: at[header] * at["USD per unit of minimum"],
            Kind.CALC,
            Fmt.CENTS,
        )

    def left(row: WindowRow, at: Line) -> Expr | None:
        if not row.is_last:
            return None
        return (at["Carried out"] + at["Bank after"]) * at["USD per unit of minimum"]

    chance = Field[WindowRow](
        "Probability",
        lambda _, at: looked_up(at["Outlook"], inputs.outlooks, inputs.probabilities),
        Kind.LINK,
        Fmt.SHARE,
    )

    def expected(_: WindowRow, at: Line) -> Expr:
        return (at["True up USD"] - at["Made up USD"]) * at["Probability"]

    return [
        usd("True up"),
        usd("Made up"),
        chance,
        Field("Expected to pay USD", expected, Kind.CALC, Fmt.CENTS, total=True),
        Field("Left at the horizon at cost USD", left, Kind.CALC, Fmt.CENTS),
        Field("Bill lines", lambda r, _: r.lines, Kind.NOTE),
    ]


def _against_plan(inputs: Inputs) -> list[Field[WindowRow]]:
    def differs(_: WindowRow, at: Line) -> Expr:
        return size(at["True up"] - at["True up in the plan"]) + size(at["Made up"] - at["Made up in the plan"])

    def same(_: WindowRow, at: Line) -> Expr:
        allowed = inputs["ToleranceUnits"] * greatest(at["Minimum"], at["Used"])
        return when(compared(at["Differs by"], "<=", allowed), quoted("OK"), quoted("FAIL"))

    decision, number = Kind.DECISION, Fmt.QUANTITY
    return [
        Field("True up in the plan", lambda r, _: r.window.true_up, decision, number),
        Field("Made up in the plan", lambda r, _: r.window.made_up, decision, number),
        Field("Differs by", differs, Kind.CALC, Fmt.FACTOR),
        Field("Settled as planned", same, Kind.CALC),
    ]
