"""Prompts: from a shot's structured prompt and a camera angle to the text and size of one image."""
