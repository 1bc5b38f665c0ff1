// Where corpora are looked for, relative to the working directory. Corpora are not part of the
// project (docs/data.md says where each is obtained): put them, or a link to them, here.
{
  data: 'data',
  fixtures: 'fixtures',
}
