"""Faults in migrations and budgets."""

from contracts.terms.common import Nature
from optimizer.plan import Plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_commitments import APR, MAY
from tests.audit_lines import FEB, JAN, MAR, usd
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_outlooks import CALM, STORM
from tests.audit_planting import fault, line_of, on, swap, total, with_budget, with_migration, without


@fault("inputs.migrations", commitments_plan)
def two_rows_for_a_model_and_a_stack(plan: Plan) -> Plan:
    (row,) = plan.scenario.migrations
    return on(plan, migrations=(row, row.model_copy(update={"migration": "again"})))


@fault("records.ids", commitments_plan)
def a_migration_to_another_stack(plan: Plan) -> Plan:
    return swap(plan, "migrations", 0, stack="stack-a")


@fault("migrations.window", commitments_plan)
def work_before_its_window(plan: Plan) -> Plan:
    return with_migration(plan, earliest_start=FEB)


@fault("migrations.window", commitments_plan)
def work_after_its_window(plan: Plan) -> Plan:
    return swap(plan, "migrations", 0, start=APR + 2, gate=APR + 5)


@fault("migrations.gate", commitments_plan)
def a_gate_while_the_work_goes_on(plan: Plan) -> Plan:
    return swap(plan, "migrations", 0, gate=MAR)


@fault("migrations.once", commitments_plan)
def begun_twice(plan: Plan) -> Plan:
    again = plan.migrations[0].model_copy(update={"start": FEB, "gate": MAY})
    return plan.model_copy(update={"migrations": (*plan.migrations, again)})


@fault("migrations.at_once", outlooks_plan)
def one_begun_before_the_other_is_through(plan: Plan) -> Plan:
    return with_migration(plan, lead_months=2)


@fault("migrations.stage", outlooks_plan)
def work_begun_for_an_outlook_that_is_not_known(plan: Plan) -> Plan:
    return swap(plan, "migrations", 0, outlook=CALM)


@fault("migrations.stage", outlooks_plan)
def work_that_may_wait_begun_in_all_outlooks(plan: Plan) -> Plan:
    return swap(plan, "migrations", 1, outlook=None)


@fault("migrations.served", commitments_plan)
def served_without_a_migration(plan: Plan) -> Plan:
    return without(plan, "migrations", 0)


@fault("migrations.served", commitments_plan)
def served_before_the_gate(plan: Plan) -> Plan:
    return with_migration(plan, lead_months=4)


@fault("migrations.served", outlooks_plan)
def served_though_the_gate_fails(plan: Plan) -> Plan:
    return swap(plan, "placements", 3, outlook=STORM)


@fault("migrations.served", outlooks_plan)
def served_in_an_outlook_in_which_nothing_was_begun(plan: Plan) -> Plan:
    return swap(plan, "migrations", 1, outlook=STORM)


@fault("migrations.ramp", commitments_plan)
def faster_than_the_ramp(plan: Plan) -> Plan:
    return with_migration(plan, ramp_shares=(0.19, 0.5))


@fault("migrations.ramp", commitments_plan)
def the_ramp_a_month_too_early(plan: Plan) -> Plan:
    return with_migration(plan, ramp_shares=(0.25, 0.25, 0.5))


@fault("contingency.gate", commitments_plan)
def a_way_out_that_is_not_open(plan: Plan) -> Plan:
    return with_migration(plan, lead_months=4)


@fault("contingency.ramp", commitments_plan)
def a_way_out_wider_than_the_ramp(plan: Plan) -> Plan:
    return with_migration(plan, ramp_shares=(0.25, 0.39))


@fault("bill.missing", commitments_plan)
def a_month_of_upkeep_forgotten(plan: Plan) -> Plan:
    return without(plan, "cost_lines", line_of(plan, Nature.MIGRATION_UPKEEP, MAY))


@fault("bill.missing", commitments_plan)
def work_told_as_an_expense(plan: Plan) -> Plan:
    index = line_of(plan, Nature.MIGRATION_CAPITALISED, JAN)
    return swap(plan, "cost_lines", index, nature=Nature.MIGRATION_ENGINEERING)


@fault("bill.price", commitments_plan)
def the_rest_in_the_first_month(plan: Plan) -> Plan:
    index = line_of(plan, Nature.MIGRATION_CAPITALISED, JAN)
    return swap(plan, "cost_lines", index, unit_price_usd=usd("333.34"), amount_usd=usd("333.34"))


@fault("bill.payee", commitments_plan)
def a_provider_paid_for_own_work(plan: Plan) -> Plan:
    index = line_of(plan, Nature.MIGRATION_CAPITALISED, JAN)
    return swap(plan, "cost_lines", index, payee="cloud-b", offering="node-b")


@fault("bill.superfluous", outlooks_plan)
def upkeep_though_the_gate_fails(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, Nature.MIGRATION_UPKEEP, FEB)]
    extra = row.model_copy(update={"line": "extra", "outlook": STORM})
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, extra)})


@fault("bill.missing", outlooks_plan)
def upkeep_in_all_outlooks_though_one_fails(plan: Plan) -> Plan:
    return swap(plan, "cost_lines", line_of(plan, Nature.MIGRATION_UPKEEP, FEB), outlook=None)


@fault("bill.superfluous", commitments_plan)
def upkeep_after_the_horizon(plan: Plan) -> Plan:
    row = plan.cost_lines[line_of(plan, Nature.MIGRATION_UPKEEP, MAY)]
    later = {"paid_month": MAY + 1, "service_first": MAY + 1, "service_end": MAY + 2}
    return plan.model_copy(update={"cost_lines": (*plan.cost_lines, row.model_copy(update={"line": "extra", **later}))})


# Budgets


@fault("policy.budget", commitments_plan)
def a_month_above_its_budget(plan: Plan) -> Plan:
    return with_budget(plan, 0, "8079.90")


@fault("policy.budget", commitments_plan)
def a_cut_quarter_with_the_budget_of_a_whole_one(plan: Plan) -> Plan:
    """13,616 are below 20,423, but two months of three may spend 13,615.33."""
    return with_budget(plan, 1, "20423")


@fault("policy.budget", commitments_plan)
def capital_expenditure_above_its_budget(plan: Plan) -> Plan:
    return with_budget(plan, 2, "999.96")


@fault("policy.budget", commitments_plan)
def a_year_cut_by_the_horizon(plan: Plan) -> Plan:
    return with_budget(plan, 3, "70934.00")


@fault("totals.capex", commitments_plan)
def capital_expenditure_forgotten(plan: Plan) -> Plan:
    return total(plan, capex_usd=usd(0))
