"""The product: one package per business domain, each reached through its facade."""
