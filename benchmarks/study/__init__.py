"""Study measured: searches and what they find, reading files, how soon answers begin, and what chats take at a cap.

`python -m benchmarks.study` measures all of it; `retrieval`, `search_speed` and `ingestion` can be run by themselves.
"""
