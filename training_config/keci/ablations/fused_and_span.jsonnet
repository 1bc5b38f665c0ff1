// Eq. 9 sees the span's own vector beside the fused one.
(import '../biorelex.jsonnet') { model+: { final_representation: 'fused_and_span' } }
