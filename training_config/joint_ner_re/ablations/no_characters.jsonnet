// Words by their wordpieces alone, as in the paper.
(import '../conll04.jsonnet') { characters:: false }
