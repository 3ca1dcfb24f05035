"""What pyx12, x12sdk and oxedi say of the files of a corpus, as the table engines.tsv.

pip install pyx12==4.0.0 x12sdk==2.2.0 oxedi==0.6.0
python engines.py FOLDER > engines.tsv    # FOLDER holds MANIFEST.tsv
"""
import sys, os, io, csv, logging, signal, time
logging.disable(logging.CRITICAL)
import pyx12.params, pyx12.x12n_document, pyx12.error_handler
import oxedi
from x12sdk.io import X12ModelReader
ROOT = sys.argv[1]
def alarm(*a): raise TimeoutError()
signal.signal(signal.SIGALRM, alarm)
def short(e):
    return 'crash '+type(e).__name__
def p_pyx12(path):
    param=pyx12.params.params()
    old=sys.stdout, sys.stderr
    sys.stdout=io.StringIO(); sys.stderr=io.StringIO()
    try:
        ok=pyx12.x12n_document.x12n_document(param, path, io.StringIO(), None)
        return 'accepted' if ok else 'rejected'
    except Exception as e:
        n=type(e).__name__
        m=str(e)
        if 'Map' in m or 'map' in m: return 'unsupported'
        return short(e)
    finally:
        sys.stdout,sys.stderr=old
def p_sdk(path):
    try:
        n=0
        with X12ModelReader(path) as r:
            for m in r.models(): n+=1
        return 'accepted' if n else 'nothing read'
    except Exception as e:
        n=type(e).__name__; m=str(e)
        if 'ValidationError' in n: return 'rejected'
        if 'not supported' in m.lower() or 'unsupported' in m.lower() or 'NotFound' in n or isinstance(e,(ModuleNotFoundError,ImportError)): return 'unsupported'
        return short(e)
def p_oxedi(path, kind):
    if '835' not in kind: return 'unsupported'
    try:
        return 'rejected' if oxedi.parse(open(path,'rb').read()).diagnostics else 'accepted'
    except Exception as e:
        return 'rejected' if 'ParseError' in type(e).__name__ else short(e)
rows=list(csv.reader(open(ROOT+'/MANIFEST.tsv'),delimiter='\t'))
out = sys.__stdout__
for r in rows[1:]:
    f=os.path.join(ROOT,r[0])
    if not os.path.exists(f): continue
    res=[]
    for fn in (lambda: p_pyx12(f), lambda: p_sdk(f), lambda: p_oxedi(f,r[3])):
        signal.alarm(30)
        try: res.append(fn())
        except TimeoutError: res.append('no answer')
        except BaseException as e: res.append(short(e))
        signal.alarm(0)
    out.write('\t'.join([r[0]]+res)+'\n'); out.flush()
