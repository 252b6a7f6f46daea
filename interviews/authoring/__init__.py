"""Positions drafted from a description, and translated: by a language model, for HR to edit (docs/authoring.md).

`documents` reads what was uploaded, `document_process` does so in a process of its own; `shapes` are the schemas a model
answers in, `drafting` and `translating` ask it; the services with rows stand in `interviews.services`.
"""
