"""Texts that a language model drafts for people."""

from erp.models.drafting.draft import AiDraft, DraftStatus

__all__ = ["AiDraft", "DraftStatus"]
