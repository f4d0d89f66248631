"""Ports have one spelling, whichever scanner names them."""

import pytest

from tesuri.untrusted.port import port_name


@pytest.mark.parametrize(
    ("number", "protocol", "name"),
    [
        ("443", "tcp", "443/tcp"),
        ("443", "TCP", "443/tcp"),
        ("443/tcp", "", "443/tcp"),
        ("53", "", "53"),
        ("0", "tcp", ""),
        ("general/tcp", "", ""),
        ("", "tcp", ""),
    ],
)
def test_a_port_is_number_and_protocol_and_a_whole_host_is_none(
    number: str, protocol: str, name: str
) -> None:
    assert port_name(number, protocol) == name
