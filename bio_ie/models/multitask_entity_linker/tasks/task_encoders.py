"""Encodes the words for each of several tasks."""

from typing import Collection, Dict, Mapping, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.multitask_entity_linker.sentence_rows import SentenceRows
from bio_ie.models.multitask_entity_linker.tasks.linking_task import LinkingTask


class TaskEncoders(torch.nn.Module):
    """The encoders of the tasks, side by side or on top of each other (multi-task linking, section
    2.2).

    * flat: each task reads the words' vectors `x`, by its encoder if it has one.
    * hierarchical: each task but the lowest reads `[x; h]`, `h` being the output of the next lower
      task's encoder (shortcut connections, Sanh et al. 2019).

    # Parameters

    tasks : `Mapping[str, LinkingTask]`
        The tasks from low to high.
    input_dim : `int`
    hierarchical : `bool`
    tune_encoder_on : `Sequence[str]`, optional
        The tasks that read `x` with its gradient. The others read it without, so that they train
        only their own parts. By default all.
    dropout : `float`, optional (default = `0.0`)
        The dropout of the output of encoders.
    """

    def __init__(
        self,
        tasks: Mapping[str, LinkingTask],
        input_dim: int,
        hierarchical: bool,
        tune_encoder_on: Optional[Sequence[str]] = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        tuned = list(tasks) if tune_encoder_on is None else list(tune_encoder_on)
        unknown = sorted(set(tuned) - set(tasks))
        if unknown:
            raise ConfigurationError(f"tune_encoder_on: {unknown[0]!r} is not among the tasks")
        if hierarchical and len(tasks) < 2:
            raise ConfigurationError("a hierarchy needs at least two tasks")
        *lower, _ = tasks
        for name in lower if hierarchical else ():
            if tasks[name].encoder is None:
                raise ConfigurationError(
                    f"{name} needs an encoder, because the next task reads its output"
                )
        self._tasks = list(tasks)
        self._tuned = frozenset(tuned)
        self._hierarchical = hierarchical
        self.dropout = torch.nn.Dropout(dropout)
        self.encoders = torch.nn.ModuleDict()
        self.output_dims: Dict[str, int] = {}
        below = 0
        for name, task in tasks.items():
            width = input_dim + (below if hierarchical else 0)
            if task.encoder is not None:
                # Sequence encoders use one of these two names for the size of their input.
                encoder = task.encoder.construct(input_size=width, input_dim=width)
                if encoder.get_input_dim() != width:
                    raise ConfigurationError(
                        f"the encoder of {name} must not set the size of its input"
                    )
                self.encoders[name] = encoder
                width = below = encoder.get_output_dim()
            self.output_dims[name] = width

    def forward(
        self,
        x: torch.Tensor,
        mask: torch.Tensor,
        wanted: Collection[str],
        sentences: Optional[torch.Tensor] = None,
    ) -> Dict[str, torch.Tensor]:
        """The vectors of words for each task, `[B, S, output_dims[task]]`. Includes the `wanted`
        tasks and, in a hierarchy, the tasks below them.

        # Parameters

        x : `torch.Tensor`
            `[B, S, input_dim]`.
        mask : `torch.Tensor`
            `[B, S]`, bool.
        wanted : `Collection[str]`
        sentences : `torch.Tensor`, optional
            `[B, S]`, the sentence of its row that each word is in: encoders read sentences one by
            one. By default each row is one sentence.
        """
        rows = SentenceRows(mask, sentences if len(self.encoders) else None)
        x = rows.split(x)
        result: Dict[str, torch.Tensor] = {}
        lower: Optional[torch.Tensor] = None
        highest = max(map(self._tasks.index, wanted))
        for name in self._tasks[: highest + 1]:
            if name not in wanted and not self._hierarchical:
                continue
            vectors = x if name in self._tuned else x.detach()
            if self._hierarchical and lower is not None:
                vectors = torch.cat([vectors, lower], dim=-1)
            if name in self.encoders:
                vectors = lower = self.dropout(self.encoders[name](vectors, rows.mask))
            result[name] = rows.join(vectors)
        return result
