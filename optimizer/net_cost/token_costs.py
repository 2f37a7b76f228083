"""Tokens bought from an API: whose tokens they are, at the API's own prices; and the units that tokens keep busy."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal

from contracts.money import exact
from contracts.terms.api import GrossTokens, list_usd
from optimizer.net_cost.bookings import NOTHING, Moment, User
from optimizer.net_cost.stated import SECONDS_PER_HOUR, TOKENS_PER_MTOK, Stated, user_of
from optimizer.plan_contracts import ApiPlacement


def gross_tokens(stated: Stated, user: User) -> GrossTokens:
    """Gross tokens for one accepted output token of a user (docs/decisions/0019)."""
    size = stated.size_class[str(user.workload), str(user.size_class)]
    attempts = 1 / stated.yield_share(user)
    prompt = exact(size.input_tokens) / exact(size.output_tokens) * attempts
    cached = prompt * exact(stated.workload[size.workload].cache_hit_share)
    return GrossTokens(uncached_input=prompt - cached, cached_input=cached, output=attempts)


def units_per_s(stated: Stated, row: ApiPlacement) -> Decimal:
    """Provisioned units that a placement keeps busy; cached input is free."""
    terms = stated.provisioned[str(row.contract)]
    tokens = gross_tokens(stated, user_of(row)).times(exact(row.accepted_tok_per_s))
    prefill = tokens.uncached_input / exact(terms.input_tok_per_s_per_unit)
    return prefill + tokens.output / exact(terms.output_tok_per_s_per_unit)


def at_own_prices(stated: Stated) -> Mapping[tuple[str, Moment], Mapping[User, Decimal]]:
    """By API, month and outlook: what the tokens of each user that are paid by the token come to."""
    found: dict[tuple[str, Moment], dict[User, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in stated.plan.api_placements:
        if row.contract is None:
            user = user_of(row)
            hours = stated.block_hours[row.month].get(row.block, 0)
            accepted = exact(row.accepted_tok_per_s) * hours * SECONDS_PER_HOUR / TOKENS_PER_MTOK
            usd = list_usd(stated.api[row.api], gross_tokens(stated, user).times(accepted))
            found[row.api, Moment(row.outlook, row.month)][user] += usd
    return found


def owner_shares(owned: Mapping[User, Decimal]) -> Mapping[User, Decimal]:
    """Shares of the owners of tokens, or of cache; equal ones where an API is free."""
    whole = sum(owned.values(), NOTHING)
    return {user: own / whole if whole else Decimal(1) / len(owned) for user, own in owned.items()}
