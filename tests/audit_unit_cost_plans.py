"""Plans worked by hand with their cost split in nine parts: by hand where it is simple, else by the optimizer."""

from collections.abc import Callable
from decimal import Decimal
from functools import cache

from optimizer.net_cost.splitting import unit_cost
from optimizer.plan import Plan
from optimizer.plan_unit_cost import ColumnParts, Part, TaggedCost, UnitCost, UnitCostRow
from scenarios.token_tags import TagKind, TokenTag
from tests.audit_clause_plans import clauses_plan
from tests.audit_commitment_plans import commitments_plan
from tests.audit_hardware_plans import hardware_plan
from tests.audit_lines import usd
from tests.audit_plans import rich_plan, small_plan
from tests.audit_planting import on
from tests.audit_provider_plans import providers_plan
from tests.audit_right_plans import rights_plan
from tests.audit_spending_plans import commitments_to_spend_plan
from tests.audit_token_plans import tokens_plan

NONE_OF_IT: dict[str, Decimal] = {f"{part.value}_usd": usd("0.00") for part in Part} | {"headroom_usd": usd("0.00")}


@cache
def tagged_plan() -> Plan:
    """Every node of the small plan is at work all the time: 9,912 USD are accelerator. 30 % of it is for search."""
    plan = on(small_plan(), tags=(TokenTag(workload="chat", kind=TagKind.FEATURE, tag="search", token_share=0.3),))
    row = UnitCostRow(
        **NONE_OF_IT | {"accelerator_usd": usd("9912.00")},
        workload="chat",
        size_class="all",
        offering="node-a",
        accepted_mtok=usd("5097.6"),
        accepted_requests=usd("50976000"),
    )
    rent = (Part.HOST, Part.NETWORK, Part.STORAGE_AND_CACHE, Part.POWER_OR_OVERHEAD)
    tags = tuple(
        TaggedCost(
            **NONE_OF_IT | {"accelerator_usd": usd(amount)},
            kind=TagKind.FEATURE,
            tag=tag,
            workload="chat",
            token_share=share,
            accepted_mtok=usd(mtok),
            accepted_requests=usd(requests),
        )
        for tag, share, amount, mtok, requests in (
            ("search", 0.3, "2973.60", "1529.28", "15292800"),
            (None, 0.7, "6938.40", "3568.32", "35683200"),
        )
    )
    columns = (ColumnParts(offering="node-a", included=rent, not_stated=(Part.ORCHESTRATION,)),)
    return plan.model_copy(update={"unit_cost": UnitCost(rows=(row,), columns=columns, tags=tags)})


def _split(source: Callable[[], Plan]) -> Plan:
    plan = source()
    return plan.model_copy(update={"unit_cost": unit_cost(plan)})


@cache
def split_rich_plan() -> Plan:
    return _split(rich_plan)


@cache
def split_commitments_plan() -> Plan:
    return _split(commitments_plan)


@cache
def split_spending_plan() -> Plan:
    return _split(commitments_to_spend_plan)


@cache
def split_providers_plan() -> Plan:
    return _split(providers_plan)


@cache
def split_tokens_plan() -> Plan:
    return _split(tokens_plan)


@cache
def split_clauses_plan() -> Plan:
    return _split(clauses_plan)


@cache
def split_rights_plan() -> Plan:
    return _split(rights_plan)


@cache
def split_hardware_plan() -> Plan:
    return _split(hardware_plan)


SPLIT_PLANS = (
    tagged_plan,
    split_rich_plan,
    split_commitments_plan,
    split_spending_plan,
    split_providers_plan,
    split_tokens_plan,
    split_clauses_plan,
    split_rights_plan,
    split_hardware_plan,
)
