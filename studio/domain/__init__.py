"""The ground floor: plain frozen values and protocols; no Qt, no SQL, no torch, no files."""
