"""What the image store is made of: names, files local and remote, records, eviction, and the fetching of URLs."""
