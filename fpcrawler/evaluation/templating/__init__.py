"""Pictures of one template: a small box differs, all else is equal.

Dashboards, game frames and forms are such pictures. Their files agree in the first
bytes and, by chance, in the length, so they test whether a verdict says too much.
Needs requirements-evaluate.txt.
"""
