"""What ``scrapyd-deploy`` runs to build an egg; pyproject.toml says what is in it."""

from setuptools import setup

setup()
