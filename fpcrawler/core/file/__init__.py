"""Files of which only some bytes are here."""
