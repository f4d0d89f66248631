"""The reports that messages of a queue or a topic carry as texts: Amazon SNS, Amazon SQS, and one inside the other.

A message tells of what happened to be sent: nobody may conclude anything from what is not in it. Signatures of messages
are not checked here.

**source** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html,
https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html, the answer of `aws sqs receive-message`.
"""

from collections.abc import Mapping

from tesuri.model.errors import BadInput
from tesuri.untrusted.json_document import read_json
from tesuri.untrusted.repeated_reading import is_streamed
from tesuri.untrusted.shape import items, mapping

_DEEPEST = 4
"""A queue's message holds a topic's, which holds an event; more than that is no message."""

_BODIES = ("Body", "body")
_IDS = frozenset({"MessageId", "messageId"})
_LISTS = ("Records", "Messages")


def messages_in(document: object) -> list[object]:
    """Give what each message of a document carries; nothing where it is no message or a list with anything else in it."""
    if is_streamed(document):
        return []
    texts = _texts_in(document)
    return [_carried(text, _DEEPEST) for text in texts]


def _texts_in(document: object) -> list[str]:
    """Give the text of each message; nothing where one of the records is none."""
    root = mapping(document)
    wrapped = next((found for key in _LISTS if (found := items(root, key))), None)
    parts = wrapped or (document if isinstance(document, list) else [document])
    texts: list[str] = []
    for part in parts:
        text = _text_of(mapping(part))
        if text is None:
            # NOTE: the first record of nearly every report says so; a walk over all of them would be dear.
            return []
        texts.append(text)
    return texts


def _text_of(part: Mapping[str, object]) -> str | None:
    # A function is called with the message of a topic under `Sns`.
    notice = part.get("Sns") if isinstance(part.get("Sns"), dict) else part
    message = mapping(notice).get("Message")
    if isinstance(message, str) and "TopicArn" in mapping(notice):
        return message
    bodies = (part.get(key) for key in _BODIES)
    body = next((found for found in bodies if isinstance(found, str)), None)
    return body if _IDS & part.keys() else None


def _carried(text: str, room: int) -> object:
    """Give the document in a text, or in the message in it; the text itself where it is no JSON."""
    try:
        document = read_json(text.encode(), where="message")
    except BadInput:
        return text
    inner = _texts_in(document) if room else []
    if not inner:
        return document
    found = [_carried(one, room - 1) for one in inner]
    return found[0] if len(found) == 1 else found
