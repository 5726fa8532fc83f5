"""From a message that is due to one that arrived, or a reason why not."""
