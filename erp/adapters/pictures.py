"""Pictures that people send: opened by their content, drawn anew in two sizes."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from erp.core.errors import InvalidInput

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS: Final = 40_000_000
LARGE: Final = 1_200
SMALL: Final = 160
"""Pixels of the longer side."""
WEDGE: Final = (384, 288)


class BadPicture(InvalidInput):
    """The file is no picture that can be shown."""

    code = "bad_picture"


@dataclass(frozen=True, slots=True)
class Pictures:
    """A picture as JPEG, large and small."""

    large: bytes
    small: bytes


def draw_pictures(content: bytes) -> Pictures:
    """Return a picture drawn anew: nothing of the file but its pixels is kept, no place, no camera.

    Raises:
        BadPicture: It is no JPEG, PNG or WebP, whatever its name says, or has too many pixels.
    """
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=FORMATS) as opened:
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            is_large = opened.width * opened.height > MOST_PIXELS
            drawn = None if is_large else _on_white(opened)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning) as error:
        message = "This is no picture. Choose a JPEG, PNG or WebP file."
        raise BadPicture(message, fields={"file": message}) from error
    if drawn is None:
        message = "The picture has more than 40 megapixels. Make it smaller."
        raise BadPicture(message, fields={"file": message})
    return Pictures(_jpeg(drawn, LARGE), _jpeg(drawn, SMALL))


def _on_white(opened: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(opened).convert("RGBA")
    ground = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(ground, upright).convert("RGB")


def _jpeg(drawn: Image.Image, side: int) -> bytes:
    sized = drawn.copy()
    sized.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    sized.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out.getvalue()


def grey_wedge() -> bytes:
    """Return a PNG that runs from black to white, where a real picture would stand."""
    made = io.BytesIO()
    Image.linear_gradient("L").resize(WEDGE).save(made, "PNG")
    return made.getvalue()
