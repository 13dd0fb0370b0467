"""What happens to biomarkers, for open pages and other programs; no person and no value is named."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class RunRecorded(DomainEvent):
    """A model's figures about a session were recorded; the aggregate is the session."""

    name: ClassVar[str] = "biomarkers.run_recorded.v1"

    run_id: UUID
    session_id: UUID
    model: str
    model_version: str
