"""What the plan states beside nodes: commitments to spend, tiers, agreements, credits, and service by the token."""

from dataclasses import dataclass

from contracts.calendar import Month
from contracts.terms.on_demand import OnDemand
from contracts.terms.volume import VolumePriced
from optimizer.audit.figures import Inputs
from optimizer.audit.sieve import Sieve
from optimizer.plan import ContingencyApi, Plan
from optimizer.plan_contracts import (
    AgreementYear,
    ApiPlacement,
    ApiRefusal,
    CommittedSpend,
    Coverage,
    CreditBought,
    CreditUse,
    ProvisionedOrder,
    SignedAgreement,
    VolumeWindow,
)
from optimizer.plan_splits import ContingencySplit, SplitGoodput, SplitPlacement, SplitRefusal


@dataclass(frozen=True)
class Bought:
    """The records that can be reasoned about."""

    committed: tuple[CommittedSpend, ...]
    coverage: tuple[Coverage, ...]
    volume: tuple[VolumeWindow, ...]
    signed: tuple[SignedAgreement, ...]
    years: tuple[AgreementYear, ...]
    credits: tuple[CreditBought, ...]
    uses: tuple[CreditUse, ...]
    api_placements: tuple[ApiPlacement, ...]
    api_refusals: tuple[ApiRefusal, ...]
    provisioned: tuple[ProvisionedOrder, ...]
    split_placements: tuple[SplitPlacement, ...]
    split_goodput: tuple[SplitGoodput, ...]
    split_refusals: tuple[SplitRefusal, ...]


def sift_bought(inputs: Inputs, plan: Plan, sieve: Sieve) -> Bought:
    """Check ids, uniqueness, sign and finiteness; keep what is sound."""
    contingencies = {event.contingency for event in inputs.policy.contingencies}
    return Bought(
        committed=sieve.keep(
            "spend commitment",
            plan.committed_spend,
            lambda r: r.order,
            lambda r: r.contract in inputs.spend_commitments and _outlook(inputs, r.outlook),
        ),
        coverage=sieve.keep(
            "coverage",
            plan.coverage,
            lambda r: (r.outlook, r.contract, r.covers, r.month, r.block),
            lambda r: _can_cover(inputs, r),
        ),
        volume=sieve.keep(
            "volume window",
            plan.volume,
            lambda r: (r.outlook, r.contract, r.first),
            lambda r: r.outlook in inputs.probability and isinstance(inputs.terms.get(r.contract), VolumePriced),
        ),
        signed=sieve.keep(
            "agreement",
            plan.agreements,
            lambda r: (r.agreement, r.tier),
            lambda r: r.agreement in inputs.agreements and (r.agreement, r.tier) in inputs.agreement_tiers,
        ),
        years=sieve.keep(
            "agreement year",
            plan.agreement_years,
            lambda r: (r.outlook, r.agreement, r.first),
            lambda r: r.outlook in inputs.probability and r.agreement in inputs.agreements,
        ),
        credits=sieve.keep("credit", plan.credits, lambda r: r.credit, lambda r: r.credit in inputs.credits),
        uses=sieve.keep(
            "credit use",
            plan.credit_uses,
            lambda r: (r.outlook, r.credit, r.month),
            lambda r: r.outlook in inputs.probability and r.credit in inputs.credits and r.month in inputs.hours,
        ),
        api_placements=sieve.keep(
            "placement by the token",
            plan.api_placements,
            lambda r: (r.outlook, r.month, r.block, r.workload, r.size_class, r.api, r.contract),
            lambda r: _can_be_placed(inputs, r),
        ),
        api_refusals=sieve.keep(
            "refusal of an API",
            plan.api_refusals,
            lambda r: (r.workload, r.size_class, r.api),
            lambda r: has_model(inputs, r),
        ),
        provisioned=sieve.keep(
            "provisioned throughput",
            plan.provisioned,
            lambda r: r.order,
            lambda r: r.contract in inputs.provisioned and _outlook(inputs, r.outlook),
        ),
        split_placements=sieve.keep(
            "placement by a split",
            plan.split_placements,
            lambda r: (*_moment(r), r.workload, r.size_class, r.split, r.prefill_pool, r.decode_pool),
            lambda r: _can_be_split(inputs, r),
        ),
        split_goodput=sieve.keep(
            "figures of a split",
            plan.split_goodput,
            lambda r: (r.workload, r.size_class, r.split, r.contingency or "normal"),
            lambda r: is_split(inputs, r) and (r.contingency is None or r.contingency in contingencies),
        ),
        split_refusals=sieve.keep(
            "refusal of a split",
            plan.split_refusals,
            lambda r: (r.workload, r.size_class, r.split),
            lambda r: is_split(inputs, r),
        ),
    )


def _outlook(inputs: Inputs, outlook: str | None) -> bool:
    return outlook is None or outlook in inputs.probability


def _moment(row: SplitPlacement) -> tuple[str, Month, str]:
    return row.outlook, row.month, row.block


def is_split(inputs: Inputs, row: SplitPlacement | SplitGoodput | SplitRefusal | ContingencySplit) -> bool:
    """The split has the workload's model."""
    split = inputs.splits.get(row.split)
    is_class = (row.workload, row.size_class) in inputs.classes
    return is_class and split is not None and split.model == inputs.workloads[row.workload].model


def _can_be_split(inputs: Inputs, row: SplitPlacement) -> bool:
    """The split has the workload's model, and the block is in the horizon."""
    return (
        is_split(inputs, row)
        and row.outlook in inputs.probability
        and row.block in inputs.block_hours.get(row.month, {})
    )


def has_model(inputs: Inputs, row: ApiPlacement | ApiRefusal | ContingencyApi) -> bool:
    """The API has the workload's model."""
    api = inputs.api_offers.get(row.api)
    is_class = (row.workload, row.size_class) in inputs.classes
    return is_class and api is not None and api.model == inputs.workloads[row.workload].model


def _can_be_placed(inputs: Inputs, row: ApiPlacement) -> bool:
    """The model is there, the moment is one of the plan's, and what is provisioned is of this API."""
    terms = inputs.provisioned.get(row.contract) if row.contract is not None else None
    return (
        has_model(inputs, row)
        and (row.contract is None or (terms is not None and terms.api == row.api))
        and row.outlook in inputs.probability
        and row.month in inputs.hours
        and row.block in inputs.blocks
    )


def _can_cover(inputs: Inputs, row: Coverage) -> bool:
    """There is a rate, and the moment is one of the plan's."""
    return (
        (row.contract, row.covers) in inputs.covered_rates
        and row.contract in inputs.spend_commitments
        and isinstance(inputs.terms.get(row.covers), OnDemand)
        and row.outlook in inputs.probability
        and row.month in inputs.hours
        and row.block in inputs.blocks
    )
