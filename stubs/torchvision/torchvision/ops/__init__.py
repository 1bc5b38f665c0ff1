"""Import-only placeholder for `torchvision.ops`; see `torchvision`."""

from torchvision import _refuse


def __getattr__(name: str) -> object:
    raise _refuse(__name__, name)
