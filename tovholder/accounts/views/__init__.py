"""Pages about logins: the administrator's, one's own, and the way in."""
