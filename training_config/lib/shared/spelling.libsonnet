// The nearest of some names to a misspelt one.
{
  quoted(name):: "'" + name + "'",

  // The number of letters to insert, delete or replace (Levenshtein's distance).
  distance(one, other)::
    local letters = std.stringChars(other);
    // Each number is compared, and so computed, before the next one. Otherwise jsonnet would postpone all of
    // them until the last one is needed, and run out of stack.
    local next_row(row, letter) = std.foldl(
      function(next, place)
        local replaced = row[place] + (if letters[place] == letter then 0 else 1);
        local number = std.min(replaced, 1 + std.min(next[place], row[place + 1]));
        if number >= 0 then next + [number],
      std.range(0, std.length(letters) - 1),
      [row[0] + 1]
    );
    local last = std.foldl(next_row, std.stringChars(one), std.range(0, std.length(letters)));
    last[std.length(letters)],

  // The one of `names` that `name` most probably stands for; null if none is like it.
  nearest(name, names)::
    local distances = [
      { name: other, distance: $.distance(std.asciiLower(name), std.asciiLower(other)) }
      for other in names
      if other != name && 3 * std.abs(std.length(other) - std.length(name)) <= std.max(std.length(name), 4)
    ];
    local best = std.foldl(
      function(best, other) if best == null || other.distance < best.distance then other else best,
      distances,
      null
    );
    if best == null || 3 * best.distance > std.max(std.length(name), 4) then null else best.name,
}
