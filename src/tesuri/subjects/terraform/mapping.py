"""Terraform's attributes → the property names of the canonical type, guided by the type's published shape.

`kms_key_id` finds KmsKeyId by itself, a block that can stand once becomes an object, and text becomes the number, truth
value or policy that the shape says. A `TypeMapping` only writes down what this does not find. How a type is read is
worked out once, when its first resource is met; an attribute without a property is left out.
"""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from tesuri.model.resource import UNKNOWN, Unknown, misshapen
from tesuri.model.resource_shape import Shape, resource_shape
from tesuri.subjects.aws.leaves import LEAVES, Leaf, as_policy, decoded
from tesuri.subjects.planned import Planned, together
from tesuri.untrusted.shape import shape_name

Names: TypeAlias = Mapping[str, str]
_Tree: TypeAlias = "dict[str, _Tree | str]"

TAGS: Final = frozenset({"tags", "tags_all"})
HERE: Final = "."
"""Target of a block whose attributes belong to the object around it."""
_TARGET: Final = ""


@dataclass(frozen=True, slots=True)
class TypeMapping:
    """How one Terraform type becomes a canonical one."""

    source: str
    target: str
    names: Names = field(default_factory=dict)
    """Attribute path ("root_block_device.encrypted") → property path below the block's own ("Ebs.Encrypted"), below the
    resource ("/Ebs.Encrypted"), "." for the object around it, "" for none. "A[].B" is B of the first A, "A#k" a pair of
    Key k and its Value in the list A."""
    within: str = ""
    """Property that holds everything that is not named: DistributionConfig."""
    constants: Mapping[str, Planned] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Planned]] = field(default_factory=dict)
    """Property path → values that the provider spells in another way."""
    leaves: Mapping[str, Leaf] = field(default_factory=dict)
    """Property path → how its value is made, where it is no plain leaf."""
    marks: Mapping[str, Mapping[str, Planned]] = field(default_factory=dict)
    """Block of the resource → properties that each of its objects gets: {"egress": {"Egress": True}}."""
    part_of: str = ""
    """Attribute that names the resource that this one is only a part of."""


@dataclass(slots=True)
class Step:
    """Where one attribute goes."""

    path: tuple[str, ...]
    is_absolute: bool
    leaf: Leaf | None
    inner: "Block | None"
    is_list: bool
    """Whether the property is a list of blocks."""
    words: Mapping[str, Planned] | None = None
    pair: str = ""
    """Key of the pair that the value becomes."""


@dataclass(slots=True)
class Block:
    """How the attributes of one block are read; steps are worked out when first needed."""

    mapping: TypeMapping
    root: Mapping[str, Shape]
    shape: Shape
    tree: _Tree
    within: tuple[str, ...] = ()
    path: tuple[str, ...] = ()
    constants: Mapping[str, Planned] = field(default_factory=dict)
    """Properties that each object of the block gets."""
    steps: dict[str, Step | None] = field(default_factory=dict)
    _spellings: dict[str, str] = field(default_factory=dict)

    def step(self, key: str) -> Step | None:
        """Give where an attribute goes; None when no property has it."""
        if key not in self.steps:
            self.steps[key] = self._worked_out(key)
        return self.steps[key]

    def _worked_out(self, key: str) -> Step | None:
        branch = self.tree.get(key)
        tree = branch if isinstance(branch, dict) else {}
        target = tree.get(_TARGET)
        if target == "" or (not self.path and key in TAGS):
            return None
        if target == HERE:
            inner = Block(self.mapping, self.root, self.shape, tree, self.within, self.path)
            return Step((), is_absolute=False, leaf=None, inner=inner, is_list=False)
        if not isinstance(target, str):
            name = self._spelling(key)
            return self._step(key, (*self.within, name), tree) if name else None
        path, _, pair = target.removeprefix("/").partition("#")
        step = self._step(
            key, tuple(path.split(".")), tree, is_absolute=target.startswith("/"), pair=pair
        )
        assert step is not None, f"{self.mapping.source}: {key} → {target}"
        return step

    def _spelling(self, key: str) -> str:
        if not self._spellings:
            shape = shape_at(self.shape, self.within)
            names = shape if isinstance(shape, dict) else {}
            self._spellings.update({name.lower(): name for name in names})
        return self._spellings.get(key.replace("_", "").lower(), "")

    def _step(
        self,
        key: str,
        path: tuple[str, ...],
        tree: _Tree,
        *,
        is_absolute: bool = False,
        pair: str = "",
    ) -> Step | None:
        shape = shape_at(self.root if is_absolute else self.shape, path)
        if shape is None:
            return None
        full = path if is_absolute else (*self.path, *path)
        words = self.mapping.words.get(".".join(full))
        own = self.mapping.leaves.get(".".join(full))
        if own or pair:
            return Step(path, is_absolute, own or LEAVES["string", False], None, False, words, pair)
        is_list = isinstance(shape, list)
        element = shape[0] if isinstance(shape, list) else shape
        if isinstance(element, dict):
            marks = {} if self.path else self.mapping.marks.get(key, {})
            inner = Block(self.mapping, self.root, element, tree, (), full, marks)
            return Step(path, is_absolute, None, inner, is_list, words)
        assert isinstance(element, str)
        return Step(path, is_absolute, LEAVES[element, is_list], None, is_list=False, words=words)


