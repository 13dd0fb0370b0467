"""The imaging domain's ports over the limited child processes."""

from functools import lru_cache
from pathlib import Path
from typing import Final

from erp.adapters.dicom.facts import Inspected, Window
from erp.adapters.dicom.inspecting import DicomInspector, default_inspector
from erp.adapters.dicom.rendering import (
    FrameRenderer,
    NotRenderable,
    RenderOptions,
    default_renderer,
)
from erp.adapters.dicom.sandbox import SandboxUnavailable
from erp.core.errors import Unavailable
from erp.services.imaging.ports import (
    DrawnFrame,
    Look,
    ObjectFacts,
    RefusedObject,
    SeenWindow,
)

KEY_IMAGE_EDGE: Final = 1024


class SandboxedInspector:
    """Reads objects in limited child processes; see `DicomInspector`."""

    def __init__(self, inspector: DicomInspector | None = None) -> None:
        self._inspector = inspector or default_inspector()

    def inspect(self, source: bytes | Path) -> ObjectFacts | RefusedObject:
        """Return the facts of an object or why it is refused.

        Raises:
            Unavailable: No child process starts, which says nothing about the object.
        """
        try:
            finding = self._inspector.inspect(source)
        except SandboxUnavailable as error:
            raise Unavailable("The reader of images does not start; try again later.") from error
        if isinstance(finding, Inspected):
            return ObjectFacts.model_validate(finding.model_dump(mode="json"))
        return RefusedObject(
            reason_code=finding.reason_code.value,
            detail=finding.detail,
            keep_bytes=finding.keep_bytes,
        )


class SandboxedKeyImages:
    """Makes pictures for print in limited child processes; see `FrameRenderer`."""

    def __init__(self, renderer: FrameRenderer | None = None) -> None:
        self._renderer = renderer or default_renderer()

    def key_image(self, content: bytes, frame: int, look: Look) -> DrawnFrame | None:
        """Return a frame (from 1) as it was seen; None where no picture can be made.

        Raises:
            Unavailable: No child process starts, which says nothing about the object.
        """
        window = Window(**look.window.model_dump()) if look.window else None
        options = RenderOptions(
            format="png", max_edge=KEY_IMAGE_EDGE, window=window, invert=look.is_inverted
        )
        try:
            made = self._renderer.render(content, frame - 1, options)
        except NotRenderable:
            return None
        except SandboxUnavailable as error:
            raise Unavailable("The reader of images does not start; try again later.") from error
        used = made.window
        return DrawnFrame(
            made.content, SeenWindow(center=used.center, width=used.width) if used else None
        )


@lru_cache
def object_inspector() -> SandboxedInspector:
    """Return the inspector of this process."""
    return SandboxedInspector()


@lru_cache
def key_images() -> SandboxedKeyImages:
    """Return the maker of key images of this process."""
    return SandboxedKeyImages()
