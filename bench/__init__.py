"""Measures of the co-writing engine beside other Yjs servers, all driven by one neutral load generator."""
