"""Log: how the plan was made, by what, with which warnings; and what the words mean."""

from __future__ import annotations

from reports.change_words import changed_in_words
from reports.cover_parts import log_of
from reports.facts import Facts
from reports.layout import Sheet

GLOSSARY = (
    ("accepted output token", "a generated token of an answer that is accepted; demand and unit cost count these"),
    ("audit", "every rule and every dollar of the plan computed again by code that the optimizer does not share"),
    ("bound", "no plan for these inputs costs less, as far as the solver can prove"),
    ("calendar hours", "real hours of the month, 672 to 744; a commitment is paid for all of them"),
    ("cash", "what is paid in a month, whatever it is for"),
    ("contracted price", "an on-demand price as negotiated, before any commitment"),
    ("bank", "what was paid and not used under take-or-pay, where it may be used later without pay"),
    ("effective cost", "cost of a month's service: each payment spread straight-line over the hours it buys"),
    ("expected emergency", "probability x duration x price of the on-demand nodes that an event would call for"),
    ("firm", "capacity that the contract guarantees, not only discounts"),
    ("gap", "(objective - bound) / objective: how much cheaper another plan could be at most"),
    ("gate", "the first month in which a stack may serve a model, if its eval is passed"),
    ("goodput", "the rate that one node carries while the latency limits hold at their percentile"),
    ("haircut", "the share taken off goodput because of how well it is known"),
    ("headroom", "the share of a node that is kept free for bursts: 1 - usable share"),
    ("list price", "the provider's public price; the yardstick of savings, not what is paid"),
    ("load block", "hours of the week with similar load, planned as one"),
    ("Mtok", "one million accepted output tokens"),
    ("make-up", "use above a minimum that an earlier true-up has paid for; a credit on the bill"),
    ("migration", "engineering work after which a model may be served on a stack"),
    ("objective", "present value of cost, penalties and expected emergencies; cost after the horizon at its weight"),
    ("offering", "a node that can be had: provider, region, accelerator, size"),
    ("outlook", "one possible future with its probability"),
    ("perfect information", "what it would save to know the outlook before anything is signed"),
    ("saving over list", "1 - effective cost / the nodes in use at list price; idle commitments lower it"),
    ("shortfall", "demand that is not served, within its limit and at its price"),
    ("take-or-pay", "an order whose use is paid by the hour, with a minimum that is paid used or not"),
    ("true-up", "what is paid at the end of a take-or-pay window because less than its minimum was used"),
)


def log_sheet(facts: Facts) -> Sheet:
    """Provenance, proof, versions, inputs, notes, audit, glossary."""
    subtitle = "Enough to run it again and to get the same plan."
    return log_of("Log: how this plan was made", subtitle, _sections(facts))


Line = tuple[str, str]


def _sections(facts: Facts) -> list[tuple[str, list[Line]]]:
    plan = facts.plan
    notes = plan.notes or ("none",)
    hashes = [(file.name, file.sha256) for file in plan.input_hashes]
    return [
        ("Run", _run(facts)),
        ("Proof", _proof(facts)),
        ("Solver", _solver(facts)),
        *([("What-if: inputs that differ from the files", _changes(facts))] if facts.scenario.changes else []),
        ("Load blocks against the hours of the week", _blocks(facts)),
        ("Inputs (sha256 of each file)", hashes or [("-", "the inputs were not read from files")]),
        ("Notes of the run", [(f"note {i}", note) for i, note in enumerate(notes, start=1)]),
        ("Rules that bind", _binding(facts)),
        *([("What knowing is worth", _knowing(facts))] if facts.several else []),
        ("Independent audit", _audit(facts)),
        ("Glossary", [(word, meaning) for word, meaning in GLOSSARY]),
    ]


def _run(facts: Facts) -> list[Line]:
    plan, run, versions = facts.plan, facts.scenario.run, facts.plan.versions
    return [
        ("Run id", run_id(facts)),
        ("Fingerprint of the inputs", plan.fingerprint),
        ("Scenario", facts.scenario.scenario),
        ("Description", facts.scenario.description or "-"),
        ("Planned on (order date)", run.order_date.isoformat()),
        ("siliconmix", versions.siliconmix),
        ("Python, Pyomo, highspy", f"{versions.python}, {versions.pyomo}, {versions.highspy}"),
    ]


