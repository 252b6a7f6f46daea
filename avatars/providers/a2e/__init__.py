"""A2E (docs/contracts/a2e.md): `api` knows HTTP and its envelope, `faults` its errors, `orders` its words, `provider` ours."""
