"""Which input a check is about, as a path."""

from catalog.records import Record
from optimizer.diagnosing.records import CitedInput
from scenarios.policy import Policy


def rule_cited(policy: Policy, table: str, rule: Record, field: str = "") -> CitedInput:
    """A record of a list of the policy, or one of its fields."""
    rows = getattr(policy, table)
    place = next(number for number, row in enumerate(rows) if row is rule)
    path = f"policy.{table}[{place}]"
    return CitedInput(path=f"{path}.{field}" if field else path)


def row_cited(table: str, *key: object, column: str = "") -> CitedInput:
    """A row of a table, or one of its cells."""
    path = f"{table}.{'/'.join(map(str, key))}"
    return CitedInput(path=f"{path}.{column}" if column else path)
