"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "data_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_version")),
    )
    op.create_table(
        "street",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_street")),
        sa.UniqueConstraint("code", name=op.f("uq_street_code")),
    )
    op.create_table(
        "campaign",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_campaign_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("street_id", "code", name=op.f("uq_campaign_street_id_code")),
    )
    op.create_table(
        "community",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_community_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("street_id", "code", name=op.f("uq_community_street_id_code")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_community_street_id_name")),
    )
    op.create_table(
        "site",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_site_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("street_id", "name", name=op.f("uq_site_street_id_name")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_account_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_account_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "calendar",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_calendar_campaign_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_calendar_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
    )
    with op.batch_alter_table("calendar", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calendar_street_id_day"), ["street_id", "day"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_audit_event_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_audit_event_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_event_street_id_at"), ["street_id", "at"], unique=False)

    op.create_table(
        "column_mapping",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_column_mapping_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_column_mapping_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("street_id", "shape", name=op.f("uq_column_mapping_street_id_shape")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_notice_campaign_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_notice_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("street_id", "campaign_id", "number", name=op.f("uq_notice_street_id_campaign_id_number")),
    )
    op.create_table(
        "waiver",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_waiver_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_waiver_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_waiver_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_waiver_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiver")),
    )
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waiver_street_id_day"), ["street_id", "day"], unique=False)

    op.create_table(
        "workbook",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_workbook_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_workbook_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workbook")),
        sa.UniqueConstraint("street_id", "sha256", name=op.f("uq_workbook_street_id_sha256")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.String(length=255), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("business_date", sa.Date(), nullable=True),
        sa.Column("period", sa.String(length=64), nullable=True),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("workbook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("committed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("rows_accepted", sa.Integer(), nullable=False),
        sa.Column("rows_refused", sa.Integer(), nullable=False),
        sa.Column("timeliness", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_submission_account_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_submission_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_submission_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_submission_street_id")),
        sa.ForeignKeyConstraint(["withdrawn_by"], ["account.id"], name=op.f("fk_submission_withdrawn_by")),
        sa.ForeignKeyConstraint(["workbook_id"], ["workbook.id"], name=op.f("fk_submission_workbook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("street_id", "scope", "revision", name=op.f("uq_submission_street_id_scope_revision")),
    )
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_submission_street_id_kind_business_date_community_id"),
            ["street_id", "kind", "business_date", "community_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_submission_street_id_kind_community_id_period"),
            ["street_id", "kind", "community_id", "period"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_submission_workbook_id"), ["workbook_id"], unique=False)

    op.create_table(
        "action_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_no", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_action_event_account_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_action_event_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_action_event_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_event")),
    )
    with op.batch_alter_table("action_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_action_event_street_id_item_no_at"), ["street_id", "item_no", "at"], unique=False
        )

    op.create_table(
        "action_item",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_no", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("found_on", sa.Date(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("workstream", sa.String(length=64), nullable=True),
        sa.Column("issue", sa.LargeBinary(), nullable=False),
        sa.Column("issue_type", sa.String(length=64), nullable=True),
        sa.Column("severity", sa.String(length=64), nullable=True),
        sa.Column("demand", sa.LargeBinary(), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("original_due", sa.Date(), nullable=True),
        sa.Column("measure", sa.LargeBinary(), nullable=True),
        sa.Column("fixed_on", sa.Date(), nullable=True),
        sa.Column("photos_before", sa.Integer(), nullable=True),
        sa.Column("photos_after", sa.Integer(), nullable=True),
        sa.Column("rechecked_on", sa.Date(), nullable=True),
        sa.Column("rechecked_by", sa.LargeBinary(), nullable=True),
        sa.Column("recheck", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("extension", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_action_item_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_action_item_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_action_item_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_item")),
    )
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_action_item_street_id_item_no"), ["street_id", "item_no"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_item_street_id_status"), ["street_id", "status"], unique=False)
        batch_op.create_index(batch_op.f("ix_action_item_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "baseline",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("person_group", sa.String(length=64), nullable=False),
        sa.Column("to_survey", sa.Integer(), nullable=True),
        sa.Column("surveyed", sa.Integer(), nullable=True),
        sa.Column("contraindicated", sa.Integer(), nullable=True),
        sa.Column("deferred", sa.Integer(), nullable=True),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("opening_d1", sa.Integer(), nullable=True),
        sa.Column("opening_full", sa.Integer(), nullable=True),
        sa.Column("opening_b", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_baseline_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_baseline_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_baseline_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_baseline_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_baseline")),
    )
    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_baseline_street_id_campaign_id_community_id_as_of"),
            ["street_id", "campaign_id", "community_id", "as_of"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_baseline_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "callup",
        sa.Column("vaccination_date", sa.Date(), nullable=False),
        sa.Column("person_key", sa.String(length=64), nullable=False),
        sa.Column("id_type", sa.String(length=64), nullable=True),
        sa.Column("id_last4", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("sex", sa.String(length=64), nullable=True),
        sa.Column("age", sa.Integer(), nullable=True),
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.Column("person_group", sa.String(length=64), nullable=True),
        sa.Column("employer", sa.LargeBinary(), nullable=True),
        sa.Column("dose_no", sa.String(length=64), nullable=False),
        sa.Column("vaccine_type", sa.String(length=64), nullable=True),
        sa.Column("last_dose_date", sa.Date(), nullable=True),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("batch_no", sa.Integer(), nullable=True),
        sa.Column("batch_time", sa.Time(), nullable=True),
        sa.Column("batch_leader", sa.LargeBinary(), nullable=True),
        sa.Column("liaison", sa.LargeBinary(), nullable=True),
        sa.Column("liaison_phone", sa.LargeBinary(), nullable=True),
        sa.Column("reminded", sa.Boolean(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("observed_30", sa.Boolean(), nullable=True),
        sa.Column("aefi", sa.Boolean(), nullable=True),
        sa.Column("remark", sa.LargeBinary(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_callup_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_callup_community_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_callup_site_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_callup_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_callup_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_callup")),
    )
    with op.batch_alter_table("callup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_callup_person_key"), ["person_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_callup_street_id_campaign_id_vaccination_date_community_id"),
            ["street_id", "campaign_id", "vaccination_date", "community_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_callup_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "community_entry",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.Column("lead_cadre", sa.LargeBinary(), nullable=True),
        sa.Column("liaison", sa.LargeBinary(), nullable=True),
        sa.Column("liaison_phone", sa.LargeBinary(), nullable=True),
        sa.Column("households", sa.Integer(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.Column("active_from", sa.Date(), nullable=True),
        sa.Column("active_until", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_community_entry_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_community_entry_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_community_entry_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_entry")),
    )
    with op.batch_alter_table("community_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_community_entry_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_community_entry_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "evening_tally",
        sa.Column("biz_date", sa.Date(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("roster_n", sa.Integer(), nullable=True),
        sa.Column("arrived", sa.Integer(), nullable=True),
        sa.Column("vacc_on_roster", sa.Integer(), nullable=True),
        sa.Column("walk_in", sa.Integer(), nullable=True),
        sa.Column("vacc_total", sa.Integer(), nullable=True),
        sa.Column("vacc_d1", sa.Integer(), nullable=True),
        sa.Column("vacc_d2", sa.Integer(), nullable=True),
        sa.Column("vacc_b", sa.Integer(), nullable=True),
        sa.Column("deferred", sa.Integer(), nullable=True),
        sa.Column("contraindicated", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=True),
        sa.Column("no_show", sa.Integer(), nullable=True),
        sa.Column("moved", sa.Integer(), nullable=True),
        sa.Column("shortage", sa.Integer(), nullable=True),
        sa.Column("elsewhere", sa.Integer(), nullable=True),
        sa.Column("observed", sa.Integer(), nullable=True),
        sa.Column("aefi_n", sa.Integer(), nullable=True),
        sa.Column("cum_d1", sa.Integer(), nullable=True),
        sa.Column("cum_full", sa.Integer(), nullable=True),
        sa.Column("cum_b", sa.Integer(), nullable=True),
        sa.Column("cum_people", sa.Integer(), nullable=True),
        sa.Column("eligible", sa.Integer(), nullable=True),
        sa.Column("rate_printed", sa.Numeric(18, 4), nullable=True),
        sa.Column("reconciled", sa.String(length=64), nullable=True),
        sa.Column("diff_note", sa.LargeBinary(), nullable=True),
        sa.Column("plan_next", sa.Integer(), nullable=True),
        sa.Column("issues", sa.LargeBinary(), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_evening_tally_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_evening_tally_community_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_evening_tally_site_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_evening_tally_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_evening_tally_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evening_tally")),
    )
    with op.batch_alter_table("evening_tally", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evening_tally_street_id_campaign_id_biz_date_community_id"),
            ["street_id", "campaign_id", "biz_date", "community_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_evening_tally_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("year", sa.String(length=64), nullable=False),
        sa.Column("item_code", sa.String(length=64), nullable=False),
        sa.Column("event_no", sa.Integer(), nullable=True),
        sa.Column("event_date", sa.Date(), nullable=True),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("attendees", sa.Integer(), nullable=True),
        sa.Column("theme", sa.LargeBinary(), nullable=True),
        sa.Column("partner", sa.LargeBinary(), nullable=True),
        sa.Column("photos", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("sign_in", sa.Integer(), nullable=True),
        sa.Column("appeal", sa.Integer(), nullable=True),
        sa.Column("handout", sa.Integer(), nullable=True),
        sa.Column("original", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.Boolean(), nullable=True),
        sa.Column("not_applicable", sa.Boolean(), nullable=True),
        sa.Column("na_reason", sa.LargeBinary(), nullable=True),
        sa.Column("family_no", sa.String(length=64), nullable=True),
        sa.Column("family", sa.JSON(), nullable=True),
        sa.Column("review", sa.String(length=64), nullable=True),
        sa.Column("review_note", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_evidence_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_evidence_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_evidence_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_evidence_street_id_year_community_id"),
            ["street_id", "year", "community_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_evidence_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "finding",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("workbook_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=64), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=True),
        sa.Column("cell", sa.String(length=64), nullable=True),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_finding_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_finding_submission_id")),
        sa.ForeignKeyConstraint(["workbook_id"], ["workbook.id"], name=op.f("fk_finding_workbook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_submission_id"), ["submission_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_workbook_id"), ["workbook_id"], unique=False)

    op.create_table(
        "morning_tally",
        sa.Column("biz_date", sa.Date(), nullable=False),
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("meeting_time", sa.Time(), nullable=True),
        sa.Column("chair", sa.LargeBinary(), nullable=True),
        sa.Column("planned", sa.Integer(), nullable=True),
        sa.Column("planned_d1", sa.Integer(), nullable=True),
        sa.Column("planned_d2", sa.Integer(), nullable=True),
        sa.Column("planned_b", sa.Integer(), nullable=True),
        sa.Column("notified", sa.Integer(), nullable=True),
        sa.Column("batches", sa.Integer(), nullable=True),
        sa.Column("stock", sa.Integer(), nullable=True),
        sa.Column("staff", sa.Integer(), nullable=True),
        sa.Column("carry_over", sa.Integer(), nullable=True),
        sa.Column("issues", sa.LargeBinary(), nullable=True),
        sa.Column("needs_help", sa.Boolean(), nullable=True),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("filler", sa.LargeBinary(), nullable=True),
        sa.Column("filled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_morning_tally_campaign_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_morning_tally_community_id")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_morning_tally_site_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_morning_tally_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_morning_tally_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_morning_tally")),
    )
    with op.batch_alter_table("morning_tally", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_morning_tally_street_id_campaign_id_biz_date_community_id"),
            ["street_id", "campaign_id", "biz_date", "community_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_morning_tally_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "progress",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("biz_date", sa.Date(), nullable=True),
        sa.Column("period", sa.String(length=64), nullable=False),
        sa.Column("workstream", sa.String(length=64), nullable=False),
        sa.Column("indicator", sa.String(length=64), nullable=False),
        sa.Column("accrual", sa.String(length=64), nullable=True),
        sa.Column("done", sa.Numeric(18, 4), nullable=True),
        sa.Column("num", sa.Numeric(18, 4), nullable=True),
        sa.Column("den", sa.Numeric(18, 4), nullable=True),
        sa.Column("target", sa.Numeric(18, 4), nullable=True),
        sa.Column("evidence", sa.LargeBinary(), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("issues", sa.LargeBinary(), nullable=True),
        sa.Column("needs_help", sa.Boolean(), nullable=True),
        sa.Column("next_step", sa.LargeBinary(), nullable=True),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("zero_confirm", sa.Boolean(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_progress_community_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_progress_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_progress_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress")),
    )
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_progress_street_id_workstream_community_id_period"),
            ["street_id", "workstream", "community_id", "period"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_progress_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "site_entry",
        sa.Column("site_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("daily_capacity", sa.Integer(), nullable=True),
        sa.Column("batch_capacity", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("open_from", sa.Date(), nullable=True),
        sa.Column("open_until", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submission_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("street_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_entry_site_id")),
        sa.ForeignKeyConstraint(["street_id"], ["street.id"], name=op.f("fk_site_entry_street_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_site_entry_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_entry")),
    )
    with op.batch_alter_table("site_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_site_entry_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_site_entry_submission_id"), ["submission_id"], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table("site_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_site_entry_submission_id"))
        batch_op.drop_index(batch_op.f("ix_site_entry_site_id"))

    op.drop_table("site_entry")
    with op.batch_alter_table("progress", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_progress_submission_id"))
        batch_op.drop_index(batch_op.f("ix_progress_street_id_workstream_community_id_period"))

    op.drop_table("progress")
    with op.batch_alter_table("morning_tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_morning_tally_submission_id"))
        batch_op.drop_index(batch_op.f("ix_morning_tally_street_id_campaign_id_biz_date_community_id"))

    op.drop_table("morning_tally")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_workbook_id"))
        batch_op.drop_index(batch_op.f("ix_finding_submission_id"))

    op.drop_table("finding")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_submission_id"))
        batch_op.drop_index(batch_op.f("ix_evidence_street_id_year_community_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("evening_tally", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evening_tally_submission_id"))
        batch_op.drop_index(batch_op.f("ix_evening_tally_street_id_campaign_id_biz_date_community_id"))

    op.drop_table("evening_tally")
    with op.batch_alter_table("community_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_community_entry_submission_id"))
        batch_op.drop_index(batch_op.f("ix_community_entry_community_id"))

    op.drop_table("community_entry")
    with op.batch_alter_table("callup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_callup_submission_id"))
        batch_op.drop_index(batch_op.f("ix_callup_street_id_campaign_id_vaccination_date_community_id"))
        batch_op.drop_index(batch_op.f("ix_callup_person_key"))

    op.drop_table("callup")
    with op.batch_alter_table("baseline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_baseline_submission_id"))
        batch_op.drop_index(batch_op.f("ix_baseline_street_id_campaign_id_community_id_as_of"))

    op.drop_table("baseline")
    with op.batch_alter_table("action_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_item_submission_id"))
        batch_op.drop_index(batch_op.f("ix_action_item_street_id_status"))
        batch_op.drop_index(batch_op.f("ix_action_item_street_id_item_no"))

    op.drop_table("action_item")
    with op.batch_alter_table("action_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_action_event_street_id_item_no_at"))

    op.drop_table("action_event")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_submission_workbook_id"))
        batch_op.drop_index(batch_op.f("ix_submission_street_id_kind_community_id_period"))
        batch_op.drop_index(batch_op.f("ix_submission_street_id_kind_business_date_community_id"))

    op.drop_table("submission")
    op.drop_table("workbook")
    with op.batch_alter_table("waiver", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waiver_street_id_day"))

    op.drop_table("waiver")
    op.drop_table("notice")
    op.drop_table("column_mapping")
    with op.batch_alter_table("audit_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_event_street_id_at"))

    op.drop_table("audit_event")
    with op.batch_alter_table("calendar", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calendar_street_id_day"))

    op.drop_table("calendar")
    op.drop_table("account")
    op.drop_table("site")
    op.drop_table("community")
    op.drop_table("campaign")
    op.drop_table("street")
    op.drop_table("data_version")
