"""From reported usage to statements: matching, policy, cycles, payouts."""
