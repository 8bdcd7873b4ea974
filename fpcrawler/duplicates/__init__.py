"""Group the images of feeds by the verdicts of ``core.fingerprint.verdicts``."""
