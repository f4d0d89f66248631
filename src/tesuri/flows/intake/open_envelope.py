"""A decoded report out of what was put around it on its way: an attestation, or the messages of a topic or queue."""

from tesuri.flows.intake.decode_reports import decode_report
from tesuri.untrusted.attestation import without_attestation
from tesuri.untrusted.byte_source import Document
from tesuri.untrusted.message import messages_in


def open_envelope(data: Document, where: str) -> tuple[str, object, bool]:
    """Give the kind of a document, the document, and whether it tells all that its tool had to say.

    **raises** BadInput where it cannot be decoded.
    """
    kind, document = decode_report(data, where)
    if found := messages_in(document):
        inner = found[0] if len(found) == 1 else found
        return "json", without_attestation(inner), False
    return kind, without_attestation(document), True
