"""Frameworks: lists of requirements that others publish, or that we wrote, which controls answer to."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a framework."""

    id: str
    """As the framework writes it: 5.2, EC2.13, SEC05."""
    title: Mapping[str, str]
    """By language: en, ja; what it asks for, in our own words."""
    unseen: Mapping[str, str]
    """By language: why no control can see it; empty where one does."""


@dataclass(frozen=True, slots=True)
class RequirementGroup:
    """A part of a framework under a heading of its own."""

    id: str
    title: Mapping[str, str]
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """One framework in one version."""

    id: str
    """The key by which `maps` of a control names it: cis-aws-3.0."""
    aliases: tuple[str, ...]
    """Shorter names that a person may use for it."""
    title: Mapping[str, str]
    source: Mapping[str, str]
    """Who publishes it, and which version this is."""
    includes: tuple[str, ...]
    """Frameworks whose requirements it holds too."""
    groups: tuple[RequirementGroup, ...]

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Requirements of its own, in their order."""
        return tuple(each for group in self.groups for each in group.requirements)
