"""What the terminal shows: the plan on one screen, and the solver's progress while one waits."""

import time
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from optimizer.plan import Baseline, Plan, StopReason
from optimizer.solve_protocol import Progress
from reports.money_text import mtok_price, usd

MOST_ORDERS = 14
MOST_BINDING = 8
QUIET_EVERY_S = 10.0

_STOPPED = {
    StopReason.GAP_REACHED: "asked gap reached",
    StopReason.TIME_LIMIT: "time limit",
    StopReason.STOPPED_BY_USER: "stopped by user",
}


class ProgressLine:
    """Phase, elapsed time, incumbent, bound and gap on stderr: one live line, or a line now and then."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._started = time.monotonic()
        self._said = -QUIET_EVERY_S
        self._phase = ""

    def phase(self, name: str) -> None:
        """Begin a phase."""
        self._phase = name
        self._say(f"{name} ...", always=True)

    def progress(self, progress: Progress, money_scale_usd: float) -> None:
        """Show where the solver stands."""
        self._say(f"{self._phase}: {solver_state(progress, money_scale_usd)}", always=False)

    def _say(self, text: str, *, always: bool) -> None:
        now = time.monotonic() - self._started
        if self._console.is_terminal:
            self._console.print(f"\r\x1b[2K{now:6.1f} s  {text}", end="", soft_wrap=True)
        elif always or now - self._said >= QUIET_EVERY_S:
            self._said = now
            self._console.print(f"{now:6.1f} s  {text}", soft_wrap=True)

    def done(self) -> None:
        """End the live line."""
        if self._console.is_terminal:
            self._console.print("\r\x1b[2K", end="")


def solver_state(progress: Progress, money_scale_usd: float) -> str:
    """Incumbent, bound and gap in words, as far as they are known."""
    if progress.bound is None:
        return "no bound yet (Ctrl-C stops)"
    bound = progress.bound * money_scale_usd
    if progress.incumbent is None:
        return f"no plan yet, bound {usd(bound)} (Ctrl-C stops)"
    incumbent = progress.incumbent * money_scale_usd
    gap = (incumbent - bound) / incumbent if incumbent else 0.0
    return f"plan {usd(incumbent)}, bound {usd(bound)}, gap {gap:.2%} (Ctrl-C keeps this plan)"


def show_plan(plan: Plan, console: Console) -> None:
    """One screen for a procurement manager."""
    console.print(_headline(plan))
    console.print(_orders(plan))
    console.print(_comparison(plan))
    if plan.binding:
        console.print(Text("What binds", style="bold"))
        for rule in plan.binding[:MOST_BINDING]:
            console.print(f"  {rule.place} ({rule.times} of {_moments(plan, rule.rule)})")
        if len(plan.binding) > MOST_BINDING:
            console.print(f"  ... and {len(plan.binding) - MOST_BINDING} more (workbook, sheet Summary)")
    for note in plan.notes:
        console.print(f"Note: {note}")


def _moments(plan: Plan, family: str) -> str:
    months = plan.scenario.run.months
    by_month = family in ("stock", "concentration")
    return f"{months} months" if by_month else f"{months * len(plan.scenario.blocks.blocks)} months and blocks"


def _headline(plan: Plan) -> Table:
    totals = plan.totals
    money_gap = plan.incumbent_usd - plan.bound_usd
    table = Table.grid(padding=(0, 2))
    rows = [
        ("Scenario", f"{plan.scenario.scenario}: {plan.scenario.run.months} months from {plan.scenario.run.first_month}"),
        ("Cost (effective, in horizon)", usd(totals.effective_usd)),
        ("Cash in horizon", usd(totals.cash_usd)),
        ("Obligations after the horizon", usd(totals.beyond_horizon_usd)),
        ("Per M accepted output tokens", mtok_price(totals.usd_per_mtok)),
        ("Objective (present value)", usd(plan.incumbent_usd)),
        ("Proven within", f"{plan.gap:.2%} = {usd(money_gap)} (bound {usd(plan.bound_usd)}; {_STOPPED[plan.stop_reason]})"),
        ("Shortfall penalty", usd(totals.shortfall_penalty_usd)),
        ("Audit", plan.audit.verdict if plan.audit else "not audited"),
    ]
    for label, value in rows:
        table.add_row(Text(label, style="bold"), value)
    return table


def _orders(plan: Plan) -> Table:
    table = Table(title="To sign", title_justify="left", title_style="bold")
    for column in ("sign by", "contract", "provider", "accelerator"):
        table.add_column(column)
    for column in ("nodes", "starts", "ends", "USD/node-h", "commitment USD"):
        table.add_column(column, justify="right")
    terms = {t.contract: t for t in plan.scenario.reserved}
    catalog = plan.scenario.catalog
    for order in plan.orders[:MOST_ORDERS]:
        offering = catalog.offering[order.offering]
        amount = sum((line.amount_usd for line in plan.cost_lines if line.order == order.order), Decimal(0))
        table.add_row(
            str(order.order_by),
            order.contract,
            offering.provider,
            f"{offering.accelerators_per_node} x {offering.accelerator}",
            str(order.nodes),
            str(order.start),
            str(order.end),
            f"{terms[order.contract].price_usd_per_node_hour:.4f}",
            usd(amount),
        )
    if not plan.orders:
        table.add_row("-", "nothing to sign", "", "", "", "", "", "", "")
    if len(plan.orders) > MOST_ORDERS:
        table.caption = f"{len(plan.orders) - MOST_ORDERS} later orders in the workbook, sheet Buy_List"
    return table


def _comparison(plan: Plan) -> Table:
    table = Table(title="Against", title_justify="left", title_style="bold")
    table.add_column("way")
    for column in ("objective USD", "USD per Mtok", "plan saves"):
        table.add_column(column, justify="right")
    table.add_column("leaves out")
    table.add_row("this plan", usd(plan.incumbent_usd), mtok_price(plan.totals.usd_per_mtok), "", "")
    for baseline in plan.baselines:
        table.add_row(*_baseline_row(plan, baseline))
    return table


def _baseline_row(plan: Plan, baseline: Baseline) -> tuple[str, str, str, str, str]:
    if baseline.objective_usd is None:
        return baseline.name, baseline.outcome.replace("_", " "), "", "", baseline.note
    saved = float(baseline.objective_usd) - plan.incumbent_usd
    share = saved / float(baseline.objective_usd) if baseline.objective_usd else 0.0
    return (
        baseline.name,
        usd(baseline.objective_usd),
        mtok_price(baseline.usd_per_mtok),
        f"{usd(saved)} ({share:.1%})",
        baseline.note,
    )
