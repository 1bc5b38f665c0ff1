// The joint model and its reader as in the paper; the embedded encoder lends its tokenizer, and
// data paths are not used.
local base = import '../training_config/lib/joint_ner_re/base.libsonnet';

base {
  corpus:: { type: 'jsonl' },
  train_data_path: '',
}
