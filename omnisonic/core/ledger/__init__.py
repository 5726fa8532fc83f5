"""Double entry that can only grow, and the verifiable log over every row of it."""
