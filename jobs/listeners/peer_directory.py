"""Which DICOM peer may do what, and to which tenant an association belongs."""

import ipaddress
import threading
import time
from dataclasses import dataclass
from typing import Final

from erp.adapters.dicom.calling import Called
from erp.core import db
from erp.core.clock import utc_now
from erp.core.context import RequestContext
from erp.core.ids import new_id
from erp.services import imaging

REFRESH_SECONDS: Final = 2.0
MISS_SECONDS: Final = 0.25
CALLED_UNKNOWN: Final = (1, 1, 7)
CALLING_UNKNOWN: Final = (1, 1, 3)
LIMIT_EXCEEDED: Final = (2, 3, 2)
CONGESTED: Final = (2, 3, 1)
"""Result, source and diagnostic of a rejection: PS3.8 table 9-21."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Admission:
    """Who an association is with, from where, and which of our titles it was made to.

    Attributes:
        certificate: SHA-256 of the certificate the peer showed; empty where it showed none.
    """

    entity: imaging.EntityAccount
    peer: imaging.PeerAccount
    address: str
    certificate: str

    def context(self, what: str) -> RequestContext:
        """Return the context of one request of the peer."""
        return imaging.peer_context(self.entity, self.peer, utc_now(), f"{what}-{new_id()}")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why nobody is let in, for the peer as numbers and for the log as words."""

    code: tuple[int, int, int]
    reason: str


class PeerDirectory:
    """Our AE titles and our peers as the database knows them, re-read every few seconds.

    The called title decides tenant and branch; the calling title and the address must be those
    of an active peer of that branch. A peer that is bound to a certificate is let in with that
    one alone. Nothing else lets anybody in.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._entities: dict[str, imaging.EntityAccount] = {}
        self._peers: dict[tuple[str, str], imaging.PeerAccount] = {}
        self._networks: frozenset[Network] = frozenset()
        self._read_at = float("-inf")

    def admit(
        self, called: str, calling: str, address: str, certificate: str
    ) -> Admission | Rejection:
        """Return whom an association is with, or why it is refused.

        Raises:
            Unavailable: The database is away.
        """
        self._follow()
        entity, peer = self._find(called, calling)
        if peer is None:
            self._follow_missed()
            entity, peer = self._find(called, calling)
        if entity is None:
            return Rejection(CALLED_UNKNOWN, "called title unknown")
        if peer is None:
            return Rejection(CALLING_UNKNOWN, "calling title unknown")
        if not _is_within(address, peer.address):
            return Rejection(CALLING_UNKNOWN, "address not allowed")
        if not _has_shown(certificate, peer):
            return Rejection(CALLING_UNKNOWN, "not the peer's certificate")
        return Admission(entity, peer, address, certificate)

    def is_known(self, address: str) -> bool:
        """Tell whether a peer may come from an address, as far as was read last; asks nobody."""
        found = _address(address)
        return any(found in network for network in self._networks)

    def renewed(self, admission: Admission) -> Admission | None:
        """Return an admission as it stands now.

        Nothing once the peer or our title is retired, or the peer may no longer come from there
        or with what it showed.
        """
        self._follow()
        entity = self._entities.get(admission.entity.ae_title)
        if entity != admission.entity:
            return None
        peer = self._peers.get((f"{entity.branch_id}", admission.peer.ae_title))
        if peer is None or peer.device_id != admission.peer.device_id:
            return None
        shown = admission.certificate
        may_stay = _is_within(admission.address, peer.address) and _has_shown(shown, peer)
        return Admission(entity, peer, admission.address, shown) if may_stay else None

    def destination(self, admission: Admission, ae_title: str) -> imaging.PeerAccount | None:
        """Return the peer of the same branch to which objects may be moved, or nothing."""
        self._follow(0.0)
        peer = self._peers.get((f"{admission.entity.branch_id}", ae_title))
        return peer if peer is not None and peer.host and peer.may_retrieve else None

    def by_ids(self, due: imaging.DueCommitment) -> Admission | None:
        """Return the admission under which a commitment was asked for, if it still stands."""
        self._follow()
        entities = [e for e in self._entities.values() if e.entity_id == due.entity_id]
        peers = [p for p in self._peers.values() if p.device_id == due.device_id]
        return Admission(entities[0], peers[0], "", "") if entities and peers else None

    def _find(
        self, called: str, calling: str
    ) -> tuple[imaging.EntityAccount | None, imaging.PeerAccount | None]:
        entity = self._entities.get(called)
        if entity is None:
            return None, None
        return entity, self._peers.get((f"{entity.branch_id}", calling))

    def _follow(self, seconds: float = REFRESH_SECONDS) -> None:
        """Read all again if what is known is older than this."""
        self._read_if_before(time.monotonic() - seconds)

    def _follow_missed(self) -> None:
        """Read all again for a title that is not known.

        At most four times a second: strangers wait their turn, and share what is read.
        """
        asked_at = time.monotonic()
        time.sleep(max(0.0, min(MISS_SECONDS, self._read_at + MISS_SECONDS - asked_at)))
        self._read_if_before(asked_at)

    def _read_if_before(self, instant: float) -> None:
        with self._guard:
            if self._read_at > instant:
                return
            began_at = time.monotonic()
            with db.ops_session() as session:
                entities = imaging.list_entity_accounts(session)
                peers = imaging.list_peer_accounts(session)
            self._entities = {entity.ae_title: entity for entity in entities}
            self._peers = {(f"{peer.branch_id}", peer.ae_title): peer for peer in peers}
            self._networks = frozenset(ipaddress.ip_network(peer.address) for peer in peers)
            self._read_at = began_at


def called(peer: imaging.PeerAccount) -> Called:
    """Return where a peer is called and what it must show."""
    return Called(peer.ae_title, peer.host, peer.port, peer.uses_tls, peer.certificate)


def _is_within(address: str, network: str) -> bool:
    return _address(address) in ipaddress.ip_network(network)


def _has_shown(certificate: str, peer: imaging.PeerAccount) -> bool:
    return peer.certificate in ("", certificate)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return an address without its zone; IPv4 written as IPv6 counts as IPv4."""
    found = ipaddress.ip_address(text.partition("%")[0])
    return getattr(found, "ipv4_mapped", None) or found
