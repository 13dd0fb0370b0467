"""A decoder of 12-bit JPEG for pydicom, whose own refuses them though GDCM reads them."""

from typing import Final

import gdcm
from pydicom.pixels.decoders.base import DecodeRunner, get_decoder
from pydicom.uid import JPEGExtended12Bit

NAME: Final = "gdcm_extended"
DECODER_DEPENDENCIES: Final = {JPEGExtended12Bit: ("gdcm>=3.0.10",)}


def is_available(uid: str) -> bool:
    """Return whether frames of this transfer syntax are decoded here."""
    return uid == JPEGExtended12Bit


def decode_frame(stream: bytes, runner: DecodeRunner) -> bytes:
    """Return the samples of one frame, little endian in the bits that its object allocates.

    Raises:
        ValueError: The stream cannot be decoded to a frame of the object's size.

    Source:
        ISO/IEC 10918-1, process 4 (extended sequential, 12 bit); PS3.5 8.2.1.
    """
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((runner.columns, runner.rows, 1))
    image.SetDataElement(_pixel_data(stream))
    kind = gdcm.PhotometricInterpretation.GetPIType(runner.photometric_interpretation)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    if runner.samples_per_pixel > 1:
        image.SetPlanarConfiguration(runner.planar_configuration)
    syntax = gdcm.TransferSyntax.GetTSType(str(JPEGExtended12Bit))
    image.SetTransferSyntax(gdcm.TransferSyntax(syntax))
    bits, is_signed = runner.bits_stored, runner.pixel_representation
    allocated, samples = runner.bits_allocated, runner.samples_per_pixel
    image.SetPixelFormat(gdcm.PixelFormat(samples, allocated, bits, bits - 1, is_signed))
    samples_as_text = image.GetBuffer()
    if samples_as_text is None:
        raise ValueError("GDCM reads no frame of this size from the stream.")
    frame: bytes = samples_as_text.encode("utf-8", "surrogateescape")
    return frame


def _pixel_data(stream: bytes) -> gdcm.DataElement:
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(stream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    return element


def install() -> None:
    """Offer this decoder to pydicom under `NAME`; the process's own choice, done once."""
    decoder = get_decoder(JPEGExtended12Bit)
    if NAME not in decoder.available_plugins:
        decoder.add_plugin(NAME, (__name__, "decode_frame"))
