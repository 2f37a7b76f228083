"""Why no plan can keep all rules, as plain data: what `plan` and `explain` tell, and print with --json (decision 0039).

Nothing here looks like a plan: no cost, no orders.
"""

from enum import StrEnum

from catalog.records import Record, Text


class Unit(StrEnum):
    """What a number counts."""

    SHARE = "share"
    USD = "usd"
    MONTHS = "months"
    NODES = "nodes"
    MW = "mw"
    T_CO2E = "t_co2e"
    POINTS = "points"
    COUNT = "count"
    FACTOR = "factor"
    """Of all demand."""
    TOK_PER_S = "tok_per_s"


class CitedInput(Record):
    """An input that has a part in it."""

    path: Text
    """Of the row or the key, as `siliconmix paths` lists it."""
    place: Text = ""
    """File with row or line; blank where the inputs were not read from files, or nothing is stated there."""


class SeenBefore(Record):
    """What inputs alone show, by exact arithmetic and without solving."""

    check: Text
    """Which check."""
    words: Text
    mend: Text
    inputs: tuple[CitedInput, ...]


class CollidingRule(Record):
    """A rule of the conflict."""

    words: Text
    input: CitedInput
    is_needed: bool
    """Without it the others of the conflict can hold; False: not settled in time, so it may have no part in it."""


class ChangeOutcome(StrEnum):
    """What became of the search for a change."""

    MENDS = "mends"
    """With `after` a plan exists; with less of the change none does, up to half a per cent of it."""
    NO_VALUE = "no_value_helps"
    NOT_SETTLED = "not_settled"
    """The time was over: `after` is the best that is known, if any."""


class LeastChange(Record):
    """One number changed alone, all else as it is."""

    words: Text
    """What is changed."""
    paths: tuple[Text, ...]
    """What --set is addressed to; several for demand."""
    place: Text = ""
    unit: Unit
    before: Text
    """As one types it."""
    outcome: ChangeOutcome
    after: Text | None = None
    """The value with which a plan exists, as one types it."""
    change: Text = ""
    """From before to after, in the unit."""
    still_impossible: Text | None = None
    """The value nearest to `after` with which none exists; null where none but `before` was tried."""
    mends_removed: Text = ""
    """Where no value helps, but a plan exists without the rule: what to give to --remove; else blank."""

    @property
    def settings(self) -> tuple[str, ...]:
        """What to give to --set; none where nothing is known to help."""
        return () if self.after is None else tuple(f"{path}={self.after}" for path in self.paths)


class WhyImpossible(Record):
    """Why no plan can keep all rules."""

    seen_before: tuple[SeenBefore, ...] = ()
    """What inputs alone show; then nothing is solved."""
    is_supply_alone: bool = False
    """Even without any rule there is no plan."""
    conflict: tuple[CollidingRule, ...] = ()
    """Rules that cannot hold together with the supply; another conflict may stand beside it."""
    changes: tuple[LeastChange, ...] = ()
    """Of the numbers of those rules."""
    supply: tuple[LeastChange, ...] = ()
    """Of stock, quota and demand."""
    notes: tuple[Text, ...] = ()
    """What was not settled, and why."""
