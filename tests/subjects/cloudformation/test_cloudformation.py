import json
from itertools import pairwise

import pytest

from tesuri.model.errors import BadInput
from tesuri.model.resource import PRESENT, UNKNOWN, Resource, Unknown, partly_known
from tesuri.subjects.cloudformation.template import CloudFormationTemplate, read_cloudformation


def read(text: str) -> CloudFormationTemplate:
    return read_cloudformation(text.encode(), where="stack.yaml")


def by_id(text: str) -> dict[str, Resource]:
    return {one.address: one for one in read(text).resources}


def value(expression: str, head: str = "") -> object:
    """Give what an expression of a bucket's name becomes."""
    text = f"{head}\nResources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: {expression}\n  B: {{Type: AWS::SQS::Queue}}\n"
    return by_id(text)["A"].properties.get("BucketName")


PARAMETERS = """
Parameters:
  Name: {Type: String, Default: logs}
  Late: {Type: String}
  Only: {Type: String, AllowedValues: [one]}
  Many: {Type: CommaDelimitedList, Default: "a, b"}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
Mappings:
  Sizes:
    eu: {name: x, same: s}
    us: {name: y, same: s}
Conditions:
  Is: !Equals [!Ref Name, logs]
  IsNot: !Not [!Condition Is]
  Maybe: !Equals [!Ref Late, logs]
  Both: !And [!Condition Maybe, !Condition IsNot]
  Either: !Or [!Condition Maybe, !Condition Is]
"""


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref Name", "logs"),
        ("!Ref Only", "one"),
        ("!Ref Late", UNKNOWN),
        ("!Ref Stored", PRESENT),
        ("!Ref B", PRESENT),
        ("!Ref AWS::Region", PRESENT),
        ("!Ref AWS::NoValue", None),
        ("!GetAtt B.Arn", PRESENT),
        ("!GetAtt [B, Arn]", PRESENT),
        ("!Sub '${Name}-${!keep}-${AWS::Partition}'", "logs-${keep}-aws"),
        ("!Sub ['${a}-${Name}', {a: !Ref Only}]", "one-logs"),
        ("!Sub '${Late}-x'", partly_known(["", "-x"])),
        ("!Sub '${Late}'", UNKNOWN),
        (
            "!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:root'",
            partly_known(["arn:aws:iam::", ":root"]),
        ),
        ("!Sub '${B.Arn}'", PRESENT),
        ("!Join ['-', [a, !Ref Name]]", "a-logs"),
        ("!Join ['-', !Ref Many]", "a-b"),
        ("!Join ['-', [a, !Ref Late]]", partly_known(["a-", ""])),
        ("!Select [1, !Ref Many]", "b"),
        ("!Select [7, !Ref Many]", UNKNOWN),
        ("!Select [0, !Split [':', 'p:q']]", "p"),
        ("!FindInMap [Sizes, eu, name]", "x"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', same]", "s"),
        ("!FindInMap [Sizes, !Ref 'AWS::Region', name]", UNKNOWN),
        ("!ImportValue other", PRESENT),
        ("!Base64 plain", "plain"),
        ("!If [Is, a, b]", "a"),
        ("!If [IsNot, a, b]", "b"),
        ("!If [Maybe, a, b]", PRESENT),
        ("!If [Maybe, a, a]", "a"),
        ("!If [Both, a, b]", "b"),
        ("!If [Either, a, b]", "a"),
        ("!If [Nowhere, a, b]", PRESENT),
        ("{'Fn::Length': !Ref Many}", "2"),
        ("{'Fn::ToJsonString': {b: !Ref Name}}", '{"b":"logs"}'),
        ("{'Fn::Nobody': x}", UNKNOWN),
        ("!Sub [1]", UNKNOWN),
        ("!Join nonsense", UNKNOWN),
        ("!If [Is]", UNKNOWN),
    ],
)
def test_functions_give_what_the_file_alone_tells(expression: str, expected: object) -> None:
    assert value(expression, PARAMETERS) == expected


