"""The data keys, in a database of their own: an app for itself, so that its database is made by one small migration."""
