"""Reading DICOM objects that strangers send, and turning their frames into pictures."""
