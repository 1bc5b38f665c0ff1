"""An LSTM that trains fast on a CPU."""

from typing import List, NamedTuple, Optional, Tuple

import torch
from torch.nn import functional
from torch.nn.utils.rnn import PackedSequence

States = Tuple[torch.Tensor, torch.Tensor]


class PackedLSTM(torch.nn.LSTM):
    """`torch.nn.LSTM` with the same weights and the same results, but with faster training steps on
    a CPU with a `PackedSequence`. In PyTorch's own backward pass every step of a sequence adds two
    gradients of the size of all words. Here all words are split into steps at once, and their
    gradients are joined at once.

    Wherever PyTorch's own implementation is not slower (on a GPU, without gradients, for rows with
    padding), it is the one that runs.
    """

    # PyTorch overloads this method by the type of its input, which cannot be overridden in full.
    def forward(  # type: ignore[override]
        self, input: torch.Tensor, hx: Optional[States] = None
    ) -> Tuple[torch.Tensor, States]:
        if not (isinstance(input, PackedSequence) and self._is_faster(input.data, hx)):
            return super().forward(input, hx)
        steps = _Steps.of(input)
        data = input.data
        directions = 2 if self.bidirectional else 1
        hidden: List[torch.Tensor] = []
        cell: List[torch.Tensor] = []
        for layer, weights in enumerate(self._layers(directions)):
            outputs = []
            for direction, of_direction in enumerate(weights):
                inputs = data if direction == 0 else data[steps.mirrored]
                h, c = _recurrence(inputs, steps.sizes, of_direction)
                hidden.append(h[steps.last])
                cell.append(c[steps.last])
                outputs.append(h if direction == 0 else h[steps.mirrored])
            data = torch.cat(outputs, dim=1)
            if layer < self.num_layers - 1:
                data = functional.dropout(data, self.dropout, self.training)
        states = torch.stack(hidden), torch.stack(cell)  # [layers * directions, B, H]
        if input.unsorted_indices is not None:
            states = states[0][:, input.unsorted_indices], states[1][:, input.unsorted_indices]
        return input._replace(data=data), states

    def _is_faster(self, data: torch.Tensor, hx: Optional[States]) -> bool:
        is_plain = hx is None and self.proj_size == 0
        return is_plain and data.device.type == "cpu" and torch.is_grad_enabled()

    def _layers(self, directions: int) -> List[List["_Weights"]]:
        found = []
        for of_input, of_hidden, *biases in self.all_weights:
            bias = torch.stack(tuple(biases)).sum(0) if biases else None
            found.append(_Weights(of_input, of_hidden, bias))
        return [found[at : at + directions] for at in range(0, len(found), directions)]


class _Weights(NamedTuple):
    """The weights of one direction of one layer: `[4 * H, D]`, `[4 * H, H]`, `[4 * H]`."""

    of_input: torch.Tensor
    of_hidden: torch.Tensor
    bias: Optional[torch.Tensor]


class _Steps(NamedTuple):
    """The layout of `n` words of `B` rows, the longest row first, in a `PackedSequence`."""

    sizes: List[int]
    """The number of rows that have a first word, a second one, and so on."""
    last: torch.Tensor
    """`[B]`, the place of each row's last word."""
    mirrored: torch.Tensor
    """`[n]`, for each word the place of its mirror image, which is as far from the other end of the
    row."""

    @classmethod
    def of(cls, packed: PackedSequence) -> "_Steps":
        sizes = packed.batch_sizes
        first = sizes.cumsum(0) - sizes  # [T], the place of each step's first word
        step = torch.arange(len(sizes)).repeat_interleave(sizes)
        row = torch.arange(len(packed.data)) - first[step]
        lengths = torch.bincount(row)
        last = first[lengths - 1] + torch.arange(len(lengths))
        mirrored = first[lengths[row] - 1 - step] + row
        return cls(sizes.tolist(), last, mirrored)


def _recurrence(
    data: torch.Tensor,
    sizes: List[int],
    weights: _Weights,
) -> States:
    """The hidden and cell states of all words, `[n, H]`."""
    h = c = data.new_zeros(sizes[0], weights.of_hidden.size(1), dtype=weights.of_hidden.dtype)
    all_h, all_c = [], []
    for gates in functional.linear(data, weights.of_input, weights.bias).split(sizes):
        h, c = h[: len(gates)], c[: len(gates)]
        # Autocasting may multiply in half precision; states add up in the precision of the weights.
        gates = gates.to(c.dtype) + functional.linear(h, weights.of_hidden)
        input_gate, forget_gate, new, output_gate = gates.chunk(4, dim=1)
        c = forget_gate.sigmoid() * c + input_gate.sigmoid() * new.tanh()
        h = output_gate.sigmoid() * c.tanh()
        all_h.append(h)
        all_c.append(c)
    return torch.cat(all_h), torch.cat(all_c)
