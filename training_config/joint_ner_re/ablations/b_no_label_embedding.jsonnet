// Table 2 (b): the relation module does not see the predicted tags (no eq. 3).
(import '../conll04.jsonnet') { model+: { label_embedding_dim: null } }
