"""Reading one frame of a stored object: its own range of bytes where it has one."""

from typing import Any, Final, Protocol

from erp.adapters.dicom.facts import Pixels
from erp.adapters.dicom.rendering import FrameParts, NotRenderable, frame_ranges
from erp.adapters.object_storage import S3ObjectStorage
from erp.adapters.object_storage.comparing import part_reader

WHOLE_OBJECT_BYTES: Final = 512 * 1024 * 1024


class StoredObject(Protocol):
    """Where an object's bytes are and how its frames lie in them."""

    @property
    def size(self) -> int:
        """Return how many bytes it has."""
        ...

    @property
    def storage_key(self) -> str:
        """Return where they are."""
        ...

    @property
    def is_renderable(self) -> bool:
        """Tell whether a picture can be made of it."""
        ...

    @property
    def not_renderable_because(self) -> str:
        """Return why not."""
        ...

    @property
    def pixels(self) -> dict[str, Any] | None:
        """Return its pixel description with the place of each frame."""
        ...


def stored_frame(
    storage: S3ObjectStorage, found: StoredObject, frame: int
) -> tuple[bytes | FrameParts, int]:
    """Read what one frame (from 1) needs, and say which frame (from 0) that is for the renderer.

    Raises:
        NotRenderable: There is no picture, or no such frame.
        StorageUnavailable: The object store is away.
    """
    if not found.is_renderable or found.pixels is None:
        raise NotRenderable(found.not_renderable_because or "The object holds no picture.")
    pixels = Pixels.model_validate(found.pixels)
    ranges = frame_ranges(pixels, frame - 1)
    if ranges is None or pixels.frames == 1:
        if found.size > WHOLE_OBJECT_BYTES:
            raise NotRenderable("The object is too large to be shown; download it instead.")
        return storage.read(found.storage_key), frame - 1
    about = storage, found.storage_key, found.size
    part = part_reader.read(*about, *ranges.frame)
    head = part_reader.read(*about, *ranges.head)
    return FrameParts(head, part, pixels), frame - 1
