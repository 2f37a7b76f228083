"""Erlang: how likely a request waits in a pool of servers, and what a pool may carry while few wait long.

    B(c, a)  =  a^c e^-a / c! / Q(c + 1, a)                a request finds all of c servers taken (none may wait)
    C(c, a)  =  B / (1 - (a / c) (1 - B))                  it must wait (all may)
    P(wait > d)  =  C(c, a) * exp(-(c - a) * d / service time)

a is the offered load in erlangs (servers kept busy on average), Q the regularised upper incomplete gamma function.
Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges"
(1917); arrivals at random, service times exponential, first come first served.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincc, gammaln

LARGEST_POOL = 4096
"""A larger pool carries no larger share of its servers than this one: the gain beyond is below a hundredth."""
HALVINGS = 60
FIRST_SERVERS = 64

Floats = NDArray[np.float64]


def blocked_share(servers: Floats | float, erlangs: Floats | float) -> Floats:
    """Erlang B: the share of requests that find all servers taken.

    >>> round(float(blocked_share(3, 2.0)), 6)
    0.210526
    """
    c, a = np.asarray(servers, dtype=np.float64), np.asarray(erlangs, dtype=np.float64)
    with np.errstate(divide="ignore", under="ignore"):
        share: Floats = np.exp(c * np.log(a) - a - gammaln(c + 1)) / gammaincc(c + 1, a)
    return share


def waiting_share(servers: Floats | float, erlangs: Floats | float) -> Floats:
    """Erlang C: the share of requests that must wait, for a load below the number of servers.

    >>> round(float(waiting_share(3, 2.0)), 6)
    0.444444
    """
    blocked = blocked_share(servers, erlangs)
    share: Floats = blocked / (1.0 - np.asarray(erlangs) / np.asarray(servers) * (1.0 - blocked))
    return share


def late_share(servers: Floats | float, erlangs: Floats | float, wait_services: float) -> Floats:
    """The share of requests that wait longer than so many service times."""
    spare = np.asarray(servers, dtype=np.float64) - np.asarray(erlangs, dtype=np.float64)
    with np.errstate(under="ignore"):
        share: Floats = waiting_share(servers, erlangs) * np.exp(-spare * wait_services)
    return share


@dataclass
class Pools:
    """What pools of every size may carry while at most a share of the requests waits too long."""

    wait_services: float | None
    """Limit of the wait in service times; None for no limit: then a pool carries what it can."""
    most_late_share: float
    """Share of requests that may wait longer."""
    _whole: Floats = field(default_factory=lambda: np.zeros(1), repr=False)
    """Most erlangs of 0, 1, 2, ... servers, as far as they were asked for."""

    def most_erlangs(self, servers: float) -> float:
        """The largest load of a pool; between whole numbers of servers linear, below one in proportion.

        >>> round(Pools(None, 0.01).most_erlangs(7.5), 3)
        7.5
        >>> one = Pools(0.5, 0.01).most_erlangs(1)
        >>> round(float(late_share(1, one, 0.5)), 9), Pools(0.5, 0.01).most_erlangs(0.5) == one / 2
        (0.01, True)
        """
        if self.wait_services is None:
            return servers
        if servers > LARGEST_POOL:
            return servers / LARGEST_POOL * self.most_erlangs(LARGEST_POOL)
        self._up_to(int(np.ceil(servers)))
        return float(np.interp(servers, np.arange(len(self._whole)), self._whole))

    def servers_for(self, erlangs: float) -> float:
        """The smallest pool that may carry a load: the inverse of `most_erlangs`.

        >>> pools = Pools(0.5, 0.01)
        >>> round(pools.most_erlangs(pools.servers_for(12.3)), 9)
        12.3
        """
        if self.wait_services is None:
            return erlangs
        while self._whole[-1] < erlangs and len(self._whole) <= LARGEST_POOL:
            self._up_to(min(max(FIRST_SERVERS, 2 * (len(self._whole) - 1)), LARGEST_POOL))
        if erlangs > self._whole[-1]:
            return LARGEST_POOL * erlangs / float(self._whole[-1])
        return float(np.interp(erlangs, self._whole, np.arange(len(self._whole))))

    def _up_to(self, servers: int) -> None:
        known = len(self._whole)
        if servers >= known:
            self._whole = np.concatenate([self._whole, self._solved(np.arange(known, servers + 1, dtype=np.float64))])

    def _solved(self, servers: Floats) -> Floats:
        """By halving: the share that waits too long grows with the load."""
        assert self.wait_services is not None
        low, high = np.zeros_like(servers), servers.copy()
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            keeps = late_share(servers, middle, self.wait_services) <= self.most_late_share
            low, high = np.where(keeps, middle, low), np.where(keeps, high, middle)
        return low
