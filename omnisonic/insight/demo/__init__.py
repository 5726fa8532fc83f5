"""News for the demo: invented outlets that write about the works of the demo catalog."""
