"""The child: identity, custody holders, consents, and the keys that keep them secret. Only here are identities opened."""
