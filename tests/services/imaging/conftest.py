"""A device of an organisation of its own."""

import pytest

from erp.adapters.object_storage import object_storage
from tests.fixtures.clinics import open_clinic
from tests.services.imaging.line import make_line


@pytest.fixture
def clinic(engine):
    """The owner of a fresh tenant."""
    assert engine
    object_storage.cache_clear()
    return open_clinic()


@pytest.fixture
def line(clinic):
    """A registered device."""
    return make_line(clinic)
