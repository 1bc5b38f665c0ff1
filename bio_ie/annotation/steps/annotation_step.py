"""The base class of the steps of pipelines."""

from typing import Any, FrozenSet, List, Optional, Sequence

from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError

from bio_ie.files.failures import DocumentOrFailure

MENTIONS, CONCEPTS, RELATIONS, FACTS = "mentions", "concepts", "relations", "facts"
"""What documents can have, and steps can need and give."""


class AnnotationStep(Registrable):
    """Adds annotations to documents.

    An implementation defines `open` and `annotate` or, if it has a model, `open_to_prepare`,
    `prepare` and `finish` in place of `annotate`. Its constructor opens no file and loads no model,
    so that a step can be built to look at its settings.

    # Parameters

    name : `str`, optional
        What the step is called in the documents. By default, the name of its type.

    # Attributes

    needs, gives : `FrozenSet[str]`
        What documents must have for the step, and what they have after it: `"mentions"`,
        `"concepts"` (of mentions), `"relations"`, `"facts"`. Known after `open`.
    has_model : `bool`
        Whether the step has a model, which a GPU makes faster. Then other processes than the one
        with the GPU may `prepare` what it gets.
    """

    default_implementation = "archive"

    needs: FrozenSet[str] = frozenset()
    gives: FrozenSet[str] = frozenset()
    has_model: bool = False

    def __init__(self, name: Optional[str] = None) -> None:
        if name is not None and not name.strip():
            raise ConfigurationError("the name of a step must not be empty")
        self.name = name or self._type_name()

    def _type_name(self) -> str:
        names = (
            name
            for name, (cls, _) in Registrable._registry[AnnotationStep].items()
            if cls is type(self)
        )
        return next(names, type(self).__name__)

    def files(self) -> List[str]:
        """The files and folders on whose content the annotations depend.

        Raises `ConfigurationError` or an error of the file for one that is not there.
        """
        raise NotImplementedError

    def open(self, cuda_device: int = -1) -> None:
        """Loads the models and opens the files.

        # Parameters

        cuda_device : `int`, optional (default = `-1`)
            The number of a GPU, or -1 for the CPU.
        """
        raise NotImplementedError

    def annotate(self, items: Sequence[DocumentOrFailure]) -> List[DocumentOrFailure]:
        """The same items in the same order: each document with what the step finds in it, in any
        form that `bio_ie.annotation.merging.merged` understands. Failures pass through, and a
        document that fails becomes a failure."""
        if type(self).finish is AnnotationStep.finish:
            raise NotImplementedError
        return self.finish(self.prepare(items))

    def open_to_prepare(self) -> None:
        """Opens what `prepare` needs, in a process that does nothing else. By default, everything
        on the CPU."""
        self.open()

    def prepare(self, items: Sequence[DocumentOrFailure]) -> Any:
        """What is done without the model of the step. The result can be sent to another process.
        By default, it is the items themselves."""
        return items

    def finish(self, prepared: Any) -> List[DocumentOrFailure]:
        """What `annotate` gives, from what `prepare` gives."""
        return self.annotate(prepared)
