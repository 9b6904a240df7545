"""What may be read of contracts, each query limited to what the actor may see."""
