"""Other people's methods, each in a process of its own and in an environment without gridplan.

A peer is started as ``python -m benchmarks.peers.NAME JOB`` and writes one JSON line as soon as it
is ready, then one for every plan better than those before. It ends by itself, or is ended.
"""
