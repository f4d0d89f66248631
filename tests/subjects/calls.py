"""Small CloudTrail records for tests."""

from collections.abc import Mapping

ACCOUNT = "111122223333"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/org-trail"

USER: Mapping[str, object] = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLE",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/ops/bob",
    "accountId": ACCOUNT,
    "userName": "bob",
}
SESSION: Mapping[str, object] = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLE:alice",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/alice",
    "accountId": ACCOUNT,
    "sessionContext": {
        "sessionIssuer": {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/team/Developer"},
        "attributes": {"mfaAuthenticated": "true", "creationDate": "2026-11-01T09:00:00Z"},
    },
}


def record(**fields: object) -> dict[str, object]:
    """Give the record of a developer who stops a trail, unless said otherwise; None leaves a field out."""
    whole: dict[str, object] = {
        "eventVersion": "1.09",
        "userIdentity": dict(SESSION),
        "eventTime": "2026-11-01T10:00:00Z",
        "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2",
        "requestParameters": {"name": "org-trail"},
        "eventID": "e-1",
        "eventType": "AwsApiCall",
        "recipientAccountId": ACCOUNT,
        **fields,
    }
    return {key: value for key, value in whole.items() if value is not None}
