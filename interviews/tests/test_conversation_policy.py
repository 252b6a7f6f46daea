"""The numbers of patience: overridden by settings, refused when misspelt."""

import pytest

from interviews.checks import policy_is_right
from interviews.services.policies import policy


def test_settings_override_single_numbers(settings):
    settings.INTERVIEW_POLICY = {"first_offer_s": 40}
    assert (policy().first_offer_s, policy().notice_s) == (40, 12.0)
    assert policy_is_right(None) == []


@pytest.mark.parametrize(
    "value", [{"frist_offer_s": 40}, {"pause_s": "120"}, {"pause_s": -1}, {"pause_s": True}, {"pause_s": float("nan")}, []]
)
def test_a_wrong_number_is_named_at_start_up(settings, value):
    settings.INTERVIEW_POLICY = value
    assert [fault.id for fault in policy_is_right(None)] == ["interviews.E001"]
