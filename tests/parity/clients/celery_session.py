import sys
from urllib.parse import urlsplit

from celery import Celery, chain, group
from celery.contrib.testing.worker import start_worker

at = urlsplit(sys.argv[1])
place = f"@{at.hostname}:{at.port}"
app = Celery("jobs", broker=f"sqs://{place}//", backend=f"dynamodb://{place}/results?read=5&write=5")
app.conf.broker_transport_options = {"is_secure": False, "region": "us-east-1", "wait_time_seconds": 1}
app.conf.update(task_default_queue="celery-jobs", worker_enable_remote_control=False)


@app.task
def add(a, b):
    return a + b


@app.task(bind=True, max_retries=2)
def stubborn(self):
    if self.request.retries < 2:
        raise self.retry(countdown=0)
    return self.request.retries


assert app.backend.client  # makes the table, for the worker and the caller would both try to
with start_worker(app, perform_ping_check=False, pool="solo"):
    assert add.delay(2, 3).get(timeout=20) == 5
    assert group(add.s(n, n) for n in range(4))().get(timeout=20) == [0, 2, 4, 6]
    assert chain(add.s(1, 1), add.s(10))().get(timeout=20) == 12
    assert stubborn.delay().get(timeout=20) == 2
print("done")
