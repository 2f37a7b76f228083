"""Outlooks: each future with what is different in it, what the plan costs in it, and what knowing would be worth.

Rows are measures and columns outlooks. A line of cost without outlook is due in all of them, so

    cost in an outlook = lines without outlook + lines of the outlook, not weighed
    expected           = sum over outlooks of probability x cost
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap

from contracts.calendar import Month
from optimizer.plan import CostLine, Totals
from reports.effect_words import effect_sentence
from reports.facts import ALL_OUTLOOKS, Facts
from reports.forecast_words import makes_outlooks, typed_effects
from reports.formulas import Area, Expr, Where
from reports.functions import product_sum, ratio, sum_where, total
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet
from reports.records import Records
from reports.sheets.buy_list import BuyLists
from reports.sheets.inputs import Inputs
from reports.sheets.knowing import Knowing, write_knowing

LABEL_WIDTH, COLUMN_WIDTH = 50, 17
FIRST_COLUMNS = 2
"""Label, and what is due in all outlooks."""
_WRAP = 130


@dataclass(frozen=True, slots=True)
class InEach:
    """A measure in every outlook, as calculated, and which of the plan's totals it must agree with."""

    label: str
    by_outlook: tuple[Expr, ...]
    expected: Expr
    of_plan: Callable[[Totals], object]
    fmt: Fmt


@dataclass(frozen=True, slots=True)
class Outlooks:
    """The sheet, its measures, and what knowing is worth (None where it was not computed)."""

    sheet: Sheet
    measures: tuple[InEach, ...]
    knowing: Knowing | None


def outlooks_sheet(
    facts: Facts,
    inputs: Inputs,
    payments: Records[CostLine],
    not_cash: Records[CostLine],
    lists: BuyLists,
) -> Outlooks:
    """Effects in words, costs by outlook, then the value of knowing."""
    grid = Grid("Outlooks", "read")
    count = len(facts.scenario.outlooks)
    reveal = facts.scenario.run.reveal_month
    known = f"From {reveal} on it is known which one has come." if reveal else "No month is stated in which it shows."
    grid.heading(
        "Outlooks: the futures this plan is made for",
        f"Every figure elsewhere in this workbook is expected over these {count} outlooks. {known}",
    )
    write = _Writer(grid, facts, inputs)
    write.header()
    measures = write.costs(payments, not_cash)
    row = _effects(grid, facts, write.row + 1)
    knowing, widths = None, [LABEL_WIDTH, *([COLUMN_WIDTH] * (count + 2))]
    if facts.plan.knowing is not None:
        knowing = write_knowing(grid, row + 1, facts, inputs, lists)
        widths += [COLUMN_WIDTH] * max(0, 7 - len(widths))
    columns = tuple(Column(f"{i}", width) for i, width in enumerate(widths))
    sheet = grid.sheet(columns, freeze=(4, 1), print_setup=Print())
    return Outlooks(sheet, measures, knowing)


