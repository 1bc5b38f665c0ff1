// Sentences with pairs of entities (RELVM): readers, and the folds of GAD and EU-ADR.
local paths = import '../shared/paths.libsonnet';
local words = import '../shared/words.libsonnet';

{
  // One fold of GAD or EU-ADR, from 1 to 10, as BioBERT's files have it. There is no validation part.
  fold(folder, number):: {
    train: '%s/gad_euadr/%s/%d/train.tsv' % [paths.data, folder, number],
    test: '%s/gad_euadr/%s/%d/test.tsv' % [paths.data, folder, number],
  },
  gad(number):: self.fold('GAD', number),
  euadr(number):: self.fold('euadr', number),
  // All sentences of both corpora: each fold has all of them.
  evaluated:: [
    { file: '%s/gad_euadr/%s/1/t*.tsv' % [paths.data, folder], format: 'blinded_tsv' }
    for folder in ['GAD', 'euadr']
  ],

  local reader = {
    type: 'relation_context',
    token_indexers: { tokens: { type: 'single_id', lowercase_tokens: true } },
    entity_indexers: { entities: { type: 'single_id', namespace: 'entities' } },
    tokenizer: words.tokenizer,
  },
  // Unlabelled sentences with pairs from `bio-ie extract-pairs`, without the sentences of evaluation.
  unlabelled(transductive=false):: reader {
    corpus: { type: 'pair_sentences' },
    exclude: $.evaluated,
    transductive: transductive,
  },
  // All sentences to classify.
  labelled:: reader {
    corpus: { type: 'blinded_tsv' },
    label: 'relation',
    max_length: null,
  },
}
