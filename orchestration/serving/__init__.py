"""The doors through which published marts are read."""
