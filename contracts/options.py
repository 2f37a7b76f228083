"""Everything that can be bought: the union of all kinds of contract."""

from typing import Annotated

from pydantic import Field

from contracts.terms.capacity_block import CapacityBlock
from contracts.terms.on_demand import OnDemand
from contracts.terms.owned import Owned
from contracts.terms.reserved import Reserved
from contracts.terms.spot import Spot
from contracts.terms.take_or_pay import TakeOrPay
from contracts.terms.volume import VolumePriced

AnyTerms = OnDemand | Spot | Reserved | TakeOrPay | VolumePriced | CapacityBlock | Owned
Terms = Annotated[AnyTerms, Field(discriminator="kind")]
Ordered = Reserved | TakeOrPay | Owned
"""Kinds that are ordered by the lot for a term."""
