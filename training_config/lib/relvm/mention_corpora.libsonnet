// GAD and EU-ADR for mention_relations.libsonnet and sentence_classifier.libsonnet, with RELVM's numbers of
// steps: `base + corpora.gad`. A fold has no part to choose an epoch by, so the number of epochs is fixed.
// `fold:: 3` chooses another fold, from 1 to 10; `bio-ie repeat CONFIG --folds 1-10` runs all of them.
local corpora = import 'corpora.libsonnet';
local settings = import '../shared/settings.libsonnet';
{
  local steps_and_fold(num_iterations, fold) = {
    fold:: 1,
    num_iterations:: num_iterations,
    train_data_path: fold(self.fold).train,
    test_data_path: fold(self.fold).test,
    evaluate_on_test: true,
  },
  gad:: settings.layer(steps_and_fold(3000, corpora.gad)),  // section 4.2
  euadr:: settings.layer(steps_and_fold(200, corpora.euadr)),  // section 4.2
}
