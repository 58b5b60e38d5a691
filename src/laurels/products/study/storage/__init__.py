"""Originals of what members upload: on disk, or in a bucket that speaks S3's protocol.

Purpose: keep files as they came, so that they can be downloaded, and read anew
when reading gets better.

Invariants: what `put` has returned from is there after a crash, and whole; a file
appears whole or not at all; its key is random, has no word of anybody's in it and
is told to nobody; whoever may see a file is decided elsewhere, before.

A file and its row can't be written as one: the file comes first and goes last. So
a crash can leave a file without a row, never a row without a file; `Storage.keys`
finds what is left over.

Begin reading at `storing`. This room knows no class and no member.
"""

from laurels.products.study.storage.errors import StorageUnavailable
from laurels.products.study.storage.opening import open_storage
from laurels.products.study.storage.storing import Storage, new_key

__all__ = ["Storage", "StorageUnavailable", "new_key", "open_storage"]
