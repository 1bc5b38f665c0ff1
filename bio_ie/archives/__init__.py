"""Archives of trained models."""
