"""Communes, EPCI, départements, régions, their populations and strata."""
