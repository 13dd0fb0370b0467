"""States of drafts by a language model."""
