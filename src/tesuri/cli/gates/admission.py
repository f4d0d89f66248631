"""`tesuri admission`: the webhook that a cluster asks, and what it needs to be installed."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from tesuri.cli.gates.policies import (
    AllNamespaces,
    PolicyChoice,
    PolicyData,
    PolicyFolders,
    PolicyNamespace,
    use_policies,
)
from tesuri.cli.state import session_of, tell
from tesuri.exports.admission_webhook import WebhookChoices, render_manifests, webhook_manifests
from tesuri.flows.gates.export_admission import as_gatekeeper, export_policies
from tesuri.flows.gates.judge_resources import Gate
from tesuri.flows.site.follow_files import Follower
from tesuri.model.control import Point
from tesuri.model.errors import BadInput, TesuriError, Unavailable
from tesuri.model.objective import PolicyState
from tesuri.wiring.site import Site, followed

DEFAULT_PORT: Final = 8443
CLUSTER_NAMESPACES: Final = ("kube-system", "kube-node-lease")
_RENEW_SECONDS: Final = 10.0
_POLICY_SECONDS: Final = 2.0
_STALE_RENEWALS: Final = 30
"""Renewals that may fail in a row before the webhook says that it is not ready."""

app = typer.Typer(
    help="Admission: the validating webhook and its manifests.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Failing(StrEnum):
    """What is answered when a change cannot be judged."""

    OPEN = "open"
    CLOSED = "closed"


@app.callback()
def admission() -> None:
    """Answer the API server of a cluster."""


@app.command()
def serve(
    context: typer.Context,
    *,
    certificate: Annotated[str, typer.Option("--tls-cert", help="Certificate, PEM.")] = "",
    key: Annotated[str, typer.Option("--tls-key", help="Its private key, PEM.")] = "",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "0.0.0.0",  # noqa: S104 - a webhook is asked from outside its pod
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = DEFAULT_PORT,
    fail: Annotated[
        Failing, typer.Option(help="What is answered when a change cannot be judged.")
    ] = Failing.OPEN,
    closed: Annotated[
        list[str] | None,
        typer.Option(help="Deny when nobody can tell the verdict of this control; may repeat."),
    ] = None,
    policy: PolicyFolders = None,
    data: PolicyData = None,
    namespace: PolicyNamespace = None,
    all_namespaces: AllNamespaces = False,
) -> None:
    """Serve the validating webhook over TLS until stopped.

    Answers any POST of an AdmissionReview with the code of `tesuri check admission`, GET /healthz/live, /healthz/ready
    and /metrics. Controls, waivers and policy states are renewed every ten seconds; the policies of --policy are read at the
    start, and each change has two seconds for them. Stores nothing. What nobody can tell is allowed, said on standard error
    and counted, unless its control is closed.
    """
    session = session_of(context)
    asked = PolicyChoice(policy or (), data or (), namespace or (), has_all=all_namespaces)
    use_policies(session, asked, seconds=_POLICY_SECONDS)
    site = session.site
    for name, value in (("--tls-cert", certificate), ("--tls-key", key)):
        if not Path(value).is_file():
            raise BadInput(
                f"{name} names no file: the API server speaks to a webhook over TLS only.",
                where=value or name,
                remedy="Give certificate and key, for example those that cert-manager writes.",
            )
    kept = KeptGate(
        followed(site, tell), lambda one: one.gate(Point.ADMISSION, closed=closed or ())
    )
    kept.renew()
    _listen(
        kept,
        is_closed=fail is Failing.CLOSED,
        place=(host, port),
        secrets=(certificate, key),
    )


def _listen(
    kept: "KeptGate", *, is_closed: bool, place: tuple[str, int], secrets: tuple[str, str]
) -> None:
    """Answer until stopped. **raises** Unavailable without the server extra or the port."""
    try:
        import uvicorn  # noqa: PLC0415 - only the server needs it
    except ImportError as error:
        raise Unavailable(
            "The webhook needs the server extra.",
            remedy="Install it with: pip install 'tesuri[server]'.",
        ) from error
    from tesuri.web.admission_hook import AdmissionHook  # noqa: PLC0415 - only the server needs it

    host, port = place
    config = uvicorn.Config(
        AdmissionHook(lambda: kept.gate, is_closed, tell),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        ssl_certfile=secrets[0],
        ssl_keyfile=secrets[1],
    )
    renewing = threading.Thread(target=kept.renew_until_stopped, daemon=True)
    renewing.start()
    count = kept.gate.control_count if kept.gate else 0
    tell(f"serving admission on https://{host}:{port}, {count} controls")
    try:
        uvicorn.Server(config).run()
    except SystemExit as error:
        raise Unavailable(
            f"Port {port} cannot be listened on.", where=host, remedy="Choose another with --port."
        ) from error
    finally:
        kept.stop.set()
        renewing.join(timeout=5)


class Part(StrEnum):
    """What is exported."""

    POLICIES = "policies"
    GATEKEEPER = "gatekeeper"
    WEBHOOK = "webhook"


@app.command()
def export(
    context: typer.Context,
    part: Annotated[
        Part,
        typer.Argument(
            help="Controls as policies of the API server or as templates of Gatekeeper, or the webhook itself."
        ),
    ],
    *,
    control: Annotated[
        list[str] | None, typer.Option(help="Only this control, for policies; may repeat.")
    ] = None,
    state: Annotated[
        PolicyState, typer.Option("--policy-state", help="State whose strictness policies take.")
    ] = PolicyState.UNKNOWN,
    closed: Annotated[
        list[str] | None,
        typer.Option(help="Deny when this control cannot be evaluated; may repeat."),
    ] = None,
    fail: Annotated[
        Failing, typer.Option(help="What the API server does when the webhook does not answer.")
    ] = Failing.OPEN,
    image: Annotated[str, typer.Option(help="Image of the webhook.")] = "",
    namespace: Annotated[str, typer.Option(help="Namespace of the webhook.")] = "tesuri",
    exclude: Annotated[
        list[str] | None, typer.Option(help="Namespace to leave out besides those of the cluster.")
    ] = None,
) -> None:
    """Write Kubernetes manifests to standard output.

    policies writes a ValidatingAdmissionPolicy and its binding for each control of admission that a policy can say; what
    it cannot say is told on standard error. gatekeeper writes the same as ConstraintTemplates in CEL (its engine
    K8sNativeValidation, Gatekeeper 3.18) with a constraint each. webhook writes everything that `tesuri admission serve` needs in a cluster,
    with cert-manager for its certificate.
    """
    excluded = tuple(dict.fromkeys((*CLUSTER_NAMESPACES, namespace, *(exclude or ()))))
    if part is Part.WEBHOOK:
        if not image:
            raise BadInput("The webhook needs an image.", where="--image")
        choices = WebhookChoices(image, namespace, fail is Failing.CLOSED, excluded)
        sys.stdout.write(render_manifests(webhook_manifests(choices)))
        return
    found = export_policies(
        session_of(context).site.controls,
        wanted=control or (),
        state=state,
        closed=closed or (),
        excluded=excluded,
    )
    if part is Part.GATEKEEPER:
        found = as_gatekeeper(found, session_of(context).site.controls)
    for one in found:
        if one.reason:
            tell(f"{one.control} is not exported: {one.reason}")
    sys.stdout.write(render_manifests([each for one in found for each in one.documents]))


@dataclass
class KeptGate:
    """The gate of now, renewed beside the answers so that none of them waits for files or the store."""

    sites: Follower[Site]
    build: Callable[[Site], Gate]
    gate: Gate | None = None
    """None when it could not be renewed for so long that its waivers and states are no longer those of now."""
    stop: threading.Event = field(default_factory=threading.Event)
    _failures: int = 0

    def renew(self) -> None:
        """Build the gate anew. **raises** TesuriError when files or store are wrong."""
        site = self.sites.at(self.sites.current.clock())
        self.gate = self.build(site)
        self._failures = 0

    def renew_until_stopped(self) -> None:
        """Renew every ten seconds; say once when it fails, and give up the old gate in the end."""
        while not self.stop.wait(_RENEW_SECONDS):
            try:
                self.renew()
            except TesuriError as error:
                self._failures += 1
                if self._failures == 1:
                    tell(f"The gate is not renewed: {error}")
                if self._failures >= _STALE_RENEWALS:
                    self.gate = None
