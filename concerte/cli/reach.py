"""Under which names this machine is reached, when the site listens on all its addresses (`HOST=0.0.0.0`)."""

import ipaddress
import socket

SOMEWHERE_ELSE = ("192.0.2.1", 9)  # kept for documentation: nothing is sent there, the system only says by which way


def is_every_address(host: str) -> bool:
    """Whether listening there is listening everywhere."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def own_names() -> list[str]:
    """The name of this machine, and the address others reach it at, when it has one."""
    names = [socket.gethostname().lower()]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(SOMEWHERE_ELSE)
        except OSError:  # no network: nobody else reaches it
            return names
        names.append(probe.getsockname()[0])
    return names
