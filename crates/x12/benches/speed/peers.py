"""Measures the Python peers on a file and prints `PEER name seconds`; says so where one is not installed.

Processor time of the work alone: imports and the reading of maps by a first run are not counted. Of one that is quick
the best of several runs counts, as it does of ours.
"""

import io
import sys
import time


def measure(name, work):
    work()
    best = once(work)
    for _ in range(20 if best < 0.5 else 0):
        best = min(best, once(work))
    print("PEER", name, best)


def once(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def pyx12(path):
    try:
        import pyx12.params
        import pyx12.x12n_document
    except ImportError:
        print("ABSENT pyx12 is not installed")
        return
    import logging

    logging.disable(logging.CRITICAL)
    params = pyx12.params.params()
    measure("pyx12", lambda: pyx12.x12n_document.x12n_document(params, path, io.StringIO(), None))


def oxedi(path):
    try:
        import oxedi
    except ImportError:
        print("ABSENT oxedi is not installed")
        return
    measure("oxedi", lambda: oxedi.parse_file(path))


{"pyx12": pyx12, "oxedi": oxedi}[sys.argv[1]](sys.argv[2])
