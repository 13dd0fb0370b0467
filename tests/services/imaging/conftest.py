"""A device of an organisation of its own."""

import pytest

from erp.adapters.object_storage import object_storage
from erp.core.ids import new_id
from erp.services import identity
from tests.services.imaging.line import make_line


@pytest.fixture
def clinic(engine):
    """The owner of a fresh tenant."""
    assert engine
    object_storage.cache_clear()
    unique = new_id().hex[-10:]
    return identity.provision_tenant(
        identity.NewTenant(
            name="Eye clinic",
            slug=f"clinic-{unique}",
            legal_name="Eye clinic",
            trade_name="Eye clinic",
            gstin=None,
            pan=None,
            state_code="27",
            branch_code=f"B{unique}",
            branch_name="Main",
            address="1 High Street",
            city="Pune",
            pin="411001",
        )
    )


@pytest.fixture
def line(clinic):
    """A registered device."""
    return make_line(clinic)
