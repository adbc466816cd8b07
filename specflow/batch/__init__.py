"""Batch: many documents at once, and only those again whose inputs have changed.

`pool` runs workers and hands out jobs, `worker` is what runs in each, `cached` builds one document or knows what it
would be, `store` keeps what was made, `fingerprints` and `keys` tell what a document was made from.
"""
