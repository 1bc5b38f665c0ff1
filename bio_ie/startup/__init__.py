"""What is imported when: the names of packages, AllenNLP's parts, and the commands."""
