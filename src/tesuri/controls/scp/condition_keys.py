"""Condition keys that Amazon gives every service, and which of them hold several values.

**source** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from typing import Final

_TAGGED: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_GLOBAL_NAMES: Final = (
    "AssumedRoot CalledVia CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime "
    "Ec2InstanceSourcePrivateIPv4 Ec2InstanceSourceVpc EpochTime FederatedProvider MultiFactorAuthAge "
    "MultiFactorAuthPresent PrincipalAccount PrincipalArn PrincipalIsAWSService PrincipalOrgID "
    "PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList PrincipalType Referer "
    "RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths SecureTransport SignInSessionArn "
    "SourceAccount SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths SourceVpc SourceVpcArn "
    "SourceVpce TagKeys TokenIssueTime UserAgent UserId Username ViaAWSService VpcSourceIp "
    "VpceAccount VpceOrgID VpceOrgPaths CalledViaAWSMCP ViaAWSMCPService"
)
_SEVERAL_NAMES: Final = (
    "CalledVia PrincipalOrgPaths PrincipalServiceNamesList ResourceOrgPaths SourceOrgPaths TagKeys "
    "VpceOrgPaths"
)
_GLOBAL: Final = frozenset(f"aws:{name}".lower() for name in _GLOBAL_NAMES.split())
_SEVERAL: Final = frozenset(f"aws:{name}".lower() for name in _SEVERAL_NAMES.split())
_OF_PRINCIPAL: Final = ("aws:principal", "aws:userid", "aws:username", "aws:sourceidentity")


def is_unknown_global(key: str) -> bool:
    """Whether a key of Amazon's own prefix is none that its documentation lists."""
    lower = key.lower()
    return lower.startswith("aws:") and not lower.startswith(_TAGGED) and lower not in _GLOBAL


def holds_several(key: str) -> bool | None:
    """Whether a request may carry several values of the key; None for keys of single services."""
    lower = key.lower()
    if not lower.startswith("aws:") or is_unknown_global(key):
        return None
    return lower in _SEVERAL


def is_of_principal(key: str) -> bool:
    """Whether the key tells principals apart, so that a condition on it can leave somebody out."""
    return key.lower().startswith(_OF_PRINCIPAL)
