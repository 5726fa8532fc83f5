"""Who may use which work where and when."""
