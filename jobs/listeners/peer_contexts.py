"""Which services and encodings a peer may use."""

from collections.abc import Collection
from typing import Final

from pynetdicom import ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts
from pynetdicom.service_class import StorageServiceClass
from pynetdicom.sop_class import register_uid

from erp.services.imaging import PeerAccount

VERIFICATION: Final = "1.2.840.10008.1.1"
STORAGE_COMMITMENT: Final = "1.2.840.10008.1.20.1"
STORAGE_COMMITMENT_INSTANCE: Final = "1.2.840.10008.1.20.1.1"
WORKLIST_FIND: Final = "1.2.840.10008.5.1.4.31"
PATIENT_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.1.1"
STUDY_ROOT_FIND: Final = "1.2.840.10008.5.1.4.1.2.2.1"
PERFORMED_STEP: Final = "1.2.840.10008.3.1.2.3.3"
FIND: Final = frozenset({PATIENT_ROOT_FIND, STUDY_ROOT_FIND})
RETRIEVE: Final = frozenset(
    {
        "1.2.840.10008.5.1.4.1.2.1.2",
        "1.2.840.10008.5.1.4.1.2.1.3",
        "1.2.840.10008.5.1.4.1.2.2.2",
        "1.2.840.10008.5.1.4.1.2.2.3",
    }
)
"""C-MOVE and C-GET of the patient root and of the study root."""
RETIRED: Final = {
    "1.2.840.10008.5.1.4.1.1.3": "UltrasoundMultiFrameImageStorageRetired",
    "1.2.840.10008.5.1.4.1.1.5": "NuclearMedicineImageStorageRetired",
    "1.2.840.10008.5.1.4.1.1.6": "UltrasoundImageStorageRetired",
    "1.2.840.10008.5.1.4.1.1.9": "StandaloneCurveStorageRetired",
    "1.2.840.10008.5.1.4.1.1.12.3": "XRayAngiographicBiPlaneImageStorageRetired",
}
"""Classes that old devices still send."""
STORAGE: Final = frozenset(str(cx.abstract_syntax) for cx in AllStoragePresentationContexts) | {
    *RETIRED
}
OBJECTS: Final = frozenset(str(syntax) for syntax in ALL_TRANSFER_SYNTAXES)
PLAIN: Final = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1"})
NOTHING: Final[frozenset[str]] = frozenset()

for _uid, _keyword in RETIRED.items():
    register_uid(_uid, _keyword, StorageServiceClass)


def syntaxes_for(peer: PeerAccount, abstract_syntax: str) -> Collection[str]:
    """Return the transfer syntaxes in which a peer may use a service; none where it may not."""
    if abstract_syntax in STORAGE:
        return OBJECTS if peer.may_store or peer.may_retrieve else NOTHING
    allowed = {
        VERIFICATION: True,
        STORAGE_COMMITMENT: peer.may_store,
        WORKLIST_FIND: peer.may_worklist,
        PERFORMED_STEP: peer.may_worklist,
        **dict.fromkeys(FIND, peer.may_query),
        **dict.fromkeys(RETRIEVE, peer.may_retrieve),
    }
    return PLAIN if allowed.get(abstract_syntax) else NOTHING
