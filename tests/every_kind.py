"""A scenario with one offer of every kind that can be negotiated."""

from typing import Any

from scenarios.scenario import Scenario
from tests.builders import (
    a_capacity_block,
    a_covered_rate,
    a_provisioned,
    a_reserved,
    a_scenario,
    a_spend_commitment,
    a_spot,
    a_take_or_pay,
    a_tier,
    a_volume,
    an_agreement,
    an_api_offer,
    an_on_demand,
    volume_tiers,
)


def every_kind(**overrides: Any) -> Scenario:
    """All but owned hardware, which needs a site."""
    fields: dict[str, Any] = {
        "contracts": (an_on_demand(), a_reserved(), a_take_or_pay(), a_capacity_block(), a_spot(), a_volume()),
        "volume_tiers": volume_tiers("vol-a", {0: "10", 1000: "5"}),
        "spend_commitments": (a_spend_commitment(),),
        "covered_rates": (a_covered_rate(),),
        "api_offers": (an_api_offer(),),
        "provisioned": (a_provisioned(),),
        "agreements": (an_agreement(),),
        "agreement_tiers": (a_tier(),),
    }
    return a_scenario(**(fields | overrides))
