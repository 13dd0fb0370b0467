"""The worked journals of the domain rules, driven through the product's own commands."""
