"""Why an API offer may not serve a size class, in a sentence with both numbers."""

from optimizer.answers_asked import api_answers_text
from optimizer.plan_contracts import ApiReason, ApiRefusal
from scenarios.scenario import Scenario


def api_words(scenario: Scenario, refusal: ApiRefusal) -> str:
    """The reason of a refusal in the user's words."""
    offer = next(row for row in scenario.api_offers if row.api == refusal.api)
    workload = next(row for row in scenario.workloads if row.workload == refusal.workload)
    size = next(
        row for row in scenario.size_classes if (row.workload, row.size_class) == (refusal.workload, refusal.size_class)
    )
    at = f"P{offer.percentile}"
    if offer.percentile < workload.slo_percentile:
        factor = scenario.policy.percentile_factor.of(offer.evidence)
        at += f", times {factor:g} for P{workload.slo_percentile}"
    geography = scenario.catalog.region[offer.region].geography
    allowed = ", ".join(sorted(workload.geographies))
    return {
        ApiReason.REGION: f"{offer.region} is in {geography}; {workload.workload} may be served in {allowed}",
        ApiReason.AUDIT_ANSWERS: api_answers_text(scenario, workload, offer) or "",
        ApiReason.QUALITY: f"a quality score of {offer.quality_score:g} is below the bar of {workload.quality_bar:g}",
        ApiReason.LENGTH: (
            f"requests of {size.input_tokens:,.0f} + {size.output_tokens:,.0f} tokens are longer than the"
            f" {offer.longest_request_tok:,.0f} of the offer"
        ),
        ApiReason.TTFT: (
            f"{offer.ttft_ms:g} ms to the first token ({at}) are above the limit of {workload.ttft_limit_ms} ms"
        ),
        ApiReason.TPOT: (
            f"{offer.tpot_ms:g} ms per output token ({at}) are above the limit of {workload.tpot_limit_ms} ms"
        ),
    }[refusal.reason]
