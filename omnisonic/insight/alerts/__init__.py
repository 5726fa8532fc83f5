"""Rules over the news, their states, and what is delivered to whom."""
