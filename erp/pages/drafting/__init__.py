"""Drafts by a language model, on the pages of what they are about."""
