"""The heads of the hash chains, written down outside the database, whose owner could cut a chain short."""

import json
from collections import defaultdict
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

import structlog

from erp.adapters.object_storage import object_storage
from erp.core import db
from erp.core.clock import utc_now
from erp.services import accounting, documents, platform

CHAINS: Final = {chain.seals: chain for chain in (platform.EVENTS, accounting.LEDGER)}
PREFIX: Final = "anchors/"
LOOKED_AT: Final = 48
"""So many of a tenant's newest anchors are held against its chains: two days of them."""

_log = structlog.get_logger()


def anchor_each_hour() -> None:
    """Write each tenant's heads under a key of the hour; a bucket with object lock keeps them unchanged."""
    now = utc_now()
    heads: dict[UUID, dict[str, dict[str, str | int]]] = defaultdict(dict)
    with db.ops_session() as session:
        for chain in CHAINS.values():
            for head in platform.chain_heads(session, chain):
                place: dict[str, str | int] = {"sequence": head.sequence, "hash": head.hash}
                heads[head.tenant_id][head.seals] = place
    storage = object_storage()
    for tenant_id, chains in heads.items():
        body = json.dumps({"at": now.isoformat(), "chains": chains}, sort_keys=True).encode()
        digest = sha256(body).hexdigest()
        key = f"{PREFIX}{tenant_id}/{now:%Y-%m-%dT%H}.json"
        storage.put(key, body, sha256=digest, media="application/json")
    _log.info("chains_anchored", tenants=len(heads))


def verify_all() -> list[platform.Verdict]:
    """Run every referee over every tenant, and hold the chains against what was anchored."""
    with db.ops_session() as session:
        verdicts = platform.verify(session)
    return [*verdicts, _held_against_anchors()]


def _held_against_anchors() -> platform.Verdict:
    """Return whether every chain still has the heads that were anchored; a store that is away proves nothing."""
    promise = "What was anchored outside the database is still in the chains"
    try:
        anchored = _anchored()
    except documents.StorageUnavailable as away:
        return platform.Verdict("A3", promise, 0, {"why": f"the anchors cannot be read: {away}"})
    except (documents.ObjectMissing, KeyError, TypeError, ValueError) as error:
        unread = f"an anchor is gone or says nothing that can be read ({type(error).__name__})"
        return platform.Verdict("A3", promise, 0, {"why": unread})
    with db.ops_session() as session:
        for head in anchored:
            if not platform.has_head(session, CHAINS[head.seals], head):
                lost = {"tenant_id": head.tenant_id, "chain": head.seals, "sequence": head.sequence}
                why = {"why": "was anchored, and is gone or another now"}
                return platform.Verdict("A3", promise, len(anchored), lost | why)
    return platform.Verdict("A3", promise, len(anchored), None)


def _anchored() -> list[platform.Head]:
    """Return the heads in every tenant's newest anchors, the oldest first."""
    storage = object_storage()
    keys: dict[str, list[str]] = defaultdict(list)
    for kept in storage.list_older(PREFIX, utc_now() + timedelta(days=1)):
        keys[kept.key.split("/")[1]].append(kept.key)
    found = []
    for tenant, own in sorted(keys.items()):
        for key in sorted(own)[-LOOKED_AT:]:
            chains = json.loads(storage.read(key))["chains"]
            found += [
                platform.Head(CHAINS[seals].seals, UUID(tenant), place["sequence"], place["hash"])
                for seals, place in sorted(chains.items())
            ]
    return found
