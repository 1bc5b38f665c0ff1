// Table 2 (c): one feedforward network for heads and tails.
(import '../conll04.jsonnet') { model+: { tail_feedforward: null } }
