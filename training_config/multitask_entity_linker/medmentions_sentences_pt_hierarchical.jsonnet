// Sentences derived from MedMentions (st21pv), with the embedded encoder. Per token, mention
// recognition below entity linking: there are no semantic types.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions_sentences + linking.architectures.pt_hierarchical + linking.recipe {
  num_epochs:: 4,  // of some seven times the words that BC5CDR has
  tasks:: ['mention_recognition', 'entity_linking'],
}
