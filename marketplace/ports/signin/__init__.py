"""Other houses that know people, and the keys on people's own devices: what they say is checked here, and only here.

Words: provider, issuer, subject, claims, journey, passkey, challenge.
Invariants: a person of another house is its issuer and their subject together; only keys that the issuer publishes at
its own address count, never one that a token brings along; a challenge is answered once, for this house's own name.
"""
