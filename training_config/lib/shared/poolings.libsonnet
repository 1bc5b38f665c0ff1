// The poolings of a base: objects with a `type`, names of types, or null.
{
  is(pooling, type):: pooling == type || (std.isObject(pooling) && std.get(pooling, 'type') == type),

  // The optimizer's parameter group for the temperatures of those that are `smax`.
  temperature_groups(poolings, lr)::
    if !std.any([$.is(pooling, 'smax') for pooling in poolings]) then []
    else [[['log_temperature$'], { lr: lr, weight_decay: 0.0 }]],
}
