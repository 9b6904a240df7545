"""The arithmetic of the catalogue: what a product costs, what is missing, what has aged, which names look alike."""
