"""A viewer, run as JavaScript, gives each pixel the grey level of the picture that a report prints."""

import base64
import json
import subprocess
import sysconfig
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from pydicom.dataset import Dataset

from erp.adapters.dicom.facts import Window
from erp.adapters.dicom.rendering import FrameRenderer, RenderOptions
from tests.dicom.enhanced import enhanced, groups
from tests.dicom.objects import dataset, encode, good

SUMS = Path(__file__).parents[2] / "erp/components/viewer/viewer_greys.js"
SCRIPT = """
import * as g from './viewer_greys.js';
const { said, content, window, invert } = JSON.parse((await import('node:fs')).readFileSync(0, 'utf8'));
const bytes = Buffer.from(content, 'base64');
const parts = g.partsOf(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), said);
const Kind = { unsigned8: Uint8Array, unsigned16: Uint16Array, unsigned32: Uint32Array, signed8: Int8Array,
  signed16: Int16Array, float32: Float32Array, float64: Float64Array }[said.sample_kind + said.bits_allocated];
const { slope, intercept } = said.rescale ?? { slope: 1, intercept: 0 };
const own = g.ownWindow(g.steadied(said, 'series', new Map()));
const turned = invert !== (said.photometric === 'MONOCHROME1');
const level = g.levelBy(window ?? (parts.table ? null : own), said, parts.table, turned);
const levels = Array.from(new Kind(parts.samples), (stored) => level(stored * slope + intercept));
if (parts.overlay) g.eachMarked(parts.overlay, levels.length, (n) => { levels[n] = 255; });
process.stdout.write(JSON.stringify(levels));
"""
RAMP = np.arange(256, dtype="<u2")
PLAIN = {"RescaleSlope": None, "RescaleIntercept": None}
UNWINDOWED = {"WindowCenter": None, "WindowWidth": None}


