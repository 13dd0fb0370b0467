"""Everything a page of one record does: find it by its address, show it, or say why not.

class SaleState(RecordState, rx.State):
    permission: ClassVar[str] = "pos.view"
    topics: ClassVar[tuple[str, ...]] = ("pos",)

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        sale = await self._ask("pos.get_sale", {"sale_id": record_id})
        self.head = {"number": sale.number}
"""

from typing import ClassVar
from uuid import UUID

from erp.core.errors import DomainError, NotFound
from erp.services import identity
from erp.state import live
from erp.state.history import history_of
from erp.state.registry import PAGE, handler
from erp.state.session import SessionState, as_uuid


class RecordState(SessionState, mixin=True):
    """One record whose id ends the page's address."""

    permission: ClassVar[str] = ""
    topics: ClassVar[tuple[str, ...]] = ()

    is_loading: bool = True
    problem: str = ""
    head: dict[str, str] = {}
    history: list[dict[str, str]] = []

    @handler(permission=PAGE)
    async def open_record(self) -> None:
        """Show the record that the address names."""
        self.is_loading, self.head, self.history = True, {}, []
        await self._show()

    @handler(permission=PAGE, background=True)
    async def listen(self) -> None:
        """Show the record again whenever one of `topics` changes."""
        async for _ in live.changes(self, *self.topics):
            async with self:
                await self._show()

    async def _show(self) -> None:
        self.problem = ""
        record_id = as_uuid(self.router.url.path.rstrip("/").rpartition("/")[2])
        try:
            if record_id is None:
                raise NotFound("The address names no record.")
            principal = await self._principal()
            await self._load(record_id, principal)
            self.history = await history_of(self, self._told_of(record_id), principal)
        except DomainError as error:
            self.problem = error.message
        self.is_loading = False

    def _told_of(self, record_id: UUID) -> UUID:
        """Return the record whose history the page tells; pages of another's paper override."""
        return record_id

    async def _load(self, record_id: UUID, principal: identity.Principal) -> None:
        """Fill the page's vars; pages override."""
        raise NotImplementedError
