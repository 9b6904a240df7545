"""The shapes of the files in frameworks/, and the form that is made of them."""
