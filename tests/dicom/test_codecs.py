"""Every codec decodes what is bundled of it, and gives up streams that lie about their size."""

import struct
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_files
from pydicom.encaps import generate_frames

from erp.adapters.dicom.rendering import FrameParts, NotRenderable, frame_ranges
from tests.dicom import htj2k
from tests.dicom.objects import good, raw_encapsulated
from tests.dicom.test_rendering import bundled, plain

BUNDLED = [p for p in sorted(get_testdata_files()) if Path(p).is_file() and p.endswith(".dcm")]
WITHOUT_A_CODESTREAM = "JPEG2000-embedded-sequence-delimiter.dcm"
HOLD_NO_PICTURE = {
    "DICOMDIR-empty.dcm",
    "reportsi.dcm",
    "reportsi_with_empty_number_tags.dcm",
    "test-SR.dcm",
    "waveform_ecg.dcm",
}
REFUSED = {
    "ExplVR_BigEndNoMeta.dcm": "no_meta",
    "ExplVR_LitEndNoMeta.dcm": "no_meta",
    "JPEGLSNearLossless_08.dcm": "missing_uid",
    "JPEGLSNearLossless_16.dcm": "missing_uid",
    "MR_truncated.dcm": "truncated",
    "SC_rgb_jls_lossy_line.dcm": "missing_uid",
    "SC_rgb_jls_lossy_sample.dcm": "missing_uid",
    "SC_rgb_jpeg.dcm": "syntax_mismatch",
    "UN_sequence.dcm": "missing_uid",
    "badVR.dcm": "uid_mismatch",
    "empty_charset_LEI.dcm": "missing_uid",
    "meta_missing_tsyntax.dcm": "no_meta",
    "nested_priv_SQ.dcm": "missing_uid",
    "no_meta.dcm": "not_dicom",
    "no_meta_group_length.dcm": "missing_uid",
    "priv_SQ.dcm": "missing_uid",
    "rtdose.dcm": "uid_mismatch",
    "rtdose_1frame.dcm": "uid_mismatch",
    "rtdose_expb.dcm": "uid_mismatch",
    "rtdose_expb_1frame.dcm": "uid_mismatch",
    "rtplan.dcm": "uid_mismatch",
    "rtplan_truncated.dcm": "truncated",
    "rtstruct.dcm": "no_meta",
}
FRAME_HEADERS = {
    "MR_small_jpeg_ls_lossless.dcm": b"\xff\xf7",
    "SC_rgb_jpeg_dcmtk.dcm": b"\xff\xc0",
    "JPGExtended.dcm": b"\xff\xc1",
    "SC_rgb_jpeg_gdcm.dcm": b"\xff\xc3",
}
RLE = b"1.2.840.10008.1.2.5"


def one_stream(name) -> bytes:
    [stream] = generate_frames(dcmread(bundled(name)).PixelData, number_of_frames=1)
    return stream


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: Path(p).name)
def test_every_bundled_image(renderer, inspector, path):
    """What holds a picture renders, whole and by ranges alike; only those named do not."""
    finding, name = inspector.inspect(Path(path)), Path(path).name
    refusal = finding.reason_code if finding.kind == "quarantine" else None
    assert refusal == REFUSED.get(name)
    if refusal is not None:
        return
    assert finding.is_renderable == (name not in HOLD_NO_PICTURE)
    if not finding.is_renderable:
        return
    if name == WITHOUT_A_CODESTREAM:
        with pytest.raises(NotRenderable, match="The frame's own size is"):
            renderer.render(Path(path))
        return
    last = finding.pixels.frames - 1
    whole = renderer.render(Path(path), last)
    ranges = frame_ranges(finding.pixels, last)
    if ranges is not None:
        content = Path(path).read_bytes()
        head, frame = (content[at : at + size] for at, size in (ranges.head, ranges.frame))
        assert renderer.render(FrameParts(head, frame, finding.pixels), last) == whole
    assert (whole.width, whole.height) == (finding.pixels.columns, finding.pixels.rows)


@pytest.mark.parametrize(
    "name", ["MR_small_RLE.dcm", "MR_small_jp2klossless.dcm", "MR_small_jpeg_ls_lossless.dcm"]
)
def test_lossless_codecs_agree_with_the_uncompressed_original(renderer, name):
    original, _ = plain(renderer, Path(bundled("MR_small.dcm")))
    decoded, _ = plain(renderer, Path(bundled(name)))
    assert np.array_equal(decoded, original)


@pytest.mark.parametrize("name", ["JPEG-lossy.dcm", "JPGExtended.dcm"])
def test_jpeg_of_12_bits_has_the_values_of_the_reference(renderer, name):
    """The two pixels are those that pydicom's own tests ask of a decoder of these files."""
    samples, said = plain(renderer, Path(bundled(name)))

    assert (samples.shape, said.bits_stored) == ((1024, 256), 12)
    assert (samples[420, 140], samples[230, 120]) == (244, 95)


def test_lossless_jpeg_of_any_selection_value(renderer):
    """A stream of selection value 1 is one of process 14 too, by the syntax's other name."""
    content = Path(bundled("SC_rgb_jpeg_gdcm.dcm")).read_bytes()
    any_value = content.replace(b"1.2.840.10008.1.2.4.70", b"1.2.840.10008.1.2.4.57")
    assert any_value != content

    assert np.array_equal(plain(renderer, any_value)[0], plain(renderer, content)[0])


