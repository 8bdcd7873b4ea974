"""Group the images of feeds by ``core.fingerprint.verdicts``, or by device."""
