"""Many threads at a service that none has used yet."""

from concurrent.futures import ThreadPoolExecutor

from fakeaws.core.model.models import Service


def test_threads_may_read_a_model_at_once() -> None:
    for _ in range(5):
        service = Service("iam")

        def read(number: int, service: Service = service) -> str:
            name = service.operation_names[number % 20]
            return service.protocol + service.operation(name).name

        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(read, range(400)))
        assert found == [f"query{name}" for name in service.operation_names[:20]] * 20
