"""Asks two X12 engines that are not ours, pyx12 and x12sdk, what they say of each file named.

Prints one JSON object a line: {"engine", "file", "accepted", "problems"}. Run by a test with the Python that
`cargo xtask test` prepares; knows nothing of Tierline.
"""

import io
import json
import logging
import os
import sys
import tempfile


def ask_pyx12(path):
    import pyx12.error_handler
    import pyx12.params
    import pyx12.x12n_document

    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setLevel(logging.ERROR)
    logger = logging.getLogger("pyx12")
    logger.handlers = [handler]
    logger.propagate = False
    parameters = pyx12.params.params()
    with tempfile.TemporaryDirectory() as folder:
        answer = os.path.join(folder, "answer.999")
        with open(answer, "w+", encoding="ascii", errors="replace") as stream:
            accepted = pyx12.x12n_document.x12n_document(parameters, path, stream, None)
            stream.seek(0)
            said = [segment.strip() for segment in stream.read().split("~")]
    refusals = ("IK3*", "IK4*", "IK5*R", "IK5*E", "AK9*R", "AK9*P", "AK3*", "AK4*", "AK5*R")
    problems = [segment for segment in said if segment.startswith(refusals)]
    problems += [line for line in log.getvalue().splitlines() if line.strip()]
    return bool(accepted), problems


def ask_x12sdk(path):
    from x12sdk.io import X12ModelReader

    try:
        with X12ModelReader(path) as reader:
            models = list(reader.models())
    except Exception as error:  # The engine reports what it refuses by raising.
        return False, [f"{type(error).__name__}: {line}" for line in str(error).splitlines()[:20]]
    if not models:
        return False, ["no transaction set was found"]
    return True, []


def main(paths):
    for path in paths:
        for engine, ask in (("pyx12", ask_pyx12), ("x12sdk", ask_x12sdk)):
            try:
                accepted, problems = ask(path)
            except Exception as error:  # A crash of theirs is an answer too; the test decides what it means.
                accepted, problems = False, [f"{engine} crashed: {type(error).__name__}: {error}"]
            print(json.dumps({"engine": engine, "file": os.path.basename(path), "accepted": accepted, "problems": problems}))


if __name__ == "__main__":
    main(sys.argv[1:])