def table(values: NDArray[np.generic], bits: int, first: int = 0) -> Dataset:
    """Return an item of a LUT sequence."""
    item = Dataset()
    item.LUTDescriptor = [len(values), first, bits]
    item.LUTData = values.astype("<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


def modality_table() -> Dataset:
    """Return the item of a modality LUT that turns values round."""
    item = table(255 - RAMP, 8)
    item.ModalityLUTType = "OD"
    return item


def with_overlay() -> bytes:
    """Return a picture with a mark of two rows and three columns from row 4 and column 6."""
    marked = dataset()
    marked.add_new(0x60000010, "US", 2)
    marked.add_new(0x60000011, "US", 3)
    marked.add_new(0x60000040, "CS", "G")
    marked.add_new(0x60000050, "SS", [4, 6])
    marked.add_new(0x60000100, "US", 1)
    marked.add_new(0x60000102, "US", 0)
    marked.add_new(0x60003000, "OW", bytes([0b00101111, 0]))
    return encode(marked)


def floating(values: NDArray[np.floating[Any]]) -> bytes:
    made = dataset(PixelData=None, BitsAllocated=32, **PLAIN, **UNWINDOWED)
    made.FloatPixelData = values.astype("<f4").tobytes()
    return encode(made)


def hollow() -> NDArray[np.floating[Any]]:
    """Return a ramp with a hole of no numbers."""
    values = RAMP.reshape(16, 16) / 7
    values[3, 3:9] = np.nan
    return values


WAVE = np.sin(RAMP / 40) * 2000 + 2047
CLASSES = {
    "rescaled": good,
    "plain": lambda: good(**PLAIN, WindowCenter=128, WindowWidth=200),
    "low is bright": lambda: good(PhotometricInterpretation="MONOCHROME1"),
    "exact": lambda: good(VOILUTFunction="LINEAR_EXACT", WindowCenter=-900, WindowWidth=100),
    "sigmoid": lambda: good(VOILUTFunction="SIGMOID", WindowCenter=-900, WindowWidth=100),
    "narrow": lambda: good(WindowCenter=-900.5, WindowWidth=1),
    "no window": lambda: good(**UNWINDOWED),
    "modality table": lambda: good(
        **PLAIN, ModalityLUTSequence=[modality_table()], WindowCenter=128, WindowWidth=256
    ),
    "table": lambda: good(**PLAIN, **UNWINDOWED, VOILUTSequence=[table(4095 - 16 * RAMP, 12)]),
    "curved table": lambda: good(**PLAIN, **UNWINDOWED, VOILUTSequence=[table(WAVE, 12)]),
    "short table": lambda: good(
        **PLAIN, **UNWINDOWED, VOILUTSequence=[table(RAMP[:100] * 2, 8, first=50)]
    ),
    "table of rescaled values": lambda: good(
        RescaleSlope=0.5, RescaleIntercept=20, **UNWINDOWED, VOILUTSequence=[table(WAVE, 12)]
    ),
    "window beside a table": lambda: good(VOILUTSequence=[table(4095 - 16 * RAMP, 12)]),
    "overlay": with_overlay,
    "enhanced": lambda: enhanced(
        groups(PixelValueTransformation={"RescaleSlope": 1, "RescaleIntercept": -1024}),
        [groups(FrameVOILUT={"WindowCenter": -900, "WindowWidth": 100}), groups()],
    ),
    "float": lambda: floating(RAMP.reshape(16, 16) / 7),
    "holes": lambda: floating(hollow()),
}
LOOKS = [
    (None, False),
    (None, True),
    (Window(center=-850, width=90), False),
    (Window(center=100, width=77.5), True),
]


@pytest.fixture(scope="module")
def renderer() -> Iterator[FrameRenderer]:
    made = FrameRenderer()
    yield made
    made.close()


@pytest.fixture
def run(tmp_path):
    """Run a script beside the viewer's sums on what it is given, and read what it answers."""
    (tmp_path / SUMS.name).write_text(SUMS.read_text())
    (tmp_path / "package.json").write_text('{"type": "module"}')

    def answer(script: str, given: Any = None) -> Any:
        (tmp_path / "script.js").write_text(script)
        node = f"{sysconfig.get_path('scripts')}/node"
        asked = [node, tmp_path / "script.js"]
        done = subprocess.run(
            asked, input=json.dumps(given), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return answer


@pytest.fixture
def viewed(run, renderer):
    """Return the levels of a frame by the viewer's sums."""

    def answer(source: bytes, window: Window | None, *, invert: bool) -> NDArray[np.uint8]:
        plain = renderer.plain_frame(source)
        said = plain.description.model_dump(mode="json")
        content = base64.b64encode(plain.content).decode()
        shown = window.model_dump() if window else None
        given = {"said": said, "content": content, "window": shown, "invert": invert}
        return np.array(run(SCRIPT, given), dtype=np.uint8).reshape(said["rows"], -1)

    return answer


def printed(
    renderer: FrameRenderer, source: bytes, window: Window | None = None, *, invert: bool = False
) -> NDArray[np.uint8]:
    options = RenderOptions(format="png", window=window, invert=invert)
    return np.asarray(Image.open(BytesIO(renderer.render(source, 0, options).content)))


@pytest.mark.parametrize("kind", CLASSES)
def test_a_viewer_shows_what_a_report_prints(renderer, viewed, kind):
    source = CLASSES[kind]()
    for window, invert in LOOKS:
        wanted = printed(renderer, source, window, invert=invert)
        assert np.array_equal(viewed(source, window, invert=invert), wanted), (window, invert)


@pytest.mark.parametrize("kind", ["modality table", "table"])
def test_a_table_that_turns_values_round_turns_the_picture_round(renderer, kind):
    levels = printed(renderer, CLASSES[kind]()).reshape(-1).astype(int)
    assert levels[0] >= 254
    assert levels[-1] <= 1
    assert np.all(np.diff(levels) <= 0)


def test_a_table_is_scaled_by_the_bits_of_its_output(renderer):
    half = good(**PLAIN, **UNWINDOWED, VOILUTSequence=[table(RAMP * 8, 12)])
    assert printed(renderer, half).max() == round(255 * 8 / 4095 * 255)


def test_a_table_of_rescaled_values_reads_them_rescaled(renderer):
    tabled = good(
        RescaleSlope=2, RescaleIntercept=-10, **UNWINDOWED, VOILUTSequence=[table(RAMP, 8)]
    )
    levels = printed(renderer, tabled).reshape(-1)
    assert levels[[0, 5, 50, 100, 255]].tolist() == [0, 0, 90, 190, 255]


def test_an_overlay_is_where_the_object_says(renderer):
    marked = printed(renderer, with_overlay()) != printed(renderer, good())
    assert np.argwhere(marked).tolist() == [[3, 5], [3, 6], [3, 7], [4, 5], [4, 7]]


def test_figures_and_their_unit_are_those_of_the_modality_table(renderer):
    source = CLASSES["modality table"]()
    found = renderer.figures(source, 0, "rectangle", [(0, 0), (16, 1)])
    assert (found.minimum, found.maximum, found.unit) == (240, 255, "OD")
    said = renderer.plain_frame(source).description
    assert (said.minimum, said.maximum, said.rescale, said.unit) == (0, 255, None, "OD")


def test_values_that_are_no_numbers_do_not_end_the_range(renderer):
    said = renderer.plain_frame(CLASSES["holes"]()).description
    assert (said.minimum, round(said.maximum, 3)) == (0, round(255 / 7, 3))
    empty = renderer.plain_frame(floating(np.full((16, 16), np.nan))).description
    assert (empty.minimum, empty.maximum) == (0, 0)


def test_slices_without_windows_share_that_of_the_first(run):
    centers = run(
        "import { steadied } from './viewer_greys.js'; const kept = new Map();"
        "const said = (center, own = []) => ({ windows: own, computed_window: { center, width: 9 } });"
        "const seen = [['a', said(1)], ['a', said(2)], ['b', said(3)], ['a', said(4, [{ center: 7 }])]];"
        "const shown = seen.map(([series, one]) => steadied(one, series, kept).windows[0].center);"
        "process.stdout.write(JSON.stringify(shown));"
    )
    assert centers == [1, 1, 3, 7]
