// ACE04 (licensed) as prepared by the LSTM-ER scripts: bnews and nwire, one of five folds, a tenth
// held out to validate (section 3.1.1). All: see ../ade.jsonnet.
local base = import '../../lib/joint_ner_re.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';
local parts = import '../../lib/parts.libsonnet';
local paths = import '../../lib/paths.libsonnet';
local folder = paths.data + '/ace04';

base + parts.folded(folder, 5, 0.1, { corpora: ['bnews', 'nwire'] }) + {
  // Without Discourse relations.
  corpus:: { type: 'filtered', format: 'lstm_er', relation_types: { DISC: null } },
  encoder:: encoders.bert_base_cased,
  num_epochs:: 15,
  batch_size:: 16,
  encoder_lr:: 2e-5,
}
