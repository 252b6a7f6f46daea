"""Stand-ins of the providers on loopback, as faithful as docs/contracts/ lets them be: for tests, and for working without keys.

`manage.py provider_stub` runs them. Each is a class of routes on `interview_site.stub_server`, one file a provider; nothing
of the site imports them.
"""
