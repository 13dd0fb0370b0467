"""A draft by a language model, asked for where one is configured for a moment."""

from uuid import UUID

from erp.core.settings import get_settings
from tests.factories import Shop


def drafted(shop: Shop, ids: dict[str, UUID]) -> UUID:
    """Let a person ask for a draft about a decided session, so that all reviewers see it."""
    settings = get_settings()
    before = (settings.llm_url, settings.llm_model)
    settings.llm_url, settings.llm_model = "http://127.0.0.1:9/v1", "none"
    try:
        about = {"session_id": ids["decided_session_id"]}
        seen = shop.run("drafting.show_input", about)
        asked = about | {"input_digest": seen.input_digest}
        found: UUID = shop.run("drafting.ask_draft", asked).id
    finally:
        settings.llm_url, settings.llm_model = before
    return found
