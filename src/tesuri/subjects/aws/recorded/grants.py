"""The grants of a bucket's access control list, in the words of Terraform and templates."""

from tesuri.model.resource import Value
from tesuri.subjects.aws.recorded.shape import entries, pick
from tesuri.untrusted.shape import text


def grants_of(answer: object) -> list[Value]:
    """Give to whom each grant goes and what it allows, in order; Uri is the group, Id the account."""
    return [_grant(one) for one in entries(pick(answer, "Grants"))]


def _grant(grant: object) -> Value:
    told: dict[str, Value] = {
        name: word
        for name, source in (("Uri", "URI"), ("Id", "ID"), ("Type", "Type"))
        if (word := text(pick(grant, "Grantee", source)))
    }
    return {**told, "Permissions": [text(pick(grant, "Permission"))]}
