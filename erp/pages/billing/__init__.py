"""Pages of sales and documents."""
