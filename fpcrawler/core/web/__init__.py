"""URLs and the hosts in them."""
