"""Faults against sovereignty, power, carbon, and the footprint that the plan states."""

from decimal import Decimal
from typing import Any

from catalog.footprint import Answer, AuditQuestion, RatedScope
from contracts.terms.common import Nature
from optimizer.plan import Plan
from scenarios.policy import (
    AuditMinimum,
    BudgetWindow,
    CarbonCap,
    ConcentrationCap,
    Grouping,
    PowerCap,
    ShareMeasure,
    UnknownFigures,
)
from tests.audit_faults_of_lock_in import ruled
from tests.audit_green_plans import a_rating, a_region_energy, an_accelerator_power, green_plan
from tests.audit_hardware import CALM
from tests.audit_lines import FEB, JAN, usd
from tests.audit_plans import small_plan
from tests.audit_planting import fault, line_of, on, swap, total, under, with_terms, without
from tests.audit_split_plans import split_plan
from tests.audit_token_plans import tokens_plan

MOVES = AuditMinimum(rule="moves", required=(AuditQuestion.PORTABLE_IN_24_HOURS,))


def with_catalog(plan: Plan, **changes: Any) -> Plan:
    return on(plan, catalog=plan.scenario.catalog.model_copy(update=changes))


def with_rating(plan: Plan, index: int, **changes: Any) -> Plan:
    rows = list(plan.scenario.catalog.sovereignty)
    rows[index] = rows[index].model_copy(update=changes)
    return with_catalog(plan, sovereignty=tuple(rows))


# What rules need.


@fault("inputs.figures", small_plan)
def cap_without_a_figure_of_power(plan: Plan) -> Plan:
    return under(plan, power=(PowerCap(rule="region", limit_mw=1.0),))


@fault("inputs.figures", small_plan)
def share_of_power_without_pue(plan: Plan) -> Plan:
    cap = ConcentrationCap(rule="draws", measure=ShareMeasure.POWER, by=Grouping.STACK, cap_share=1.0)
    kw = UnknownFigures(power_kw_per_accelerator=1.0, grid_g_co2e_per_kwh=1.0)
    return under(plan, concentration=(cap,), unknown_figures=kw)


@fault("inputs.figures", small_plan)
def carbon_without_a_grid(plan: Plan) -> Plan:
    kw = UnknownFigures(power_kw_per_accelerator=1.0, pue=1.0)
    return under(plan, carbon=(CarbonCap(rule="c", window=BudgetWindow.YEAR, limit_t_co2e=1e6),), unknown_figures=kw)


@fault("inputs.figures", small_plan)
def price_of_carbon_without_a_figure(plan: Plan) -> Plan:
    return under(plan, carbon_price_usd_per_t=Decimal(1))


@fault("inputs.figures", green_plan)
def region_stated_twice(plan: Plan) -> Plan:
    return with_catalog(plan, region_energy=(a_region_energy(), a_region_energy(pue=1.3)))


@fault("inputs.figures", green_plan)
def rating_stated_twice(plan: Plan) -> Plan:
    rows = plan.scenario.catalog.sovereignty
    return with_catalog(plan, sovereignty=(*rows, rows[0]))


@fault("inputs.groups", green_plan)
def power_by_contract(plan: Plan) -> Plan:
    """No record can be made so; one that came about otherwise is found."""
    cap = plan.scenario.policy.power[0].model_copy(update={"by": Grouping.CONTRACT, "group": "own-b"})
    policy = plan.scenario.policy.model_copy(update={"power": (cap,)})
    scenario = plan.scenario.model_copy(update={"policy": policy})
    return plan.model_copy(update={"scenario": scenario, "fingerprint": scenario.fingerprint()})


@fault("inputs.groups", green_plan)
def power_of_a_region_that_is_not_there(plan: Plan) -> Plan:
    return ruled(plan, "power", 0, group="region-z")


@fault("inputs.sources", small_plan)
def answers_for_no_workload(plan: Plan) -> Plan:
    return under(plan, audit_answers=(MOVES.model_copy(update={"workload": "search"}),))


# Shares of capacity and power.


