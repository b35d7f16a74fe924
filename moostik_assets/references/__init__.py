"""References: which images of characters and locations a shot is made from."""
