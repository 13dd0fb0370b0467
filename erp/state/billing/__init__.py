"""State of sales and documents."""
