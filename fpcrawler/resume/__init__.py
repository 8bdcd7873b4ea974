"""Resume earlier crawls: write notes about them, and read feeds and notes."""
