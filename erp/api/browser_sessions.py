"""What the doors ask identity, off the event loop."""

from uuid import UUID

from erp.core.crossing import off_the_loop
from erp.services import identity


class IdentitySessions:
    """Sessions and tab bindings as they stand in PostgreSQL, shared by every process."""

    async def session_of(self, token: str) -> UUID | None:
        """Return the id of the live session behind a token."""
        principal = await off_the_loop(identity.resolve_session, token)
        return principal.session_id if principal else None

    async def bind_tab(self, session_id: UUID, client_token: str) -> bool:
        """Tie a tab to a session on first use; tell whether it is tied to this one."""
        return await off_the_loop(identity.bind_tab, session_id, client_token)
