// The folders of corpora and of knowledge bases, relative to the working directory. Corpora are not part of
// the project (README.md says where to get each of them): put them, or a link to them, here.
{
  data: 'data',
  // Files made by `bio-ie build-kb` and `bio-ie embed-concepts` (docs/knowledge.md).
  knowledge_bases: 'knowledge_bases',
  // The folder of trained models, for experiments that need the archive of another one.
  runs: 'runs',
  fixtures: 'fixtures',
}
