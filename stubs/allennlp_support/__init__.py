"""
Lets AllenNLP 2.10.1 import on today's libraries. It is installed together with `bio_ie`.

Some modules of AllenNLP import names that libraries no longer have. This package registers a finder
that Python asks when a module is imported. When one of those modules is imported, the finder gives
it the missing names; see `allennlp_support.mends`. No other module sees these names, and nothing of
AllenNLP is copied or changed on the disk.

The line in `allennlp_support.pth` imports this package whenever Python starts. So it does not
matter how AllenNLP is reached: by `bio-ie`, `allennlp`, `python -m allennlp`, a test, a notebook or
a new process. Every start of Python in the environment pays for it, so this module imports only
what Python has loaded already.
"""

import sys


class MendingFinder:
    """Finds AllenNLP's modules that need a mend, and mends them when they are executed."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        if not name.startswith("allennlp."):
            return None
        from allennlp_support.mends import MENDS

        if name not in MENDS:
            return None
        others = (finder for finder in sys.meta_path if finder is not MendingFinder)
        specs = (finder.find_spec(name, path, target) for finder in others)
        spec = next(filter(None, specs), None)
        if spec is not None and spec.loader is not None:
            execute, mend = spec.loader.exec_module, MENDS[name]

            def exec_module(module):  # type: ignore[no-untyped-def]
                with mend(module):
                    execute(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def install() -> None:
    """Registers the finder, unless it is registered already."""
    if not any(finder is MendingFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, MendingFinder)


install()
