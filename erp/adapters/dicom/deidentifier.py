"""De-identified copies of objects, made in limited child processes, and their directory."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.fileset import FileSet
from pydicom.uid import UID, ExplicitVRLittleEndian

from erp.adapters.dicom.rendering import RENDER_LIMITS
from erp.adapters.dicom.sandbox import Sandbox, SandboxFailure, SandboxUnavailable
from erp.core.errors import Unavailable

DIRECTORY: Final = "DICOMDIR"
FALLBACKS: Final = {"StudyDate": "19000101", "StudyTime": "000000", "Modality": "OT"}


class NotDeidentified(Exception):
    """No copy without identity can be made of this object; the message says why."""


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A copy without identity; `known` is what a directory says about it."""

    content: bytes
    known: Mapping[str, str]


class Deidentifier:
    """Makes copies without identity; threads may share one."""

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox or Sandbox("deidentify", size=1, limits=RENDER_LIMITS)

    def copy(self, content: bytes, *, secret: str, dates: str) -> Deidentified:
        """Return the object without identity.

        Args:
            secret: Hexadecimal; the same secret gives the same new identifiers.
            dates: `remove`, `shift` or `keep`.

        Raises:
            NotDeidentified: The object cannot be read or written anew.
            Unavailable: No child starts.
        """
        request = {"op": "deidentify", "secret": secret, "dates": dates}
        try:
            answer, made = self._sandbox.run(content, request)
        except SandboxFailure as failure:
            raise NotDeidentified(str(failure)) from failure
        except SandboxUnavailable as error:
            raise Unavailable("The reader of objects does not start; try again later.") from error
        if "known" not in answer:
            raise NotDeidentified(str(answer.get("refused", "It cannot be read.")))
        return Deidentified(made, {str(key): str(text) for key, text in answer["known"].items()})


class MediaDirectory:
    """The DICOMDIR of an export, and under which name each object stands in it."""

    def __init__(self) -> None:
        self._files = FileSet()
        self._series: dict[str, int] = {}
        self._count = 0

    def add(self, known: Mapping[str, str]) -> str:
        """Add an object and return the identity it has in the directory.

        Raises:
            NotDeidentified: The object lacks what a directory has to say of its kind.
        """
        self._count += 1
        data = Dataset()
        for key, text in known.items():
            setattr(data, key, text or FALLBACKS.get(key, ""))
        number = self._series.setdefault(known["SeriesInstanceUID"], len(self._series) + 1)
        data.StudyID = "1"
        data.SeriesNumber = known["SeriesNumber"] or number
        data.InstanceNumber = known["InstanceNumber"] or self._count
        data.file_meta = FileMetaDataset()
        data.file_meta.MediaStorageSOPClassUID = UID(known["SOPClassUID"])
        data.file_meta.MediaStorageSOPInstanceUID = UID(known["SOPInstanceUID"])
        data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        try:
            added = self._files.add(data)
        except (ValueError, AttributeError) as error:
            raise NotDeidentified("It cannot be listed in a DICOMDIR.") from error
        return str(added.SOPInstanceUID)

    def write(self, folder: Path) -> dict[str, str]:
        """Write the directory into an empty folder; return each object's path by its identity.

        Only the directory counts: beside it lie heads, which stand for the objects.
        """
        self._files.write(folder)
        written = FileSet(folder / DIRECTORY)
        try:
            return {
                str(one.SOPInstanceUID): Path(one.path).relative_to(folder).as_posix()
                for one in written
            }
        finally:
            _forget(written)

    def close(self) -> None:
        """Remove what was kept beside the directory while it was made."""
        _forget(self._files)


def _forget(files: FileSet) -> None:
    """Remove the folder of a file set now; pydicom leaves it to the end of the process."""
    files._stage["t"].cleanup()  # noqa: SLF001  there is no public way


@lru_cache
def deidentifier() -> Deidentifier:
    """Return the one of this process."""
    return Deidentifier()
