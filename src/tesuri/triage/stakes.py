"""Answers to: who can reach it, and what is lost? Both come from what people declared."""

from tesuri.model.decision import Answer
from tesuri.model.estate import Exposure, Layer
from tesuri.triage.facts import Facts
from tesuri.triage.wording import sentence

# A layer alone says little: a cloud account's edge is open, a cluster's inside is not. What runs in
# a container or is an application may be either, so only a label helps.
_LAYER_EXPOSURE = {Layer.CLOUD: Exposure.OPEN, Layer.CLUSTER: Exposure.CONTROLLED}
_HUMAN_IMPACT = {0: "very-high", 1: "high", 2: "medium", 3: "low"}
_MISSION = {0: "high", 1: "medium", 2: "low", 3: "low"}
# SSVC: safety marginal and mission support crippled, which its human impact table makes low.
_UNKNOWN_HUMAN_IMPACT = "low"
_UNKNOWN_MISSION = "medium"


def exposure(facts: Facts) -> Answer:
    """Answer *exposure*: the asset's label, else the service's, else by layer, else open."""
    asset, service = facts.asset, facts.service
    if asset is not None and asset.exposure is not None:
        reason = sentence("exposure-asset", name=asset.name, value=asset.exposure)
        return Answer("exposure", asset.exposure, reason, f"asset {asset.id}", facts.declared_at)
    if service is not None and service.exposure is not None:
        reason = sentence("exposure-service", name=service.name, value=service.exposure)
        source = f"service {service.id}"
        return Answer("exposure", service.exposure, reason, source, facts.declared_at)
    return _exposure_by_layer(facts)


def human_impact(facts: Facts) -> Answer:
    """Answer *human impact* from the service's tier: 3, 2, 1, 0 give low, medium, high, very high."""
    tier = _tier(facts)
    if tier is None:
        reason = sentence("tier-unknown", value=_UNKNOWN_HUMAN_IMPACT)
        return _default("human_impact", _UNKNOWN_HUMAN_IMPACT, reason)
    return _by_tier("human_impact", _HUMAN_IMPACT[tier], tier, facts)


def mission_and_well_being(facts: Facts) -> Answer:
    """Answer the CISA table's last question from the service's tier."""
    tier = _tier(facts)
    if tier is None:
        reason = sentence("mission-unknown", value=_UNKNOWN_MISSION)
        return _default("mission_and_well_being", _UNKNOWN_MISSION, reason)
    return _by_tier("mission_and_well_being", _MISSION[tier], tier, facts)


def publicly_exposed(exposed: Answer) -> Answer:
    """Answer *publicly exposed* from the answer to *exposure*: only open is public."""
    value = "yes" if exposed.value == Exposure.OPEN else "no"
    return Answer(
        "publicly_exposed",
        value,
        exposed.reason,
        exposed.source,
        exposed.observed_at,
        is_default=exposed.is_default,
    )


def _exposure_by_layer(facts: Facts) -> Answer:
    for thing in (facts.asset, facts.service):
        if thing is not None and thing.layer in _LAYER_EXPOSURE:
            value = _LAYER_EXPOSURE[thing.layer]
            reason = sentence("exposure-layer", name=thing.name, layer=thing.layer, value=value)
            return Answer("exposure", value, reason, f"layer of {thing.id}", facts.declared_at)
    return _default("exposure", Exposure.OPEN, sentence("exposure-unknown"))


def _tier(facts: Facts) -> int | None:
    tier = None if facts.service is None else facts.service.tier
    return tier if tier in _HUMAN_IMPACT else None


def _by_tier(question: str, value: str, tier: int, facts: Facts) -> Answer:
    assert facts.service is not None
    reason = sentence("tier", name=facts.service.name, tier=str(tier))
    return Answer(question, value, reason, f"service {facts.service.id}", facts.declared_at)


def _default(question: str, value: str, reason: str) -> Answer:
    return Answer(question, value, reason, "SSVC default", None, is_default=True)