@fault("policy.floor_capacity", green_plan)
def floor_above_own_sites(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 0, floor_share=0.598)


@fault("policy.floor_capacity", green_plan)
def floor_above_the_block(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 1, floor_share=0.308)


@fault("policy.floor_power", green_plan)
def floor_above_what_own_sites_draw(plan: Plan) -> Plan:
    return ruled(plan, "share_floors", 2, floor_share=0.748)


@fault("policy.floor_power", green_plan)
def own_nodes_without_cooling(plan: Plan) -> Plan:
    return with_terms(plan, "own-b", pue=usd(1))


@fault("policy.concentration_power", green_plan)
def cap_below_what_the_blocks_draw(plan: Plan) -> Plan:
    return ruled(plan, "concentration", 1, cap_share=0.252)


@fault("policy.concentration_power", green_plan)
def hotter_chips(plan: Plan) -> Plan:
    return with_catalog(plan, accelerator_power=(an_accelerator_power(power_kw=4.01),))


# Power, carbon, sovereignty.


@fault("policy.power", green_plan)
def region_draws_more_than_its_limit(plan: Plan) -> Plan:
    return ruled(plan, "power", 0, limit_mw=0.02999)


@fault("policy.power", green_plan)
def own_ground_draws_more_than_its_limit(plan: Plan) -> Plan:
    return ruled(plan, "power", 1, limit_mw=0.0199)


@fault("policy.power", small_plan)
def nodes_by_the_hour_draw_too(plan: Plan) -> Plan:
    """A reserved node and a tenth on demand, 10 kW each: 0.011 MW."""
    figures = UnknownFigures(power_kw_per_accelerator=8.0, pue=1.25)
    return under(plan, power=(PowerCap(rule="region", limit_mw=0.0109),), unknown_figures=figures)


@fault("policy.carbon", green_plan)
def february_emits_more_than_its_limit(plan: Plan) -> Plan:
    return ruled(plan, "carbon", 0, limit_t_co2e=8.06)


@fault("policy.carbon", green_plan)
def year_emits_more_than_its_part(plan: Plan) -> Plan:
    return ruled(plan, "carbon", 2, limit_t_co2e=90.7)


@fault("policy.carbon", green_plan)
def dirtier_grid(plan: Plan) -> Plan:
    return with_catalog(plan, region_energy=(a_region_energy(grid_g_co2e_per_kwh=401.0),))


@fault("policy.sovereignty", green_plan)
def index_below_its_floor(plan: Plan) -> Plan:
    return ruled(plan, "sovereignty", 0, index_at_least=62.51)


@fault("policy.sovereignty", green_plan)
def index_of_the_horizon_below_its_floor(plan: Plan) -> Plan:
    return ruled(plan, "sovereignty", 1, index_at_least=66.89)


@fault("policy.sovereignty", green_plan)
def rating_of_the_chip_where_the_offering_has_its_own(plan: Plan) -> Plan:
    return with_catalog(plan, sovereignty=plan.scenario.catalog.sovereignty[:2])


@fault("policy.audit_answers", green_plan)
def three_answers_where_two_are_yes(plan: Plan) -> Plan:
    return ruled(plan, "audit_answers", 0, yes_at_least=3)


@fault("policy.audit_answers", green_plan)
def served_by_what_cannot_be_moved(plan: Plan) -> Plan:
    return with_rating(plan, 0, portable_in_24_hours=Answer.NO, energy_agnosticism=Answer.YES)


@fault("contingency.allowed", green_plan)
def floor_kept_by_what_cannot_be_moved(plan: Plan) -> Plan:
    return with_rating(plan, 2, portable_in_24_hours=Answer.UNKNOWN, energy_agnosticism=Answer.YES)


@fault("serving.refused", green_plan)
def pair_without_answers_is_not_refused(plan: Plan) -> Plan:
    return ruled(plan, "audit_answers", 1, required=(AuditQuestion.SUPPLY_CHAIN_TRANSPARENCY,))


