"""Backup and restore: one sealed file that any machine with the key can be built from again.

`sealed` is the envelope (nobody reads, changes or cuts it unseen), `records` what is in it one after another,
`rows` the tables in a form that both databases can read, `making` and `restoring` the two ways.
"""
