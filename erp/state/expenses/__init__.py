"""Pages of expenses and petty cash."""
