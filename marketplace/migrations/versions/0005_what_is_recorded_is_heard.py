"""The database itself puts what is recorded into the outbox, so that nothing can be written and not be heard."""

from alembic import op

from marketplace.kit.record import INTO_OUTBOX

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in INTO_OUTBOX[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("What people kept and agreed is not thrown away.")