def _blocks(facts: Facts) -> list[Line]:
    blocks = facts.scenario.blocks
    extreme = sum(block.extreme for block in blocks.blocks)
    number = f"{len(blocks.blocks)}, of which {extreme} for extreme hours; {blocks.requested_blocks} asked for"
    rows = [("Blocks", number)]
    for error in blocks.errors:
        spread = f"root mean square {error.root_mean_square_share:.1%} of the mean"
        words = f"peak {error.peak_error_share:.2%} low, {spread}"
        if error.commitment_error_share is not None:
            words += f", commitments understated by at most {error.commitment_error_share:.2%} of the bill on demand"
        rows.append((error.workload, words))
    return rows


def _changes(facts: Facts) -> list[Line]:
    return [(f"change {i}", changed_in_words(made)) for i, made in enumerate(facts.scenario.changes, start=1)]


def _proof(facts: Facts) -> list[Line]:
    plan = facts.plan
    return [
        ("Status", plan.status.value.replace("_", " ")),
        ("Why the solver stopped", plan.stop_reason.value.replace("_", " ")),
        ("Objective of this plan, USD", f"{plan.incumbent_usd:,.2f}"),
        ("Bound, USD", f"{plan.bound_usd:,.2f}"),
        ("Gap", f"{plan.gap:.3%}"),
        ("Gap asked for", f"{plan.asked_gap_share:.2%} or {plan.asked_gap_usd:,.0f} USD"),
    ]


def _solver(facts: Facts) -> list[Line]:
    solver = facts.plan.solver
    size = (
        f"{solver.columns:,} columns, {solver.rows:,} rows, {solver.nonzeros:,} nonzeros, {solver.integers:,} integers"
    )
    scales = f"coefficients from {solver.smallest_coefficient:.3g} to {solver.largest_coefficient:.3g}"
    return [
        ("Model", size),
        ("One unit of the objective, USD", f"{solver.money_scale_usd:g}"),
        ("Range after scaling", scales),
        ("Seed", str(solver.seed)),
        ("Second solve without presolve", solver.second_opinion.value.replace("_", " ")),
        *((f"Option {name}", value) for name, value in solver.options),
    ]


def _binding(facts: Facts) -> list[Line]:
    rows: list[Line] = [(b.rule, f"{b.place} ({b.times} times)") for b in facts.plan.binding]
    return rows or [("-", "no rule binds")]


def _knowing(facts: Facts) -> list[Line]:
    knowing = facts.plan.knowing
    if knowing is None:
        return [("-", "not computed; a note of the run says why, or it was not asked for")]
    values = (
        ("Knowing the outlook beforehand", knowing.perfect_information),
        ("Planning for all outlooks, not their mean", knowing.stochastic_solution),
    )
    rows: list[Line] = []
    for label, value in values:
        if value is None:
            rows.append((label, f"no finite value: {knowing.note}"))
        else:
            proven = f"proven between {value.at_least_usd:,.2f} and {value.at_most_usd:,.2f}"
            rows.append((label, f"{value.usd:,.2f} USD as found, {proven}"))
    return rows


def _audit(facts: Facts) -> list[Line]:
    audit = facts.plan.audit
    if audit is None:
        return [("Verdict", "NOT AUDITED")]
    rows: list[Line] = [("Verdict", audit.verdict)]
    for found in audit.findings:
        text = f"{found.place}: {found.left} {found.operator} {found.right} by {found.excess} {found.unit}"
        rows.append((f"Finding: {found.rule}", text))
    for rule in audit.rules:
        slack = "" if rule.smallest_slack is None else f", tightest slack {rule.smallest_slack:.3g}"
        rows.append((f"Rule {rule.rule}", f"{rule.checks:,} checks{slack}"))
    silent = ", ".join(audit.nothing_to_check) or "none"
    return [*rows, ("Rules with no case in this plan", silent)]


def run_id(facts: Facts) -> str:
    """The first twelve digits of the inputs' fingerprint."""
    return facts.plan.fingerprint[:12]
