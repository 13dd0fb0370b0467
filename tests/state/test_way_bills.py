"""What a person is told who sends a way bill to the portal."""

import asyncio
from typing import Any

import pytest

from erp.core.errors import Conflict
from erp.state.einvoicing.way_bills import WayBillState


@pytest.fixture
def way_bill(monkeypatch: pytest.MonkeyPatch) -> WayBillState:
    """A way bill's page that notes when it is shown anew."""
    shown: list[str] = []

    async def show(self: WayBillState) -> None:
        shown.append(self.head["id"])

    monkeypatch.setattr(WayBillState, "_show", show)
    state = WayBillState(_reflex_internal_init=True)
    state.head = {"id": "bill"}
    object.__setattr__(state, "_shown_anew", shown)
    return state


def send(shown: WayBillState, monkeypatch: pytest.MonkeyPatch, refusal: Conflict | None) -> str:
    """Press the button; return the toast as it goes to the browser."""
    sent: list[tuple[str, Any]] = []

    async def run(_self: WayBillState, command: str, payload: Any, **_more: Any) -> None:
        sent.append((command, payload))
        if refusal is not None:
            raise refusal

    monkeypatch.setattr(WayBillState, "_run", run)
    toast = asyncio.run(WayBillState.event_handlers["send"].fn(shown))
    assert sent == [("einvoicing.send_way_bill", {"way_bill_id": "bill"})]
    return f"{toast}"


def test_a_way_bill_that_is_sent_is_on_its_way_and_shown_anew(way_bill, monkeypatch):
    told = send(way_bill, monkeypatch, None)
    assert "success" in told
    assert "On its way to the portal." in told
    assert way_bill._shown_anew == ["bill"]


def test_a_refused_way_bill_tells_why_and_stays_as_it_is(way_bill, monkeypatch):
    told = send(way_bill, monkeypatch, Conflict("The portal has it already."))
    assert "error" in told
    assert "The portal has it already." in told
    assert way_bill._shown_anew == []
