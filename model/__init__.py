"""The network, what it learns from, and the shipped weights; import each module by its own name."""
