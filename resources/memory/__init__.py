"""The memory of images: embeddings in Parquet, and the nearest of them."""
