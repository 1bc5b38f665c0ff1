// The five architectures of the paper (section 2.2), to be added to base.libsonnet:
// `base + architectures.pt_hierarchical`.
local encoders = import '../shared/encoders.libsonnet';

{
  local bilstm = {
    type: 'packed_lstm',
    hidden_size: 256,
    num_layers: 2,
    dropout: 0.1,
    bidirectional: true,
  },
  local hierarchical = {
    architecture:: 'hierarchical',
    task_encoder:: bilstm,
    tune_encoder_on:: ['entity_linking'],  // section 3.1
  },

  // Per token. One task by itself: `pt_single { tasks:: ['entity_typing'] }` is another one.
  pt_single:: { tasks:: ['entity_linking'] },
  pt_multi:: {},
  pt_hierarchical:: hierarchical,

  // Per entity. Single: what mentions there are, a model of mention_recognition by itself says,
  // whose archive is `mention_detector`.
  pe_single:: { granularity:: 'entity', tasks:: ['entity_linking'], span_source:: 'archive' },
  pe_hierarchical:: hierarchical { granularity:: 'entity' },

  // The baselines "BiLSTM-CRF" (section 3.2): words at random in place of the pretrained encoder. With
  // very many concepts there is no CRF (Table 2).
  bilstm(task, crf=true):: {
    tasks:: [task],
    encoder:: encoders.random_words(200),
    task_encoder:: bilstm,
    encoder_lr:: 1e-3,
    [if crf then 'nil_weight']:: 1.0,
    model+: { tasks+: { [task]+: { [if crf then 'tag_decoder']: { type: 'crf' } } } },
    // One rate for all: the encoder is a table of words.
    trainer+: { optimizer+: { parameter_groups: [] } },
  },
}
