"""Work: leased by one owner at a time, in the order of its time, and lost by none."""

from fakeaws.core.store.interface import Store, Work


def test_work_is_leased_in_the_order_of_its_time(store: Store) -> None:
    with store.transaction(write=True):
        later, first, second = (store.add_work(due, {"n": due}) for due in (30.0, 10.0, 10.0))
        assert len({later, first, second}) == 3
        assert store.lease_work(9.0, at=0.0, until=5.0, owner="a") is None
        assert store.lease_work(20.0, at=0.0, until=5.0, owner="a") == Work(first, 10.0, {"n": 10.0}, 1, None)
        leased = store.lease_work(20.0, at=0.0, until=5.0, owner="b")
        assert leased is not None
        assert leased.id == second
        assert store.lease_work(20.0, at=0.0, until=5.0, owner="c") is None
    assert [work.id for work in store.works()] == [first, second, later]
    assert store.next_work(at=0.0) == 30.0
    assert store.next_work(at=5.0) == 10.0


def test_a_lease_that_ended_is_anybodys(store: Store) -> None:
    with store.transaction(write=True):
        piece = store.add_work(1.0, {})
        assert store.lease_work(2.0, at=0.0, until=5.0, owner="a") is not None
        assert store.extend_work(piece, "a", until=8.0)
        assert store.lease_work(2.0, at=7.9, until=9.0, owner="b") is None
        assert store.extend_work(piece, "a", until=8.0), "nobody has taken it yet"
        assert store.lease_work(2.0, at=8.0, until=9.0, owner="b") is not None
        assert not store.extend_work(piece, "a", until=20.0)
        assert not store.finish_work(piece, "a")
        assert not store.put_off_work(piece, "a", 5.0, {}, 1, None)
        assert store.finish_work(piece, "b")
        assert not store.finish_work(piece, "b")
    assert store.works() == []
    assert store.next_work(at=100.0) is None


def test_work_that_is_put_off_is_free_until_it_is_due_again(store: Store) -> None:
    with store.transaction(write=True):
        piece = store.add_work(1.0, {"step": 1})
        store.lease_work(2.0, at=0.0, until=5.0, owner="a")
        assert store.put_off_work(piece, "a", 7.0, {"step": 2}, 1, "Throttled")
        assert store.next_work(at=0.0) == 7.0
        assert store.lease_work(6.0, at=0.0, until=5.0, owner="b") is None
        assert not store.extend_work(piece, "a", until=9.0), "it was given back"
        assert store.lease_work(7.0, at=0.0, until=5.0, owner="b") == Work(piece, 7.0, {"step": 2}, 2, "Throttled")


def test_an_id_is_never_used_again(store: Store) -> None:
    with store.transaction(write=True):
        first = store.add_work(1.0, {})
        store.lease_work(2.0, at=0.0, until=5.0, owner="a")
        store.finish_work(first, "a")
        assert store.add_work(1.0, {}) != first
        store.clear()
    assert store.works() == []