class _Writer:
    """The matrix of measures and outlooks, row by row."""

    def __init__(self, grid: Grid, facts: Facts, inputs: Inputs) -> None:
        self.grid, self.facts, self.inputs = grid, facts, inputs
        self.names = [row.outlook for row in facts.scenario.outlooks]
        self.row = 3

    @property
    def expected_col(self) -> int:
        """The column with the mean, right of the outlooks."""
        return FIRST_COLUMNS + len(self.names)

    def header(self) -> None:
        """Names of the outlooks, and their probabilities."""
        put = self.grid.put
        texts = ("USD, undiscounted unless it says present value", ALL_OUTLOOKS, *self.names, "Expected")
        for col, text in enumerate(texts):
            put(self.row, col, text, kind=Kind.HEADER, fmt=Fmt.GENERAL if col else Fmt.TEXT)
        put(self.row + 1, 0, "Probability")
        for i, name in enumerate(self.names):
            put(self.row + 1, FIRST_COLUMNS + i, self.inputs.chance[name], kind=Kind.LINK, fmt=Fmt.SHARE)
        put(self.row + 1, self.expected_col, total(self.across(self.row + 1)), kind=Kind.TOTAL, fmt=Fmt.SHARE)
        self.row += 2

    def across(self, row: int) -> Area:
        """The cells of all outlooks in a row."""
        return self.grid.area((row, FIRST_COLUMNS), (row, self.expected_col - 1), fix_col=False, fix_row=False)

    def chance(self, i: int) -> Expr:
        """Probability of an outlook, on this sheet."""
        return self.grid.ref(4, FIRST_COLUMNS + i, fix_row=True)

    def measure(
        self, label: str, common: Expr | None, own: Callable[[int, Expr], Expr], fmt: Fmt, *, is_total: bool = False
    ) -> tuple[tuple[Expr, ...], Expr]:
        """One row: what all outlooks share, each outlook, and the mean."""
        put, kind = self.grid.put, Kind.TOTAL if is_total else Kind.CALC
        put(self.row, 0, label, kind=Kind.TOTAL if is_total else Kind.KEY)
        if common is not None:
            put(self.row, 1, common, kind=kind, fmt=fmt)
        elif is_total:
            put(self.row, 1, None, kind=kind)
        shared = self.grid.ref(self.row, 1, fix_col=True)
        cells = tuple(
            put(self.row, FIRST_COLUMNS + i, own(i, shared), kind=kind, fmt=fmt) for i in range(len(self.names))
        )
        chances = self.grid.area((4, FIRST_COLUMNS), (4, self.expected_col - 1))
        mean = product_sum(chances, self.across(self.row))
        expected = put(self.row, self.expected_col, mean, kind=Kind.TOTAL if is_total else Kind.ROW_SUM, fmt=fmt)
        self.row += 1
        return cells, expected

    def lines(self, label: str, records: Records[CostLine], header: str, *more: Where) -> tuple[tuple[Expr, ...], Expr]:
        """Sums over lines of cost: those without outlook, and those of each outlook without their probability."""

        def of(outlook: Expr) -> Expr:
            return sum_where(records.column(header), Where(records.column("Outlook"), "=", outlook), *more)

        def own(i: int, shared: Expr) -> Expr:
            name = self.grid.ref(3, FIRST_COLUMNS + i, fix_row=True)
            return shared + of(name) / self.chance(i)

        return self.measure(label, of(self.grid.ref(3, 1, fix_row=True, fix_col=True)), own, Fmt.MONEY)

    def costs(self, payments: Records[CostLine], not_cash: Records[CostLine]) -> tuple[InEach, ...]:
        """All money of the plan in each outlook."""
        paid_in = payments.column("Paid in")
        inside = (
            Where(paid_in, ">=", self.inputs["ModelStart"]),
            Where(paid_in, "<", self.inputs["HorizonEnd"]),
        )
        money = Fmt.MONEY
        label = "Effective cost in the horizon"
        effective = self.lines(label, payments, "Effective USD")
        found = [InEach(label, *effective, lambda t: t.effective_usd, money)]
        label = "Cash in the horizon"
        found.append(InEach(label, *self.lines(label, payments, "Expected USD", *inside), lambda t: t.cash_usd, money))
        if self.facts.tells_capex:
            found.append(self._capex(payments))
        label = "Payments that serve months after the horizon"
        after = self.lines(label, payments, "After horizon USD")
        found.append(InEach(label, *after, lambda t: t.beyond_horizon_usd, money))
        found.append(self._objective(payments, not_cash))
        found.append(self._tokens())
        self._unit_cost(effective, found[-1])
        return tuple(found)

    def _capex(self, payments: Records[CostLine]) -> InEach:
        label = "Of it capital expenditure"
        capex = Where(payments.column("Spending"), "=", Expr('"capex"', "capex"))
        before = Where(payments.column("Paid in"), "<", self.inputs["HorizonEnd"])
        cells = self.lines(label, payments, "Expected USD", capex, before)
        return InEach(label, *cells, lambda t: t.capex_usd, Fmt.MONEY)

    def _objective(self, payments: Records[CostLine], not_cash: Records[CostLine]) -> InEach:
        paid, _ = self.lines("Present value of payments, tail at its weight", payments, "Objective USD")
        other, _ = self.lines("Present value of what nobody bills", not_cash, "Objective USD")
        label = "Objective: what was minimised"
        cells = self.measure(label, None, lambda i, _: paid[i] + other[i], Fmt.MONEY, is_total=True)
        return InEach(label, *cells, lambda t: t.objective_usd, Fmt.MONEY)

    def _tokens(self) -> InEach:
        """Routing is kept on average over the outlooks, so tokens of one outlook are as the plan says."""
        label, put = "Accepted output tokens served, Mtok", self.grid.put
        put(self.row, 0, label)
        served = [self.facts.totals_in[name].served_mtok for name in self.names]
        cells = tuple(
            put(self.row, FIRST_COLUMNS + i, amount, kind=Kind.DECISION, fmt=Fmt.QUANTITY)
            for i, amount in enumerate(served)
        )
        chances = self.grid.area((4, FIRST_COLUMNS), (4, self.expected_col - 1))
        mean = product_sum(chances, self.across(self.row))
        expected = put(self.row, self.expected_col, mean, kind=Kind.ROW_SUM, fmt=Fmt.QUANTITY)
        self.row += 1
        return InEach(label, cells, expected, lambda t: t.served_mtok, Fmt.QUANTITY)

    def _unit_cost(self, effective: tuple[tuple[Expr, ...], Expr], tokens: InEach) -> None:
        """A quotient of means is not the mean of quotients, so the last column divides again."""
        put = self.grid.put
        put(self.row, 0, "Effective cost per million accepted output tokens")
        for i, cost in enumerate(effective[0]):
            price = ratio(cost, tokens.by_outlook[i])
            put(self.row, FIRST_COLUMNS + i, price, kind=Kind.CALC, fmt=Fmt.PRICE)
        price = ratio(effective[1], tokens.expected)
        put(self.row, self.expected_col, price, kind=Kind.ROW_SUM, fmt=Fmt.PRICE)
        self.row += 1


def _effects(grid: Grid, facts: Facts, row: int) -> int:
    """What happens in each outlook, in words; the next free row."""
    grid.put(row, 0, "What is different in each outlook", kind=Kind.SECTION)
    row += 1
    first = facts.scenario.horizon.first
    typed = typed_effects(facts.scenario)
    in_forecasts = ["demand by its quantiles, on sheet Demand"] if makes_outlooks(facts.scenario) else []
    for outlook in facts.scenario.outlooks:
        effects = [r for r in typed if r.outlook == outlook.outlook]
        effects.sort(key=lambda r: (r.effect.value, r.of.value, r.name, r.first_month or _before(first)))
        said = "; ".join([*in_forecasts, *(effect_sentence(r) for r in effects)]) or "as in the tables of the inputs"
        about = f"{outlook.description.rstrip('.')}. " if outlook.description else ""
        for line in wrap(f"{outlook.outlook} ({outlook.probability:.0%}): {about}In figures: {said}.", _WRAP):
            grid.put(row, 0, line, kind=Kind.NOTE)
            row += 1
    return row


def _before(month: Month) -> Month:
    return month + -1
