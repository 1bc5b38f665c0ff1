// BC5CDR, train -> dev, with the embedded encoder. Mention recognition alone.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr + linking.architectures.pt_single + linking.recipe {
  tasks:: ['mention_recognition'],
}
