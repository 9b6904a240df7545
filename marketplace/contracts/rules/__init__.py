"""The arithmetic and the law of contracts: pure."""
