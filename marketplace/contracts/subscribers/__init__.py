"""What contracts do when something happened here or below. All of it can be repeated."""
