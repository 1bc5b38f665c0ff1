// Sentences derived from MedMentions (st21pv), with the embedded encoder. Per token, mention
// recognition below entity linking: there are no semantic types.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions_sentences + linking.architectures.pt_hierarchical + linking.recipe {
  num_epochs:: 4,  // since there are some seven times as many words as in BC5CDR
  tasks:: ['mention_recognition', 'entity_linking'],
}
