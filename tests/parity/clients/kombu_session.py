import sys
from urllib.parse import urlsplit

from kombu import Connection

at = urlsplit(sys.argv[1])
options = {"is_secure": False, "region": "us-east-1", "wait_time_seconds": 1}
with Connection(f"sqs://@{at.hostname}:{at.port}//", transport_options=options) as connection:
    queue = connection.SimpleQueue("kombu")
    for number in range(12):
        queue.put({"number": number, "text": "h\u00e9llo"})
    assert queue.qsize() == 12
    seen = []
    for _ in range(12):
        message = queue.get(timeout=10)
        seen.append(message.payload["number"])
        message.ack()
    assert sorted(seen) == list(range(12)), seen
    assert queue.qsize() == 0
    queue.put("again")
    message = queue.get(timeout=10)
    message.requeue()
    again = queue.get(timeout=10)
    assert again.payload == "again"
    again.ack()
    queue.clear()
    queue.close()
print("done")
