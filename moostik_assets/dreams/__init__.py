"""Dreams: keyframes, the frames between them, memory and injection."""
