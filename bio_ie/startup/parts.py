"""The names that this package registers. Written by `make parts`; do not edit."""

from typing import Dict, Mapping

PARTS: Dict[str, Mapping[str, str]] = {
    "allennlp.data.dataset_readers.dataset_reader.DatasetReader": {
        "dictionary_types": "bio_ie.data.dataset_readers.dictionary_types",
        "document_graph": "bio_ie.data.dataset_readers.document_graph",
        "entity_linking": "bio_ie.data.dataset_readers.entity_linking",
        "relation_context": "bio_ie.data.dataset_readers.relation_context",
        "relation_pairs": "bio_ie.data.dataset_readers.relation_pairs",
        "span_graph": "bio_ie.data.dataset_readers.span_graph",
        "tagged_relations": "bio_ie.data.dataset_readers.tagged_relations",
    },
    "allennlp.data.samplers.batch_sampler.BatchSampler": {
        "related_unrelated": "bio_ie.data.samplers.related_unrelated",
    },
    "allennlp.data.token_indexers.token_indexer.TokenIndexer": {
        "pretrained_transformer_words": (
            "bio_ie.data.token_indexers.pretrained_transformer_words_indexer"
        ),
    },
    "allennlp.data.tokenizers.sentence_splitter.SentenceSplitter": {
        "newlines": "bio_ie.text.tokenizers.newline_sentence_splitter",
        "pysbd": "bio_ie.text.tokenizers.pysbd_sentence_splitter",
    },
    "allennlp.data.tokenizers.tokenizer.Tokenizer": {
        "scispacy_rules": "bio_ie.text.tokenizers.scispacy_rules",
    },
    "allennlp.models.model.Model": {
        "cooccurrence": "bio_ie.models.relvm.cooccurrence",
        "joint_ner_re": "bio_ie.models.joint_ner_re.model",
        "keci": "bio_ie.models.keci.model",
        "multitask_entity_linker": "bio_ie.models.multitask_entity_linker.model",
        "relvm": "bio_ie.models.relvm.model",
        "relvm_from_archive": "bio_ie.models.relvm.model",
        "relvm_mention_classifier": "bio_ie.models.relvm.relvm_mention_classifier",
        "relvm_pair_classifier": "bio_ie.models.relvm.relvm_pair_classifier",
        "sentence_attention": "bio_ie.models.relvm.sentence_attention",
        "sentence_classifier": "bio_ie.models.relvm.sentence_classifier",
        "snerl": "bio_ie.models.snerl.model",
    },
    "allennlp.modules.seq2seq_encoders.seq2seq_encoder.Seq2SeqEncoder": {
        "bran_transformer": "bio_ie.modules.seq2seq_encoders.bran_transformer",
        "iterated_dilated_convolutions": (
            "bio_ie.modules.seq2seq_encoders.iterated_dilated_convolutions"
        ),
        "packed_lstm": "bio_ie.modules.seq2seq_encoders.packed_lstm",
    },
    "allennlp.modules.seq2vec_encoders.seq2vec_encoder.Seq2VecEncoder": {
        "packed_lstm": "bio_ie.modules.seq2vec_encoders.packed_lstm",
    },
    "allennlp.modules.span_extractors.span_extractor.SpanExtractor": {
        "endpoint_attentive": "bio_ie.modules.span_extractors.endpoint_attentive",
    },
    "allennlp.modules.token_embedders.token_embedder.TokenEmbedder": {
        "embedding_with_word_dropout": "bio_ie.modules.token_embedders.embedding_with_word_dropout",
        "pretrained_transformer_words": (
            "bio_ie.modules.token_embedders.pretrained_transformer_words_embedder"
        ),
    },
    "allennlp.predictors.predictor.Predictor": {
        "document": "bio_ie.predictors.document_predictor",
        "relation_pairs": "bio_ie.predictors.pair_predictor",
    },
    "allennlp.training.callbacks.callback.TrainerCallback": {
        "best_thresholds": "bio_ie.training.callbacks.best_thresholds",
        "exact_recovery": "bio_ie.training.callbacks.exact_recovery",
        "schedules": "bio_ie.training.callbacks.schedule_lengths",
    },
    "allennlp.training.checkpointer.Checkpointer": {
        "atomic": "bio_ie.training.atomic_checkpointer",
    },
    "allennlp.training.optimizers.Optimizer": {
        "fused_adamw": "bio_ie.training.fused_adamw",
    },
    "bio_ie.annotation.steps.annotation_step.AnnotationStep": {
        "archive": "bio_ie.annotation.steps.archive",
        "candidates": "bio_ie.annotation.steps.candidates",
        "dictionary": "bio_ie.annotation.steps.dictionary",
    },
    "bio_ie.commands.command.Command": {
        "annotate": "bio_ie.commands.annotate",
        "build-index": "bio_ie.commands.build_index",
        "build-kb": "bio_ie.commands.build_kb",
        "build-pairs": "bio_ie.commands.build_pairs",
        "build-vocab": "bio_ie.commands.allennlp_commands",
        "checklist": "bio_ie.commands.allennlp_commands",
        "convert": "bio_ie.commands.convert",
        "count-instances": "bio_ie.commands.allennlp_commands",
        "embed-concepts": "bio_ie.commands.embed_concepts",
        "evaluate": "bio_ie.commands.evaluate",
        "extract-pairs": "bio_ie.commands.extract_pairs",
        "facts": "bio_ie.commands.facts",
        "find-lr": "bio_ie.commands.allennlp_commands",
        "kb-info": "bio_ie.commands.kb_info",
        "link": "bio_ie.commands.link",
        "link-scispacy": "bio_ie.commands.link_scispacy",
        "near-duplicates": "bio_ie.commands.near_duplicates",
        "oracle-recall": "bio_ie.commands.oracle_recall",
        "predict": "bio_ie.commands.predict",
        "render": "bio_ie.commands.render",
        "repeat": "bio_ie.commands.repeat",
        "score": "bio_ie.commands.score",
        "train": "bio_ie.commands.train",
    },
    "bio_ie.data.corpora.corpus_format.CorpusFormat": {
        "ade": "bio_ie.data.corpora.formats.ade",
        "annotated": "bio_ie.data.corpora.formats.annotated",
        "bioc_json": "bio_ie.data.corpora.formats.bioc",
        "bioc_xml": "bio_ie.data.corpora.formats.bioc",
        "biorelex": "bio_ie.data.corpora.formats.biorelex",
        "blinded_tsv": "bio_ie.data.corpora.formats.blinded_tsv",
        "brat": "bio_ie.data.corpora.formats.brat",
        "concatenated": "bio_ie.data.corpora.wrappers.concatenated",
        "ctd": "bio_ie.data.corpora.wrappers.ctd_facts",
        "filtered": "bio_ie.data.corpora.wrappers.filtered",
        "gsc_plus": "bio_ie.data.corpora.formats.gsc_plus",
        "hpo": "bio_ie.data.corpora.wrappers.hpo_facts",
        "i2b2": "bio_ie.data.corpora.formats.i2b2",
        "jats": "bio_ie.data.corpora.formats.jats",
        "jsonl": "bio_ie.data.corpora.formats.jsonl",
        "k_fold": "bio_ie.data.corpora.wrappers.k_fold",
        "lstm_er": "bio_ie.data.corpora.formats.lstm_er",
        "pair_sentences": "bio_ie.data.pairs.pair_sentences",
        "pooled": "bio_ie.data.corpora.wrappers.pooled",
        "projected_facts": "bio_ie.data.corpora.wrappers.projected_facts",
        "pubmed_xml": "bio_ie.data.corpora.formats.pubmed_xml",
        "pubtator": "bio_ie.data.corpora.formats.pubtator",
        "sentence_jsonl": "bio_ie.data.corpora.formats.sentence_jsonl",
        "spert": "bio_ie.data.corpora.formats.spert",
        "text": "bio_ie.data.corpora.formats.text",
    },
    "bio_ie.data.mention_source.MentionSource": {
        "archive": "bio_ie.predictors.mention_detector",
    },
    "bio_ie.data.shards.shard_format.ShardFormat": {
        "jsonl": "bio_ie.data.shards.jsonl_shards",
        "parquet": "bio_ie.data.shards.parquet_shards",
    },
    "bio_ie.knowledge.candidate_generators.candidate_generator.CandidateGenerator": {
        "exact": "bio_ie.knowledge.candidate_generators.exact",
        "scispacy": "bio_ie.knowledge.candidate_generators.scispacy",
        "tfidf": "bio_ie.knowledge.candidate_generators.tfidf",
    },
    "bio_ie.knowledge.sources.knowledge_source.KnowledgeSource": {
        "ctd": "bio_ie.knowledge.sources.ctd",
        "hpoa": "bio_ie.knowledge.sources.hpoa",
        "jsonl": "bio_ie.knowledge.sources.jsonl",
        "merged": "bio_ie.knowledge.sources.merged",
        "mesh": "bio_ie.knowledge.sources.mesh",
        "obo": "bio_ie.knowledge.sources.obo",
        "umls": "bio_ie.knowledge.sources.umls",
    },
    "bio_ie.modules.concept_embedders.concept_embedder.ConceptEmbedder": {
        "concatenated": "bio_ie.modules.concept_embedders.concatenated",
        "description": "bio_ie.modules.concept_embedders.description",
        "learned": "bio_ie.modules.concept_embedders.learned",
        "pretrained": "bio_ie.modules.concept_embedders.pretrained",
        "semantic_type": "bio_ie.modules.concept_embedders.semantic_type",
        "sum": "bio_ie.modules.concept_embedders.sum",
    },
    "bio_ie.modules.graph_encoders.graph_encoder.GraphEncoder": {
        "bidirectional_gcn": "bio_ie.modules.graph_encoders.bidirectional_gcn",
        "pass_through": "bio_ie.modules.graph_encoders.pass_through",
        "relational_gcn": "bio_ie.modules.graph_encoders.relational_gcn",
    },
    "bio_ie.modules.knowledge_fusions.knowledge_fusion.KnowledgeFusion": {
        "knowledge_attention_recontextualization": (
            "bio_ie.modules.knowledge_fusions.knowledge_attention_recontextualization"
        ),
        "none": "bio_ie.modules.knowledge_fusions.none",
        "sentinel_attention": "bio_ie.modules.knowledge_fusions.sentinel_attention",
    },
    "bio_ie.modules.pair_scorers.pair_scorer.PairScorer": {
        "biaffine": "bio_ie.modules.pair_scorers.biaffine",
        "distmult": "bio_ie.modules.pair_scorers.distmult",
        "linear": "bio_ie.modules.pair_scorers.linear",
        "mlp": "bio_ie.modules.pair_scorers.mlp",
    },
    "bio_ie.modules.poolings.pooling.Pooling": {
        "attention": "bio_ie.modules.poolings.attention",
        "logsumexp": "bio_ie.modules.poolings.logsumexp",
        "max": "bio_ie.modules.poolings.max",
        "mean": "bio_ie.modules.poolings.mean",
        "noisy_or": "bio_ie.modules.poolings.noisy_or",
        "smax": "bio_ie.modules.poolings.smax",
    },
    "bio_ie.modules.schedules.schedule.Schedule": {
        "constant": "bio_ie.modules.schedules.constant",
        "linear_warmup": "bio_ie.modules.schedules.linear_warmup",
        "step": "bio_ie.modules.schedules.step",
    },
    "bio_ie.modules.tagging.tag_decoder.TagDecoder": {
        "argmax": "bio_ie.modules.tagging.tag_decoder",
        "constrained": "bio_ie.modules.tagging.tag_decoder",
        "crf": "bio_ie.modules.tagging.tag_decoder",
    },
    "bio_ie.text.tokenizers.span_sentence_splitter.SpanSentenceSplitter": {
        "newlines": "bio_ie.text.tokenizers.newline_sentence_splitter",
        "pysbd": "bio_ie.text.tokenizers.pysbd_sentence_splitter",
    },
}
"""The module that registers each name, by the base class and the name."""

