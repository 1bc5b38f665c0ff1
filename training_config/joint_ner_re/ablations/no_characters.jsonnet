// Words are read by their wordpieces only, as in the paper.
(import '../conll04.jsonnet') { characters:: false }
