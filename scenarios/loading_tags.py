"""Tags of a workload divide its tokens once: shares of a kind are at most the whole."""

from collections import defaultdict
from collections.abc import Iterator
from math import fsum

from catalog.findings import Code, Finding
from catalog.loading import Placed
from scenarios.loading_tables import Tables
from scenarios.loading_workloads import SHARE_TOLERANCE
from scenarios.token_tags import TagKind, TokenTag


def check_tags(tables: Tables, findings: list[Finding]) -> None:
    """Report workloads of which more than all tokens are tagged."""
    findings += _more_than_all(tables)


def _more_than_all(tables: Tables) -> Iterator[Finding]:
    shares: dict[tuple[str, TagKind], list[Placed[TokenTag]]] = defaultdict(list)
    for row in tables.tags.placed:
        shares[row.record.workload, row.record.kind].append(row)
    for (workload, kind), rows in shares.items():
        total = fsum(row.record.token_share for row in rows)
        if total > 1 + SHARE_TOLERANCE:
            found = f"shares of {workload} by {kind.value} that add up to {total:.9g}"
            hint = "correct the shares; what they leave is shown as untagged"
            yield Finding(Code.TAGGED_TWICE, rows[-1].at("token_share"), found, "at most 1 together", hint)
