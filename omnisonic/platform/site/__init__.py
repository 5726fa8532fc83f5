"""Pages of the product itself: landing, about, problems, not found, admin."""
