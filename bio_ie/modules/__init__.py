from bio_ie.modules import pair_scorers, poolings, schedules, tagging, token_embedders
