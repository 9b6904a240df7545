"""The main job: evidence, assurance, joint procurement, contracts, outcomes and payments."""

from alembic import op

from marketplace.kit.db import Base
from marketplace.migrations import tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
assert tables


def upgrade() -> None:
    Base.metadata.create_all(op.get_bind(), checkfirst=True)


def downgrade() -> None:
    pass
