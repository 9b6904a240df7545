"""What the first three releases left untrue: second factors, calendars, mergers, drafts that are kept."""

import sqlalchemy as sa
from alembic import op

from marketplace.kit.db import Base

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    bind = op.get_bind()
    Base.metadata.create_all(bind)
    seen = sa.inspect(bind)
    for table in Base.metadata.sorted_tables:
        known = {column["name"] for column in seen.get_columns(table.name)}
        missing = [column for column in table.columns if column.name not in known]
        if missing:
            with op.batch_alter_table(table.name) as batch:
                for column in missing:
                    batch.add_column(column.copy())


def downgrade() -> None:
    raise NotImplementedError
