// Mentions and their relations, by one model. The archive is that of `make demo`.
//
//     bio-ie annotate training_config/pipelines/joint_ner_re.jsonnet abstracts.jsonl --output runs/annotated
{
  steps: [
    { type: 'archive', name: 'joint_ner_re', archive: 'runs/demo/model.tar.gz' },
  ],
}
