"""Rules on what one is bound to: how they are read, and what is said where they are wrong."""

from decimal import Decimal
from pathlib import Path

import pytest

from catalog.findings import Code
from contracts.calendar import Month
from scenarios.policy import Grouping, ShareMeasure
from tests.loading_folder import Folder

HEAD = "  contingencies:\n"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def with_rules(folder: Folder, rules: str) -> Folder:
    """The small example with more rules in its policy."""
    return folder.replace("scenario.yaml", HEAD, f"{rules}\n{HEAD}")


EVERY_RULE = """
  share_floors:
    - {rule: south, measure: capacity, by: region, group: south-1, floor_share: 0.1, first_month: 2027-02}
    - {rule: local, measure: tokens, by: locality, group: local, floor_share: 0}
  outstanding:
    - {rule: owed, provider: "*", limit_usd: 100000.50, last_month: 2027-02}
    - {rule: owed-in-all, limit_usd: 1000000}
  remaining_terms:
    - {rule: terms, provider: north-cloud, limit_months: 6}
  expiries:
    - {rule: ends, cap_share: 0.5}
  sourcing:
    - {rule: two, workload: chat, providers_at_least: 2, share_at_least: 0.2}
"""


def test_every_rule_is_read_as_it_is_written(folder: Folder) -> None:
    region = folder.load().scenario.catalog.offerings[-1].region
    policy = with_rules(folder, EVERY_RULE.replace("south-1", region)).load().scenario.policy
    floor, local = policy.share_floors
    assert (floor.measure, floor.by, floor.first_month) == (ShareMeasure.CAPACITY, Grouping.REGION, Month(2027, 2))
    assert local.group == "local"
    owed, every = policy.outstanding
    assert (owed.provider, owed.limit_usd, owed.last_month) == ("*", Decimal("100000.50"), Month(2027, 2))
    assert every.provider == ""
    assert [rule.limit_months for rule in policy.remaining_terms] == [6]
    assert [rule.cap_share for rule in policy.expiries] == [0.5]
    assert [rule.providers_at_least for rule in policy.sourcing] == [2]


FLOOR = "  share_floors:\n    - {rule: f, measure: MEASURE, by: BY, group: GROUP, floor_share: 0.1}"


@pytest.mark.parametrize(
    ("rules", "code", "key", "words"),
    [
        pytest.param(
            "  sourcing:\n    - {rule: two, workload: chatt, providers_at_least: 2}",
            Code.REFERENCE,
            "policy.sourcing[0].workload",
            'did you mean "chat"?',
            id="no such workload",
        ),
        pytest.param(
            "  outstanding:\n    - {rule: owed, provider: nord-cloud, limit_usd: 5}",
            Code.NO_GROUP,
            "policy.outstanding[0].provider",
            'did you mean "north-cloud"?',
            id="outstanding to nobody",
        ),
        pytest.param(
            "  remaining_terms:\n    - {rule: terms, provider: nord-cloud, limit_months: 5}",
            Code.NO_GROUP,
            "policy.remaining_terms[0].provider",
            'did you mean "north-cloud"?',
            id="terms with nobody",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "tokens").replace("BY", "provider").replace("GROUP", "nord-cloud"),
            Code.NO_GROUP,
            "policy.share_floors[0].group",
            'did you mean "north-cloud"?',
            id="floor of no provider",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "spend").replace("BY", "contract").replace("GROUP", "north-on-demandd"),
            Code.NO_GROUP,
            "policy.share_floors[0].group",
            'did you mean "north-on-demand"?',
            id="floor of no contract",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "tokens").replace("BY", "locality").replace("GROUP", "ownsite"),
            Code.NO_GROUP,
            "policy.share_floors[0].group",
            'did you mean "own_site"?',
            id="no such locality",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "tokens").replace("BY", "portability").replace("GROUP", "portabel"),
            Code.NO_GROUP,
            "policy.share_floors[0].group",
            'did you mean "portable"?',
            id="no such portability",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "tokens").replace("BY", "contract").replace("GROUP", "north-on-demand"),
            Code.CONTRADICTION,
            "policy.share_floors[0]",
            "tokens are served by an offering",
            id="tokens by contract",
        ),
        pytest.param(
            FLOOR.replace("MEASURE", "tokens").replace("BY", "provider").replace("GROUP", '"*"'),
            Code.CONTRADICTION,
            "policy.share_floors[0]",
            "write a floor for each",
            id="floor of every group",
        ),
        pytest.param(
            "  sourcing:\n    - {rule: two, workload: chat, providers_at_least: 3, share_at_least: 0.4}",
            Code.CONTRADICTION,
            "policy.sourcing[0]",
            "more than all of the workload",
            id="more than a whole",
        ),
        pytest.param(
            "  expiries:\n    - {rule: ends, cap_share: 0.5, first_month: 2027-03, last_month: 2027-02}",
            Code.CONTRADICTION,
            "policy.expiries[0]",
            "last_month is before first_month",
            id="months in the wrong order",
        ),
    ],
)
def test_what_is_wrong_is_said(folder: Folder, rules: str, code: Code, key: str, words: str) -> None:
    findings = with_rules(folder, rules).findings()
    assert [finding.code for finding in findings] == [code]
    assert findings[0].where.key_path == key
    assert words in findings[0].hint


def test_tokens_are_capped_by_contract_no_more_than_they_are_floored(folder: Folder) -> None:
    findings = folder.replace("scenario.yaml", "by: provider", "by: contract").findings()
    assert [finding.code for finding in findings] == [Code.CONTRADICTION]


def test_an_id_is_used_once_among_all_rules(folder: Folder) -> None:
    taken = "  outstanding:\n    - {rule: no-provider-above-70, limit_usd: 5}"
    (finding,) = with_rules(folder, taken).findings()
    assert "used more than once" in finding.hint
