"""Episodes: whether their shots are ready, which of them belong together, and what they share."""
