"""Seen without solving: held nodes draw or emit too much by themselves, or no offering has so high an index."""

from collections.abc import Iterator

from contracts.calendar import Month
from contracts.terms.held import HeldContract
from optimizer.diagnosing.checks.citing import row_cited, rule_cited
from optimizer.diagnosing.checks.groups import Groups
from optimizer.diagnosing.checks.serving import HAIR
from optimizer.diagnosing.records import SeenBefore
from optimizer.footprint_figures import FootprintFigures
from optimizer.problem import Problem
from scenarios.footprint import Footprint
from scenarios.policy import CarbonCap, PowerCap

QUARTER, YEAR = 3, 12


def drawn_by_held(problem: Problem) -> Iterator[SeenBefore]:
    """Power and carbon caps that what is held breaks by itself, and floors of the index that nothing reaches."""
    for rule in problem.scenario.policy.power:
        yield from _power(problem, rule)
    for cap in problem.scenario.policy.carbon:
        yield from _carbon(problem, cap)
    yield from _index(problem)


def _power(problem: Problem, rule: PowerCap) -> Iterator[SeenBefore]:
    of, footprint = Groups(problem, rule.by), Footprint.of(problem.scenario)
    groups = sorted({g for row in _fixed(problem) for g in of.of_offering(row.offering)})
    for group in groups if rule.group == "*" else [rule.group]:
        for month in problem.months:
            rows = [row for row in _there(problem, month) if group in of.of_offering(row.offering)]
            drawn_mw = sum(row.nodes * (footprint.site_kw(row.offering) or 0.0) for row in rows) / 1000
            if rule.holds_in(month) and drawn_mw > rule.limit_mw * (1 + HAIR):
                yield SeenBefore(
                    check="held_above_power",
                    words=(
                        f"power {rule.rule} allows {rule.limit_mw:g} MW for {rule.by} {group}; held nodes alone draw"
                        f" {drawn_mw:.6g} MW in {month}"
                    ),
                    mend=f"a limit of at least {drawn_mw:.6g} MW, or a first_month after {month}",
                    inputs=(
                        rule_cited(problem.scenario.policy, "power", rule, "limit_mw"),
                        *(row_cited("held_contracts", row.held) for row in rows),
                    ),
                )
                break


def _carbon(problem: Problem, cap: CarbonCap) -> Iterator[SeenBefore]:
    footprint = Footprint.of(problem.scenario)
    whole = {"month": 1, "quarter": QUARTER, "year": YEAR}.get(cap.window.value, len(problem.months))
    spans: dict[int, list[Month]] = {}
    for month in problem.months:
        number = 0 if cap.window.value == "horizon" else (month.year * 12 + month.number - 1) // whole
        spans.setdefault(number, []).append(month)
    for months in spans.values():
        limit = cap.limit_t_co2e * len(months) / whole
        emitted = sum(_t_co2e(footprint, row, month) for month in months for row in _there(problem, month))
        if emitted > limit * (1 + HAIR):
            yield SeenBefore(
                check="held_above_carbon",
                words=(
                    f"carbon {cap.rule} allows {limit:,.6g} t CO2e in {months[0]} to {months[-1]}; held nodes alone"
                    f" emit {emitted:,.6g} t"
                ),
                mend=f"a limit of at least {emitted * whole / len(months):,.6g} t CO2e",
                inputs=(
                    rule_cited(problem.scenario.policy, "carbon", cap, "limit_t_co2e"),
                    *(row_cited("held_contracts", row.held) for row in _fixed(problem)),
                ),
            )
            return


def _index(problem: Problem) -> Iterator[SeenBefore]:
    """A floor above the highest index of all that can be had, where something must be served by nodes."""
    policy, figures = problem.scenario.policy, FootprintFigures(problem.scenario)
    served = {t for key, t, _, _ in problem.tok_per_s if problem.workload[key.workload].shortfall_limit_share < 1}
    best = max(((figures.index(o), o) for o in problem.offering), default=None)
    if problem.token_offers.offer or best is None:
        return
    for rule in policy.sovereignty:
        holds = any(rule.holds_in(problem.months[t]) for t in served)
        if holds and rule.index_at_least > best[0] + HAIR:
            yield SeenBefore(
                check="index_out_of_reach",
                words=(
                    f"sovereignty {rule.rule} asks for an index of at least {rule.index_at_least:g}; no offering has"
                    f" more than the {best[0]:g} of {best[1]}"
                ),
                mend=f"an index of at most {best[0]:g}, or an offering with a higher one",
                inputs=(rule_cited(policy, "sovereignty", rule, "index_at_least"),),
            )


def _t_co2e(footprint: Footprint, row: HeldContract, month: Month) -> float:
    kw, grid = footprint.site_kw(row.offering) or 0.0, footprint.grid_g_co2e_per_kwh(row.offering) or 0.0
    return row.nodes * month.hours * kw * grid / 1e6


def _fixed(problem: Problem) -> list[HeldContract]:
    """Held contracts that stay what they are."""
    return [row for row in problem.held.values() if row.terminable_after_months is None and row.swap_to is None]


def _there(problem: Problem, month: Month) -> list[HeldContract]:
    return [row for row in _fixed(problem) if row.start <= month < row.end]
