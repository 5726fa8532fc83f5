"""What the feeds brought, kept for ever: identity, stories, and the way to the analytics store."""
