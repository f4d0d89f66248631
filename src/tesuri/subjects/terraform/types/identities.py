"""Users, roles, policies, accounts and organizations.

**source** Documentation of the Terraform provider hashicorp/aws, resources aws_iam_*, aws_organizations_*, aws_account_*.
"""

from typing import Final

from tesuri.subjects.terraform.mapping import TypeMapping

_ROLE: Final = "AWS::IAM::Role"
_USER: Final = "AWS::IAM::User"
_GROUP: Final = "AWS::IAM::Group"
_INLINE: Final = "AWS::IAM::Policy"


def _inline(source: str, owner: str, owners: str) -> TypeMapping:
    names = {"name": "PolicyName", "policy": "PolicyDocument", owner: owners, "id": ""}
    return TypeMapping(source, _INLINE, names)


def _attached(source: str, target: str, owner: str) -> TypeMapping:
    return TypeMapping(
        source, target, {"policy_arn": "ManagedPolicyArns", owner: "", "id": ""}, part_of=owner
    )


MAPPINGS: Final = (
    TypeMapping(
        "aws_iam_role",
        _ROLE,
        {
            "name": "RoleName",
            "assume_role_policy": "AssumeRolePolicyDocument",
            "inline_policy": "Policies",
            "inline_policy.name": "PolicyName",
            "inline_policy.policy": "PolicyDocument",
            "unique_id": "RoleId",
        },
    ),
    TypeMapping("aws_iam_user", _USER, {"name": "UserName"}),
    TypeMapping("aws_iam_group", _GROUP, {"name": "GroupName"}),
    TypeMapping(
        "aws_iam_policy",
        "AWS::IAM::ManagedPolicy",
        {
            "name": "ManagedPolicyName",
            "policy": "PolicyDocument",
            "arn": "PolicyArn",
            "policy_id": "PolicyId",
        },
    ),
    _inline("aws_iam_role_policy", "role", "Roles"),
    _inline("aws_iam_user_policy", "user", "Users"),
    _inline("aws_iam_group_policy", "group", "Groups"),
    _attached("aws_iam_role_policy_attachment", _ROLE, "role"),
    _attached("aws_iam_user_policy_attachment", _USER, "user"),
    _attached("aws_iam_group_policy_attachment", _GROUP, "group"),
    TypeMapping(
        "aws_iam_user_login_profile",
        _USER,
        {
            "user": "",
            "password_reset_required": "LoginProfile.PasswordResetRequired",
            "password": "",
            "id": "",
        },
        part_of="user",
    ),
    TypeMapping(
        "aws_iam_user_group_membership",
        _USER,
        {"user": "", "groups": "Groups", "id": ""},
        part_of="user",
    ),
    TypeMapping(
        "aws_iam_group_membership",
        "AWS::IAM::UserToGroupAddition",
        {"group": "GroupName", "users": "Users", "name": ""},
    ),
    TypeMapping("aws_iam_policy_attachment", "AWS::IAM::PolicyAttachment", {"name": "", "id": ""}),
    TypeMapping(
        "aws_iam_access_key", "AWS::IAM::AccessKey", {"user": "UserName", "id": "Id", "secret": ""}
    ),
    TypeMapping("aws_iam_account_password_policy", "AWS::IAM::AccountPasswordPolicy"),
    TypeMapping(
        "aws_iam_instance_profile",
        "AWS::IAM::InstanceProfile",
        {"name": "InstanceProfileName", "role": "Roles", "roles": "Roles"},
    ),
    TypeMapping("aws_iam_openid_connect_provider", "AWS::IAM::OIDCProvider"),
    TypeMapping("aws_iam_saml_provider", "AWS::IAM::SAMLProvider"),
    TypeMapping(
        "aws_iam_server_certificate",
        "AWS::IAM::ServerCertificate",
        {"name": "ServerCertificateName"},
    ),
    TypeMapping("aws_iam_service_linked_role", "AWS::IAM::ServiceLinkedRole", {"name": "RoleName"}),
    TypeMapping("aws_organizations_policy", "AWS::Organizations::Policy", {"id": "Id"}),
    TypeMapping(
        "aws_organizations_account", "AWS::Organizations::Account", {"name": "AccountName"}
    ),
    TypeMapping("aws_organizations_organization", "AWS::Organizations::Organization"),
    TypeMapping(
        "aws_account_alternate_contact",
        "AWS::Account",
        {
            "alternate_contact_type": "AlternateContacts[].AlternateContactType",
            "email_address": "AlternateContacts[].EmailAddress",
            "name": "AlternateContacts[].Name",
            "phone_number": "AlternateContacts[].PhoneNumber",
            "title": "AlternateContacts[].Title",
        },
    ),
    TypeMapping("aws_accessanalyzer_analyzer", "AWS::AccessAnalyzer::Analyzer"),
    TypeMapping(
        "aws_cognito_user_pool",
        "AWS::Cognito::UserPool",
        {"name": "UserPoolName", "password_policy": "/Policies.PasswordPolicy", "id": "UserPoolId"},
    ),
    TypeMapping(
        "aws_cognito_user_pool_client", "AWS::Cognito::UserPoolClient", {"name": "ClientName"}
    ),
    TypeMapping("aws_cognito_identity_pool", "AWS::Cognito::IdentityPool"),
    TypeMapping("aws_ssoadmin_permission_set", "AWS::SSO::PermissionSet"),
)
