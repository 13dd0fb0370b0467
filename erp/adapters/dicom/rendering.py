"""Pictures and plain pixels of single frames, decoded in limited child processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from erp.adapters.dicom.facts import Closed, Count, Pixels, Rescale, Text, Window
from erp.adapters.dicom.sandbox import Limits, Sandbox, SandboxFailure

RENDER_LIMITS: Final = Limits(
    memory_bytes=2 * 1024 * 1024 * 1024, cpu_seconds=30, wall_seconds=40, objects=20_000
)
THUMBNAIL_EDGE: Final = 160


Start = Annotated[int, Field(ge=0, le=65535)]
Edge = Annotated[int, Field(ge=1, le=4096)]


class NotRenderable(Exception):
    """No picture can be made of this frame; the message says why, for a person."""


class RenderOptions(Closed):
    """How a frame is to be shown.

    Attributes:
        window: Centre and width in rescaled values; None takes the object's own.
        max_edge: Longest edge in pixels; the picture is never enlarged.
        region: (left, top, width, height) of the picture that is shown.
        viewport: (width, height) that the picture, or its region, is scaled to fit.
    """

    format: Literal["jpeg", "png"] = "jpeg"
    window: Window | None = None
    invert: bool = False
    overlays: bool = True
    max_edge: int | None = Field(default=None, ge=16, le=8192)
    quality: int = Field(default=85, ge=1, le=100)
    region: tuple[Start, Start, Edge, Edge] | None = None
    viewport: tuple[Edge, Edge] | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A rendered frame; `window` is the one used, None for colour."""

    content: bytes
    media: str
    width: int
    height: int
    window: Window | None


class PixelDescription(Closed):
    """What the bytes of a plain frame are; little endian, colour by pixel.

    After the samples come `table_length` bytes, the grey levels of the values from
    `table_first` on, which are the default where there is no window; then, where
    `has_overlay`, a bit for each pixel. `computed_window` is for objects with neither.
    """

    rows: Count
    columns: Count
    samples: Literal[1, 3]
    bits_allocated: Count
    bits_stored: Count
    sample_kind: Literal["unsigned", "signed", "float"]
    photometric: Text
    minimum: float
    maximum: float
    rescale: Rescale | None
    windows: tuple[Window, ...]
    computed_window: Window | None
    voi_function: Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
    table_first: int
    table_length: Count
    has_overlay: bool
    unit: Text = ""


class InsideFigures(Closed):
    """Figures of the pixels inside a rectangle or ellipse, in rescaled values."""

    pixels: Count
    mean: float
    deviation: float
    minimum: float
    maximum: float
    unit: Text


@dataclass(frozen=True, slots=True)
class PlainFrame:
    """Decoded samples and their description."""

    content: bytes
    description: PixelDescription


@dataclass(frozen=True, slots=True)
class FrameParts:
    """An object's head and one frame's bytes, as two range reads give them."""

    head: bytes
    frame: bytes
    pixels: Pixels


@dataclass(frozen=True, slots=True)
class FrameRanges:
    """The (offset, length) pairs to read for one frame; `head` is the same for all frames."""

    head: tuple[int, int]
    frame: tuple[int, int]


def frame_ranges(pixels: Pixels, index: int) -> FrameRanges | None:
    """Return what to read for one frame; None when the whole object is needed.

    Raises:
        NotRenderable: There is no such frame.
    """
    if not 0 <= index < pixels.frames:
        raise NotRenderable(f"The object has {pixels.frames} frames; frame {index} is none.")
    if pixels.spans:
        return FrameRanges((0, pixels.pixel_at), pixels.spans[index])
    if pixels.frame_at is None or pixels.bits_allocated == 1:
        return None
    offset = pixels.frame_at + index * pixels.frame_bytes
    return FrameRanges((0, pixels.pixel_at), (offset, pixels.frame_bytes))


class FrameRenderer:
    """Renders and decodes frames; threads may share one."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox or Sandbox("render", limits=RENDER_LIMITS)

    def render(
        self,
        source: bytes | Path | FrameParts,
        frame: int = 0,
        options: RenderOptions | None = None,
    ) -> Picture:
        """Return frame `frame` (from 0) as JPEG or PNG.

        Raises:
            NotRenderable: Not an image, no decoder, damaged, or beyond the limits.
            SandboxUnavailable: No child starts; nothing is known about the object.
        """
        wanted = options or RenderOptions()
        request = {"op": "render"} | wanted.model_dump(exclude_none=True)
        answer, content = self._ask(source, frame, request)
        window = Window(**answer["window"]) if answer["window"] else None
        media = f"image/{wanted.format}"
        return Picture(content, media, answer["width"], answer["height"], window)

    def thumbnail(self, source: bytes | Path | FrameParts, frame: int = 0) -> Picture:
        """Return a small JPEG for lists. Raises like `render`."""
        return self.render(source, frame, RenderOptions(max_edge=THUMBNAIL_EDGE))

    def plain_frame(self, source: bytes | Path | FrameParts, frame: int = 0) -> PlainFrame:
        """Return the decoded samples of a frame for a browser. Raises like `render`."""
        answer, content = self._ask(source, frame, {"op": "raw"})
        return PlainFrame(content, PixelDescription.model_validate(answer))

    def stored_frame(self, source: bytes | Path | FrameParts, frame: int = 0) -> bytes:
        """Return a frame's native samples, little endian, as the object's own description says.

        Raises like `render`.
        """
        return self._ask(source, frame, {"op": "stored"})[1]

    def figures(
        self,
        source: bytes | Path | FrameParts,
        frame: int,
        tool: str,
        points: Sequence[Sequence[float]],
    ) -> InsideFigures:
        """Return the figures inside a rectangle or ellipse of a frame. Raises like `render`."""
        request = {"op": "statistics", "tool": tool, "points": points}
        answer, _ = self._ask(source, frame, request)
        return InsideFigures.model_validate(answer)

    def close(self) -> None:
        """End the child processes."""
        self._sandbox.close()

    def _ask(
        self, source: bytes | Path | FrameParts, frame: int, request: dict[str, Any]
    ) -> tuple[dict[str, Any], bytes]:
        request = request | {"frame": frame}
        if isinstance(source, FrameParts):
            pixels = source.pixels.model_copy(update={"spans": ()})
            request |= {"head_bytes": len(source.head), "pixels": pixels.model_dump()}
            source = source.head + source.frame
        try:
            answer, content = self._sandbox.run(source, request)
        except SandboxFailure as failure:
            raise NotRenderable(str(failure)) from failure
        if "not_renderable" in answer:
            raise NotRenderable(str(answer["not_renderable"]))
        return answer, content


@lru_cache
def default_renderer() -> FrameRenderer:
    """Return the renderer of this process; its children start on first use."""
    return FrameRenderer()
