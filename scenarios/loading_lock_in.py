"""Rules on what one is bound to: the provider or workload that they name must be one that exists."""

from collections.abc import Iterator

from catalog.findings import Code, Finding, did_you_mean, shown
from catalog.reading_records import TreeReader
from scenarios.loading_names import EVERY, groups
from scenarios.loading_tables import Tables
from scenarios.policy import Grouping, OutstandingCap, RemainingTermCap, SourcingRule


def check_lock_in(reader: TreeReader, tables: Tables, findings: list[Finding]) -> None:
    """Report every rule that names an unknown provider or workload."""
    for path, record in reader.whole.items():
        if isinstance(record, OutstandingCap | RemainingTermCap):
            findings += _unknown_provider(path, record, reader, tables)
        elif isinstance(record, SourcingRule):
            findings += _unknown_workload(path, record, reader, tables)


def _unknown_provider(
    path: str, rule: OutstandingCap | RemainingTermCap, reader: TreeReader, tables: Tables
) -> Iterator[Finding]:
    known = groups(Grouping.PROVIDER, tables)
    if known is None or rule.provider in ("", EVERY, *known):
        return
    where = reader.where(f"{path}.provider")
    expected = "a provider on offer, * for each of them, or nothing for all together"
    yield Finding(Code.NO_GROUP, where, shown(rule.provider), expected, did_you_mean(rule.provider, [*known, EVERY]))


def _unknown_workload(path: str, rule: SourcingRule, reader: TreeReader, tables: Tables) -> Iterator[Finding]:
    if tables.workloads.whole and not tables.workloads.may_hold("workload", rule.workload):
        hint = did_you_mean(rule.workload, tables.workloads.names("workload"))
        where = reader.where(f"{path}.workload")
        yield Finding(Code.REFERENCE, where, shown(rule.workload), "a name in column workload of workloads", hint)
