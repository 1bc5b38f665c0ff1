// The open vocabularies for texts about molecules. Proteins are also found by the symbols of their genes
// ("DNMT1", where MeSH has "DNA (Cytosine-5-)-Methyltransferase 1"), and molecules that open.jsonnet calls
// chemicals have more specific types.
//
//     bio-ie build-kb training_config/knowledge/molecules.jsonnet --output molecules.sqlite
(import 'open.jsonnet') {
  mesh_types+:: {
    'D05.500': 'Protein Complex',
    'D08.811': 'Enzyme',
    D12: 'Protein',
    'D12.125': 'Amino Acid',
    'D12.644': 'Peptide',
    'D13.444': 'Nucleic Acid',
    'D13.444.308': 'DNA',
    'D13.444.735': 'RNA',
    A11: 'Cell',
    'A11.284': 'Cellular Structure',
    'G05.360': 'Genome',
  },
  mapped_names:: true,
}
