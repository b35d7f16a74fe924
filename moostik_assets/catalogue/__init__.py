"""The catalogue: what people author under data/, as models. Read-only for the pipeline."""