def test_resources_of_a_false_condition_are_counted_and_not_read() -> None:
    text = (
        PARAMETERS
        + """
Resources:
  Here: {Type: AWS::SQS::Queue, Condition: Is}
  Gone: {Type: AWS::SQS::Queue, Condition: IsNot}
  Open: {Type: AWS::SQS::Queue, Condition: Maybe}
"""
    )
    found = read(text)

    assert [one.address for one in found.resources] == ["Here", "Open"]
    assert found.not_made == 1


def test_conditions_that_mean_each_other_are_unknown() -> None:
    head = "Conditions:\n  A: !Condition B\n  B: !Not [!Condition A]\n"
    assert value("!If [A, x, '*']", head) is UNKNOWN


def test_leaves_have_the_kinds_of_the_published_shape() -> None:
    found = by_id("""
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {StorageEncrypted: 'true', BackupRetentionPeriod: '7', Port: 5432, multiaz: 'false'}
  Acl:
    Type: AWS::EC2::NetworkAclEntry
    Properties: {NetworkAclId: acl-1, Protocol: '6', PortRange: {From: '22', To: 22}}
""")
    database = found["Db"].properties

    assert (database["StorageEncrypted"], database["BackupRetentionPeriod"]) == (True, 7)
    assert (database["Port"], database["MultiAZ"]) == ("5432", False)


def test_json_and_yaml_say_the_same_with_their_lines() -> None:
    document = {
        "Resources": {
            "Group": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {"SecurityGroupIngress": {"CidrIp": "0.0.0.0/0", "IpProtocol": "6"}},
            }
        }
    }
    resource = read_cloudformation(
        json.dumps(document, indent="\t").encode(), where="stack.json"
    ).resources[0]
    rules = [{"CidrIp": "0.0.0.0/0", "IpProtocol": "tcp", "FromPort": 0, "ToPort": 65_535}]

    assert resource.properties["SecurityGroupIngress"] == rules
    assert resource.origin.line == 3
    origin = resource.origins["/SecurityGroupIngress/0/CidrIp"]
    assert (origin.file, origin.line) == ("stack.json", 6)
    assert origin.pointer == "/Resources/Group/Properties/SecurityGroupIngress/0/CidrIp"


