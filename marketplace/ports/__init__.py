"""The world outside, each part behind a port: plain values, an engine for the world and one for the laptop.

Words: port, engine, double, time limit, circuit.
Invariants: a port imports nothing above `kit`; one contract suite runs on every engine of a port; whatever an engine
raises reaches its callers as the port's one exception.
"""
