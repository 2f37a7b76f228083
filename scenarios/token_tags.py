"""Tags: which feature or customer a workload's tokens are for, so that their cost can be told apart."""

from enum import StrEnum

from pydantic import Field

from catalog.records import Id, Record, Share


class TagKind(StrEnum):
    """Two ways of dividing the same tokens."""

    FEATURE = "feature"
    CUSTOMER = "customer"


class TokenTag(Record):
    """A share of a workload's accepted tokens; it decides nothing, and divides the cost (docs/decisions/0032)."""

    workload: Id
    kind: TagKind
    """Whether the tag is a feature or a customer."""
    tag: Id
    """Name of the feature or customer; it may stand at several workloads."""
    token_share: Share = Field(gt=0.0)
    """Its share of the workload's accepted output tokens; what the shares of a kind leave is untagged."""
