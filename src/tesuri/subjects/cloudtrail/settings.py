"""What calls tell of services and databases: settings that a request names in a way of its own.

**source** The request and response shapes of each service's API, as CloudTrail records them.
"""

from typing import Final

from tesuri.model.resource import UNKNOWN, Value
from tesuri.subjects.aws.recorded.shape import Properties, entries, fitted, pick, shaped
from tesuri.subjects.aws.recorded.storage import public_access_block
from tesuri.subjects.cloudtrail.shapes import shape
from tesuri.subjects.cloudtrail.told import acl
from tesuri.untrusted.shape import text

_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_DOMAIN: Final = "AWS::OpenSearchService::Domain"
_GROUP_OF_PARAMETERS: Final = "AWS::Redshift::ClusterParameterGroup"
_TEMPLATE: Final = "AWS::EC2::LaunchTemplate"
_KINDS_OF_BALANCER: Final = {"app": "application", "net": "network", "gwy": "gateway"}


def bucket(request: object, response: object) -> Properties:
    """Give a new bucket: its access control, and whether accounts own what they write."""
    owned = pick(request, "x-amz-object-ownership")
    word = text(next(iter(entries(owned)), owned))
    return {
        "BucketName": text(pick(request, "bucketName")),
        "Grants": [],
        **acl(request, response),
        **({"OwnershipControls": {"Rules": [{"ObjectOwnership": word}]}} if word else {}),
    }


def ownership(request: object, _response: object) -> Properties:
    """Give who owns what others write into a bucket."""
    held = pick(request, "OwnershipControls", "Rule")
    rules: list[Value] = [
        {"ObjectOwnership": text(pick(one, "ObjectOwnership"))}
        for one in (held if isinstance(held, list) else [held])
    ]
    return {"OwnershipControls": {"Rules": rules}}


def access_point(request: object, _response: object) -> Properties:
    """Give the public access block of a new access point; None written is all four on."""
    asked = pick(request, "CreateAccessPointRequest") or request
    if pick(asked, "PublicAccessBlockConfiguration") is None:
        return {}
    return {"PublicAccessBlockConfiguration": dict(public_access_block(asked))}


def launch_template(request: object, _response: object) -> Properties:
    """Give the data of a launch template: the record says elements of lists under one singular name."""
    asked = pick(request, "CreateLaunchTemplateRequest") or pick(request, "CreateLaunchTemplateVersionRequest") or request  # fmt: skip
    data = pick(asked, "LaunchTemplateData")
    if not isinstance(data, dict):
        return {}
    lists = {
        many: [pick(data, one)] if isinstance(pick(data, one), dict) else pick(data, one)
        for many, one in (
            ("NetworkInterfaces", "NetworkInterface"),
            ("BlockDeviceMappings", "BlockDeviceMapping"),
        )
        if pick(data, one) is not None
    }
    return {
        "LaunchTemplateData": shaped(_TEMPLATE, {"LaunchTemplateData": {**data, **lists}}).get(
            "LaunchTemplateData", UNKNOWN
        )
    }


def image(request: object, _response: object) -> Properties:
    """Give who may start an image from now on; taking it from everybody makes it private."""
    added = pick(request, "launchPermission", "add")
    removed = pick(request, "launchPermission", "remove")
    if added is not None:
        return {"LaunchPermissions": [
            {key: word for key in ("Group", "UserId") if (word := text(pick(one, key)))}
            for one in entries(added)
        ]}  # fmt: skip
    if any(text(pick(one, "group")) == "all" for one in entries(removed)):
        return {"LaunchPermissions": [], "Public": False}
    return {} if removed is None else {"LaunchPermissions": []}


def machine(request: object, response: object) -> Properties:
    """Give a machine that was started: where its interfaces are asked for one by one, they say all of its addresses."""
    told = shape("AWS::EC2::Instance")(request, response)
    return told | ({"PublicIp": None} if told.get("NetworkInterfaces") else {})


def address(request: object, response: object) -> Properties:
    """Give the public address that a call ties to a machine."""
    known = (
        text(pick(part, name))
        for name in ("publicIp", "allocationId")
        for part in (request, response)
    )
    word = next((one for one in known if one), "")
    return {"PublicIp": word, "NetworkInterfaces": []} if word else {}


def selectors(request: object, _response: object) -> Properties:
    """Give which events a trail records from now on: selectors of one kind take the place of the others."""
    told = shaped("AWS::CloudTrail::Trail", request)
    return {name: told.get(name, []) for name in ("EventSelectors", "AdvancedEventSelectors")}


def recorder(request: object, _response: object) -> Properties:
    """Give what a recorder records."""
    asked = pick(request, "configurationRecorder")
    told = shaped("AWS::Config::ConfigurationRecorder", asked)
    strategy = text(pick(asked, "recordingGroup", "recordingStrategy", "useOnly"))
    group = told.get("RecordingGroup")
    if isinstance(group, dict) and strategy:
        group["RecordingStrategy"] = {"UseOnly": strategy}
    return told


