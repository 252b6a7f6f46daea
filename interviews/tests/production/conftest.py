"""Everything here needs PostgreSQL and Redis; without them it is left out loudly (see the summary of pytest -ra)."""

import pytest

from interviews.tests.production.mail_server import MailServer
from interviews.tests.production.stage import Stage, missing

DRAFT = {
    "title": "Engineer",
    "language": "en",
    "contact": "Alice, alice@example.org",
    "questions": [{"text": "Tell me about yourself."}, {"text": "Which project do you remember best?"}, {"text": "Why us?"}],
}
GUEST = {"name": "Bob", "email": "bob@example.org"}


@pytest.fixture(scope="session")
def mail_server():
    server = MailServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def stage(tmp_path_factory, mail_server):
    if why := missing():
        pytest.skip(f"PRODUCTION PROFILE NOT TESTED: {why}")
    with Stage(tmp_path_factory.mktemp("production"), smtp_port=mail_server.port) as running:
        yield running


@pytest.fixture
def link_of(stage):
    """Invite one more person to an open position; gives (public id, link)."""

    def invite() -> tuple[str, str]:
        position = stage.call("POST", "positions", DRAFT)
        stage.call("POST", f"positions/{position['id']}/open")
        made = stage.call("POST", "invitations", {"position": position["id"], "guests": [GUEST]})
        public_id = made["results"][0]["interview"]
        return public_id, stage.call("GET", f"invitations/{public_id}/link")["link"]

    return invite
