"""The project package: settings, entry points, supervisor and the ground modules every app may use."""

__version__ = "0.1.0"
