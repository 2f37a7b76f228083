"""The rules of a policy that can be spared, whatever their kind: words, place, numbers, and the scenario without them.

To add a list to the policy is to add its line to NAMED; a single limit goes to SINGLE, and what is no rule but
describes the inputs to DESCRIBING. A test fails if a field of the policy is in none of the three.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import Any

from catalog.records import Record
from optimizer.diagnosing import rule_words as words
from optimizer.diagnosing.numbers import Number, Way, exactly, like
from optimizer.diagnosing.records import Unit
from scenarios.policy import AuditMinimum, Contingency, Policy
from scenarios.scenario import Scenario

ONE, NOTHING = Decimal(1), Decimal(0)


@dataclass(frozen=True)
class Rule:
    """A rule that can be taken out."""

    words: str
    path: str
    without: Callable[[Scenario], Scenario]
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Limit:
    """A number of a rule: its field, what it counts, the way in which it is looser, and the loosest it can be."""

    field: str
    unit: Unit
    way: Way
    end: Decimal | None = None


@dataclass(frozen=True)
class NamedRules:
    """A list of the policy whose items are rules."""

    table: str
    words: Callable[[Any], str]
    limits: tuple[Limit, ...]


@dataclass(frozen=True)
class SingleLimit:
    """A single number of the policy that is a rule by itself; blank or at its loosest it says nothing."""

    keys: tuple[str, ...]
    words: Callable[[Any], str]
    limit: Limit
    out: float | None
    """What stands there when it is taken out."""


NAMED = (
    NamedRules("concentration", words.cap, (Limit("cap_share", Unit.SHARE, Way.UP, ONE),)),
    NamedRules("share_floors", words.floor, (Limit("floor_share", Unit.SHARE, Way.DOWN, NOTHING),)),
    NamedRules("outstanding", words.outstanding, (Limit("limit_usd", Unit.USD, Way.UP),)),
    NamedRules("remaining_terms", words.remaining_term, (Limit("limit_months", Unit.MONTHS, Way.UP),)),
    NamedRules("expiries", words.expiry, (Limit("cap_share", Unit.SHARE, Way.UP, ONE),)),
    NamedRules(
        "sourcing",
        words.sourcing,
        (
            Limit("providers_at_least", Unit.COUNT, Way.DOWN, ONE),
            Limit("share_at_least", Unit.SHARE, Way.DOWN, Decimal("1e-6")),
        ),
    ),
    NamedRules("contingencies", words.contingency, (Limit("floor_share", Unit.SHARE, Way.DOWN, NOTHING),)),
    NamedRules("budgets", words.budget, (Limit("limit_usd", Unit.USD, Way.UP),)),
    NamedRules("sovereignty", words.sovereignty, (Limit("index_at_least", Unit.POINTS, Way.DOWN, NOTHING),)),
    NamedRules("audit_answers", words.audit_answers, (Limit("yes_at_least", Unit.COUNT, Way.DOWN, NOTHING),)),
    NamedRules("power", words.power, (Limit("limit_mw", Unit.MW, Way.UP),)),
    NamedRules("carbon", words.carbon, (Limit("limit_t_co2e", Unit.T_CO2E, Way.UP),)),
)
"""Every list of the policy."""

SINGLE = (
    SingleLimit(("spot_share_cap",), words.spot_share_cap, Limit("", Unit.SHARE, Way.UP, ONE), 1.0),
    SingleLimit(("emergency_share",), words.emergency_share, Limit("", Unit.SHARE, Way.UP, ONE), 1.0),
    SingleLimit(("stability", "changed_usd_at_most"), words.changed_usd, Limit("", Unit.USD, Way.UP), None),
    SingleLimit(("stability", "changed_orders_at_most"), words.changed_orders, Limit("", Unit.COUNT, Way.UP), None),
    SingleLimit(("migrations_at_once",), words.migrations_at_once, Limit("", Unit.COUNT, Way.UP), None),
)
"""Every single limit of the policy."""

DESCRIBING = frozenset(
    {
        "haircut_share",
        "percentile_factor",
        "memory_usable_share",
        "memory_check",
        "roofline_prior",
        "unknown_stock_nodes",
        "unknown_quota_nodes",
        "unknown_figures",
        "sovereignty_weights",
        "carbon_price_usd_per_t",
    }
)
"""Fields that say how inputs are read or what something costs: no plan is forbidden by them alone."""


def rules_of(scenario: Scenario) -> tuple[Rule, ...]:
    """Every rule that a scenario has, in the order of the policy; those of workloads last."""
    return (
        *(rule for kind in NAMED for rule in _named(scenario.policy, kind)),
        *(rule for kind in SINGLE for rule in _single(scenario.policy, kind)),
        *_of_workloads(scenario),
    )


def without(scenario: Scenario, rules: tuple[Rule, ...]) -> Scenario:
    """The scenario without some of its rules, which need not be taken out in any order."""
    for rule in sorted(rules, key=lambda rule: rule.path, reverse=True):
        scenario = rule.without(scenario)
    return scenario


def _named(policy: Policy, kind: NamedRules) -> Iterator[Rule]:
    for place, record in enumerate(getattr(policy, kind.table)):
        path = f"policy.{kind.table}[{place}]"
        said = kind.words(record)
        numbers = [_number(kind.table, record, limit, path, said) for limit in kind.limits]
        if isinstance(record, Contingency):
            numbers += _own_floors(record, path, said)
        if isinstance(record, AuditMinimum) and not record.required:
            numbers = [replace(number, end=ONE) for number in numbers]  # a rule must ask for something
        yield Rule(said, path, partial(_taken_out, table=kind.table, record=record), tuple(numbers))


def _number(table: str, record: Record, limit: Limit, path: str, said: str) -> Number:
    value = getattr(record, limit.field)

    def put(scenario: Scenario, number: Decimal) -> Scenario:
        changed = record.model_copy(update={limit.field: like(value, number)})
        return _replaced(scenario, table, record, changed)

    return Number(
        words=f"{limit.field} of {said}",
        paths=(f"{path}.{limit.field}",),
        row=path,
        unit=limit.unit,
        value=exactly(value),
        way=limit.way,
        end=limit.end,
        put=put,
    )


def _own_floors(event: Contingency, path: str, said: str) -> Iterator[Number]:
    """The floors of single workloads."""
    for place, row in enumerate(event.floors):

        def put(scenario: Scenario, number: Decimal, place: int = place) -> Scenario:
            floors = list(event.floors)
            floors[place] = floors[place].model_copy(update={"floor_share": float(number)})
            changed = event.model_copy(update={"floors": tuple(floors)})
            return _replaced(scenario, "contingencies", event, changed)

        yield Number(
            words=f"floor of {row.workload} in {said}",
            paths=(f"{path}.floors[{place}].floor_share",),
            row=path,
            unit=Unit.SHARE,
            value=exactly(row.floor_share),
            way=Way.DOWN,
            end=NOTHING,
            put=put,
        )


def _replaced(scenario: Scenario, table: str, record: Record, changed: Record) -> Scenario:
    rows = tuple(changed if row is record else row for row in getattr(scenario.policy, table))
    return _with_policy(scenario, {table: rows})


def _taken_out(scenario: Scenario, *, table: str, record: Record) -> Scenario:
    rows = tuple(row for row in getattr(scenario.policy, table) if row is not record)
    return _with_policy(scenario, {table: rows})


def _with_policy(scenario: Scenario, update: dict[str, Any]) -> Scenario:
    return scenario.model_copy(update={"policy": scenario.policy.model_copy(update=update)})


def _single(policy: Policy, kind: SingleLimit) -> Iterator[Rule]:
    value: Any = policy
    for key in kind.keys:
        value = None if value is None else getattr(value, key)
    if value is None or value == kind.out:
        return
    path = ".".join(("policy", *kind.keys))
    said = kind.words(value)

    def put(scenario: Scenario, number: Decimal) -> Scenario:
        return _with_key(scenario, kind.keys, like(value, number))

    number = Number(
        words=said,
        paths=(path,),
        row=path,
        unit=kind.limit.unit,
        value=exactly(value),
        way=kind.limit.way,
        end=kind.limit.end,
        put=put,
    )
    yield Rule(said, path, lambda scenario: _with_key(scenario, kind.keys, kind.out), (number,))


def _with_key(scenario: Scenario, keys: tuple[str, ...], value: Any) -> Scenario:
    if len(keys) == 1:
        return _with_policy(scenario, {keys[0]: value})
    inner = getattr(scenario.policy, keys[0]).model_copy(update={keys[1]: value})
    return _with_policy(scenario, {keys[0]: inner})


def _of_workloads(scenario: Scenario) -> Iterator[Rule]:
    """Spot caps of workloads that have one of their own."""
    for row in scenario.workloads:
        if row.spot_share_cap is None or row.spot_share_cap >= 1:
            continue
        path = f"workloads.{row.workload}"
        said = words.own_spot_share_cap(row)
        number = Number(
            words=said,
            paths=(f"{path}.spot_share_cap",),
            row=path,
            unit=Unit.SHARE,
            value=exactly(row.spot_share_cap),
            way=Way.UP,
            end=ONE,
            put=partial(_with_spot_share_cap, workload=row.workload),
        )
        yield Rule(said, path, partial(_with_spot_share_cap, number=ONE, workload=row.workload), (number,))


def _with_spot_share_cap(scenario: Scenario, number: Decimal, *, workload: str) -> Scenario:
    rows = tuple(
        row.model_copy(update={"spot_share_cap": float(number)}) if row.workload == workload else row
        for row in scenario.workloads
    )
    return scenario.model_copy(update={"workloads": rows})