def test_parts_join_the_resource_that_they_refer_to() -> None:
    found = by_id("""
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument: {Statement: {Effect: Allow, Principal: '*', Action: 's3:*', Resource: !Sub '${Bucket.Arn}/*'}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g}}
  Way:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !GetAtt Group.GroupId, CidrIp: 10.0.0.0/8, IpProtocol: tcp, FromPort: '22', ToPort: '22'}
  Vpc: {Type: AWS::EC2::VPC}
  Flow: {Type: AWS::EC2::FlowLog, Properties: {ResourceId: !Ref Vpc, ResourceType: VPC, TrafficType: ALL}}
""")

    assert found["Bucket"].properties["PolicyDocument"] == {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": ["*"]},
                "Action": ["s3:*"],
                "Resource": [partly_known(["", "/*"])],
            }
        ]
    }
    rule = {"CidrIp": "10.0.0.0/8", "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    assert found["Group"].properties["SecurityGroupIngress"] == [rule]
    assert found["Group"].origins["/SecurityGroupIngress/0/CidrIp"].line == 12
    assert found["Vpc"].properties["FlowLogs"] == [{"ResourceType": "VPC", "TrafficType": "ALL"}]


def test_a_rule_for_a_group_of_another_stack_is_a_partial_group() -> None:
    text = """
Resources:
  Way:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: sg-1, CidrIp: 0.0.0.0/0, IpProtocol: '-1'}
"""
    groups = [one for one in read(text).resources if one.type == "AWS::EC2::SecurityGroup"]

    assert [one.address for one in groups] == ["Way"]
    rules = groups[0].properties["SecurityGroupIngress"]
    assert rules == [{"CidrIp": "0.0.0.0/0", "IpProtocol": "-1", "FromPort": 0, "ToPort": 65_535}]


def test_other_spellings_of_a_type_are_the_canonical_type() -> None:
    found = by_id("""
Resources:
  Search:
    Type: AWS::Elasticsearch::Domain
    Properties: {ElasticsearchVersion: '7.10', EncryptionAtRestOptions: {Enabled: 'true'}}
  Inline:
    Type: AWS::IAM::RolePolicy
    Properties: {RoleName: r, PolicyName: p, PolicyDocument: {Statement: []}}
""")

    assert found["Search"].type == "AWS::OpenSearchService::Domain"
    assert found["Search"].properties["EngineVersion"] == "7.10"
    assert found["Inline"].type == "AWS::IAM::Policy"
    assert found["Inline"].properties["Roles"] == ["r"]


def test_serverless_resources_are_what_they_stand_for() -> None:
    found = read("""
Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: python3.9, Tracing: Active, Environment: {Variables: {A: a}}}
Resources:
  Work:
    Type: AWS::Serverless::Function
    Properties: {Handler: h, Environment: {Variables: {B: b}}, Tags: {team: x}}
  Door: {Type: AWS::Serverless::Api, Properties: {StageName: prod, TracingEnabled: true}}
  Odd: {Type: AWS::Serverless::Application}
""")
    work, _, api, stage, odd = found.resources

    assert (work.type, work.tags) == ("AWS::Lambda::Function", {"team": "x"})
    assert work.properties["TracingConfig"] == {"Mode": "Active"}
    assert work.properties["Runtime"] == "python3.9"
    assert work.properties["Environment"] == {"Variables": {"A": "a", "B": "b"}}
    assert [api.type, stage.type] == ["AWS::ApiGateway::RestApi", "AWS::ApiGateway::Stage"]
    assert stage.properties["TracingEnabled"] is True
    assert odd.type == "AWS::Serverless::Application"
    assert found.unmapped == {"AWS::Serverless::Application": 1}


def test_functions_whose_events_name_no_api_share_one() -> None:
    found = read("""
Transform: AWS::Serverless-2016-10-31
Globals: {Api: {TracingEnabled: true}}
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties: {Role: r, Events: {Get: {Type: Api, Properties: {Path: /, Method: get}}, Web: {Type: HttpApi}}}
  Two:
    Type: AWS::Serverless::Function
    Properties:
      Role: r
      Events:
        Get: {Type: Api, Properties: {Path: /two, Method: get}}
        Own: {Type: Api, Properties: {RestApiId: !Ref Three}}
""")
    stages = {one.address: one for one in found.resources if one.type.endswith("::Stage")}

    assert set(stages) == {"ServerlessRestApi", "ServerlessHttpApi"}
    assert stages["ServerlessRestApi"].properties["TracingEnabled"] is True
    assert stages["ServerlessHttpApi"].properties["StageName"] == "$default"


def test_a_permission_for_an_alias_is_one_of_its_function() -> None:
    resources = by_id("""
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Handler: h}}
  A: {Type: AWS::Lambda::Alias, Properties: {Name: live, FunctionName: !Ref F}}
  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref A, Principal: s3.amazonaws.com, Action: 'lambda:InvokeFunction'}}
""")

    assert [one.address for one in resources.values() if one.type == "AWS::Lambda::Function"] == [
        "F"
    ]
    assert resources["F"].properties["Permissions"]


def test_a_loop_over_a_known_list_makes_its_resources() -> None:
    found = read("""
Transform: AWS::LanguageExtensions
Resources:
  'Fn::ForEach::Queues':
    - Name
    - [One, Two]
    - 'Queue${Name}': {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub 'q-${Name}'}}
  'Fn::ForEach::Late':
    - Name
    - !Ref Nobody
    - 'Queue${Name}': {Type: AWS::SQS::Queue}
""")

    names = [(one.address, one.properties["QueueName"]) for one in found.resources]
    assert names == [("QueueOne", "q-One"), ("QueueTwo", "q-Two")]
    assert [one.address for one in found.unread] == ["Fn::ForEach::Late"]


def test_a_secret_parameter_is_compared_but_marked() -> None:
    resource = by_id("""
Parameters: {Word: {Type: String, NoEcho: true, Default: hush}}
Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      MasterUserPassword: !Ref Word
      MasterUsername: !Sub 'u-${Word}'
      DBName: !Join ['', [d, !Ref Word]]
      Port: !Select [0, !Split [u, !Ref Word]]
""")["Db"]
    names = ("MasterUserPassword", "MasterUsername", "DBName", "Port")

    assert [resource.properties[name] for name in names] == ["hush", "u-hush", "dhush", "h"]
    assert resource.sensitive == {f"/{name}" for name in names}


def test_what_cannot_be_read_is_told_with_its_line() -> None:
    found = read("""
Transform: [OurMacro]
Resources:
  Empty: {}
  Listed: {Type: AWS::SQS::Queue, Properties: [a]}
  Fine: {Type: AWS::SQS::Queue}
""")

    assert [(one.address, one.origin.line) for one in found.unread] == [
        ("macro OurMacro", 2),
        ("Empty", 4),
        ("Listed", 5),
    ]
    assert found.unread[2].reason == "its Properties are a list"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("[]", "this is a list"),
        ("{}", "no Resources"),
        ("Resources: [a]", "Resources is a list"),
        ("Conditions: 7\nResources: {}", "Conditions is a number"),
        ("AWSTemplateFormatVersion: '2030-01-01'\nResources: {}", "'2030-01-01'"),
        ("Resources: !Python/object x", "tag !Python/object"),
        ("Resources: {A: &a [*a]}", "alias"),
        ('{"Resources": {', "cut off"),
        ("Resources: {A: " + "[" * 200 + "]" * 200 + "}", "nests deeper"),
    ],
)
def test_what_is_no_template_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence.replace("[", r"\[")):
        read(text)


