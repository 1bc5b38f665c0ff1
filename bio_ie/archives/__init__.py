"""Archives of trained models. Importing the package makes AllenNLP check those that it loads."""

from bio_ie.archives.guarded_loading import guard_loading

guard_loading()
