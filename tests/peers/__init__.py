"""DICOM peers: real ones at the other end of the line."""