def test_an_object_where_text_is_expected_is_unknown_and_never_a_pass() -> None:
    found = by_id("""
Resources:
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: [true, false], KeyPolicy: [a]}}
""")["Key"]

    rotation, policy = found.properties["EnableKeyRotation"], found.properties["KeyPolicy"]
    assert isinstance(rotation, Unknown)
    assert isinstance(policy, Unknown)
    assert (rotation.flaw, policy.flaw) == ("a list, not a single value", "a list, not a policy")


def test_conditions_that_ask_each_other_again_and_again_are_worked_out_once() -> None:
    names = [f"C{number}" for number in range(40)]
    asked = {
        name: {"Fn::And": [{"Condition": below}, {"Condition": below}]}
        for name, below in pairwise(names)
    }
    conditions = {**asked, names[-1]: {"Fn::Equals": ["a", "a"]}}
    resources = {"A": {"Type": "AWS::SQS::Queue", "Condition": names[0]}}
    found = read(json.dumps({"Conditions": conditions, "Resources": resources}))

    assert [one.address for one in found.resources] == ["A"]


def test_a_chain_of_conditions_without_end_is_unknown_and_not_a_crash() -> None:
    conditions = {f"C{n}": {"Fn::Not": [{"Condition": f"C{n + 1}"}]} for n in range(3000)}
    resources = {"A": {"Type": "AWS::SQS::Queue", "Condition": "C0"}}
    found = read(json.dumps({"Conditions": conditions, "Resources": resources}))

    assert (len(found.resources), found.not_made) == (1, 0)


