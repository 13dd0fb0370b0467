"""Objects and events of a device arrive whole, once, whatever happens on the way."""

from tests.ingest.conftest import until


def test_a_session_arrives_whole(listening):
    outcome = listening.device().run()

    assert outcome.receipts == {"stored": 4}
    assert outcome.is_settled
    found = listening.one("select * from imaging_session")
    assert (found["state"], found["stored"], found["expected"]) == ("complete", 4, 4)
    assert found["settled_at"] is not None
