"""Inspecting an object that a stranger sent: its facts, or the reason to quarantine it."""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from erp.adapters.dicom.facts import Finding, Inspected, Quarantine, Reason
from erp.adapters.dicom.sandbox import Sandbox, SandboxFailure

_FINDING: Final[TypeAdapter[Any]] = TypeAdapter(Finding)


class DicomInspector:
    """Reads objects in limited child processes.

    Costs a few milliseconds per object once warm. Threads may share one inspector; as
    many objects are read at a time as the sandbox has children.
    """

    def __init__(self, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox or Sandbox("inspect")

    def inspect(self, source: bytes | Path) -> Inspected | Quarantine:
        """Return the facts of the object, or why it belongs in quarantine.

        Whatever the bytes are, this returns: a child that crashes, loops or asks for
        too much memory is replaced and the object gets `unreadable` or `resource_limit`.

        Raises:
            SandboxUnavailable: No child starts, which says nothing about the object.
        """
        try:
            answer, _ = self._sandbox.run(source, {"op": "inspect"})
            finding: Inspected | Quarantine = _FINDING.validate_python(answer)
        except SandboxFailure as failure:
            reason = Reason.UNREADABLE if failure.cause == "crash" else Reason.RESOURCE_LIMIT
            return Quarantine(reason_code=reason, detail=str(failure))
        except ValidationError:
            return Quarantine(
                reason_code=Reason.UNREADABLE, detail="The reader gave an impossible answer."
            )
        return finding

    def describe(self, source: bytes | Path) -> dict[str, Any]:
        """Return all public attributes of an object, or of its head, as DICOM JSON.

        What is bulk has an empty `BulkDataURI`. An object that cannot be read gives nothing.

        Raises:
            SandboxUnavailable: No child starts.
        """
        try:
            answer, _ = self._sandbox.run(source, {"op": "describe"})
        except SandboxFailure:
            return {}
        found = answer.get("attrs")
        return found if isinstance(found, dict) else {}

    def bulk(self, source: bytes | Path, tag: str) -> bytes | None:
        """Return the value of a top-level element; None where it is absent or is pixel data.

        Raises:
            SandboxUnavailable: No child starts.
        """
        try:
            answer, value = self._sandbox.run(source, {"op": "bulk", "tag": tag})
        except SandboxFailure:
            return None
        return value if answer.get("missing") is False else None

    def close(self) -> None:
        """End the child processes."""
        self._sandbox.close()


@lru_cache
def default_inspector() -> DicomInspector:
    """Return the inspector of this process; its children start on first use."""
    return DicomInspector()
