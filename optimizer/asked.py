"""What is asked: months, blocks and outlooks, and the demand of every size class in them."""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

from contracts.calendar import Month
from optimizer.futures import Futures
from optimizer.keys import ClassKey, ClassMoment
from scenarios.outlooks import Effect, Subject
from scenarios.scenario import Scenario
from scenarios.workloads import SizeClass, Workload


@dataclass(frozen=True)
class Asked:
    """Time and demand of one scenario, as sorted index sets and rates."""

    scenario: Scenario

    @cached_property
    def months(self) -> tuple[Month, ...]:
        """Months of the horizon; the index of a month is its place here."""
        return self.scenario.horizon.months

    @cached_property
    def month_indices(self) -> tuple[int, ...]:
        """0 .. T-1."""
        return tuple(range(len(self.months)))

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """Load blocks, sorted by id."""
        return tuple(sorted(block.block for block in self.scenario.blocks.blocks))

    @cached_property
    def outlooks(self) -> tuple[str, ...]:
        """Outlooks, sorted by id."""
        return tuple(sorted(o.outlook for o in self.scenario.outlooks))

    @cached_property
    def probability(self) -> dict[str, float]:
        """Probability of each outlook."""
        return {o.outlook: o.probability for o in self.scenario.outlooks}

    @cached_property
    def futures(self) -> Futures:
        """What is different in each outlook."""
        return Futures(self.scenario)

    @cached_property
    def hours(self) -> dict[tuple[int, str], int]:
        """Calendar hours of month t that fall into block b."""
        return {
            (t, block.block): block.hours_in(month)
            for t, month in enumerate(self.months)
            for block in self.scenario.blocks.blocks
        }

    @cached_property
    def workload(self) -> dict[str, Workload]:
        """Workloads by id."""
        return {w.workload: w for w in self.scenario.workloads}

    @cached_property
    def size_class(self) -> dict[ClassKey, SizeClass]:
        """Size classes by workload and class, sorted."""
        rows = {ClassKey(c.workload, c.size_class): c for c in self.scenario.size_classes}
        return {key: rows[key] for key in sorted(rows)}

    @cached_property
    def mean_output_tokens(self) -> dict[str, float]:
        """Mean output tokens of a request of each workload."""
        mean: dict[str, float] = defaultdict(float)
        for key, row in self.size_class.items():
            mean[key.workload] += row.request_share * row.output_tokens
        return dict(mean)

    @cached_property
    def mean_tok_per_s(self) -> dict[tuple[str, int], float]:
        """Mean accepted output tokens per second of workload w in month t."""
        rates = {}
        for row in self.scenario.demand:
            if row.accepted_output_mtok is not None:
                rate = row.accepted_output_mtok * 1e6 / (3600 * row.month.hours)
            else:
                assert row.accepted_requests_per_s is not None
                rate = row.accepted_requests_per_s * self.mean_output_tokens[row.workload]
            rates[row.workload, self.scenario.horizon.index(row.month)] = rate
        return rates

    @cached_property
    def relative_load(self) -> dict[tuple[str, str], float]:
        """Relative load of workload w in block b; flat where the workload has none."""
        loads = {(row.workload, row.block): row.relative_load for row in self.scenario.blocks.loads}
        flat = {w for w in self.workload if not any(loads.get((w, b)) for b in self.blocks)}
        return {
            (w, b): 1.0 if w in flat else loads.get((w, b), 0.0) for w in sorted(self.workload) for b in self.blocks
        }

    @cached_property
    def tok_per_s(self) -> dict[ClassMoment, float]:
        """Demand of a class in month t, block b and outlook s, accepted output tok/s; only where it is above 0."""
        rates: dict[ClassMoment, float] = {}
        for key, row in self.size_class.items():
            share = row.request_share * row.output_tokens / self.mean_output_tokens[key.workload]
            for t, month in enumerate(self.months):
                weight = sum(self.hours[t, b] * self.relative_load[key.workload, b] for b in self.blocks)
                level = self.mean_tok_per_s[key.workload, t] * share * month.hours
                for b in self.blocks:
                    rate = level * self.relative_load[key.workload, b] / weight if weight else 0.0
                    if rate > 0 and self.hours[t, b] > 0:
                        rates.update(
                            ((key, t, b, s), rate * factor)
                            for s in self.outlooks
                            if (factor := self._demand_factor(key.workload, t, s)) > 0
                        )
        return rates

    def _demand_factor(self, workload: str, t: int, outlook: str) -> float:
        names = ((Subject.ALL, "*"), (Subject.WORKLOAD, workload))
        return float(self.futures.factor(Effect.DEMAND, outlook, self.months[t], names))

    @cached_property
    def month_tokens(self) -> dict[tuple[int, str], float]:
        """Accepted output tokens asked in month t and outlook s."""
        tokens: dict[tuple[int, str], float] = defaultdict(float)
        for (_, t, b, s), rate in self.tok_per_s.items():
            tokens[t, s] += rate * self.hours[t, b] * 3600
        return dict(tokens)

    @cached_property
    def classes(self) -> tuple[ClassKey, ...]:
        """Classes with any demand, sorted."""
        return tuple(sorted({key for key, *_ in self.tok_per_s}))
