"""Everything that can be bought: the union of all kinds of contract."""

from typing import Annotated

from pydantic import Field

from contracts.terms.on_demand import OnDemand
from contracts.terms.reserved import Reserved
from contracts.terms.spot import Spot

Terms = Annotated[OnDemand | Spot | Reserved, Field(discriminator="kind")]
