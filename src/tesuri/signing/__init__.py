"""Signatures over what leaves this installation and is believed elsewhere; an adapter of the library `cryptography`."""
