"""Charts: what they show, how they look, and the parts that draw them in the browser."""