def test_a_codestream_that_claims_a_huge_picture_is_given_up(renderer):
    """JPEG 2000 with 65,535 x 65,535 in its own header and 64 x 64 in the DICOM one."""
    stream = one_stream("MR_small_jp2klossless.dcm")
    at = stream.index(b"\xff\x51") + 6
    bomb = stream[:at] + struct.pack(">LL", 65535, 65535) + stream[at + 8 :]
    hostile = raw_encapsulated(
        [b"", bomb + b"\0" * (len(bomb) % 2)], b"1.2.840.10008.1.2.4.90", Rows=64, Columns=64
    )

    with pytest.raises(NotRenderable):
        renderer.render(hostile)
    assert renderer.render(good()).width == 16


@pytest.mark.parametrize("name", FRAME_HEADERS)
def test_a_frame_of_another_size_than_its_object_is_given_up(renderer, name):
    """JPEG and JPEG-LS whose frame header names more or less rows and columns; the next shows."""
    content, stream = Path(bundled(name)).read_bytes(), one_stream(name)
    at = stream.index(FRAME_HEADERS[name])
    head = stream[at : at + 9]
    rows, columns = struct.unpack(">HH", head[5:])
    claims = [(65535, 65535), (65535, 1), (1, 1), (2 * rows, columns), (rows, 2 * columns),
              (rows // 2, columns)]  # fmt: skip
    for claim in claims:
        hostile = content.replace(head, head[:5] + struct.pack(">HH", *claim), 1)
        assert hostile != content
        with pytest.raises(NotRenderable):
            renderer.render(hostile)
    assert renderer.render(good()).width == 16


@pytest.mark.parametrize(
    ("segments", "offset", "run"),
    [
        (2, None, 1 << 20),
        (2, None, 1),
        (2, 0xFFFFFFF0, 100),
        (0xFFFFFFFF, 64, 100),
    ],
    ids=["longer than the frame", "shorter", "offset beyond the end", "four billion segments"],
)
def test_runs_that_do_not_make_the_frame_are_given_up(renderer, segments, offset, run):
    body = b"\x81\x00" * run
    second = 64 + len(body) if offset is None else offset
    header = struct.pack("<16L", segments, 64, second, *[0] * 13)
    hostile = raw_encapsulated([b"", header + body + body], RLE, Rows=64, Columns=64)

    with pytest.raises(NotRenderable):
        renderer.render(hostile)
    assert renderer.render(good()).width == 16


JPEG_2000 = b"1.2.840.10008.1.2.4.90"
HTJ2K = [b"1.2.840.10008.1.2.4.%d" % number for number in (201, 202, 203)]
COLOUR = {
    "SamplesPerPixel": 3,
    "PhotometricInterpretation": "YBR_RCT",
    "PlanarConfiguration": 0,
    "BitsAllocated": 8,
    "BitsStored": 8,
    "HighBit": 7,
}


def high_throughput(stream, syntax, **more) -> bytes:
    padded = stream + b"\0" * (len(stream) % 2)
    return raw_encapsulated([b"", padded], syntax, **{"Rows": 12, "Columns": 20} | more)


@pytest.mark.parametrize("syntax", HTJ2K)
def test_high_throughput_jpeg_2000_has_the_values_that_were_encoded(renderer, syntax):
    """Grey of 12 bits and colour, without loss, by all three names of the syntax."""
    grey, said = plain(
        renderer, high_throughput(htj2k.GREY_STREAM, syntax, BitsStored=12, HighBit=11)
    )
    colour, _ = plain(renderer, high_throughput(htj2k.COLOUR_STREAM, syntax, **COLOUR))

    assert said.bits_stored == 12
    assert np.array_equal(grey, htj2k.GREY)
    assert np.array_equal(colour.reshape(htj2k.COLOUR.shape), htj2k.COLOUR)


def test_lossy_high_throughput_jpeg_2000_is_near_what_was_encoded(renderer):
    content = high_throughput(htj2k.RAMP_STREAM, HTJ2K[2], BitsStored=12, HighBit=11)
    samples, _ = plain(renderer, content)
    assert 0 < abs(samples.astype(int) - htj2k.RAMP).max() < 20


SIZES = [(65535, 65535), (1, 1), (1, 65535), (40, 12), (20, 24), (10, 12), (20, 6)]


@pytest.mark.parametrize("has_tiles", [False, True], ids=["picture", "picture and tile"])
@pytest.mark.parametrize("claim", SIZES)
@pytest.mark.parametrize("kind", ["JPEG 2000", "high throughput"])
def test_a_codestream_of_another_size_than_its_object_is_given_up(renderer, kind, claim, has_tiles):
    """One of a single sample was spread over the whole frame: a picture of nothing."""
    made, syntax, sizes = {
        "JPEG 2000": (one_stream("MR_small_jp2klossless.dcm"), JPEG_2000, (64, 64)),
        "high throughput": (htj2k.GREY_STREAM, HTJ2K[0], (12, 20)),
    }[kind]
    at = made.index(b"\xff\x51") + 6
    size = struct.pack(">LL", *claim)
    tile = size if has_tiles else made[at + 16 : at + 24]
    spoilt = made[:at] + size + made[at + 8 : at + 16] + tile + made[at + 24 :]
    content = high_throughput(spoilt, syntax, Rows=sizes[0], Columns=sizes[1])
    with pytest.raises(NotRenderable, match="The frame's own size is"):
        renderer.render(content)


@pytest.mark.parametrize("spoil", [lambda s: s[:60], lambda s: s[:-20], lambda s: b"\0" * len(s)])
def test_high_throughput_jpeg_2000_that_is_cut_short_is_given_up(renderer, spoil):
    with pytest.raises(NotRenderable):
        renderer.render(high_throughput(spoil(htj2k.GREY_STREAM), HTJ2K[0]))
    assert renderer.render(good()).width == 16
