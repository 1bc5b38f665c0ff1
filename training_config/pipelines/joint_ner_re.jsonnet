// Mentions and their relations, by one model.
//
//     bio-ie annotate training_config/pipelines/joint_ner_re.jsonnet abstracts.jsonl --output runs/annotated
local settings = import '../lib/shared/settings.libsonnet';

settings.closed('the pipeline', {
  // The archive of `make demo`.
  archive:: 'runs/demo/model.tar.gz',

  steps: [
    { type: 'archive', name: 'joint_ner_re', archive: $.archive },
  ],
}, ['keep_annotations'])
