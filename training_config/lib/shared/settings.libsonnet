// Settings that cannot be misspelt. A base is `settings.checked({ ... })`: an experiment that overrides
// something the base does not have, or a setting that changes nothing, is an error. The checks are part of the
// config, so they work wherever it is evaluated. docs/configs/README.md says what they find.
local spelling = import 'spelling.libsonnet';

// The keys that AllenNLP reads, whether a base has them or not.
local allennlp_keys = [
  'validation_dataset_reader',
  'validation_data_path',
  'test_data_path',
  'evaluate_on_test',
  'datasets_for_vocab_creation',
  'vocabulary',
  'validation_data_loader',
  'distributed',
  'evaluation',
  'include_in_archive',
];

// What an experiment may have besides the fields of its base; `bio-ie repeat --folds` sets `fold`.
local optional = allennlp_keys + ['fold'];

// What bases have for these checks alone.
local own_fields = ['layers', 'added', 'is_checked', 'required'];

local listed(names) = std.join(', ', [spelling.quoted(name) for name in names]);

local is_hidden(object, name) = std.objectHasAll(object, name) && !std.objectHas(object, name);

local two_colons(at, colon) =
  '%s:: has two colons, so it is no part of the result; write one: %s%s' % [at, at, colon];

// Whether two values are the same, where functions and what contains them are never compared.
local same(one, other) =
  std.type(one) == std.type(other) && (std.isFunction(one) || one == other);

// Why `value`, which an experiment has at `path`, cannot be meant; `default` is what the base has there.
local part_problems(path, value, default) =
  if std.isArray(value) then std.flattenArrays(std.mapWithIndex(
    function(index, element) part_problems('%s[%d]' % [path, index], element, null), value
  ))
  else if !std.isObject(value) then []
  else
    local known = if std.isObject(default) then default else {};
    local missing = [name for name in std.objectFields(known) if !std.objectHasAll(value, name)];
    // With `+:` nothing would be missing. A part of another type has other keys, and names its type, but for a
    // vocabulary, whose type is the usual one where it has none.
    local is_replaced = missing != [] && !std.objectHasAll(value, 'type') && path != 'vocabulary'
                        && (std.objectHas(known, 'type') || path == 'trainer');
    local hidden(name) =
      local at = path + '.' + name;
      local similar = spelling.nearest(name, std.objectFields(value));
      if std.objectHasAll(known, name) && value[name] == null then []  // removes the part
      else if value[name] != null then
        [two_colons(at, ':')]
      else if similar != null then
        ['%s:: null removes nothing; did you mean %s?' % [at, spelling.quoted(similar)]]
      else [];
    (if is_replaced then
       ['%s: { ... } replaces the whole part, which then lacks %s; to change some of its keys, write ' % [
         path,
         listed(missing),
       ] + '%s+: { ... }' % path]
     else [])
    + std.flattenArrays([
      if is_hidden(value, name) then hidden(name)
      else part_problems(
        path + '.' + name,
        value[name],
        // Nothing of the base is evaluated that an experiment has replaced.
        if std.objectHas(known, name) && std.isObject(value[name]) then known[name] else null
      )
      for name in std.objectFieldsAll(value)
    ]);

// The names of `experiment`, which extends `base`, that mean nothing.
local unknown_names(base, experiment) =
  local known = std.set(std.objectFieldsAll(base) + optional + experiment.added);
  [
    'there is no setting or part %s%s' % [
      spelling.quoted(name),
      local similar = spelling.nearest(name, std.setDiff(known, own_fields));
      if similar == null then '' else '; did you mean %s?' % spelling.quoted(similar),
    ]
    for name in std.setDiff(std.objectFieldsAll(experiment), known)
  ];

// Why the parts and settings of `experiment`, whose names are right, cannot be meant.
local problems(base, experiment) =
  local defaults = std.foldl(function(sum, layer) sum + layer, experiment.layers, base);
  local names = std.setDiff(std.objectFieldsAll(defaults), std.set(own_fields + base.required));
  local settings = [name for name in names if is_hidden(defaults, name)];
  // The settings of this experiment; one colon leaves them hidden.
  local set(names) = { [name]: experiment[name] for name in names };
  local required = set([name for name in base.required if is_hidden(base, name)]);
  local context = defaults + required + set(settings);
  local of_part(name) =
    if !is_hidden(experiment, name) then part_problems(name, experiment[name], context[name])
    else if experiment[name] == null then []
    else [two_colons(name, if std.isObject(experiment[name]) then '+: { ... }' else ':')];
  local default_of(name) =
    (defaults + required + set([other for other in settings if other != name]))[name];
  local has_no_effect(name) =
    experiment[name] != null && !std.isFunction(experiment[name])
    && !same(experiment[name], default_of(name))
    && !(std.objectHasAll(base, name) && same(experiment[name], (base + required)[name]))
    && experiment == experiment { [name]: default_of(name) };
  local is_useless_fold =
    std.objectHasAll(experiment, 'fold') && !std.objectHasAll(defaults, 'fold')
    && std.isNumber(experiment.fold) && experiment == experiment { fold: super.fold + 1 };
  local parts = [name for name in names if !is_hidden(defaults, name)];
  local wrong_parts = std.flattenArrays([of_part(name) for name in parts]);
  if wrong_parts != [] then wrong_parts else [
    'the setting %s has no effect here, since what it sets is no part of this experiment; leave it out, or set '
    % spelling.quoted(name) + 'it to null'
    for name in (if is_useless_fold then ['fold'] else []) + std.filter(has_no_effect, settings)
  ];

local message(problems) = std.join('\n', problems);

{
  allennlp_keys:: allennlp_keys,

  // A base whose settings are checked in every experiment that extends it. `required` are the fields that the
  // base has no value for.
  checked(base, required=['corpus', 'train_data_path'])::
    local own = base {
      layers:: [],  // what recipes and corpora add to the base, see `layer`
      added:: [],
      required:: required,
      is_checked:: false,
    };
    local num_names(object) =
      std.length(std.objectFieldsAll(object))
      - std.length([key for key in optional + object.added if std.objectHasAll(object, key)]);
    local num_own = num_names(own);
    own {
      local experiment = self,
      local found = problems(own, experiment { is_checked: true }),
      // Jsonnet computes this for every field that is used, so it counts before it compares.
      local unknown = if num_names(experiment) == num_own then [] else unknown_names(own, experiment),
      assert unknown == [] : message(unknown),
      // This is computed once, with the trainer, since it takes as long as the experiment itself.
      trainer+: { assert experiment.is_checked || found == [] : message(found) },
      // An experiment that replaces its trainer is checked as well.
      numpy_seed: if experiment.is_checked || found == [] then super.numpy_seed else error message(found),
    },

  // Recipes and corpora: settings that are chosen for no single experiment, and may have no effect in one.
  // `added` are settings that the base does not have.
  layer(mixin, added=[]):: mixin { layers+:: [mixin], added+:: added },

  // An object of a few fields, such as an encoder, whose extensions may add none but `others`.
  closed(kind, object, others=[])::
    object {
      local known = std.set(std.objectFieldsAll(object) + others),
      local unknown = std.setDiff(std.objectFieldsAll(self), known),
      assert unknown == [] : '%s has no field %s%s; it has %s' % [
        kind,
        spelling.quoted(unknown[0]),
        local similar = spelling.nearest(unknown[0], known);
        if similar == null then '' else ' (did you mean %s?)' % spelling.quoted(similar),
        listed(std.objectFieldsAll(object)),
      ],
    },
}
