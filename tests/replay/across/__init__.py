"""Recorded conversations, asked for in the languages of clients: read, written and compared without the product."""
