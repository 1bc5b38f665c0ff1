// Sentences derived from MedMentions (st21pv), with the embedded encoder. Per token, entity linking
// alone.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions_sentences + linking.architectures.pt_single + linking.recipe {
  num_epochs:: 4,  // since there are some seven times as many words as in BC5CDR
}
