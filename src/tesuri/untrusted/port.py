"""The port of a host on which something was seen, in one spelling for all network scanners."""

_NONE = frozenset({"", "0", "general", "-", "n/a", "none"})


def port_name(number: str, protocol: str = "") -> str:
    """Give `443/tcp`; empty where the whole host is meant. The number may already carry its protocol."""
    port, _, own = number.strip().lower().partition("/")
    if port in _NONE:
        return ""
    transport = own or protocol.strip().lower()
    return f"{port}/{transport}" if transport else port
