"""What others would use for the same work, written as their own users would at their best."""
