"""Ports for servers that start together."""

from __future__ import annotations

from omnisonic.platform.embedded.ports import free_ports, is_free


def test_ports_for_several_servers_differ_and_are_free() -> None:
    ports = free_ports(50)
    assert len(set(ports)) == len(ports) == 50
    assert all(is_free(port) for port in ports)
