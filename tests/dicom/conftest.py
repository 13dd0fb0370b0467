"""One renderer and one inspector for each file of tests."""

import pytest

from erp.adapters.dicom.inspecting import DicomInspector
from erp.adapters.dicom.rendering import FrameRenderer
from erp.adapters.dicom.sandbox import Sandbox


@pytest.fixture(scope="module")
def renderer():
    made = FrameRenderer(Sandbox("render", size=1))
    yield made
    made.close()


@pytest.fixture(scope="module")
def inspector():
    made = DicomInspector(Sandbox("inspect", size=1))
    yield made
    made.close()
