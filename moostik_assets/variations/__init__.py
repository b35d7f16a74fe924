"""Variations: request, seed, sequence, plan, render."""
