"""A base and two changes whose plans can be worked out by hand, and a way to leave a plan unproven.

One node is busy all the time for January and February 2027: 1,416 hours. On demand costs 10 USD, two months
reserved 12; at 8 USD the reserved node is taken.
"""

from decimal import Decimal
from functools import cache

from optimizer.plan import Plan, Status, StopReason
from scenarios.scenario import Scenario
from tests.audit_clause_plans import clauses_plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_hardware_plans import hardware_plan
from tests.audit_outlook_plans import outlooks_plan
from tests.audit_plans import rich_plan
from tests.audit_provider_plans import providers_plan
from tests.audit_right_plans import rights_plan
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_token_plans import tokens_plan
from tests.builders import a_reserved, a_scenario, an_on_demand, nodes_of_load, ten_requests_a_node
from tests.proving import planned

HOURS = Decimal(744 + 672)
KINDS = (
    rich_plan,
    clauses_plan,
    commitments_plan,
    hardware_plan,
    outlooks_plan,
    providers_plan,
    rights_plan,
    commitments_to_spend_plan,
    tokens_plan,
)
"""Plans written by hand for the audit; together they hold every way of buying."""


def a_choice(reserved_usd: str = "12", nodes: int = 1) -> Scenario:
    """So many busy nodes, on demand at 10 USD or reserved for both months at the given price."""
    return a_scenario(
        catalog=ten_requests_a_node(),
        contracts=(an_on_demand(), a_reserved(price_usd_per_node_hour=Decimal(reserved_usd))),
        demand=nodes_of_load(nodes),
    )


@cache
def base_plan() -> Plan:
    """One node on demand: 14,160 USD."""
    return planned(a_choice())


@cache
def cheap_plan() -> Plan:
    """One node reserved at 8 USD: 11,328 USD."""
    return planned(a_choice("8"))


@cache
def doubled_plan() -> Plan:
    """Two nodes on demand: 28,320 USD."""
    return planned(a_choice(nodes=2))


@cache
def both_plan() -> Plan:
    """Two nodes reserved at 8 USD: 22,656 USD."""
    return planned(a_choice("8", nodes=2))


def left_open(plan: Plan, gap_usd: float) -> Plan:
    """The same plan, had the solver stopped at so wide a gap."""
    return plan.model_copy(
        update={
            "status": Status.FEASIBLE,
            "stop_reason": StopReason.TIME_LIMIT,
            "bound_usd": plan.incumbent_usd - gap_usd,
            "gap": gap_usd / plan.incumbent_usd,
        }
    )
