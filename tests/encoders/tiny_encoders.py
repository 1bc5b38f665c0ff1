"""Tiny random encoders of several families, with tokenizers trained on a few sentences."""

from pathlib import Path
from typing import Any, Dict, List

import torch
from tokenizers import (
    Regex,
    Tokenizer,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    AlbertConfig,
    AutoModel,
    AutoModelForTextEncoding,
    BertConfig,
    DebertaV2Config,
    DistilBertConfig,
    ElectraConfig,
    GPT2Config,
    LlamaConfig,
    LongformerConfig,
    ModernBertConfig,
    MPNetConfig,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen3Config,
    RobertaConfig,
    T5Config,
)

SENTENCES = [
    "Val (valproate) and val-like drugs: a val induced rash, then a second rash (mild).",
    "The drugs were given in 12 cases; 3 of the 12 had a rash after 150 mg/day of val.",
    "Rash and fever, but no val-induced fever (n=3), in the second case of the drugs.",
]
TEXTS = [
    *SENTENCES,
    "(val) induced: mg-rash.",
    "A β-val (α2) rash, naïve fever.",
    "rash",
]

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>", "<mask>"]
# Qwen's digits are pieces of their own, Llama's come in threes.
QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def wordpiece() -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token="<unk>"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=150, special_tokens=SPECIAL)
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return _enclosed(tokenizer)


def byte_level(add_prefix_space: bool = False, words: str = "") -> Tokenizer:
    """GPT-2's and RoBERTa's kind, or with `words`, which is what makes a word, Llama 3's or
    Qwen's."""
    tokenizer = Tokenizer(models.BPE())
    bytes_of = pre_tokenizers.ByteLevel(add_prefix_space=add_prefix_space, use_regex=not words)
    tokenizer.pre_tokenizer = (
        pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(words), "isolated"), bytes_of])
        if words
        else bytes_of
    )
    trainer = trainers.BpeTrainer(
        vocab_size=340,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return _enclosed(tokenizer)


def unigram() -> Tokenizer:
    """ALBERT's, DeBERTa's and T5's kind, as SentencePiece trains it."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=90, special_tokens=SPECIAL, unk_token="<unk>")
    tokenizer.train_from_iterator(SENTENCES, trainer)
    return _enclosed(tokenizer)


def _enclosed(tokenizer: Tokenizer) -> Tokenizer:
    start, end = (tokenizer.token_to_id(token) for token in ("<s>", "</s>"))
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", start), ("</s>", end)]
    )
    return tokenizer


SIZE: Dict[str, Any] = {
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 24,
    "max_position_embeddings": 40,
}
DECODER = {**SIZE, "num_key_value_heads": 1}
# ModernBERT's own are those of its tokenizer of 50,368 pieces.
NO_DEFAULT_IDS = dict.fromkeys(
    ["bos_token_id", "eos_token_id", "cls_token_id", "sep_token_id", "pad_token_id"]
)
DEBERTA_V3: Dict[str, Any] = {
    "pos_att_type": ["p2c", "c2p"],
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "position_buckets": 8,
    "position_biased_input": False,
    "type_vocab_size": 0,
}
DECODERS = frozenset(["gpt2", "llama", "qwen2", "qwen3"])
"""The families that read a text from left to right."""

FAMILIES: Dict[str, Any] = {
    # The config and what makes the tokenizer.
    "bert": (BertConfig(**SIZE), wordpiece),
    "electra": (ElectraConfig(**SIZE, embedding_size=16), wordpiece),
    "distilbert": (
        DistilBertConfig(dim=16, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=40),
        wordpiece,
    ),
    "roberta": (RobertaConfig(**SIZE), byte_level),
    "roberta with a space before the text": (
        RobertaConfig(**SIZE),
        lambda: byte_level(add_prefix_space=True),
    ),
    "longformer": (LongformerConfig(**SIZE, attention_window=8), byte_level),
    "gpt2": (
        GPT2Config(n_embd=16, n_layer=2, n_head=2, n_positions=40, n_inner=24),
        byte_level,
    ),
    # Two layers that see the pieces beside them alone, between two that see all.
    "modernbert": (
        ModernBertConfig(**SIZE | {"num_hidden_layers": 4}, local_attention=8, **NO_DEFAULT_IDS),
        byte_level,
    ),
    "llama": (LlamaConfig(**DECODER), lambda: byte_level(words=LLAMA_WORDS)),
    "qwen2": (Qwen2Config(**DECODER), lambda: byte_level(words=QWEN_WORDS)),
    "qwen3": (Qwen3Config(**DECODER, head_dim=8), lambda: byte_level(words=QWEN_WORDS)),
    "albert": (AlbertConfig(**SIZE, embedding_size=8), unigram),
    "deberta-v2": (DebertaV2Config(**SIZE, relative_attention=True, **DEBERTA_V3), unigram),
    "mpnet": (MPNetConfig(**SIZE), wordpiece),
    "t5": (T5Config(d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2), unigram),
}


def save_encoder(family: str, folder: Path, **settings: Any) -> str:
    """Saves a random encoder of the family, whose config may have other `settings`, with its
    tokenizer, and returns the folder."""
    config, make_tokenizer = FAMILIES[family]
    tokenizer = make_tokenizer()
    config = type(config).from_dict(
        {
            **config.to_dict(),
            "vocab_size": tokenizer.get_vocab_size(),
            "pad_token_id": tokenizer.token_to_id("<pad>"),
            **settings,
        }
    )
    torch.manual_seed(0)
    model_class: Any = AutoModelForTextEncoding if config.is_encoder_decoder else AutoModel
    model_class.from_config(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        mask_token="<mask>",
    ).save_pretrained(folder)
    return str(folder)


def pieces_of_text(folder: str, text: str) -> List[int]:
    """The ids that the encoder's tokenizer gives the text, special ones included."""
    return PreTrainedTokenizerFast.from_pretrained(folder)(text)["input_ids"]
