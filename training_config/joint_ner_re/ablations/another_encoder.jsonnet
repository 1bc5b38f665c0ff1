// Another encoder, downloaded from the hub when first used.
local encoders = import '../../lib/shared/encoders.libsonnet';
(import '../conll04.jsonnet') { encoder:: encoders.bert_base_cased }
