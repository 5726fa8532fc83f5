"""RQ jobs: thin entry points that load a row, do the work and record the result."""