def test_loops_inside_loops_are_counted_together() -> None:
    body: dict[str, object] = {"Queue${A}": {"Type": "AWS::SQS::Queue"}}
    for number in range(5):
        body = {f"Fn::ForEach::L{number}": ["A", [str(one) for one in range(900)], body]}
    found = read(json.dumps({"Resources": body}))

    assert found.resources == ()
    assert {one.reason for one in found.unread} == {"its loops make more than 1,000 copies"}


def test_a_template_with_a_key_given_twice_is_read_without_lines() -> None:
    text = '{"Resources": {"A": {"Type": "AWS::SQS::Queue", "Type": "AWS::SQS::Queue"}}}'

    assert [(one.address, one.origin.line) for one in read(text).resources] == [("A", 0)]


def test_the_template_of_a_nested_stack_is_told_as_not_read() -> None:
    found = read("""
Resources:
  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: https://example.test/t.yaml}}
""")

    assert [(one.address, one.reason) for one in found.unread] == [
        ("Inner", "the template that it names is not read")
    ]


MACROS = """
Transform: [AWS::LanguageExtensions]
Mappings: {M: {eu: {on: 'true'}}}
Rules:
  One: {Assertions: [{Assert: !Contains [[a], a]}, {Assert: !EachMemberIn [!ValueOfAll [A, B], [c]]}]}
Resources:
  Included:
    Type: AWS::EC2::Volume
    Properties:
      AvailabilityZone: a
      Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://bucket/part'}}
  Changed:
    Type: AWS::EC2::Volume
    Fn::Transform: {Name: Company::Encrypt}
    Properties: {AvailabilityZone: a}
  Inner:
    Type: AWS::EC2::Instance
    Properties:
      MetadataOptions: {HttpEndpoint: enabled, Fn::Transform: {Name: AWS::Include}}
  Stored:
    Type: AWS::EC2::Volume
    Properties: {AvailabilityZone: '{{resolve:ssm:/zone}}', Encrypted: '{{resolve:ssm:/is/safe:1}}'}
  Spare:
    Type: AWS::EC2::Volume
    Properties:
      AvailabilityZone: !FindInMap [M, us, zone, {DefaultValue: us-1a}]
      Encrypted: !FindInMap [M, eu, 'on', {DefaultValue: false}]
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://bucket/rest'}}
"""


def test_what_a_macro_may_add_or_change_is_unknown_and_told() -> None:
    found = read(MACROS)
    resources = {one.address: one for one in found.resources}

    assert "Encrypted" not in resources["Included"].properties
    assert resources["Included"].defaults == frozenset()
    assert resources["Inner"].properties["MetadataOptions"] is UNKNOWN
    assert [(one.address, one.reason) for one in found.unread] == [
        ("macro", "the resources that it adds are not read"),
        ("Changed", "a macro may change any part of it"),
    ]


def test_a_stored_parameter_is_unknown_and_a_map_may_have_a_default() -> None:
    resources = by_id(MACROS)

    assert resources["Stored"].properties["Encrypted"] is UNKNOWN
    assert resources["Stored"].properties["AvailabilityZone"] is UNKNOWN
    assert resources["Spare"].properties["AvailabilityZone"] == "us-1a"
    assert resources["Spare"].properties["Encrypted"] is True


def test_what_another_tool_puts_in_is_unknown() -> None:
    text = "Resources:\n  A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Rain::Env NAME}}\n  B: {Type: !Rain::Module m.yaml}\n"
    found = read(text)

    assert found.resources[0].properties["QueueName"] is UNKNOWN
    assert [one.address for one in found.unread] == ["B"]


def test_what_is_included_into_a_whole_template_is_told() -> None:
    head = "Transform: {Name: AWS::Include, Parameters: {Location: 's3://bucket/all'}}\n"
    found = read(head + "Resources: {A: {Type: AWS::SQS::Queue}}\n")

    assert [one.address for one in found.unread] == ["macro AWS::Include"]


