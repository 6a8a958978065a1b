"""What public pages say, as frozen data: a page and its machine-readable twin are two writings of the same objects."""
