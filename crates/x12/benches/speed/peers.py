"""Measures the Python peers on a file and prints `PEER name seconds`; says so where one is not installed.

Processor time of the work alone: imports and the reading of maps by a first run are not counted. Of one that is quick
it is the best of five rounds of several runs each, as it is of ours.
"""

import io
import sys
import time


def measure(name, work):
    work()
    best = seconds(work, 1)
    if best < 0.5:
        best = min(seconds(work, 10) for _ in range(5))
    print("PEER", name, best)


def seconds(work, times):
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


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
