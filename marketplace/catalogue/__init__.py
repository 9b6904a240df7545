"""What is offered: products, their versions, prices and documents, and their place on the catalogue.

Words: product, version, edition, listing, price, attachment, review, claim, import, completeness.

Invariants:
- what is live was published by somebody outside the supplier, and the last good edition stays until the next is;
- a published edition is never edited: a change is a new edition, and the old one stays reachable as it was;
- an imported product is unclaimed, names its source and date, and carries no status that its source does not state.
"""
