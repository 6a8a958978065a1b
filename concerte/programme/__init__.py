"""Programmes, axes, actions, drafts read as data, checks, proposals, editions."""
