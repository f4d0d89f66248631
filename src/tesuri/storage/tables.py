"""The schema in SQLAlchemy Core, for SQLite and PostgreSQL alike.

Instants are whole seconds since 1970 UTC. Keys are integers that are only appended; identities are unique
16-byte values. `finding` and `sighting` are caches of the journal: `projection.rebuild` makes them again.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes an INTEGER PRIMARY KEY an alias of the row id, a BIGINT one not.
_Key = BigInteger().with_variant(Integer, "sqlite")

setting = Table(
    "setting",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

txn = Table(
    "txn",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("recorded_at", BigInteger, nullable=False, index=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("events", Integer, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("id", _Key, primary_key=True),
    # No foreign key: it would be asked for every row, and the chain says the same.
    Column("txn", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("finding", BigInteger, index=True),
    Column("happened_at", BigInteger, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("reason", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Index("ix_journal_kind_id", "kind", "id"),
)

scope = Table(
    "scope",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("tool", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("configuration", Text, nullable=False),
    UniqueConstraint("tool", "target", "configuration"),
)

scan = Table(
    "scan",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scope", ForeignKey("scope.id"), nullable=False),
    Column("scanned_at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("content", String(64), nullable=False, server_default=""),
    Column("is_complete", Boolean, nullable=False),
    UniqueConstraint("scope", "scanned_at", "content"),
)

scan_content = Table(
    "scan_content",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scan", BigInteger, nullable=False, index=True),
    # Sixteen bytes for each finding; gone once a later complete scan was judged.
    Column("identities", LargeBinary, nullable=False),
)

record_memory = Table(
    "record_memory",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scope", BigInteger, nullable=False, index=True),
    Column("scan", BigInteger, nullable=False),
    Column("mark", String(64), nullable=False),
    Column("digests", LargeBinary, nullable=False),
    Column("kinds", LargeBinary, nullable=False),
    Column("identities", LargeBinary, nullable=False),
)

report = Table(
    "report",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scan", ForeignKey("scan.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("file", Text, nullable=False),
    Column("format", String(64), nullable=False),
    Column("format_version", Text, nullable=False),
    Column("tool_version", Text, nullable=False),
    Column("findings", Integer, nullable=False),
    Column("suppressed", Integer, nullable=False),
    Column("informational", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("skipped_examples", Text, nullable=False),
    UniqueConstraint("scan", "digest"),
)

work_group = Table(
    "work_group",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("title_ja", Text, nullable=False),
)

decision = Table(
    "decision",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("body", Text, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    Column("id", _Key, primary_key=True, autoincrement=False),
    Column("identity", LargeBinary(16), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("kind", String(24), nullable=False),
    Column("rule", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("state", String(24), nullable=False),
    Column("work", String(24), nullable=False),
    Column("work_group", BigInteger, nullable=False),
    Column("asset", Text, nullable=False),
    Column("service", Text),
    Column("owner_source", Text, nullable=False, server_default=""),
    Column("opened_at", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("due_at", BigInteger),
    Column("outcome", String(16)),
    Column("objective", Text),
    Column("decision", BigInteger),
    Column("is_stale", Boolean, nullable=False),
    Column("is_neutral", Boolean, nullable=False),
    Column("regression_of", BigInteger),
    Column("waiver", Text),
    Column("score", Float),
    Column("detail", Text, nullable=False),
    # The finding that took this one up, while it is merged into it.
    Column("merged_into", BigInteger),
    # An index and no constraint, so that a first import can make it at its end.
    Index("ix_finding_identity_episode", "identity", "episode", unique=True),
    Index("ix_finding_state_due_at", "state", "due_at"),
    Index("ix_finding_work_group", "work_group"),
    Index("ix_finding_service_state", "service", "state"),
)

sighting = Table(
    "sighting",
    metadata,
    Column("finding", BigInteger, primary_key=True, autoincrement=False),
    Column("scope", BigInteger, primary_key=True, autoincrement=False),
    Column("first_scan", BigInteger, nullable=False),
    Column("missed_scan", BigInteger),
    Column("absent_scan", BigInteger),
    Column("detail", Text, nullable=False),
    Index("ix_sighting_scope_missed_scan", "scope", "missed_scan"),
    sqlite_with_rowid=False,
)

identity_link = Table(
    "identity_link",
    metadata,
    # What is seen under this identity is seen of that finding: a cache of the journal.
    Column("identity", LargeBinary(16), primary_key=True),
    Column("finding", BigInteger, nullable=False, index=True),
    sqlite_with_rowid=False,
)

parted = Table(
    "parted",
    metadata,
    # Two that a person told apart, in the order of their bytes: a cache of the journal.
    Column("identity", LargeBinary(16), primary_key=True),
    Column("other", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,
)

alias = Table(
    "alias",
    metadata,
    Column("advisory", Text, primary_key=True),
    Column("canonical", Text, nullable=False, index=True),
)

alias_link = Table(
    "alias_link",
    metadata,
    # Two canonical names that some report gives for one record.
    Column("canonical", Text, primary_key=True),
    Column("other", Text, primary_key=True, index=True),
)

feed = Table(
    "feed",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("name", String(32), nullable=False),
    Column("as_of", String(10), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("skipped", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    UniqueConstraint("name", "sha256"),
)

feed_entry = Table(
    "feed_entry",
    metadata,
    Column("feed", BigInteger, primary_key=True, autoincrement=False),
    Column("advisory", Text, primary_key=True),
    Column("body", Text, nullable=False),
    sqlite_with_rowid=False,
)

staged = Table(
    "staged",
    MetaData(),
    Column("identity", LargeBinary(16), nullable=False),
    prefixes=["TEMPORARY"],
)
"""Identities that are asked for; lives as long as the connection."""
