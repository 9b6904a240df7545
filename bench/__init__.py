"""What is measured, and how: each figure beside a floor from the same run. Never part of the tests."""
