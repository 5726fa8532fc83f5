"""Accounts, sign-in, sessions of the browser, API tokens."""
