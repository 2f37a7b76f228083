"""Inputs in which two scenarios differ, in groups that can be changed alone (docs/decisions/0038).

A group is a row of a table or a key of scenario.yaml, with all others that touch the same thing:

- rows about the same contract, offering, workload and so on, whichever table they stand in: a contract and its tiers,
  or a contract that is gone and the held contract of that id that has come in its place;
- points of a model on a chip; outlooks, whose probabilities add up; hourly loads, which make the blocks together; what
  forecasts make of demand; approved orders;
- first month, length and order date, with the demand of months that only one of the two plans: the horizon;
- a row that refers to what has come or gone, with that: neither stands without the other.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from contracts.calendar import Month
from optimizer.comparing.inputs_differ import SECTIONS, InputPlace, differing_places, rows_of
from scenarios.changes import ChangeMade
from scenarios.loading_checks import NAME_SPACES
from scenarios.loading_tables import SPECS
from scenarios.scenario import Scenario

HORIZON = "horizon"
_OF_THE_HORIZON = ("first_month", "months", "order_date", "reveal_month")
_OF_FORECASTS = ("forecast_outlooks", "quantile_rule")
_SEARCH = ("gap_share", "gap_usd", "seed", "time_limit_s")
"""How a plan is searched for; what is the best plan does not depend on it."""
_TOGETHER = {"outlooks": "outlooks", "hourly_load": "hourly load", "approved_orders": "approved orders"}
"""Tables whose rows make sense only together."""

Thing = tuple[str, str]
"""A kind and a name."""


@dataclass(frozen=True)
class Group:
    """Inputs that are changed together."""

    name: str
    """What it is about: a table and key, or a key of scenario.yaml, or the horizon."""
    places: tuple[InputPlace, ...]
    changes: tuple[ChangeMade, ...]
    things: frozenset[str]
    """Names that its rows speak of."""

    decides_nothing: bool = False
    """Whether no plan depends on it: the search, tags of costs, and approved orders where no policy counts them."""


def groups_of(old: Scenario, new: Scenario) -> tuple[Group, ...]:
    """All inputs that differ, each in one group, in the order of scenario.yaml and the tables."""
    return _Grouping(old, new).groups()


class _Grouping:
    """Joins what touches the same thing."""

    def __init__(self, old: Scenario, new: Scenario) -> None:
        self._old, self._new = old, new
        self._changes = differing_places(old, new)
        self._parent: dict[InputPlace, InputPlace] = {place: place for place in self._changes}

    def groups(self) -> tuple[Group, ...]:
        """Join, then collect."""
        self._join_what_touches_the_same()
        self._join_what_refers_to_what_has_come_or_gone()
        together: dict[InputPlace, list[InputPlace]] = {}
        for place in self._changes:
            together.setdefault(self._root(place), []).append(place)
        return tuple(self._group(places) for places in together.values())

    def _group(self, places: Sequence[InputPlace]) -> Group:
        changes = tuple(made for place in places for made in self._changes[place])
        things = frozenset(text for place in places for text in self._texts(place))
        return Group(self._name(places), tuple(places), changes, things, all(map(self._decides_nothing, places)))

    def _decides_nothing(self, place: InputPlace) -> bool:
        if place.table == "approved_orders":
            return all(each.policy.stability is None for each in (self._old, self._new))
        return place.table == "tags" or (place.table == "run" and place.key in _SEARCH)

    def _name(self, places: Sequence[InputPlace]) -> str:
        """By the horizon if that moves, else by what all places are about, else by the first of them."""
        if any(self._is_of_the_horizon(place) for place in places):
            return HORIZON
        first = next((place for place in places if place.table in ("contracts", "workloads", "outlooks")), places[0])
        if first.table in _TOGETHER:
            return _TOGETHER[first.table]
        if len(places) == 1:
            return f"{first.table}.{first.key}"
        about = first.key.partition("/")[0]
        if all(place.key.partition("/")[0] == about for place in places):
            return f"{first.table}.{about}, {len(places)} rows"
        return f"{first.table}.{first.key} and {len(places) - 1} more"

    def _join_what_touches_the_same(self) -> None:
        first: dict[Thing, InputPlace] = {}
        for place in self._changes:
            for thing in self._touches(place):
                self._join(place, first.setdefault(thing, place))

    def _touches(self, place: InputPlace) -> Iterator[Thing]:
        if place.table in SECTIONS:
            yield from self._touched_by_a_key(place)
            return
        row = self._row(place)
        if place.table in _TOGETHER:
            yield place.table, ""
        if self._is_of_the_horizon(place):
            yield HORIZON, ""
            return
        if place.table == "goodput_points":
            yield "points", f"{row['model']}/{row['accelerator']}"
            return
        if self._has_forecasts and place.table in ("forecast", "model_dates", "demand", "outlooks", "outlook_effects"):
            yield "forecasts", ""
        column = SPECS[place.table].key[0]
        if place.table not in _TOGETHER:
            yield NAME_SPACES.get(column, column), row[column]

    def _touched_by_a_key(self, place: InputPlace) -> Iterator[Thing]:
        if self._is_of_the_horizon(place):
            yield HORIZON, ""
        elif place.table == "run" and place.key in _OF_FORECASTS:
            yield "forecasts", ""
        elif place.table == "run" and place.key in _SEARCH:
            yield "search", ""

    def _is_of_the_horizon(self, place: InputPlace) -> bool:
        if place.table == "run":
            return place.key in _OF_THE_HORIZON
        return place.table == "demand" and not self._is_planned_by_both(self._row(place)["month"])

    def _is_planned_by_both(self, month: str) -> bool:
        return month in self._months_of_both

    @cached_property
    def _months_of_both(self) -> frozenset[str]:
        months: list[set[Month]] = [set(each.horizon.months) for each in (self._old, self._new)]
        return frozenset(map(str, months[0] & months[1]))

    @cached_property
    def _has_forecasts(self) -> bool:
        """Whether demand or outlooks are made of forecasts in one of them, and these differ."""
        return any(place.table in ("forecast", "model_dates") for place in self._changes)

    def _join_what_refers_to_what_has_come_or_gone(self) -> None:
        """A row or key that names a thing which only one of the scenarios has goes with it."""
        coming = {name: place for place in self._changes if (name := self._comes_or_goes(place))}
        for place in self._changes:
            for text in self._texts(place):
                if text in coming:
                    self._join(place, coming[text])

    def _comes_or_goes(self, place: InputPlace) -> str | None:
        """The name of what a row states that is only in one scenario; None for what others do not refer to."""
        if place.table in SECTIONS or len(SPECS[place.table].key) > 1 or place.table in ("goodput_points", "claims"):
            return None
        only_one = (place.key in self._rows[0][place.table]) != (place.key in self._rows[1][place.table])
        return place.key if only_one else None

    def _texts(self, place: InputPlace) -> frozenset[str]:
        """Every text of a row or key, in either scenario."""
        if place.table in SECTIONS:
            return frozenset(text for made in self._changes[place] for text in (made.before, made.after) if text)
        rows = (tables[place.table].get(place.key, {}) for tables in self._rows)
        return frozenset(part for row in rows for cell in row.values() for part in cell.split(";") if part)

    def _row(self, place: InputPlace) -> Mapping[str, str]:
        old, new = (tables[place.table].get(place.key) for tables in self._rows)
        row = old or new
        assert row is not None
        return row

    @cached_property
    def _rows(self) -> tuple[dict[str, dict[str, dict[str, str]]], ...]:
        """Rows of the tables that differ, by table and key, of either scenario."""
        tables = [name for name in SPECS if any(place.table == name for place in self._changes)]
        return tuple({name: rows_of(each, name, SPECS[name].key) for name in tables} for each in (self._old, self._new))

    def _root(self, place: InputPlace) -> InputPlace:
        while self._parent[place] != place:
            place = self._parent[place]
        return place

    def _join(self, one: InputPlace, other: InputPlace) -> None:
        first, second = sorted((self._root(one), self._root(other)), key=list(self._changes).index)
        self._parent[second] = first
