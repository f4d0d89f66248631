"""Tables of the inventory: components once each, and from which scan to which each was in a scope."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from tesuri.storage.tables import metadata

_Key = BigInteger().with_variant(Integer, "sqlite")

component = Table(
    "component",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("ecosystem", String(64), nullable=False),
    Column("namespace", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("kind", String(64), nullable=False),
    UniqueConstraint("name", "version", "ecosystem", "namespace", "kind"),
)

presence = Table(
    "presence",
    metadata,
    Column("id", _Key, primary_key=True),
    Column("scope", ForeignKey("scope.id"), nullable=False, index=True),
    Column("component", ForeignKey("component.id"), nullable=False, index=True),
    Column("first_scan", ForeignKey("scan.id"), nullable=False),
    # The scope's first inventory lists it: it was there before anybody looked.
    Column("is_original", Boolean, nullable=False),
    Column("gone_scan", ForeignKey("scan.id")),
)
