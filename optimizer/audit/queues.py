"""How much a pool of replicas carries, by Erlang's formula for those who wait (docs/decisions/0031)."""

from dataclasses import dataclass
from functools import cache
from math import exp, floor

MOST_REPLICAS = 4096
"""A larger pool is counted at the share of one of this size."""
HALVINGS = 50


@dataclass(frozen=True)
class Wait:
    """How long a request may wait for a replica, how often it may wait longer, and how long it is served."""

    limit_s: float | None
    """None: there is no limit."""
    late_share: float
    service_s: float


def waiting_share(servers: int, erlangs: float) -> float:
    """Share of requests that find no free server, for 0 <= erlangs < servers.

    1 / B is the sum over k of servers * (servers - 1) * ... (k factors) / erlangs^k; C = B / (1 - (a / c) (1 - B)).

    >>> round(waiting_share(2, 1.0), 12)  # 1/B = 1 + 2 + 2
    0.333333333333
    """
    if erlangs <= 0.0:
        return 0.0
    term = total = 1.0
    for left in range(servers, 0, -1):
        term *= left / erlangs
        total += term
        if term > 1e300:
            return 0.0
        if term < 1e-17 * total:
            break
    blocked = 1.0 / total
    return blocked / (1.0 - erlangs / servers * (1.0 - blocked))


@cache
def most_erlangs(servers: int, wait: Wait) -> float:
    """The largest offered load that whole servers carry: no more requests than may wait longer than the limit.

    >>> most_erlangs(3, Wait(None, 0.01, 0.1))
    3.0
    """
    if wait.limit_s is None or servers == 0:
        return float(servers)
    low, high = 0.0, float(servers)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        late = waiting_share(servers, middle) * exp(-(servers - middle) * wait.limit_s / wait.service_s)
        low, high = (middle, high) if late <= wait.late_share else (low, middle)
    return low


def derived_share(replicas: float, wait: Wait, burst_ratio: float, cap: float) -> float:
    """The most of a pool that may be used: linear between whole replicas, below one as at one."""
    counted = min(max(replicas, 1.0), float(MOST_REPLICAS))
    below = floor(counted)
    carried = most_erlangs(below, wait)
    if counted > below:
        carried += (counted - below) * (most_erlangs(below + 1, wait) - carried)
    return min(cap, carried / (counted * burst_ratio))
