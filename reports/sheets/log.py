"""Log: how the plan was made, by what, with which warnings; and what the words mean."""

from __future__ import annotations

from typing import Any

from reports.facts import Facts
from reports.grid import Grid
from reports.layout import Column, Fmt, Kind, Print, Sheet

GLOSSARY = (
    ("accepted output token", "a generated token of an answer that is accepted; demand and unit cost count these"),
    ("audit", "every rule and every dollar of the plan computed again by code that the optimizer does not share"),
    ("bound", "no plan for these inputs costs less, as far as the solver can prove"),
    ("calendar hours", "real hours of the month, 672 to 744; a commitment is paid for all of them"),
    ("cash", "what is paid in a month, whatever it is for"),
    ("contracted price", "an on-demand price as negotiated, before any commitment"),
    ("effective cost", "cost of a month's service: each payment spread straight-line over the hours it buys"),
    ("expected emergency", "probability x duration x price of the on-demand nodes that an event would call for"),
    ("firm", "capacity that the contract guarantees, not only discounts"),
    ("gap", "(objective - bound) / objective: how much cheaper another plan could be at most"),
    ("goodput", "the rate that one node carries while the latency limits hold at their percentile"),
    ("haircut", "the share taken off goodput because of how well it is known"),
    ("headroom", "the share of a node that is kept free for bursts: 1 - usable share"),
    ("list price", "the provider's public price; the yardstick of savings, not what is paid"),
    ("load block", "hours of the week with similar load, planned as one"),
    ("Mtok", "one million accepted output tokens"),
    ("objective", "present value of cost, penalties and expected emergencies; cost after the horizon at its weight"),
    ("offering", "a node that can be had: provider, region, accelerator, size"),
    ("outlook", "one possible future with its probability"),
    ("saving over list", "1 - effective cost / the nodes in use at list price; idle commitments lower it"),
    ("shortfall", "demand that is not served, within its limit and at its price"),
)


def log_sheet(facts: Facts) -> Sheet:
    """Provenance, proof, versions, inputs, notes, audit, glossary."""
    grid = Grid("Log", "control")
    grid.heading("Log: how this plan was made", "Enough to run it again and to get the same plan.")
    row = 3
    for title, lines in _sections(facts):
        grid.put(row, 0, title, kind=Kind.SECTION)
        for offset, (label, value, fmt) in enumerate(lines, start=1):
            grid.put(row + offset, 0, label)
            grid.put(row + offset, 1, value, kind=Kind.INPUT if fmt is not Fmt.TEXT else Kind.KEY, fmt=fmt, wrap=True)
        row += len(lines) + 2
    columns = (Column("Item", 34), Column("Value", 105))
    return grid.sheet(columns, freeze=(2, 1), print_setup=Print(repeat_rows=(0, 0)))


Line = tuple[str, Any, Fmt]


def _sections(facts: Facts) -> list[tuple[str, list[Line]]]:
    plan = facts.plan
    notes = plan.notes or ("none",)
    hashes = [(file.name, file.sha256, Fmt.TEXT) for file in plan.input_hashes]
    return [
        ("Run", _run(facts)),
        ("Proof", _proof(facts)),
        ("Solver", _solver(facts)),
        ("Inputs (sha256 of each file)", hashes or [("-", "the inputs were not read from files", Fmt.TEXT)]),
        ("Notes of the run", [(f"note {i}", note, Fmt.TEXT) for i, note in enumerate(notes, start=1)]),
        ("Rules that bind", _binding(facts)),
        ("Independent audit", _audit(facts)),
        ("Glossary", [(word, meaning, Fmt.TEXT) for word, meaning in GLOSSARY]),
    ]


def _run(facts: Facts) -> list[Line]:
    plan, run, versions = facts.plan, facts.scenario.run, facts.plan.versions
    return [
        ("Run id", run_id(facts), Fmt.TEXT),
        ("Fingerprint of the inputs", plan.fingerprint, Fmt.TEXT),
        ("Scenario", facts.scenario.scenario, Fmt.TEXT),
        ("Description", facts.scenario.description or "-", Fmt.TEXT),
        ("Planned on (order date)", run.order_date, Fmt.DATE),
        ("siliconmix", versions.siliconmix, Fmt.TEXT),
        ("Python, Pyomo, highspy", f"{versions.python}, {versions.pyomo}, {versions.highspy}", Fmt.TEXT),
    ]


def _proof(facts: Facts) -> list[Line]:
    plan = facts.plan
    return [
        ("Status", plan.status.value.replace("_", " "), Fmt.TEXT),
        ("Why the solver stopped", plan.stop_reason.value.replace("_", " "), Fmt.TEXT),
        ("Objective of this plan, USD", plan.incumbent_usd, Fmt.CENTS),
        ("Bound, USD", plan.bound_usd, Fmt.CENTS),
        ("Gap", plan.gap, Fmt.SHARE),
        ("Gap asked for", f"{plan.asked_gap_share:.2%} or {plan.asked_gap_usd:,.0f} USD", Fmt.TEXT),
    ]


def _solver(facts: Facts) -> list[Line]:
    solver = facts.plan.solver
    size = (
        f"{solver.columns:,} columns, {solver.rows:,} rows, {solver.nonzeros:,} nonzeros, {solver.integers:,} integers"
    )
    scales = f"coefficients from {solver.smallest_coefficient:.3g} to {solver.largest_coefficient:.3g}"
    return [
        ("Model", size, Fmt.TEXT),
        ("One unit of the objective, USD", solver.money_scale_usd, Fmt.GENERAL),
        ("Range after scaling", scales, Fmt.TEXT),
        ("Seed", solver.seed, Fmt.GENERAL),
        *((f"Option {name}", value, Fmt.TEXT) for name, value in solver.options),
    ]


def _binding(facts: Facts) -> list[Line]:
    rows: list[Line] = [(b.rule, f"{b.place} ({b.times} times)", Fmt.TEXT) for b in facts.plan.binding]
    return rows or [("-", "no rule binds", Fmt.TEXT)]


def _audit(facts: Facts) -> list[Line]:
    audit = facts.plan.audit
    if audit is None:
        return [("Verdict", "NOT AUDITED", Fmt.TEXT)]
    rows: list[Line] = [("Verdict", audit.verdict, Fmt.TEXT)]
    for found in audit.findings:
        text = f"{found.place}: {found.left} {found.operator} {found.right} by {found.excess} {found.unit}"
        rows.append((f"Finding: {found.rule}", text, Fmt.TEXT))
    for rule in audit.rules:
        slack = "" if rule.smallest_slack is None else f", tightest slack {rule.smallest_slack:.3g}"
        rows.append((f"Rule {rule.rule}", f"{rule.checks:,} checks{slack}", Fmt.TEXT))
    silent = ", ".join(audit.nothing_to_check) or "none"
    return [*rows, ("Rules with no case in this plan", silent, Fmt.TEXT)]


def run_id(facts: Facts) -> str:
    """The first twelve digits of the inputs' fingerprint."""
    return facts.plan.fingerprint[:12]
