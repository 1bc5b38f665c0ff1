// Table 1, "Ours (gold)": relations between gold mentions.
(import '../conll04.jsonnet') { model+: { entity_source: 'gold', training_candidates: 'gold' } }
