"""What an attestation states, out of the envelopes that signing tools put around it.

Signatures are not checked here: whoever asks for that does it before the report comes in.

**source** https://github.com/in-toto/attestation (Statement), https://github.com/secure-systems-lab/dsse (envelope),
cosign's specification of vulnerability attestations (scanner.result).
"""

import base64
import binascii

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.shape import mapping, text

_PAYLOAD = "application/vnd.in-toto"
_MAX_PAYLOAD = 64 * 1024 * 1024
"""Characters of an envelope's payload."""


def without_attestation(document: object) -> object:
    """Give the predicate of a statement, or the scanner's own report in it; any other document stays as it is."""
    if not isinstance(document, dict):
        return document
    if "payload" in document and text(document, "payloadType").startswith(_PAYLOAD):
        document = _opened(text(document, "payload"))
    if "predicateType" in mapping(document):
        document = mapping(document).get("predicate")
    result = mapping(document, "scanner").get("result")
    return result if isinstance(result, dict) else document


def _opened(payload: str) -> object:
    """Give what the envelope holds; nothing where it is damaged, which no format then claims."""
    try:
        data = base64.b64decode(payload[:_MAX_PAYLOAD], validate=True)
        return read_json(data, where="payload")
    except (binascii.Error, ValueError, BadInput):
        return {}
