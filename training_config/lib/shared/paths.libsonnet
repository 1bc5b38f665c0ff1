// Where corpora are looked for and knowledge bases are kept, relative to the working directory. Corpora are not part of the
// project (README.md says where each is obtained): put them, or a link to them, here.
{
  data: 'data',
  // Files of `bio-ie build-kb` and `bio-ie embed-concepts` (docs/knowledge.md).
  knowledge_bases: 'knowledge_bases',
  // Where trained models are, for those that need another one's archive.
  runs: 'runs',
  fixtures: 'fixtures',
}
