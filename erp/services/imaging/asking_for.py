"""What several queries about one session ask with."""

from uuid import UUID

from erp.services.platform import Query


class GetSession(Query):
    """One session."""

    session_id: UUID
