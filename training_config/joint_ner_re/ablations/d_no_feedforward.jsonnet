// Table 2 (d): no feedforward network for heads and tails.
(import '../conll04.jsonnet') { model+: { head_feedforward: null, tail_feedforward: null } }
