package main

import rego.v1

deny_ssh contains {"msg": msg, "address": change.address, "severity": "high"} if {
	some change in input.resource_changes
	some rule in change.change.after.ingress
	rule.from_port <= 22
	rule.to_port >= 22
	some place in rule.cidr_blocks
	not place in data.offices
	msg := sprintf("SSH is open to %s", [place])
}

warn contains msg if {
	some change in input.resource_changes
	not change.change.after.tags.service
	msg := sprintf("%s says no service", [change.address])
}

exception contains rules if {
	input.terraform_version == "0.12.31"
	rules := ["ssh"]
}
