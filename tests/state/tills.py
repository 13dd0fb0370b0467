"""A till's states in one tab, acting for a member of a shop without a browser."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
import reflex as rx

from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import identity
from erp.state.pos.cart import Cart
from erp.state.pos.opening import OpeningState
from erp.state.pos.paying import PayState
from erp.state.pos.till import TillState
from erp.state.session import SessionState
from tests.factories import Shop


@dataclass
class Desk:
    """One tab at a till.

    Attributes:
        calls: How often a service was asked, in all.
    """

    shop: Shop
    root: rx.State
    calls: int = 0

    def __getitem__(self, kind: type[rx.State]) -> Any:
        found: Any = self.root
        for name in kind.get_full_name().split(".")[1:]:
            found = found.substates[name]
        return found

    @property
    def till(self) -> Any:
        return self[TillState]

    @property
    def pay(self) -> Any:
        return self[PayState]

    async def add(self, variant_id: UUID, units: int = 1) -> None:
        for _ in range(units):
            await self.till.add(str(variant_id), "", "Arnica")

    async def pay_cash(self, amount: str = "100000.00") -> None:
        await self.pay.pay()
        await self.pay.complete([{"method": "cash", "amount": amount, "reference": ""}])


def open_desk(shop: Shop, monkeypatch: pytest.MonkeyPatch, role: str = "cashier") -> Desk:
    """Return a tab of a member; its services are the real ones, its session is taken as given."""
    desk = Desk(shop, rx.State(_reflex_internal_init=True))  # type: ignore[call-arg]
    acting = shop.acting_as(role)

    async def call(_self: Any, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        desk.calls += 1
        fresh: RequestContext = replace(acting, now=utc_now(), request_id=f"test-{new_id()}")
        return function(fresh, *args, **kwargs)

    async def principal(_self: Any) -> identity.Principal:
        return identity.Principal(
            user_id=acting.user_id,
            membership_id=acting.user_id,
            tenant_id=acting.tenant_id,
            tenant_name="",
            company_id=acting.company_id,
            branch_id=acting.branch_id,
            branch_name="",
            display_name=acting.user_name,
            roles=acting.roles,
            role_titles=(),
            permissions=acting.permissions,
            limits=acting.limits,
            time_zone=acting.time_zone,
        )

    monkeypatch.setattr(SessionState, "_call", call)
    monkeypatch.setattr(SessionState, "_principal", principal)
    return desk


def played(story: Coroutine[Any, Any, None]) -> None:
    """Run a test's story."""
    asyncio.run(story)


def kept(desk: Desk) -> Cart:
    """Return the cart as the browser keeps it."""
    return Cart.model_validate_json(desk.till.kept)


async def opened(opening: Any, form: dict[str, Any]) -> None:
    """Send the form that opens a shift."""
    async for _ in opening.open_shift(form):
        pass


async def begin(desk: Desk) -> None:
    """Come to the till and work on the shift that is open."""
    opening = desk[OpeningState]
    await opening.open_till()
    if desk.till.stage != "selling":
        await opening.join()
    assert desk.till.stage == "selling"
