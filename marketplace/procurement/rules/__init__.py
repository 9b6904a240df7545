"""The arithmetic and the law of finding and choosing. Pure."""
