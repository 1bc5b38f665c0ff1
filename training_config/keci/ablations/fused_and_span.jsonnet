// Eq. 9 sees the span's own vector in addition to the fused vector.
(import '../biorelex.jsonnet') { model+: { final_representation: 'fused_and_span' } }
