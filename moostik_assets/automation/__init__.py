"""The Dagster instance: its home, its runs, and what moves by itself."""
