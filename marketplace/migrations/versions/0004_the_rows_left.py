"""What the first three releases left untrue: second factors, calendars, mergers, drafts that are kept."""

import sqlalchemy as sa
from alembic import op

from marketplace.kit.db import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('spent',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('until', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_spent'))
    )
    op.create_table('unsent_form',
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.String(length=300), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('version', sa.String(length=40), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.PrimaryKeyConstraint('organisation_id', 'person_id', 'place', name=op.f('pk_unsent_form'))
    )
    with op.batch_alter_table('unsent_form', schema=None) as batch_op:
        batch_op.create_index('ix_unsent_form_at', ['at'], unique=False)

    op.create_table('calendar_feed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_calendar_feed_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_calendar_feed_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_calendar_feed_token_hash'))
    )
    with op.batch_alter_table('calendar_feed', schema=None) as batch_op:
        batch_op.create_index('ix_calendar_feed_one_open', ['person_id', 'organisation_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('code_app',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('sealed', sa.String(length=200), nullable=False),
    sa.Column('last_step', sa.BigInteger(), nullable=False),
    sa.Column('added_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_code_app_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_code_app')),
    sa.UniqueConstraint('person_id', name=op.f('uq_code_app_person_id'))
    )
    op.create_table('half_sign_in',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('how', sa.String(length=20), nullable=False),
    sa.Column('begun_at', Moment(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_half_sign_in_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_half_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_half_sign_in_token_hash'))
    )
    with op.batch_alter_table('half_sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_half_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('known_elsewhere',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('issuer', sa.String(length=300), nullable=False),
    sa.Column('subject', sa.String(length=255), nullable=False),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('is_strong', sa.Boolean(), nullable=False),
    sa.Column('linked_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_known_elsewhere_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_elsewhere')),
    sa.UniqueConstraint('issuer', 'subject', name=op.f('uq_known_elsewhere_issuer_subject')),
    sa.UniqueConstraint('person_id', 'issuer', name=op.f('uq_known_elsewhere_person_id_issuer'))
    )
    with op.batch_alter_table('known_elsewhere', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_known_elsewhere_person_id'), ['person_id'], unique=False)

    op.create_table('passkey',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('credential_id', sa.String(length=1400), nullable=False),
    sa.Column('public_key', sa.Text(), nullable=False),
    sa.Column('uses', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('added_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_passkey_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_person_id'), ['person_id'], unique=False)

    op.create_table('recovery_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('fingerprint', sa.String(length=64), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.Column('used_at', Moment(), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_recovery_code_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_recovery_code_fingerprint'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_person_id'), ['person_id'], unique=False)

    op.create_table('remark',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('about_id', sa.Uuid(), nullable=False),
    sa.Column('ref', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('reach', sa.String(length=10), nullable=False),
    sa.Column('with_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('assigned_to_id', sa.Uuid(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('done_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(reach = 'shared') = (with_id IS NOT NULL)", name=op.f('ck_remark_shared_with_somebody')),
    sa.CheckConstraint("reach IN ('private', 'shared', 'everybody')", name=op.f('ck_remark_reach_is_known')),
    sa.CheckConstraint('done_at IS NULL OR assigned_to_id IS NOT NULL', name=op.f('ck_remark_done_what_was_asked')),
    sa.ForeignKeyConstraint(['assigned_to_id'], ['person.id'], name=op.f('fk_remark_assigned_to_id')),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_remark_by_id')),
    sa.ForeignKeyConstraint(['done_by_id'], ['person.id'], name=op.f('fk_remark_done_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_remark_organisation_id')),
    sa.ForeignKeyConstraint(['with_id'], ['organisation.id'], name=op.f('fk_remark_with_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_remark'))
    )
    with op.batch_alter_table('remark', schema=None) as batch_op:
        batch_op.create_index('ix_remark_asked', ['assigned_to_id'], unique=False, sqlite_where=sa.text('done_at IS NULL'), postgresql_where=sa.text('done_at IS NULL'))
        batch_op.create_index('ix_remark_kind_about_id_id', ['kind', 'about_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_remark_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('sent_mail',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('fingerprint', sa.String(length=40), nullable=False),
    sa.Column('letter', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('address', sa.String(length=254), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('organisation_id', sa.Uuid(), nullable=True),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('state_at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['person.id'], name=op.f('fk_sent_mail_asked_by_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_sent_mail_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sent_mail_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sent_mail')),
    sa.UniqueConstraint('fingerprint', name=op.f('uq_sent_mail_fingerprint'))
    )
    with op.batch_alter_table('sent_mail', schema=None) as batch_op:
        batch_op.create_index('ix_sent_mail_organisation_id_id', ['organisation_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sent_mail_person_id'), ['person_id'], unique=False)

    op.create_table('succession',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('ref', sa.String(length=20), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('old_id', sa.Uuid(), nullable=False),
    sa.Column('new_id', sa.Uuid(), nullable=False),
    sa.Column('effective_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('chosen', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=False),
    sa.Column('proposed_by_id', sa.Uuid(), nullable=True),
    sa.Column('proposed_at', Moment(), nullable=False),
    sa.Column('old_agreed_by_id', sa.Uuid(), nullable=True),
    sa.Column('old_agreed_at', Moment(), nullable=True),
    sa.Column('new_agreed_by_id', sa.Uuid(), nullable=True),
    sa.Column('new_agreed_at', Moment(), nullable=True),
    sa.Column('done_by_id', sa.Uuid(), nullable=True),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f('ck_succession_done_at_a_moment')),
    sa.CheckConstraint("kind IN ('merger', 'split')", name=op.f('ck_succession_kind_is_known')),
    sa.CheckConstraint('(new_agreed_by_id IS NULL) = (new_agreed_at IS NULL)', name=op.f('ck_succession_new_agreed_by_somebody')),
    sa.CheckConstraint('(old_agreed_by_id IS NULL) = (old_agreed_at IS NULL)', name=op.f('ck_succession_old_agreed_by_somebody')),
    sa.CheckConstraint('old_id <> new_id', name=op.f('ck_succession_two_organisations')),
    sa.ForeignKeyConstraint(['done_by_id'], ['person.id'], name=op.f('fk_succession_done_by_id')),
    sa.ForeignKeyConstraint(['new_agreed_by_id'], ['person.id'], name=op.f('fk_succession_new_agreed_by_id')),
    sa.ForeignKeyConstraint(['new_id'], ['organisation.id'], name=op.f('fk_succession_new_id')),
    sa.ForeignKeyConstraint(['old_agreed_by_id'], ['person.id'], name=op.f('fk_succession_old_agreed_by_id')),
    sa.ForeignKeyConstraint(['old_id'], ['organisation.id'], name=op.f('fk_succession_old_id')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_succession_proposed_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_succession')),
    sa.UniqueConstraint('ref', name=op.f('uq_succession_ref'))
    )
    with op.batch_alter_table('succession', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_succession_new_id'), ['new_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_succession_old_id'), ['old_id'], unique=False)

    op.create_table('project_deadline',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('project_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.String(length=160), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('due_at', Moment(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('set_by_id', sa.Uuid(), nullable=True),
    sa.Column('set_at', Moment(), nullable=False),
    sa.Column('done_at', Moment(), nullable=True),
    sa.Column('done_by_id', sa.Uuid(), nullable=True),
    sa.Column('removed_at', Moment(), nullable=True),
    sa.Column('removed_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("(removed_at IS NULL) = (removed_reason = '')", name=op.f('ck_project_deadline_removed_for_a_reason')),
    sa.CheckConstraint('done_at IS NULL OR removed_at IS NULL', name=op.f('ck_project_deadline_done_or_removed')),
    sa.ForeignKeyConstraint(['done_by_id'], ['person.id'], name=op.f('fk_project_deadline_done_by_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_project_deadline_owner_id')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_project_deadline_project_id')),
    sa.ForeignKeyConstraint(['set_by_id'], ['person.id'], name=op.f('fk_project_deadline_set_by_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_deadline'))
    )
    with op.batch_alter_table('project_deadline', schema=None) as batch_op:
        batch_op.create_index('ix_project_deadline_project_id_due_on', ['project_id', 'due_on'], unique=False)

    op.create_table('succession_passed',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('succession_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('thing_id', sa.Uuid(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['succession_id'], ['succession.id'], name=op.f('fk_succession_passed_succession_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_succession_passed'))
    )
    with op.batch_alter_table('succession_passed', schema=None) as batch_op:
        batch_op.create_index('ix_succession_passed_succession_id_id', ['succession_id', 'id'], unique=False)
        batch_op.create_index('ix_succession_passed_thing_id', ['thing_id'], unique=False)

    op.create_table('assurance_visit',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('certificate_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('supplier_id', sa.Uuid(), nullable=False),
    sa.Column('body_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('planned_on', sa.Date(), nullable=True),
    sa.Column('way', sa.String(length=20), nullable=False),
    sa.Column('assessor_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('outcome', sa.String(length=20), nullable=False),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('opened_at', Moment(), nullable=True),
    sa.Column('ended_at', Moment(), nullable=True),
    sa.Column('told_at', Moment(), nullable=True),
    sa.Column('late_told_at', Moment(), nullable=True),
    sa.Column('row_version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(state = 'ended') = (outcome != '')", name=op.f('ck_assurance_visit_ended_with_an_outcome')),
    sa.ForeignKeyConstraint(['assessor_id'], ['person.id'], name=op.f('fk_assurance_visit_assessor_id')),
    sa.ForeignKeyConstraint(['body_id'], ['organisation.id'], name=op.f('fk_assurance_visit_body_id')),
    sa.ForeignKeyConstraint(['case_id'], ['assurance_case.id'], name=op.f('fk_assurance_visit_case_id')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_assurance_visit_certificate_id')),
    sa.ForeignKeyConstraint(['supplier_id'], ['organisation.id'], name=op.f('fk_assurance_visit_supplier_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assurance_visit'))
    )
    with op.batch_alter_table('assurance_visit', schema=None) as batch_op:
        batch_op.create_index('ix_assurance_visit_body_id_state', ['body_id', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_assurance_visit_case_id'), ['case_id'], unique=False)
        batch_op.create_index('ix_assurance_visit_one_open', ['certificate_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))
        batch_op.create_index(batch_op.f('ix_assurance_visit_supplier_id'), ['supplier_id'], unique=False)

    op.create_table('assurance_visit_finding',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('visit_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=20), nullable=False),
    sa.Column('judgement', sa.String(length=24), nullable=False),
    sa.Column('severity', sa.String(length=12), nullable=False),
    sa.Column('note', sa.Text(), nullable=False),
    sa.Column('condition', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['person.id'], name=op.f('fk_assurance_visit_finding_by_id')),
    sa.ForeignKeyConstraint(['visit_id'], ['assurance_visit.id'], name=op.f('fk_assurance_visit_finding_visit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assurance_visit_finding'))
    )
    with op.batch_alter_table('assurance_visit_finding', schema=None) as batch_op:
        batch_op.create_index('ix_assurance_visit_finding_visit_id_id', ['visit_id', 'id'], unique=False)

    op.create_table('contract_cosignature',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('contract_id', sa.Uuid(), nullable=False),
    sa.Column('text_id', sa.Uuid(), nullable=False),
    sa.Column('organisation_id', sa.Uuid(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('capacity', sa.String(length=120), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.ForeignKeyConstraint(['contract_id'], ['contract.id'], name=op.f('fk_contract_cosignature_contract_id')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_contract_cosignature_organisation_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_contract_cosignature_person_id')),
    sa.ForeignKeyConstraint(['text_id'], ['contract_text.id'], name=op.f('fk_contract_cosignature_text_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contract_cosignature')),
    sa.UniqueConstraint('text_id', 'organisation_id', 'person_id', name=op.f('uq_contract_cosignature_text_id_organisation_id_person_id')),
    sa.UniqueConstraint('text_id', 'organisation_id', 'place', name=op.f('uq_contract_cosignature_text_id_organisation_id_place'))
    )
    with op.batch_alter_table('contract_cosignature', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_contract_cosignature_contract_id'), ['contract_id'], unique=False)

    with op.batch_alter_table('appraisal', schema=None) as batch_op:
        batch_op.add_column(sa.Column('by_result', sa.JSON(), server_default='{}', nullable=False))

    with op.batch_alter_table('consensus', schema=None) as batch_op:
        batch_op.add_column(sa.Column('by_result', sa.JSON(), server_default='{}', nullable=False))

    with op.batch_alter_table('contract_party', schema=None) as batch_op:
        batch_op.add_column(sa.Column('earlier', sa.JSON(), server_default='[]', nullable=False))

    with op.batch_alter_table('one_time_link', schema=None) as batch_op:
        batch_op.add_column(sa.Column('language', sa.String(length=2), server_default='en', nullable=False))

    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('second_factor_from', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('joined_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('predecessors', sa.JSON(), server_default='[]', nullable=False))
    # Inline, so that SQLite need not make a table anew to which others refer.
    joined_to = sa.Column(
        'joined_to_id', sa.Uuid(), sa.ForeignKey('organisation.id', name=op.f('fk_organisation_joined_to_id')),
        nullable=True,
    )
    op.add_column('organisation', joined_to, inline_references=True)

    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.add_column(sa.Column('mail_failed_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('mail_failed_reason', sa.String(length=300), server_default='', nullable=False))

    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.add_column(sa.Column('confirmed_at', Moment(), nullable=True))
        batch_op.add_column(sa.Column('second_factor', sa.String(length=20), server_default='', nullable=False))

    with op.batch_alter_table('study', schema=None) as batch_op:
        batch_op.add_column(sa.Column('settings', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('populations', sa.JSON(), server_default='[]', nullable=False))


def downgrade() -> None:
    raise NotImplementedError("What people kept and agreed is not thrown away.")
