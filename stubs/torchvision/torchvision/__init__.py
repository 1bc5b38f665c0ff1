"""
An import-only placeholder for torchvision, installed by the distribution
`bio-ie-torchvision-placeholder`.

AllenNLP imports `torchvision`, `torchvision.ops` and `torchvision.ops.boxes` at start-up and uses
them in its image models only. A real torchvision must match the installed torch build exactly, so
text-only set-ups are better off without one. This package makes those imports work and holds
nothing else: reading any other attribute raises an error that says so.
"""

IS_PLACEHOLDER = True


def _refuse(module: str, name: str) -> AttributeError:
    """
    The error for reading `name` from `module`. An `AttributeError`, so that `hasattr` answers
    `False`, and optional image support elsewhere stays off, instead of crashing.
    """
    return AttributeError(
        f"'{module}.{name}' does not exist: this torchvision is an import-only placeholder for"
        " text models. For image models, run 'pip uninstall bio-ie-torchvision-placeholder' and"
        " install the real torchvision that matches your torch."
    )


def __getattr__(name: str) -> object:
    raise _refuse(__name__, name)
