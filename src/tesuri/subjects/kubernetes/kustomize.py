"""Files of Kustomize: what says how manifests are changed, and which files beside it only change others.

Nothing is applied here: `kustomize build` makes the objects. A patch is a part of an object, so judging it as a whole one
would miss and invent what stands in the object that it changes.

**source** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from collections.abc import Iterator
from dataclasses import dataclass

from tesuri.untrusted.shape import items, text, texts
from tesuri.untrusted.yaml_document import read_yaml


@dataclass(frozen=True, slots=True)
class Kustomized:
    """The files that a kustomization names, as it writes them."""

    patches: frozenset[str]
    resources: frozenset[str]


def read_kustomization(data: bytes, *, where: str) -> Kustomized:
    """Give what a kustomization names. **raises** BadInput when it is no YAML."""
    document = read_yaml(data, where=where)
    return Kustomized(frozenset(_patches(document)), frozenset(texts(document, "resources")))


def _patches(document: object) -> Iterator[str]:
    for key in ("patches", "patchesJson6902"):
        for patch in items(document, key):
            if path := text(patch, "path"):
                yield path
    for patch in items(document, "patchesStrategicMerge"):
        if isinstance(patch, str) and "\n" not in patch:
            yield patch