def add_on(request: object, _response: object) -> Properties:
    """Give the network add-on of a cluster; of other add-ons nothing that any control asks."""
    if text(pick(request, "addonName")) != "vpc-cni":
        return {}
    told: dict[str, Value] = {"AddonName": "vpc-cni"}
    values = text(pick(request, "configurationValues"))
    return {"Addons": [told | ({"ConfigurationValues": values} if values else {})]}


def domain_change(request: object, response: object) -> Properties:
    """Give the settings of a search domain: the answer keeps each with its status, the request only what changes."""
    held = pick(response, "domainConfig")
    answered = {
        str(name): pick(part, "options") for name, part in held.items() if pick(part, "options") is not None
    } if isinstance(held, dict) else {}  # fmt: skip
    asked = {
        name: value for name, value in shaped(_DOMAIN, request).items() if value not in ([], {})
    }
    return {**shaped(_DOMAIN, answered), **asked}


def work_group(request: object, _response: object) -> Properties:
    """Give how results of queries are kept: at the making, or as far as a change says."""
    asked = pick(request, "configuration")
    changed = pick(request, "configurationUpdates")
    held = asked if isinstance(asked, dict) else dict(changed) if isinstance(changed, dict) else {}
    updates = pick(held, "resultConfigurationUpdates")
    if isinstance(updates, dict):
        is_off = pick(updates, "removeEncryptionConfiguration") is True
        kept = {} if is_off else updates
        held = {**held, "resultConfiguration": kept}
    told = shaped("AWS::Athena::WorkGroup", {"WorkGroupConfiguration": held})
    return {"WorkGroupConfiguration": told.get("WorkGroupConfiguration", {})}


def balancer_attributes(request: object, response: object) -> Properties:
    """Give the attributes of a balancer: all that it answers, else those of the request beside unknown ones."""
    answered = entries(pick(response, "attributes"))
    told: list[Value] = [
        {"Key": text(pick(one, "key")), "Value": text(pick(one, "value"))}
        for one in answered or entries(pick(request, "attributes"))
    ]
    rest: list[Value] = [] if answered else [UNKNOWN]
    arn = text(pick(request, "loadBalancerArn"))
    kind = _KINDS_OF_BALANCER.get(arn.partition(":loadbalancer/")[2].partition("/")[0])
    return {"LoadBalancerAttributes": told + rest, **({"Type": kind} if kind else {})}


def balancer(request: object, response: object) -> Properties:
    """Give a new balancer: the answer describes it, the request names its subnets."""
    subnets = [text(pick(one, "subnetId")) for one in entries(pick(response, "availabilityZones"))]
    told = {**shaped(_BALANCER, request), **shaped(_BALANCER, response)}
    return {**told, "Subnets": [one for one in subnets if one] or told.get("Subnets", [])}


def web_acl_of(request: object, _response: object) -> Properties:
    """Give the web ACL that a call puts in front of a resource."""
    return {"WebAclArn": text(pick(request, "webACLArn"))}


def logging_of_web_acl(request: object, _response: object) -> Properties:
    """Give where a web ACL logs to."""
    told = shaped(
        "AWS::WAFv2::WebACL", {"LoggingConfiguration": pick(request, "loggingConfiguration")}
    )
    return {"LoggingConfiguration": told.get("LoggingConfiguration", UNKNOWN)}


def parameters(request: object, _response: object) -> Properties:
    """Give the parameters that a call changes, beside those that nobody tells of; TLS is the one that is asked for."""
    told = shaped(_GROUP_OF_PARAMETERS, {"Parameters": pick(request, "parameters") or []}).get(
        "Parameters"
    )
    changed = told if isinstance(told, list) else []
    is_said = any(text(pick(one, "ParameterName")) == "require_ssl" for one in changed)
    return {"Parameters": changed if is_said else [*changed, UNKNOWN]}


def function_url(request: object, _response: object) -> Properties:
    """Give whom the URL of a function asks; nothing is said of permissions."""
    word = text(pick(request, "authType"))
    return {"Urls": [{"AuthType": word}], "Permissions": []} if word else {}


def brokers(request: object, _response: object) -> Properties:
    """Give how brokers talk: a cluster of the newer call keeps it one level deeper."""
    held = pick(request, "provisioned") or request
    told = shaped("AWS::MSK::Cluster", {"EncryptionInfo": pick(held, "encryptionInfo")})
    return {name: value for name, value in told.items() if name == "EncryptionInfo"}


def rotation(request: object, _response: object) -> Properties:
    """Give the schedule by which a secret is changed."""
    rules = fitted(pick(request, "rotationRules"), "map")
    return {"RotationSchedule": {"RotationRules": rules} if rules else {}}


def encryption_of_cluster(request: object, _response: object) -> Properties:
    """Give what a cluster encrypts with a key."""
    told = shaped("AWS::EKS::Cluster", {"EncryptionConfig": pick(request, "encryptionConfig")})
    return {"EncryptionConfig": told.get("EncryptionConfig", UNKNOWN)}
