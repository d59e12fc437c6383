"""Directory trees to be served."""

import os
import time


def make_tree(root, files, directories):
    """Files of a few bytes, equally many in each directory."""
    for directory in range(directories):
        path = root / f"directory-{directory:05}"
        path.mkdir()
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        for number in range(directory, files, directories):
            file = os.open(f"file-{number:07}", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=handle)
            os.write(file, b"%d\n" % number)
            os.close(file)
        os.close(handle)


def rewrite(paths):
    """Every file once, in place; how long that took."""
    content = os.urandom(1024)
    start = time.monotonic()
    for path in paths:
        file = os.open(path, os.O_WRONLY | os.O_TRUNC)
        os.write(file, content)
        os.close(file)
    return time.monotonic() - start
