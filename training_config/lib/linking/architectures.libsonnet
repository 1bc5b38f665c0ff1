// The five architectures of the paper (section 2.2), to be added to base.libsonnet:
// `base + architectures.pt_hierarchical`.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

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

  // Per token. `pt_single` is one task by itself; for another one, `pt_single { tasks:: ['entity_typing'] }`.
  pt_single:: settings.layer({ tasks:: ['entity_linking'] }),
  pt_multi:: settings.layer({}),
  pt_hierarchical:: settings.layer(hierarchical),

  // Per entity. The mentions of `pe_single` come from a model of mention_recognition alone, whose archive is
  // `mention_detector`.
  pe_single:: settings.layer({ granularity:: 'entity', tasks:: ['entity_linking'], span_source:: 'archive' }),
  pe_hierarchical:: settings.layer(hierarchical { granularity:: 'entity' }),

  // The baselines "BiLSTM-CRF" (section 3.2): random word vectors in place of the pretrained encoder. With
  // very many concepts there is no CRF (Table 2).
  bilstm(task, crf=true):: settings.layer({
    tasks:: [task],
    encoder:: encoders.random_words(200),
    task_encoder:: bilstm,
    encoder_lr:: 1e-3,
    [if crf then 'nil_weight']:: 1.0,
    model+: { tasks+: { [task]+: { [if crf then 'tag_decoder']: { type: 'crf' } } } },
    // One learning rate for all parts, since the encoder is only a table of word vectors.
    trainer+: { optimizer+: { parameter_groups: [] } },
  }),
}
