"""The weaknesses, the leak and the settings that the demo's story tells of."""

from typing import Final

from tesuri.flows.demo.cast import PAYMENTS_ACCOUNT, PLATFORM_ACCOUNT, REGION, SHOP
from tesuri.flows.demo.faults import Leak, Misset, Noted, Weak
from tesuri.model.severity import Severity

SESSION: Final = Weak(
    rule="session-not-checked",
    title="Session is not checked before an export is handed out",
    severity=Severity.HIGH,
    weakness="CWE-862",
    path="src/export/download.ts",
    line=88,
    code="router.get('/exports/:id', async (request, reply) => send(reply, await load(request.params.id)))",
    help="Check that the session belongs to the merchant of the export.",
)
STORED_SCRIPT: Final = Weak(
    rule="stored-script",
    title="A review's text is written into the page without escaping",
    severity=Severity.MEDIUM,
    weakness="CWE-79",
    path="web/review.tsx",
    line=41,
    code="<div dangerouslySetInnerHTML={{__html: review.text}} />",
    help="Render the text, not markup.",
)
SIGN_IN: Final = Weak(
    rule="session-kept-after-sign-in",
    title="The session of before the sign-in is kept after it",
    severity=Severity.HIGH,
    weakness="CWE-287",
    path="src/session/start.ts",
    line=57,
    code="request.session.user = user",
    help="Start a new session when somebody signs in.",
)
LEAK: Final = Leak(rule="aws-access-token", path="deploy/export.env", line=3, commit="4f1c0b9e72d8")
OPEN_SSH: Final = Misset(
    check="ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_22",
    title="Ensure no security groups allow ingress from 0.0.0.0/0 or ::/0 to SSH port 22.",
    severity=Severity.HIGH,
    resource=f"arn:aws:ec2:{REGION}:{PLATFORM_ACCOUNT}:security-group/sg-0c41d7e2a9b35f0e1",
    resource_type="AwsEc2SecurityGroup",
    detail="Security group batch-jump (sg-0c41d7e2a9b35f0e1) has SSH port 22 open to the Internet.",
    remedy="Remove the rule and use Session Manager, or name the office range.",
)
SEARCH: Final = Noted(
    rule="reflected-search-term",
    title="The search term is reflected in an error page",
    severity=Severity.MEDIUM,
    kind="web",
    url=f"{SHOP}/search?q=term",
    detail="The tester's markup came back as it was.",
    remedy="Escape the term.",
    weakness="CWE-79",
)
ORDER: Final = Noted(
    rule="order-of-another-user",
    title="The order page shows an order of another user",
    severity=Severity.HIGH,
    kind="web",
    url=f"{SHOP}/orders/1001",
    detail="Changing the number in the address was enough.",
    remedy="Check that the order belongs to the session.",
    weakness="CWE-639",
)
COUPON: Final = Noted(
    rule="coupon-guessing",
    title="Coupon codes can be guessed without limit",
    severity=Severity.MEDIUM,
    kind="web",
    url=f"{SHOP}/coupons",
    detail="10,000 guesses a minute were answered.",
    remedy="Limit attempts for each account.",
    weakness="CWE-307",
)


_TLS: Final = (
    ("tls-1.0", "Listener accepts TLS 1.0", Severity.MEDIUM),
    ("no-forward-secrecy", "Cipher suite without forward secrecy", Severity.MEDIUM),
    ("sha1-intermediate", "Certificate uses a SHA-1 intermediate", Severity.MEDIUM),
    ("no-hsts", "No HSTS on the bank endpoint", Severity.LOW),
)


def tls_survey() -> tuple[Noted, ...]:
    """Give what the survey found at the bank's gateway."""
    return tuple(_tls(rule, title, severity) for rule, title, severity in _TLS)


def _tls(rule: str, title: str, severity: Severity) -> Noted:
    return Noted(
        rule=rule,
        title=title,
        severity=severity,
        kind="misconfiguration",
        url="",
        detail="Seen by the monthly TLS survey.",
        remedy="Move the bank to TLS 1.2 and drop the listener.",
        resource=f"arn:aws:elasticloadbalancing:{REGION}:{PAYMENTS_ACCOUNT}:listener/net/nlb-bank/443/{rule}",
    )