@fault("api.refused", tokens_plan)
def api_without_its_answer_is_not_refused(plan: Plan) -> Plan:
    rated = a_rating("gpu-a", (0.0, 0.0, 0.0, 0.0), scope=RatedScope.ACCELERATOR)
    return under(with_catalog(plan, sovereignty=(rated,)), audit_answers=(MOVES,))


@fault("policy.audit_answers", tokens_plan)
def tokens_by_an_api_that_cannot_be_moved(plan: Plan) -> Plan:
    return api_without_its_answer_is_not_refused(plan)


@fault("split.refused", split_plan)
def split_with_a_role_that_cannot_be_moved(plan: Plan) -> Plan:
    rated = a_rating("node-a", (0.0, 0.0, 0.0, 0.0))
    return under(with_catalog(plan, sovereignty=(rated,)), audit_answers=(MOVES,))


@fault("policy.audit_answers", split_plan)
def served_by_a_split_that_cannot_be_moved(plan: Plan) -> Plan:
    return split_with_a_role_that_cannot_be_moved(plan)


# The price of carbon.


def of_index(plan: Plan, index: float | None) -> Plan:
    """Another index in February of the calm."""
    first, second, *others = plan.sovereignty
    changed = second.model_copy(update={"index": index})
    return plan.model_copy(update={"sovereignty": (first, changed, *others)})


def of_carbon(plan: Plan) -> int:
    return line_of(plan, Nature.CARBON_PRICE, FEB, "node-b", CALM)


@fault("bill.missing", green_plan)
def emissions_of_a_month_without_a_line(plan: Plan) -> Plan:
    return without(plan, "cost_lines", of_carbon(plan))


@fault("bill.superfluous", green_plan)
def emissions_stated_for_all_outlooks(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_carbon(plan), outlook=None)


@fault("bill.quantity", green_plan)
def a_gram_too_much(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_carbon(plan), quantity=usd("5.376001"))


@fault("bill.price", green_plan)
def another_price_of_carbon(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_carbon(plan), unit_price_usd=usd(51))


@fault("bill.payee", green_plan)
def carbon_of_another_provider(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", of_carbon(plan), payee="cloud-a")


@fault("totals.carbon_price", green_plan)
def price_of_carbon_a_cent_too_high(plan: Plan) -> Plan:
    return total(plan, carbon_price_usd=usd("1327.21"))


@fault("totals.carbon_price", green_plan)
def price_of_carbon_left_out(plan: Plan) -> Plan:
    return total(plan, carbon_price_usd=usd(0))


@fault("totals.cash", green_plan)
def carbon_counted_as_cash(plan: Plan) -> Plan:
    return total(plan, cash_usd=plan.totals.cash_usd + usd("1327.20"))


# What the plan states of itself.


@fault("footprint.rows", green_plan)
def month_without_a_footprint(plan: Plan) -> Plan:
    return without(plan, "footprint", 0)


@fault("footprint.rows", green_plan)
def footprint_of_what_is_not_there(plan: Plan) -> Plan:
    """Late, node-b is not there in January."""
    row = plan.footprint[0].model_copy(update={"outlook": "late", "offering": "node-b", "month": JAN})
    return plan.model_copy(update={"footprint": (*plan.footprint, row)})


@fault("footprint.figures", green_plan)
def too_few_node_hours(plan: Plan) -> Plan:
    return swap(plan, "footprint", 0, node_hours=usd("815.9"))


@fault("footprint.figures", green_plan)
def energy_without_cooling(plan: Plan) -> Plan:
    return swap(plan, "footprint", 0, energy_kwh=usd(816 * 4))


@fault("footprint.figures", green_plan)
def too_little_carbon(plan: Plan) -> Plan:
    return swap(plan, "footprint", 0, t_co2e=usd("1.631"))


@fault("footprint.index", green_plan)
def index_too_high(plan: Plan) -> Plan:
    return of_index(plan, 62.6)


@fault("footprint.index", green_plan)
def month_without_an_index(plan: Plan) -> Plan:
    return without(plan, "sovereignty", 1)


@fault("footprint.index", green_plan)
def index_of_a_month_with_nodes_left_empty(plan: Plan) -> Plan:
    return of_index(plan, None)
