"""One script a question; each prints its figures with device, versions, n, median and p95."""
