"""What a browser calls itself, in the words that its owner knows it by."""

import re

BROWSERS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Version", "Safari"),
)  # fmt: skip
"""The first of these names that stands there: each browser names those before it as well."""
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "Mac"), ("Linux", "Linux"),
)  # fmt: skip
NAMELESS = "A browser that does not say its name"


def device_in_words(agent: str) -> str:
    """Chrome on Windows; a program by its first word, such as curl/8.5.0."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}\w*/", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or next(iter(agent.split()), NAMELESS)
