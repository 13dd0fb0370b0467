"""What happened to the organisation, for other domains."""

from typing import ClassVar
from uuid import UUID

from erp.services.platform import DomainEvent


class BranchOpened(DomainEvent):
    """A place of business was opened."""

    name: ClassVar[str] = "organisation.branch_opened.v1"

    branch_id: UUID


class BranchChanged(DomainEvent):
    """What papers say of a branch changed."""

    name: ClassVar[str] = "organisation.branch_changed.v1"

    branch_id: UUID


class OrganisationRenamed(DomainEvent):
    """The company's names on papers changed."""

    name: ClassVar[str] = "organisation.organisation_renamed.v1"

    company_id: UUID
