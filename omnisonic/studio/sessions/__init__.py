"""Sessions: rooms where musicians keep their takes, and who may enter them."""
