"""One unit more of a rule that binds: which input states it, and how that is written.

    a share                     one point
    a limit of money            1 %
    power, carbon, rate limits  1 %
    a count                     1
    quota, stock, depth         one node
    a term                      one month

More is always more room: caps go up, floors go down. The sentence of a binding row is read backwards to its index
(rules know themselves by an id there), so that a family of rules that is new needs a line of `LIMITS` and no more.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from catalog.records import Record
from optimizer.families import FAMILIES
from optimizer.plan_binding import BindingRule
from optimizer.sensitivity.levers import decimal, plain, setting
from scenarios.changes import Change
from scenarios.scenario import Scenario

POINT = Decimal("0.01")
HUNDREDTH = Decimal("0.01")
WHOLE = Decimal(1)


@dataclass(frozen=True)
class Unit:
    """One more of a rule: the input, what one is, and what stands there before and after."""

    path: str
    words: str
    before: str
    after: str

    @property
    def change(self) -> Change:
        """The change of the inputs."""
        return setting(self.path, self.after)


@dataclass(frozen=True)
class NoUnit:
    """A rule without a unit, and why."""

    reason: str


Found = Unit | NoUnit
OWN_CLAUSE = "a clause of what is signed, not a rule of the policy: ask siliconmix negotiate what it is worth"


def unit_of(scenario: Scenario, rule: BindingRule) -> Found:
    """The unit of a rule that binds."""
    for row, sentence in _sentences()[rule.rule].items():
        named = re.fullmatch(sentence, rule.place)
        if named is not None:
            return _unit(scenario, (rule.rule, row), named.groups())
    return NoUnit("no input that states it is known")


def _unit(scenario: Scenario, row: tuple[str, str], index: tuple[str, ...]) -> Found:
    about = index[0] if index else ""
    own = _OWN.get(row)
    if own is not None:
        return own(scenario, about)
    return _by_id(scenario, about) or NoUnit(OWN_CLAUSE)


@cache
def _sentences() -> Mapping[str, Mapping[str, str]]:
    """By family and row: the sentence as a pattern, a group for each part of the index."""
    return {
        family.__name__.rpartition(".")[2]: {
            row: re.sub(r"\\\{\d+\\\}", "(.+?)", re.escape(text)) for row, text in family.SENTENCES.items()
        }
        for family in FAMILIES
    }


@dataclass(frozen=True)
class _Limit:
    """How a field of a rule makes room: by how much, and in which words."""

    field: str
    words: str
    more: Callable[[Decimal], Decimal]


def _one_point(value: Decimal) -> Decimal:
    return min(WHOLE, value + POINT)


def _point_less(value: Decimal) -> Decimal:
    return max(Decimal(0), value - POINT)


def _one_more(value: Decimal) -> Decimal:
    return value + 1


def _one_less(value: Decimal) -> Decimal:
    return max(Decimal(0), value - 1)


def _a_hundredth(value: Decimal) -> Decimal:
    return value * (1 + HUNDREDTH)


LIMITS = {
    "ConcentrationCap": _Limit("cap_share", "one point of share", _one_point),
    "ShareFloor": _Limit("floor_share", "one point of share less", _point_less),
    "OutstandingCap": _Limit("limit_usd", "1 % of the limit", _a_hundredth),
    "RemainingTermCap": _Limit("limit_months", "one month", _one_more),
    "ExpiryCap": _Limit("cap_share", "one point of share", _one_point),
    "SourcingRule": _Limit("share_at_least", "one point of share less", _point_less),
    "SovereigntyFloor": _Limit("index_at_least", "one point of the index less", _one_less),
    "PowerCap": _Limit("limit_mw", "1 % of the limit", _a_hundredth),
    "CarbonCap": _Limit("limit_t_co2e", "1 % of the limit", _a_hundredth),
    "Budget": _Limit("limit_usd", "1 % of the limit", _a_hundredth),
}
"""By the record that states a rule."""


def _by_id(scenario: Scenario, rule: str) -> Found | None:
    """The rule of the policy whose id stands in the row; None where there is none."""
    policy = scenario.policy
    for key in type(policy).model_fields:
        rows = getattr(policy, key)
        for i, row in enumerate(rows if isinstance(rows, tuple) else ()):
            limit = LIMITS.get(type(row).__name__)
            name = getattr(row, "rule", None) or getattr(row, "budget", None)
            if limit is not None and name == rule:
                return _of_record(row, f"policy.{key}[{i}]", limit)
    return None


def _of_record(row: Record, path: str, limit: _Limit) -> Found:
    return _number(f"{path}.{limit.field}", decimal(getattr(row, limit.field)), limit)


def _number(path: str, value: Decimal | None, limit: _Limit) -> Found:
    if value is None:
        return NoUnit("nothing is stated that could be moved")
    after = limit.more(value)
    if after == value:
        return NoUnit("there is no more of it")
    return Unit(path, limit.words, plain(value), plain(after))


def _decimal(value: float | Decimal | None) -> Decimal | None:
    return None if value is None else decimal(value)


_NODE = _Limit("", "one node", _one_more)
_POINT = _Limit("", "one point of share", _one_point)
_HUNDREDTH = _Limit("", "1 % of the limit", _a_hundredth)


def _stock(scenario: Scenario, name: str) -> Found:
    known = scenario.catalog.offering[name].stock_nodes
    bound = known if known is not None else scenario.policy.unknown_stock_nodes
    return _number(f"offerings.{name}.stock_nodes", _decimal(bound), _NODE)


def _quota(scenario: Scenario, name: str) -> Found:
    known = scenario.catalog.offering[name].quota_nodes
    bound = known if known is not None else scenario.policy.unknown_quota_nodes
    return _number(f"offerings.{name}.quota_nodes", _decimal(bound), _NODE)


def _depth(scenario: Scenario, name: str) -> Found:
    terms = next(row for row in scenario.spot if row.contract == name)
    return _number(f"contracts.{name}.spot_depth_nodes", _decimal(terms.spot_depth_nodes), _NODE)


def _spot_share(scenario: Scenario, name: str) -> Found:
    own = next(row.spot_share_cap for row in scenario.workloads if row.workload == name)
    if own is not None:
        return _number(f"workloads.{name}.spot_share_cap", _decimal(own), _POINT)
    return _number("policy.spot_share_cap", _decimal(scenario.policy.spot_share_cap), _POINT)


def _shortfall(scenario: Scenario, name: str) -> Found:
    row = next(row for row in scenario.workloads if row.workload == name)
    return _number(f"workloads.{name}.shortfall_limit_share", _decimal(row.shortfall_limit_share), _POINT)


def _emergency(scenario: Scenario, _: str) -> Found:
    return _number("policy.emergency_share", _decimal(scenario.policy.emergency_share), _POINT)


def _api_share(scenario: Scenario, name: str) -> Found:
    events = scenario.policy.contingencies
    i = next(i for i, event in enumerate(events) if event.contingency == name)
    return _number(f"policy.contingencies[{i}].api_share", _decimal(events[i].api_share), _POINT)


def _changed(field: str, limit: _Limit) -> Callable[[Scenario, str], Found]:
    def found(scenario: Scenario, _: str) -> Found:
        stated = scenario.policy.stability
        return _number(f"policy.stability.{field}", None if stated is None else _decimal(getattr(stated, field)), limit)

    return found


def _at_once(scenario: Scenario, _: str) -> Found:
    limit = _Limit("", "one migration", _one_more)
    return _number("policy.migrations_at_once", _decimal(scenario.policy.migrations_at_once), limit)


def _site(field: str) -> Callable[[Scenario, str], Found]:
    def found(scenario: Scenario, name: str) -> Found:
        row = next(row for row in scenario.sites if row.site == name)
        return _number(f"sites.{name}.{field}", _decimal(getattr(row, field)), _HUNDREDTH)

    return found


def _rate(field: str) -> Callable[[Scenario, str], Found]:
    def found(scenario: Scenario, name: str) -> Found:
        row = next(row for row in scenario.api_offers if row.api == name)
        return _number(f"api_offers.{name}.{field}", _decimal(getattr(row, field)), _HUNDREDTH)

    return found


_OWN: Mapping[tuple[str, str], Callable[[Scenario, str], Found]] = {
    ("stock", "stay_in_the_stock"): _stock,
    ("on_demand", "stay_in_the_quota"): _quota,
    ("spot", "stay_in_the_depth"): _depth,
    ("spot", "cap_the_spot_share"): _spot_share,
    ("demand", "limit_the_shortfall"): _shortfall,
    ("fallback", "limit_the_emergency"): _emergency,
    ("fallback", "stay_in_the_input_limit"): _api_share,
    ("fallback", "stay_in_the_output_limit"): _api_share,
    ("migration", "few_at_once"): _at_once,
    ("stability", "keep_the_value"): _changed("changed_usd_at_most", _HUNDREDTH),
    ("stability", "keep_the_count"): _changed("changed_orders_at_most", _Limit("", "one order", _one_more)),
    ("sites", "stay_in_the_power"): _site("power_kw"),
    ("sites", "stay_in_the_space"): _site("rack_units"),
    ("api", "stay_in_the_input_limit"): _rate("input_tok_per_s_limit"),
    ("api", "stay_in_the_output_limit"): _rate("output_tok_per_s_limit"),
}
"""Rows of families whose index is what the rule is about, not the id of a rule."""