def test_a_policy_named_by_the_same_expression_as_a_bucket_is_the_bucket_s() -> None:
    found = by_id("""
Parameters: {App: {Type: String}}
Resources:
  Logs: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${App}-logs'}}
  Others: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${App}-others'}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Sub '${App}-logs'
      PolicyDocument: {Statement: {Effect: Deny, Principal: '*', Action: 's3:*', Resource: '*'}}
""")

    assert "PolicyDocument" in found["Logs"].properties
    assert "PolicyDocument" not in found["Others"].properties


def test_an_inline_policy_finds_its_role_and_leaves_other_roles_alone() -> None:
    found = by_id("""
Resources:
  Reader: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Writer: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Policy:
    Type: AWS::IAM::RolePolicy
    Properties:
      RoleName: !Ref Reader
      PolicyName: read
      PolicyDocument: {Statement: {Effect: Allow, Action: 's3:GetObject', Resource: '*'}}
""")
    policies = found["Reader"].properties["Policies"]

    assert isinstance(policies, list)
    assert len(policies) == 1
    assert found["Writer"].properties["Policies"] == []


def test_encoded_user_data_and_policies_in_texts_are_read() -> None:
    found = by_id("""
Resources:
  Web: {Type: AWS::EC2::Instance, Properties: {UserData: ZXhwb3J0IEtFWT1hYmM=}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: !Sub >-
        {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::${AWS::AccountId}:root"}}}
""")
    trust = found["Role"].properties["AssumeRolePolicyDocument"]

    assert found["Web"].properties["UserData"] == "export KEY=abc"
    assert isinstance(trust, dict)
    assert trust["Statement"] == [
        {
            "Effect": "Allow",
            "Action": ["sts:AssumeRole"],
            "Principal": {"AWS": [partly_known(["arn:aws:iam::", ":root"])]},
        }
    ]


def test_a_serverless_function_has_the_url_and_the_role_that_are_made_for_it() -> None:
    found = by_id("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Open:
    Type: AWS::Serverless::Function
    Properties:
      FunctionUrlConfig: {AuthType: NONE}
      Policies:
        - AdministratorAccess
        - {Statement: {Effect: Allow, Action: '*', Resource: '*'}}
        - S3ReadPolicy: {BucketName: b}
  Own: {Type: AWS::Serverless::Function, Properties: {Role: 'arn:aws:iam::111122223333:role/own'}}
""")
    role = found["OpenRole"]

    assert role.type == "AWS::IAM::Role"
    assert role.properties["ManagedPolicyArns"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    assert role.properties["Policies"] == [
        {
            "PolicyName": "Open1",
            "PolicyDocument": {
                "Statement": [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]
            },
        }
    ]
    assert found["Open"].properties["Urls"] == [{"AuthType": "NONE"}]
    assert "OwnRole" not in found


def test_the_role_of_a_state_machine_and_a_trust_of_one_s_own_are_read() -> None:
    found = by_id("""
Transform: AWS::Serverless-2016-10-31
Resources:
  Steps: {Type: AWS::Serverless::StateMachine, Properties: {Policies: [AdministratorAccess]}}
  Trusting:
    Type: AWS::Serverless::Function
    Properties: {AssumeRolePolicyDocument: {Statement: {Effect: Allow, Principal: '*', Action: 'sts:AssumeRole'}}}
""")
    trust = found["StepsRole"].properties["AssumeRolePolicyDocument"]
    own = found["TrustingRole"].properties["AssumeRolePolicyDocument"]

    assert trust["Statement"][0]["Principal"] == {"Service": ["states.amazonaws.com"]}  # type: ignore[call-overload,index] # a policy
    assert own["Statement"][0]["Principal"] == {"AWS": ["*"]}  # type: ignore[call-overload,index] # a policy
    assert found["StepsRole"].properties["ManagedPolicyArns"] == [
        "arn:aws:iam::aws:policy/AdministratorAccess"
    ]
