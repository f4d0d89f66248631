package network

violation[msg] {
	change := input.resource_changes[_]
	change.type == "aws_security_group"
	change.name == "default"
	msg := sprintf("%v uses the name of the default group", [change.address])
}
