"""The audit of a plan: the rules in reading order, on the published plan and its embedded inputs."""

from optimizer.audit.agreements import check_agreements
from optimizer.audit.bills import check_bills
from optimizer.audit.budgets import check_budgets
from optimizer.audit.by_token import check_by_token
from optimizer.audit.capacity import check_demand, check_placements, check_pools, check_spot_share
from optimizer.audit.checks import Checks
from optimizer.audit.clauses import check_clauses
from optimizer.audit.completeness import check_inputs
from optimizer.audit.contingencies import check_contingencies
from optimizer.audit.credits import check_credits
from optimizer.audit.emissions import check_carbon, check_power
from optimizer.audit.events import check_events
from optimizer.audit.figures import Inputs
from optimizer.audit.footprint import check_footprint
from optimizer.audit.forecasts import check_forecasts
from optimizer.audit.headroom import check_headroom
from optimizer.audit.inputs_of_policy import check_policy_inputs
from optimizer.audit.inputs_of_providers import check_offers_of_providers
from optimizer.audit.knowing import check_knowing
from optimizer.audit.migrations import check_migrations
from optimizer.audit.orders import check_orders
from optimizer.audit.outstanding import check_outstanding
from optimizer.audit.pairs import check_figures, check_refusals
from optimizer.audit.proof import check_identity, check_proof
from optimizer.audit.rights import check_rights
from optimizer.audit.running_out import check_running_out
from optimizer.audit.sensitivity import check_sensitivity
from optimizer.audit.serving import ServingBook
from optimizer.audit.shares import check_shares
from optimizer.audit.sites import check_sites
from optimizer.audit.sourcing import check_sourcing
from optimizer.audit.sovereignty import check_sovereignty
from optimizer.audit.spend_commitments import check_spend_commitments
from optimizer.audit.split_pairs import check_splits
from optimizer.audit.stability import check_stability
from optimizer.audit.statements import sift
from optimizer.audit.take_or_pay import check_windows
from optimizer.audit.totals import check_totals
from optimizer.audit.unit_costs import check_unit_cost
from optimizer.audit.usages import check_usages
from optimizer.audit.volume import check_volume
from optimizer.audit.why import check_why
from optimizer.plan import AuditFinding, AuditVerdict, Plan
from scenarios.scenario import Scenario


def audit_plan(plan: Plan) -> AuditVerdict:
    """Recompute the whole plan from the inputs it carries, by plain arithmetic."""
    checks = Checks()
    inputs = Inputs(plan.scenario)
    book = ServingBook(inputs)
    check_identity(plan, plan.scenario.fingerprint(), plan.scenario.input_files, checks)
    check_inputs(inputs, checks)
    check_forecasts(inputs, checks)
    check_clauses(inputs, checks)
    check_offers_of_providers(inputs, checks)
    check_events(inputs, checks)
    check_policy_inputs(inputs, checks)
    stated = sift(inputs, plan, checks)
    check_orders(inputs, stated, checks)
    check_rights(inputs, stated, checks)
    check_sites(inputs, stated, checks)
    check_usages(inputs, stated, checks)
    check_figures(inputs, stated, book, checks)
    check_refusals(inputs, plan, book, checks)
    check_splits(inputs, stated, checks)
    check_placements(inputs, stated, book, checks)
    check_pools(inputs, stated, checks)
    check_headroom(inputs, plan, stated, book, checks)
    check_by_token(inputs, stated, checks)
    check_demand(inputs, stated, checks)
    check_spot_share(inputs, stated, checks)
    check_migrations(inputs, stated, checks)
    check_shares(inputs, stated, checks)
    check_outstanding(inputs, stated, checks)
    check_running_out(inputs, stated, checks)
    check_sourcing(inputs, stated, checks)
    check_sovereignty(inputs, stated, checks)
    check_power(inputs, stated, checks)
    check_carbon(inputs, stated, checks)
    check_footprint(inputs, stated, checks)
    check_budgets(inputs, stated, checks)
    check_contingencies(inputs, stated, book, checks)
    check_windows(inputs, stated, checks)
    check_spend_commitments(inputs, stated, checks)
    check_volume(inputs, stated, checks)
    check_agreements(inputs, stated, checks)
    check_credits(inputs, stated, checks)
    check_stability(inputs, stated, checks)
    check_bills(inputs, stated, checks)
    objectives = check_totals(inputs, stated, plan, checks)
    check_unit_cost(inputs, plan, stated, book, checks)
    check_proof(plan, objectives.expected, checks)
    check_knowing(inputs, plan, objectives, checks)
    check_sensitivity(inputs, plan, checks)
    check_why(inputs, plan, checks)
    return checks.verdict()


def audit_against_files(plan: Plan, scenario: Scenario) -> tuple[AuditFinding, ...]:
    """What tells the plan's inputs from those just read from files; empty when they are the same."""
    checks = Checks()
    check_identity(plan, scenario.fingerprint(), scenario.input_files, checks)
    return checks.verdict().findings
