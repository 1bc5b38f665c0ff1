// Table 2 (a): the relation loss counts fully from the first step (eq. 9).
(import '../conll04.jsonnet') { model+: { relation_loss_weight: { type: 'constant' } } }
