"""Boxes that something other than the user proposes: a network, tracking, two key frames. No torch, no Qt, no files."""
