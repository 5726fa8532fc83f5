"""Real servers out of wheels and the supervisor of all processes: what `omnisonic up` is made of."""
