"""Who is up, against their own usual."""
