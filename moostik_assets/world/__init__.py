"""The world: themes, and what theme is in force where."""
