"""Frames become pictures and plain pixels, whatever class they are, or say why not."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.encaps import generate_frames
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian

from erp.adapters.dicom import sandbox
from erp.adapters.dicom.facts import Window
from erp.adapters.dicom.rendering import (
    FrameRenderer,
    NotRenderable,
    PixelDescription,
    RenderOptions,
    frame_ranges,
)
from erp.adapters.dicom.sandbox import Limits, Sandbox
from tests.dicom.objects import dataset, encode, good, raw_encapsulated

PNG = RenderOptions(format="png")
RAMP = np.arange(256, dtype="<u2").reshape(16, 16)


def bundled(name) -> str:
    path = get_testdata_file(name)
    assert isinstance(path, str)
    return path


def levels(picture) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(picture.content)))


def shown(renderer, source, frame=0, **options) -> np.ndarray:
    return levels(renderer.render(source, frame, RenderOptions(format="png", **options)))


def plain(renderer, source, frame=0) -> tuple[np.ndarray, PixelDescription]:
    got = renderer.plain_frame(source, frame)
    said = got.description
    kind = {"unsigned": "u", "signed": "i", "float": "f"}[said.sample_kind]
    shape = (said.rows, said.columns) + ((3,) if said.samples == 3 else ())
    return np.frombuffer(got.content, f"<{kind}{said.bits_allocated // 8}").reshape(shape), said


def test_the_objects_own_window_is_applied(renderer):
    """Centre 40, width 400 after rescaling by -1024: 864 is black, 1263 is white."""
    values = np.array([0, 864, 1063, 1064, 1263, 4095], dtype="<u2")
    pixels = np.zeros(256, dtype="<u2")
    pixels[:6] = values

    picture = renderer.render(good(PixelData=pixels.tobytes()), 0, PNG)

    assert (picture.width, picture.height, picture.media) == (16, 16, "image/png")
    assert picture.window == Window(center=40, width=400)
    assert levels(picture)[0, :6].tolist() == [0, 0, 127, 128, 255, 255]


def test_a_given_window_wins(renderer):
    grey = shown(renderer, good(), window=Window(center=-1024 + 128, width=256))

    assert grey[0, 0] == 0
    assert grey[15, 15] == 255
    assert np.all(np.diff(grey.reshape(-1).astype(int)) >= 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"WindowWidth": 0},
        {"WindowCenter": None, "WindowWidth": None},
        {"RescaleSlope": 0, "WindowWidth": 0},
        {"RescaleSlope": None, "RescaleIntercept": None, "WindowWidth": None},
    ],
)
def test_a_window_is_computed_when_there_is_none(renderer, changes):
    grey = shown(renderer, good(**changes))

    assert grey.min() == 0
    assert grey.max() == 255


def test_a_flat_image_does_not_divide_by_zero(renderer):
    grey = shown(renderer, good(PixelData=bytes(512), WindowWidth=None))
    assert grey.shape == (16, 16)


def test_monochrome1_is_inverted(renderer):
    normal, inverted = (
        shown(renderer, good()),
        shown(renderer, good(PhotometricInterpretation="MONOCHROME1")),
    )
    assert np.array_equal(inverted, 255 - normal)
    assert np.array_equal(shown(renderer, good(), invert=True), inverted)


def test_signed_values_keep_their_sign(renderer):
    pixels = (RAMP.astype("<i2") - 128) & 0x0FFF
    signed = good(
        PixelData=pixels.astype("<u2").tobytes(), PixelRepresentation=1, RescaleIntercept=0
    )

    samples, said = plain(renderer, signed)
    grey = shown(renderer, signed, window=Window(center=0, width=256))

    assert said.sample_kind == "signed"
    assert samples.min() == -128
    assert grey[0, 0] == 0
    assert grey[15, 15] == 255


def test_bits_above_the_stored_ones_are_not_shown(renderer):
    samples, _ = plain(renderer, good(PixelData=(RAMP | 0xF000).astype("<u2").tobytes()))
    assert np.array_equal(samples, RAMP)


def test_high_bit_above_the_stored_ones_is_shifted(renderer):
    samples, _ = plain(renderer, good(PixelData=(RAMP << 4).astype("<u2").tobytes(), HighBit=15))
    assert np.array_equal(samples, RAMP)


def test_each_frame_is_itself(renderer, inspector):
    frames = np.stack([RAMP + 10 * n for n in range(5)])
    many = good(PixelData=frames.astype("<u2").tobytes(), NumberOfFrames=5)

    for number in range(5):
        samples, _ = plain(renderer, many, number)
        assert np.array_equal(samples, frames[number])
    for number in (-1, 5):
        with pytest.raises(NotRenderable, match="5 frames"):
            renderer.render(many, number)
        with pytest.raises(NotRenderable, match="5 frames"):
            frame_ranges(inspector.inspect(many).pixels, number)


def test_packed_bits_of_every_frame(renderer, inspector):
    """Nine pixels per frame: frame 1 starts inside a byte."""
    bits = np.random.default_rng(3).integers(0, 2, (3, 3, 3), dtype=np.uint8)
    packed = np.packbits(bits.reshape(-1), bitorder="little").tobytes()
    packed += b"\0" * (len(packed) % 2)
    one_bit = good(
        Rows=3, Columns=3, NumberOfFrames=3, BitsAllocated=1, BitsStored=1, HighBit=0,
        PixelData=packed, WindowWidth=None, RescaleSlope=None, RescaleIntercept=None,
    )  # fmt: skip

    assert inspector.inspect(one_bit).pixels.frame_at is None
    assert frame_ranges(inspector.inspect(one_bit).pixels, 1) is None
    for number in range(3):
        samples, _ = plain(renderer, one_bit, number)
        assert np.array_equal(samples, bits[number])


def test_odd_length_rgb(renderer):
    rgb = np.arange(27, dtype=np.uint8).reshape(3, 3, 3)
    colour = {
        "Rows": 3, "Columns": 3, "SamplesPerPixel": 3, "PlanarConfiguration": 0,
        "PhotometricInterpretation": "RGB", "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
    }  # fmt: skip
    by_pixel = good(**colour, PixelData=rgb.tobytes() + b"\0")
    planes = np.moveaxis(rgb, 2, 0).tobytes() + b"\0"
    by_plane = good(**colour | {"PlanarConfiguration": 1}, PixelData=planes)

    for source in (by_pixel, by_plane):
        samples, said = plain(renderer, source)
        assert np.array_equal(samples, rgb)
        assert said.photometric == "RGB"
        assert np.array_equal(shown(renderer, source), rgb)


def test_palette(renderer):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    palette = dataset(
        PhotometricInterpretation="PALETTE COLOR", BitsAllocated=8, BitsStored=8, HighBit=7,
        PixelData=ramp.tobytes(),
    )  # fmt: skip
    for name, table in (("Red", ramp), ("Green", 255 - ramp), ("Blue", ramp // 2)):
        words = (table.reshape(-1).astype("<u2") << 8).tobytes()
        setattr(palette, f"{name}PaletteColorLookupTableDescriptor", [256, 0, 16])
        setattr(palette, f"{name}PaletteColorLookupTableData", words)

    colours = shown(renderer, encode(palette))

    assert np.array_equal(colours, np.stack([ramp, 255 - ramp, ramp // 2], axis=2))


def test_32_bit_and_float_pixels(renderer):
    plain_values = {"WindowWidth": None, "RescaleSlope": None, "RescaleIntercept": None}
    wide = good(
        PixelData=(RAMP.astype("<u4") * 1_000_000).tobytes(),
        BitsAllocated=32, BitsStored=32, HighBit=31, **plain_values,
    )  # fmt: skip
    floating = dataset(PixelData=None, BitsAllocated=32, **plain_values)
    floating.FloatPixelData = (RAMP / 7).astype("<f4").tobytes()

    for source in (wide, encode(floating)):
        grey = shown(renderer, source)
        assert grey[0, 0] == 0
        assert grey[15, 15] == 255
    samples, said = plain(renderer, encode(floating))
    assert said.sample_kind == "float"
    assert np.allclose(samples, RAMP / 7)


def test_not_a_number_is_drawn_black(renderer):
    floating = dataset(PixelData=None, WindowWidth=None, RescaleSlope=None)
    floating.FloatPixelData = np.full((16, 16), np.nan, dtype="<f4").tobytes()
    assert shown(renderer, encode(floating)).shape == (16, 16)


def test_overlay_is_drawn_and_can_be_left_out(renderer):
    bits = np.zeros((16, 16), dtype=np.uint8)
    bits[3, 4] = 1
    annotated = dataset(PixelData=bytes(512))
    annotated.add_new(0x60000010, "US", 16)
    annotated.add_new(0x60000011, "US", 16)
    annotated.add_new(0x60000040, "CS", "G")
    annotated.add_new(0x60000050, "SS", [1, 1])
    annotated.add_new(0x60000100, "US", 1)
    annotated.add_new(0x60000102, "US", 0)
    annotated.add_new(0x60003000, "OW", np.packbits(bits, bitorder="little").tobytes())

    drawn = shown(renderer, encode(annotated))

    assert np.argwhere(drawn == 255).tolist() == [[3, 4]]
    assert not shown(renderer, encode(annotated), overlays=False).any()


def test_other_encodings_show_the_same(renderer):
    expected = shown(renderer, good())
    deflated = encode(dataset(), DeflatedExplicitVRLittleEndian)
    big = encode(dataset(PixelData=RAMP.astype(">u2").tobytes()), ExplicitVRBigEndian)

    assert np.array_equal(shown(renderer, deflated), expected)
    assert np.array_equal(shown(renderer, big), expected)


def test_jpeg_and_thumbnail(renderer):
    large = good(Rows=512, Columns=256, PixelData=np.zeros((512, 256), "<u2").tobytes())

    picture, small = renderer.render(large), renderer.thumbnail(large)

    assert picture.content[:3] == b"\xff\xd8\xff"
    assert picture.media == "image/jpeg"
    assert Image.open(BytesIO(small.content)).size == (80, 160)


def test_one_damaged_frame_does_not_hide_the_others(renderer):
    frames = list(
        generate_frames(dcmread(bundled("MR_small_jp2klossless.dcm")).PixelData, number_of_frames=1)
    )
    two = raw_encapsulated(
        [b"", frames[0] + b"\0" * (len(frames[0]) % 2), b"\xff\x4f" + b"garbage!" * 20],
        b"1.2.840.10008.1.2.4.90",
        Rows=64, Columns=64, BitsStored=16, HighBit=15, PixelRepresentation=1, NumberOfFrames=2,
    )  # fmt: skip

    assert renderer.render(two, 0).width == 64
    with pytest.raises(NotRenderable):
        renderer.render(two, 1)


def test_memory_for_decoding_is_limited():
    tight = FrameRenderer(Sandbox("render", size=1, limits=Limits(memory_bytes=32 << 20)))
    huge = good(Rows=5000, Columns=5000, PixelData=bytes(50_000_000))

    with pytest.raises(NotRenderable, match=r"memory|decoded"):
        tight.render(huge)
    assert tight.render(good()).width == 16
    tight.close()


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (b"not DICOM", "DICM"),
        (good(PixelData=None), "no picture"),
        (good(PixelData=b""), "empty"),
        (good(BitsStored=20), "Bits stored"),
        (good()[:-10], "promises"),
    ],
)
def test_what_cannot_be_shown_says_why(renderer, source, why):
    with pytest.raises(NotRenderable, match=why):
        renderer.render(source)


PANICS = """
import erp.adapters.dicom.sandbox_child as child
class Panic(BaseException): pass
def panics(source, request): raise Panic("a library gave up")
def loaded(purpose, load=child._load):
    operations = load(purpose)
    from erp.adapters.dicom import decoding
    return {**operations, "raw": decoding._guarded(panics)}
child._load = loaded
child.main()
"""


def test_what_no_library_may_raise_ends_the_child_and_costs_its_object_alone(monkeypatch):
    """As a panic of native code comes to Python: what it leaves behind is not trusted further."""
    boot = sandbox._BOOT.partition("from erp.adapters")[0] + PANICS
    monkeypatch.setattr(sandbox, "_BOOT", boot)
    one = FrameRenderer(Sandbox("render", size=1))
    try:
        first = one.render(good())
        [child] = one._sandbox._idle
        with pytest.raises(NotRenderable, match="crashed"):
            one.plain_frame(good())
        assert child.process.wait(5) != 0
        assert one.render(good()) == first
    finally:
        one.close()
