"""What the list of messages says of each."""

from datetime import UTC, datetime

from erp.core.ids import new_id
from erp.services.messaging import MessageRow
from erp.state.messaging.messages import MessageListState


def test_what_a_phone_did_is_told_in_the_time_of_the_business():
    """An hour after midnight in India it is still the day before in UTC."""
    read_at = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
    row = MessageRow(
        id=new_id(), channel="whatsapp", purpose="payments.reminder", party_id=None, to_name="Asha",
        to_address="+919820012345", subject="", body="Dear Asha", files=0, status="sent", attempts=1, problem="",
        receipt="read", receipt_at=read_at, user_name="Meera", queued_at=read_at, ended_at=read_at,
    )  # fmt: skip
    page = MessageListState(_reflex_internal_init=True)
    assert page._entry(row)["receipt"] == "Read 23-11-2026 01:00"
    page._zone = "UTC"
    assert page._entry(row)["receipt"] == "Read 22-11-2026 19:30"
