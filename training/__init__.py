"""What the network learns from besides MNIST: other pens, letters and scribbles, and the recipe that mixes them."""
