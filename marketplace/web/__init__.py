"""The pages: one file per room, composed of what the rooms answer. Everything works without JavaScript."""
