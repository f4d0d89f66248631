"""Two files for a new control: the control, which nothing meets yet, and its cases."""

from collections.abc import Iterable
from typing import Final

from tesuri.controls.cases import Case
from tesuri.controls.compiled import CompiledControl
from tesuri.controls.load import load_control
from tesuri.controls.property_paths import ResourceSchema
from tesuri.flows.catalogue.case_resources import resources_of_case
from tesuri.flows.catalogue.run_cases import CASES_SUFFIX
from tesuri.model.control import Point, VerdictKind
from tesuri.model.errors import BadInput
from tesuri.untrusted.shape import need_mapping
from tesuri.untrusted.yaml_document import read_yaml

_CONTROL: Final = """\
# Permanent: an id is retired, never reused. This file is called after it.
id: {id}
title:
  en: One short line that says what holds
statement:
  en: What holds, and what goes wrong without it
# critical, high, medium, low or unknown
severity: medium
resource: {resource}
# True when the resource complies. Nothing does before you write it, for example:
#   require: {example}
require: "false"
# The sentence for a person when it fails; it sees resource, and part, the element that decided.
message: "'{id} is not written yet'"
points:
  {point}: {{}}
  # A point that cannot see it says why:
  scp: {{not: not considered yet}}
# It only observes. Remove this line and it warns, and blocks where the budget is spent.
strictness: {{ample: allow, low: allow, spent: allow, breached: allow, unknown: allow}}
answerable: service
"""

_CASES: Final = """\
# Inputs in the words of their point, and the verdict that each must get. Every declared point needs a good and a bad one.
cases:
  - name: the bad one
    point: {point}
    verdict: fail
    address: {address}
    input:
{input}
  - name: the good one
    point: {point}
    verdict: pass
    address: {address}
    input:
{input}"""

_TEMPLATE: Final = """\
      Resources:
        Example:
          Type: {kind}
          Properties: {{}}
"""

_MANIFEST: Final = """\
      apiVersion: {version}
      kind: {kind}
      metadata: {{name: example, namespace: shop}}
"""

_POD: Final = "{containers: [{name: web, image: 'registry.example/web:1'}]}"
_WORKLOADS: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"})

_PLAN: Final = """\
      format_version: "1.2"
      resource_changes:
        - address: {kind}.example
          mode: managed
          type: {kind}
          name: example
          change: {{actions: [create], before: null, after: {{}}, after_unknown: {{}}}}
"""


def scaffold_control(
    identity: str,
    resource: str,
    *,
    known: Iterable[CompiledControl],
    schema: ResourceSchema | None,
) -> tuple[tuple[str, str], ...]:
    """Give name and text of the two files.

    **raises** BadInput for an id that is wrong or taken, and for a resource type of no known family.
    """
    if identity in {compiled.control.id for compiled in known}:
        raise BadInput(
            f"There is a control {identity!r} already.",
            where="ID",
            remedy="An id is never used twice; choose another.",
        )
    point, given = _input(resource)
    address = _address(point, given, resource)
    example = f"has(resource.{_first_property(schema)})"
    control = _CONTROL.format(id=identity, resource=resource, point=point, example=example)
    load_control(control.encode(), where=f"{identity}.yaml", schemas={})
    cases = _CASES.format(point=point, address=address, input=given)
    return (f"{identity}.yaml", control), (f"{identity}{CASES_SUFFIX}", cases)


def _first_property(schema: ResourceSchema | None) -> str:
    return next(iter(schema.properties), "Name") if schema else "Name"


def _input(resource: str) -> tuple[Point, str]:
    """Give point and input of a case for a resource type."""
    family, _, kind = resource.partition(":")
    if family == "AWS" and resource.count("::") >= 1:
        return Point.TEMPLATE, _TEMPLATE.format(kind=resource)
    if family == "terraform" and kind:
        return Point.PLAN, _PLAN.format(kind=kind)
    if family == "k8s" and kind.count("/") >= 1:
        return Point.ADMISSION, _manifest(*kind.rsplit("/", 1))
    raise BadInput(
        f"{resource!r} is no resource type.",
        where="--resource",
        remedy="Write AWS::EC2::Volume, k8s:v1/Pod or terraform:okta_user.",
    )


def _manifest(version: str, kind: str) -> str:
    written = _MANIFEST.format(version=version, kind=kind)
    if kind == "Pod":
        return f"{written}      spec: {_POD}\n"
    if kind in _WORKLOADS:
        return f"{written}      spec: {{template: {{spec: {_POD}}}}}\n"
    return written


def _address(point: Point, given: str, resource: str) -> str:
    """Give the address at which the example stands once it is read. **raises** BadInput where it is another type."""
    document = need_mapping(read_yaml(given.encode(), where=resource), where=resource)
    found, _ = resources_of_case(Case("", point, VerdictKind.PASS, "", document))
    for one in found:
        if one.type == resource:
            return one.address
    others = ", ".join(sorted({one.type for one in found})) or "nothing that a control can see"
    raise BadInput(
        f"{resource!r} becomes {others}.",
        where="--resource",
        remedy="docs/subjects.md says what becomes of each type.",
    )
