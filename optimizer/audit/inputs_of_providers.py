"""What the arithmetic of tiers and agreements needs of the inputs."""

from collections import defaultdict
from itertools import combinations

from contracts.terms.agreement import Agreement
from contracts.terms.volume import VolumePriced
from optimizer.audit.checks import Checks
from optimizer.audit.figures import Inputs


def check_offers_of_providers(inputs: Inputs, checks: Checks) -> None:
    """Every node-hour has one price, and every charge at most one discount."""
    for terms in inputs.terms.values():
        if isinstance(terms, VolumePriced):
            thresholds = [tier.from_node_hours for tier in inputs.volume_tiers.get(terms.contract, ())]
            checks.true(
                "inputs.tiers",
                ("contract", terms.contract),
                thresholds[:1] == [0] and len(set(thresholds)) == len(thresholds),
                left=", ".join(map(str, thresholds)) or "no tier",
                operator="but",
                right="from 0 on, each once",
                unit="node_hour",
            )
    _check_agreements(inputs, checks)


def _check_agreements(inputs: Inputs, checks: Checks) -> None:
    by_provider: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in inputs.agreements.values():
        by_provider[agreement.provider].append(agreement)
        tiers = sum(1 for name, _ in inputs.agreement_tiers if name == agreement.agreement)
        checks.true(
            "inputs.agreements",
            ("agreement", agreement.agreement),
            tiers == 1 if agreement.in_force else tiers >= 1,
            left=tiers,
            operator="but",
            right="one tier in force" if agreement.in_force else "a tier",
            unit="tiers",
        )
    for rows in by_provider.values():
        for one, other in combinations(sorted(rows, key=lambda row: row.start), 2):
            checks.true(
                "inputs.agreements",
                (one.agreement, other.agreement),
                other.start >= one.start + 12 * one.years,
                left=f"{other.agreement} starts in {other.start}",
                operator="but",
                right=f"{one.agreement} ends with {one.start + (12 * one.years - 1)}",
            )
