"""The cheapest single provider: new contracts of any kind, but all of them with one provider."""


from contracts.options import Terms
from contracts.terms.api import ApiOffer
from optimizer.baselines.answering import STOPPED, Answer, asked, unanswered
from optimizer.baselines.judging import Judge
from optimizer.baselines.lifting import LIFTED, Keep, KeepApi, lifted, unserved
from optimizer.plan import Baseline
from optimizer.problem import Problem
from optimizer.solve import Session

NAME = "cheapest single provider"


def cheapest_single_provider(problem: Problem, judge: Judge, session: Session) -> Baseline:
    """The provider with which the demand costs least; those that cannot serve all of it are named."""
    solved: dict[str, Answer] = {}
    unsolved: list[Baseline] = []
    reasons: list[str] = []
    providers = {row.provider for row in problem.offering.values()}
    for provider in sorted(providers | {row.provider for row in problem.token_offers.offer.values()}):
        keep, keep_api = _only(problem, provider), _only_apis(provider)
        missing = unserved(problem, keep, keep_api)
        if missing:
            reasons.append(f"{provider} cannot serve {', '.join(missing)}")
            continue
        try:
            solved[provider] = asked(lifted(problem, keep, keep_api), session).solve()
        except STOPPED as stopped:
            unsolved.append(unanswered(f"{NAME}: {provider}", _note(provider), stopped))
    if solved:
        best = min(solved, key=lambda provider: (solved[provider].totals.objective_usd, provider))
        note = "; ".join([_note(best), *(row.note for row in unsolved), *reasons])
        return judge.baseline(f"{NAME}: {best}", note[:1000], solved[best])
    if unsolved:
        return unsolved[0]
    return Baseline(name=NAME, outcome="impossible", note="; ".join(reasons or ["no provider"])[:1000])


def _note(provider: str) -> str:
    return f"new contracts with {provider} only; {LIFTED}"


def _only(problem: Problem, provider: str) -> Keep:
    def keep(terms: Terms) -> bool:
        return problem.offering[terms.offering].provider == provider

    return keep


def _only_apis(provider: str) -> KeepApi:
    def keep(offer: ApiOffer) -> bool:
        return offer.provider == provider

    return keep
