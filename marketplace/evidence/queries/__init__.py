"""Reading studies, one at a time and as what they come to for a product."""
