"""The technical ground every domain stands on; no business word in it."""
