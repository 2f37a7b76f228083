"""What a node does in one role of a split: prefill or decode, inside the limits that are left to it."""

import math

import pytest

from catalog.goodput import GoodputPoint, Role
from catalog.records import Evidence
from catalog.serving import RefusalReason, Serving, Slo
from catalog.serving_evaluation import NotServable, ServingRules, serve
from catalog.serving_index import Request
from catalog.serving_roles import limits_of_role, serve_in_role
from tests.builders import a_catalog, a_point, a_policy, an_offering
from tests.split_cases import reads, writes

SLO = Slo(ttft_limit_ms=500.0, tpot_limit_ms=20.0, percentile=99)


def _asked(
    role: Role,
    *points: GoodputPoint,
    input_tokens: float = 1000.0,
    output_tokens: float = 100.0,
    cache_hit_share: float = 0.0,
    transfer_ms: float = 0.0,
    slo: Slo = SLO,
) -> Serving | NotServable:
    policy = a_policy()
    return serve_in_role(
        catalog=a_catalog(goodput_points=points),
        offering=an_offering(),
        role=role,
        precision="fp8",
        request=Request(
            "model-a", input_tokens, output_tokens, cache_hit_share, limits_of_role(role, slo, transfer_ms), 0.0
        ),
        rules=ServingRules(
            haircut_share=policy.haircut_share,
            percentile_factor=policy.percentile_factor,
            memory_usable_share=policy.memory_usable_share,
        ),
    )


def _yes(found: Serving | NotServable) -> Serving:
    assert isinstance(found, Serving), found
    return found


def test_prefill_takes_the_time_of_the_prompt_alone() -> None:
    """20 prompts of 1,000 tokens a second: half a prompt takes 0.025 s, however long the answer is."""
    found = _yes(_asked(Role.PREFILL, reads(), input_tokens=500.0, output_tokens=4000.0))
    assert math.isclose(found.node_seconds_per_attempt, 0.025)
    assert math.isclose(_yes(_asked(Role.PREFILL, reads(), cache_hit_share=0.4)).node_seconds_per_attempt, 0.05 * 0.6)


def test_decode_takes_the_time_of_the_answer_alone() -> None:
    """Four answers of 100 tokens a second: 0.25 s each, 0.5 s for 200 tokens; what is cached saves nothing here."""
    found = _yes(_asked(Role.DECODE, writes(), output_tokens=200.0, cache_hit_share=0.4))
    assert math.isclose(found.node_seconds_per_attempt, 0.5)
    assert found.ttft_ms is None


def test_of_several_sizes_the_slowest_rate_counts() -> None:
    """Long prompts are read at half the rate of short ones: all prompts are taken to be as slow."""
    slow = reads("long", input_tokens=4000.0, output_tok_per_s=250.0)
    assert math.isclose(_yes(_asked(Role.PREFILL, reads(), slow)).node_seconds_per_attempt, 1000 * 0.4 / 4000)


def test_one_size_is_enough_and_sizes_outside_the_measured_ones_are_modelled() -> None:
    """Prefill asks only whether prompts of that length were measured, decode for prompt and answer."""
    assert _yes(_asked(Role.PREFILL, reads(), output_tokens=9.0)).evidence is Evidence.MEASURED
    assert _yes(_asked(Role.PREFILL, reads(), input_tokens=10.0)).evidence is Evidence.MODELLED
    assert _yes(_asked(Role.DECODE, writes())).evidence is Evidence.MEASURED
    assert _yes(_asked(Role.DECODE, writes(), output_tokens=9.0)).evidence is Evidence.MODELLED


@pytest.mark.parametrize(("transfer_ms", "is_allowed"), [(0.0, True), (200.0, True), (200.1, False)])
def test_prefill_must_leave_room_for_the_transfer(transfer_ms: float, is_allowed: bool) -> None:
    """A TTFT of 300 ms leaves 200 of the 500 to the transfer."""
    found = _asked(Role.PREFILL, reads(), transfer_ms=transfer_ms)
    assert isinstance(found, Serving) is is_allowed
    if isinstance(found, NotServable):
        assert found.reason is RefusalReason.TTFT


def test_decode_has_no_first_token_to_wait_for_but_keeps_the_pace() -> None:
    """Whatever the transfer takes; a token every 21 ms is too slow."""
    assert isinstance(_asked(Role.DECODE, writes(), transfer_ms=499.0), Serving)
    late = _asked(Role.DECODE, writes(tpot_ms=21.0))
    assert isinstance(late, NotServable)
    assert late.reason is RefusalReason.TPOT


def test_no_first_token_is_claimed_for_prompts_longer_than_measured() -> None:
    """Prefill of 1,001 tokens is refused; decode behind it is only graded lower."""
    long = _asked(Role.PREFILL, reads(), input_tokens=1001.0)
    assert isinstance(long, NotServable)
    assert long.reason is RefusalReason.INPUT_LENGTH
    assert isinstance(_asked(Role.DECODE, writes(), input_tokens=1001.0), Serving)


def test_the_roles_do_not_stand_for_each_other_nor_for_whole_requests() -> None:
    """Points of one role serve neither the other role nor an offering alone, and whole requests serve no role."""
    for role, points in ((Role.PREFILL, (writes(), a_point())), (Role.DECODE, (reads(), a_point()))):
        refused = _asked(role, *points)
        assert isinstance(refused, NotServable)
        assert refused.reason is RefusalReason.NO_DATA
    policy = a_policy()
    alone = serve(
        catalog=a_catalog(goodput_points=(reads(), writes())),
        offering=an_offering(),
        request=Request(
            model="model-a",
            input_tokens=1000.0,
            output_tokens=100.0,
            cache_hit_share=0.0,
            slo=SLO,
            quality_bar=0.0,
        ),
        rules=ServingRules(
            haircut_share=policy.haircut_share,
            percentile_factor=policy.percentile_factor,
            memory_usable_share=policy.memory_usable_share,
        ),
    )
    assert isinstance(alone, NotServable)
    assert alone.reason is RefusalReason.NO_DATA


def test_a_prompt_that_is_all_cached_needs_no_split() -> None:
    """Nothing would be prefilled."""
    found = _asked(Role.PREFILL, reads(), cache_hit_share=1.0)
    assert isinstance(found, NotServable)
    assert "cached" in found.text
