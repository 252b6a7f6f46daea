"""Fixtures of this app's tests; builders do the rest."""

import pytest

from interviews.models import Interview
from interviews.tests.builders import make_interview


@pytest.fixture
def live_interview(transactional_db: None) -> Interview:
    """Bob has answered the call: three questions in English, nothing said yet."""
    return make_interview(state=Interview.State.IN_PROGRESS)