def compiled(mapping: TypeMapping) -> Block:
    """Give the block that reads resources of a mapping."""
    root = resource_shape(mapping.target) or {}
    within = tuple(mapping.within.split(".")) if mapping.within else ()
    return Block(mapping, root, dict(root), _tree(mapping.names), within)


def shape_at(shape: Shape | Mapping[str, Shape] | None, path: tuple[str, ...]) -> Shape | None:
    """Give the shape at a path of names; lists on the way are passed through."""
    current = shape
    for name in path:
        if isinstance(current, list):
            current = current[0]
        if current == "map":
            return "map"
        current = current.get(name.removesuffix("[]")) if isinstance(current, Mapping) else None
    return dict(current) if isinstance(current, Mapping) else current


def _tree(names: Names) -> _Tree:
    tree: _Tree = {}
    for source, target in names.items():
        branch = tree
        for part in source.split("."):
            below = branch.setdefault(part, {})
            assert isinstance(below, dict)
            branch = below
        branch[_TARGET] = target
    return tree


def fill(
    values: Mapping[str, Planned], block: Block, found: dict[str, Planned], root: dict[str, Planned]
) -> None:
    """Write the properties of a block's attributes into `found`; absolute ones into `root`."""
    steps = block.steps
    for key, value in values.items():
        if value is None:
            continue
        step = steps[key] if key in steps else block.step(key)
        if step is None:
            continue
        mapped = _mapped(value, step, found, root)
        if mapped is None:
            continue
        target = root if step.is_absolute else found
        if len(step.path) == 1 and step.path[0] not in target:
            target[step.path[0]] = mapped
        else:
            put(target, step.path, mapped)


def _mapped(
    value: Planned, step: Step, found: dict[str, Planned], root: dict[str, Planned]
) -> Planned:
    block = step.inner
    if block is None:
        return _leaf(value, step)
    if not step.path:
        _unfold(value, block, found, root)
        return None
    if isinstance(value, Unknown):
        return value
    objects = [_object(part, block, root) for part in _parts(value) if part is not None]
    if step.is_list:
        return objects
    # NOTE: a block that stands once is a list of one in Terraform; an empty list is a block that nobody wrote.
    return objects[0] if objects else None


def _leaf(value: Planned, step: Step) -> Planned:
    assert step.leaf is not None
    # NOTE: of a policy's text with gaps the statements are read; any other text with gaps stays as it is.
    is_late = isinstance(value, Unknown) and not (step.leaf is as_policy and any(value.pieces))
    mapped = value if is_late else step.leaf(value)
    if step.words is not None and isinstance(mapped, str):
        mapped = step.words.get(mapped, mapped)
    if step.pair and mapped is not None:
        return [{"Key": step.pair, "Value": mapped}]
    return mapped


def _unfold(
    value: Planned, block: Block, found: dict[str, Planned], root: dict[str, Planned]
) -> None:
    """Write the attributes of a block into the object around it."""
    if isinstance(value, Unknown):
        value = dict.fromkeys((key for key in block.tree if key), UNKNOWN)
    for part in _parts(value):
        if isinstance(part, dict):
            fill(part, block, found, root)


def _parts(value: Planned) -> list[Planned]:
    """Give the objects of a block; some attributes hold them as JSON text."""
    if isinstance(value, str):
        value = decoded(value)
    return value if isinstance(value, list) else [value]


def _object(part: Planned, block: Block, root: dict[str, Planned]) -> Planned:
    if not isinstance(part, dict):
        return part if isinstance(part, Unknown) else misshapen(shape_name(part), "a block")
    found: dict[str, Planned] = deepcopy(dict(block.constants)) if block.constants else {}
    fill(part, block, found, root)
    return found


def put(target: dict[str, Planned], path: tuple[str, ...], value: Planned) -> None:
    """Write a value at a path of names, together with what stands there already."""
    for name in path[:-1]:
        below: Planned
        if name.endswith("[]"):
            listed = target.setdefault(name.removesuffix("[]"), [{}])
            below = listed[0] if isinstance(listed, list) and listed else None
        else:
            below = target.setdefault(name, {})
        if not isinstance(below, dict):
            return
        target = below
    last = path[-1]
    target[last] = together(target[last], value) if last in target else value
