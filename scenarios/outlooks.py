"""Outlooks: joint futures, each with its probability."""

from pydantic import Field

from catalog.records import Id, Record, Share


class Outlook(Record):
    """One possible future. With a single outlook the plan is deterministic."""

    outlook: Id
    probability: Share = Field(gt=0.0)


BASE_OUTLOOK = Outlook(outlook="base", probability=1.0)