COMMANDS: Dict[str, str] = {
    "annotate": "annotate a corpus of any size",
    "build-index": "index the names of a knowledge base",
    "build-kb": "build a knowledge base",
    "build-pairs": "make a data set of pairs of entities",
    "build-vocab": "Build a vocabulary from an experiment config file.",
    "cached-path": "Cache remote files to the AllenNLP cache.",
    "checklist": "Run a trained model through a checklist suite.",
    "convert": "convert a corpus",
    "count-instances": "Count the number of training instances in an experiment config file.",
    "diff": "Display a diff between two model checkpoints.",
    "embed-concepts": "make vectors of concepts",
    "evaluate": "Evaluate the specified model + dataset(s).",
    "extract-pairs": "extract sentences with pairs of entities from texts",
    "facts": "pool the facts of documents into one graph",
    "find-lr": "Find a learning rate range.",
    "kb-info": "print the content of a knowledge base",
    "link": "look up the concepts that a text names",
    "link-scispacy": "link mentions with scispaCy, as a baseline",
    "near-duplicates": "count test sentences with a near duplicate in training",
    "oracle-recall": "print how many facts can be found at best",
    "predict": "Use a trained model to make predictions.",
    "print-results": "Print results from allennlp serialization directories to the console.",
    "push-to-hf": (
        "Push a model to the Hugging Face Hub. Pushing your models to the Hugging Face Hub "
        "([hf.co](https://hf.co/)) allows you to share your models with others. On top of that, "
        "you can try the models directly in the browser with the available widgets. Before "
        "running this command, login to Hugging Face with `huggingface-cli login`. You can "
        "specify either a `serialization_dir` or an `archive_path`, but using the first option is "
        "recommended since the `serialization_dir` contains more useful information such as "
        "metrics and TensorBoard traces."
    ),
    "render": "show documents or predictions as a web page",
    "repeat": "train a config for several folds or seeds",
    "score": "score predictions against annotations",
    "test-install": "Test AllenNLP installation.",
    "train": "Train a model.",
}
"""What `bio-ie --help` says about each command, AllenNLP's own commands among them."""
