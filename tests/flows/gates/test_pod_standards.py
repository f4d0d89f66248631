"""The controls of the Pod Security Standards fail what the standard refuses, and nothing else, wherever a pod is written.

Each line says one thing about a pod that is as restricted as can be, and which controls it breaks: at admission, in a
commit, and in a plan that makes the same object.

**source** https://kubernetes.io/docs/concepts/security/pod-security-standards/ (1.35)
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tesuri.flows.gates.review_admission import review_admission
from tesuri.flows.gates.source_kinds import SourceKind
from tesuri.model.control import GateReport, Point, VerdictKind
from tesuri.settings import read_settings
from tesuri.wiring.gates import GateSite

SITE: Final = GateSite(read_settings({}, Path("/")))
STANDARDS: Final = ("pss-baseline", "pss-restricted")
Pod = dict[str, object]

SAFE: Final[Mapping[str, object]] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def container(**security: object) -> dict[str, object]:
    return {"name": "web", "image": "web:1", "securityContext": {**SAFE, **security}}


def pod(
    context: Mapping[str, object] | None = None,
    *,
    annotations: Mapping[str, str] | None = None,
    **spec: object,
) -> Pod:
    """Make a pod that keeps to the restricted standard, but for what is given."""
    whole = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}, **(context or {})}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "p", "namespace": "shop", "annotations": annotations or {}},
        "spec": {"securityContext": whole, "containers": [container()], **spec},
    }


def volume(kind: str) -> Pod:
    return pod(volumes=[{"name": "v", kind: {}}])


def probe(kind: str, how: str, host: str) -> Pod:
    way = {how: {"port": 80, "host": host}}
    check = {"lifecycle": {kind: way}} if kind in ("postStart", "preStop") else {kind: way}
    return pod(containers=[{**container(), **check}])


def on_windows(context: Mapping[str, object]) -> Pod:
    bare = {"name": "web", "image": "web:1", "securityContext": {}}
    return pod(context, os={"name": "windows"}, containers=[bare])


_APPARMOR: Final = "container.apparmor.security.beta.kubernetes.io/web"

LINES: Final[tuple[tuple[str, Pod, set[str]], ...]] = (
    ("nothing is amiss", pod(), set()),
    # Host namespaces, privileged containers, host processes
    ("hostNetwork", pod(hostNetwork=True), {"host-network"}),
    ("hostPID", pod(hostPID=True), {"host-pid"}),
    ("hostIPC", pod(hostIPC=True), {"host-ipc"}),
    ("privileged", pod(containers=[container(privileged=True)]), {"privileged"}),
    ("privileged before", pod(initContainers=[container(privileged=True)]), {"privileged"}),
    ("privileged to debug", pod(ephemeralContainers=[container(privileged=True)]), {"privileged"}),
    ("not privileged", pod(containers=[container(privileged=False)]), set()),
    ("a host process", pod({"windowsOptions": {"hostProcess": True}}), {"windows-host-process"}),
    (
        "a container as host process",
        pod(containers=[container(windowsOptions={"hostProcess": True})]),
        {"windows-host-process"},
    ),
    ("no host process", pod({"windowsOptions": {"hostProcess": False}}), set()),
    # Capabilities
    (
        "a capability of the baseline",
        pod(containers=[container(capabilities={"add": ["CHOWN"], "drop": ["ALL"]})]),
        {"capabilities-dropped"},
    ),
    (
        "a strong capability",
        pod(containers=[container(capabilities={"add": ["SYS_ADMIN"], "drop": ["ALL"]})]),
        {"capabilities", "capabilities-dropped"},
    ),
    (
        "a capability with its prefix is another word",
        pod(containers=[container(capabilities={"add": ["CAP_CHOWN"], "drop": ["ALL"]})]),
        {"capabilities", "capabilities-dropped"},
    ),
    (
        "low ports",
        pod(containers=[container(capabilities={"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]})]),
        set(),
    ),
    (
        "some are dropped",
        pod(containers=[container(capabilities={"drop": ["SYS_TIME", "SYS_CHROOT"]})]),
        {"capabilities-dropped"},
    ),
    ("none is dropped", pod(containers=[container(capabilities={})]), {"capabilities-dropped"}),
    # Volumes
    ("a path of the node", volume("hostPath"), {"host-path", "volume-types"}),
    *((f"volume {kind}", volume(kind), {"volume-types"}) for kind in (
        "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "fc", "flexVolume", "flocker",
        "gcePersistentDisk", "gitRepo", "glusterfs", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte",
        "rbd", "scaleIO", "storageos", "vsphereVolume",
    )),
    *((f"volume {kind}", volume(kind), set()) for kind in (
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret",
    )),
    # Ports and hosts
    ("a port of the node", pod(containers=[{**container(), "ports": [{"containerPort": 80, "hostPort": 80}]}]), {"host-port"}),
    ("port 0 is none", pod(containers=[{**container(), "ports": [{"containerPort": 80, "hostPort": 0}]}]), set()),
    *(
        (f"{kind} {how}", probe(kind, how, "10.0.0.1"), {"probe-host"})
        for kind in ("livenessProbe", "readinessProbe", "startupProbe", "postStart", "preStop")
        for how in ("httpGet", "tcpSocket")
    ),
    ("a probe of the pod itself", probe("livenessProbe", "httpGet", ""), set()),
    # AppArmor, SELinux, /proc, seccomp, sysctls
    ("AppArmor off", pod({"appArmorProfile": {"type": "Unconfined"}}), {"app-armor"}),
    ("AppArmor off in a container", pod(containers=[container(appArmorProfile={"type": "Unconfined"})]), {"app-armor"}),
    ("AppArmor off by annotation", pod(annotations={_APPARMOR: "unconfined"}), {"app-armor"}),
    ("AppArmor by annotation", pod(annotations={_APPARMOR: "localhost/web"}), set()),
    ("AppArmor by empty annotation", pod(annotations={_APPARMOR: ""}), set()),
    ("AppArmor of the node", pod({"appArmorProfile": {"type": "Localhost", "localhostProfile": "w"}}), set()),
    ("SELinux type", pod({"seLinuxOptions": {"type": "spc_t"}}), {"se-linux"}),
    ("SELinux user", pod({"seLinuxOptions": {"user": "u"}}), {"se-linux"}),
    ("SELinux role", pod(containers=[container(seLinuxOptions={"role": "r"})]), {"se-linux"}),
    *((f"SELinux {kind}", pod({"seLinuxOptions": {"type": kind}}), set()) for kind in (
        "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t",
    )),
    ("SELinux level", pod({"seLinuxOptions": {"level": "s0"}}), set()),
    ("/proc unmasked", pod(containers=[container(procMount="Unmasked")]), {"proc-mount"}),
    ("/proc masked", pod(containers=[container(procMount="Default")]), set()),
    ("seccomp off", pod({"seccompProfile": {"type": "Unconfined"}}), {"seccomp-unconfined", "seccomp-stated"}),
    ("seccomp off in a container", pod(containers=[container(seccompProfile={"type": "Unconfined"})]), {"seccomp-unconfined", "seccomp-stated"}),
    ("seccomp unstated", pod({"seccompProfile": None}), {"seccomp-stated"}),
    ("seccomp by container", pod({"seccompProfile": None}, containers=[container(seccompProfile={"type": "Localhost"})]), set()),
    ("a strong sysctl", pod({"sysctls": [{"name": "kernel.msgmax", "value": "1"}]}), {"sysctls"}),
    *((f"sysctl {name}", pod({"sysctls": [{"name": name, "value": "0"}]}), set()) for name in (
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ping_group_range", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_syncookies", "net.ipv4.tcp_wmem",
    )),
    # Users and their privileges
    ("escalation unstated", pod(containers=[{"name": "web", "image": "web:1", "securityContext": {"capabilities": {"drop": ["ALL"]}}}]), {"privilege-escalation"}),
    ("escalation allowed", pod(containers=[container(allowPrivilegeEscalation=True)]), {"privilege-escalation"}),
    ("root allowed", pod({"runAsNonRoot": False}), {"run-as-non-root"}),
    ("root unstated", pod({"runAsNonRoot": None}), {"run-as-non-root"}),
    ("root allowed in a container", pod(containers=[container(runAsNonRoot=False)]), {"run-as-non-root"}),
    ("no root by container", pod({"runAsNonRoot": None}, containers=[container(runAsNonRoot=True)]), set()),
    ("the pod says false, its container true", pod({"runAsNonRoot": False}, containers=[container(runAsNonRoot=True)]), {"run-as-non-root"}),
    ("user 0", pod({"runAsUser": 0}), {"user-zero"}),
    ("user 0 in a container", pod(containers=[container(runAsUser=0)]), {"user-zero"}),
    ("user 1000", pod({"runAsUser": 1000}), set()),
    ("root in a user namespace", pod({"runAsNonRoot": None, "runAsUser": 0}, hostUsers=False), set()),
    ("root in that of the node", pod({"runAsNonRoot": None}, hostUsers=True), {"run-as-non-root"}),
    ("/proc unmasked in a user namespace", pod(containers=[container(procMount="Unmasked")], hostUsers=False), {"proc-mount"}),
    # Windows
    ("Windows", on_windows({"seccompProfile": None}), set()),
    ("root on Windows", on_windows({"seccompProfile": None, "runAsNonRoot": None}), {"run-as-non-root"}),
)  # fmt: skip


def at_admission(made: Pod) -> GateReport:
    request = {"uid": "u", "operation": "CREATE", "namespace": "shop", "object": made}
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    gate = SITE.gate(Point.ADMISSION, repository="")
    return review_admission(json.dumps(review).encode(), where="review.json", gate=gate).report


def in_a_commit(made: Pod) -> GateReport:
    data = json.dumps(made).encode()
    return SITE.check_source(
        SourceKind.MANIFEST, data, where="pod.yaml", repository="", fail_on_unknown=False
    )


def in_a_plan(made: Pod) -> GateReport:
    change = {"actions": ["create"], "after": {"manifest": made}, "after_unknown": {}}
    entry = {
        "address": "kubernetes_manifest.p",
        "type": "kubernetes_manifest",
        "name": "p",
        "mode": "managed",
        "change": change,
    }
    plan = {"format_version": "1.2", "resource_changes": [entry]}
    return SITE.check_plan(
        json.dumps(plan).encode(), where="plan.json", repository="", fail_on_unknown=False
    )


OF_STANDARDS: Final = {
    one.control.id
    for one in SITE.controls
    if any(one.control.maps.get(standard) for standard in STANDARDS)
}


def broken(report: GateReport) -> set[str]:
    return {
        one.verdict.control.removeprefix("kubernetes-pod-")
        for one in report.rulings
        if one.verdict.kind is not VerdictKind.PASS and one.verdict.control in OF_STANDARDS
    }


@pytest.mark.parametrize(
    "answer", [in_a_commit, in_a_plan, at_admission], ids=["commit", "plan", "admission"]
)
@pytest.mark.parametrize(
    ("made", "expected"), [one[1:] for one in LINES], ids=[one[0] for one in LINES]
)
def test_the_standard_is_kept_to_the_letter(
    made: Pod, expected: set[str], answer: Callable[[Pod], GateReport]
) -> None:
    assert broken(answer(made)) == expected
