"""The kinds of pictures; light, because the command line names them before it needs any."""

from enum import StrEnum


class Kind(StrEnum):
    """What a device acquires."""

    CT = "ct"
    """Grey slices of 512 x 512 in 16 bits with a lesion that moves."""
    IRIS = "iris"
    """Colour photographs of an eye whose pupil widens."""
    PYDICOM = "pydicom"
    """Files that ship with pydicom, in several transfer syntaxes."""
