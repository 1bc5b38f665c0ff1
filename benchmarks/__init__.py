"""How fast the package is, as ratios of things measured side by side; see README.md here."""
