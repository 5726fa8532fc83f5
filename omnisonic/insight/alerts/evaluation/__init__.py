"""When a rule fires: arithmetic on stories and times, without any input or output."""
