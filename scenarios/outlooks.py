"""Outlooks: joint futures, each with its probability and with what is different in it (docs/decisions/0008)."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from catalog.records import Id, NonNegative, Record, Share, Text
from contracts.calendar import Month


class Outlook(Record):
    """One possible future. With a single outlook the plan is deterministic."""

    outlook: Id
    probability: Share = Field(gt=0.0)
    description: Text = ""
    """What happens in it, for the reader."""


class Effect(StrEnum):
    """What is different in an outlook."""

    DEMAND = "demand"
    """Factor on the demand of workloads."""
    ON_DEMAND_PRICE = "on_demand_price"
    """Factor on on-demand prices; signed prices do not move."""
    SPOT_PRICE = "spot_price"
    """Factor on spot prices."""
    SPOT_DEPTH = "spot_depth"
    """Factor on the depth of spot."""
    GOODPUT = "goodput"
    """Factor on what a node carries: what turns out in production against what was measured."""
    DELIVERY_DELAY = "delivery_delay"
    """Whole months by which the service of new orders starts and ends late."""
    GATE = "gate"
    """1 if a migration passes its eval gate, 0 if it fails: then no token is served through it."""


class Subject(StrEnum):
    """What an effect is on."""

    ALL = "all"
    """Everything that the effect can be on; `name` is then *."""
    WORKLOAD = "workload"
    PROVIDER = "provider"
    FAMILY = "family"
    STACK = "stack"
    OFFERING = "offering"
    MIGRATION = "migration"


OF_OFFERINGS = frozenset({Subject.ALL, Subject.PROVIDER, Subject.FAMILY, Subject.STACK, Subject.OFFERING})

SUBJECTS: dict[Effect, frozenset[Subject]] = {
    Effect.DEMAND: frozenset({Subject.ALL, Subject.WORKLOAD}),
    Effect.ON_DEMAND_PRICE: OF_OFFERINGS,
    Effect.SPOT_PRICE: OF_OFFERINGS,
    Effect.SPOT_DEPTH: OF_OFFERINGS,
    Effect.GOODPUT: OF_OFFERINGS,
    Effect.DELIVERY_DELAY: OF_OFFERINGS,
    Effect.GATE: frozenset({Subject.ALL, Subject.MIGRATION}),
}
"""What each effect can be on."""


class OutlookEffect(Record):
    """One thing that is different in one outlook, from a month on."""

    outlook: Id
    effect: Effect
    of: Subject = Subject.ALL
    name: str = "*"
    """The workload, provider, family, stack, offering or migration; * with `all`."""
    first_month: Month | None = None
    """From this month on, until the next row of the same effect and name; blank for the whole horizon."""
    value: NonNegative
    """A factor; for delivery_delay whole months; for gate 0 or 1."""

    @model_validator(mode="after")
    def _value_and_subject_fit_the_effect(self) -> Self:
        if self.of not in SUBJECTS[self.effect]:
            allowed = ", ".join(sorted(SUBJECTS[self.effect]))
            raise ValueError(f"effect {self.effect} is of {allowed}, not of {self.of}")
        if (self.of is Subject.ALL) != (self.name == "*"):
            raise ValueError("name is * with of = all, and a name otherwise")
        if self.effect is Effect.DELIVERY_DELAY and self.value != int(self.value):
            raise ValueError("delivery_delay is in whole months")
        if self.effect is Effect.GATE and (self.value not in (0, 1) or self.first_month is not None):
            raise ValueError("gate is 0 or 1, for the whole horizon (first_month stays blank)")
        if self.effect is Effect.GOODPUT and self.value == 0:
            raise ValueError("goodput must be above 0; to take an offering away use a contingency")
        return self

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Rows with the same key follow each other in time."""
        return self.outlook, self.effect.value, self.of.value, self.name


BASE_OUTLOOK = Outlook(outlook="base", probability=1.0)
